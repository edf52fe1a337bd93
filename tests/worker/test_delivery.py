"""From the news to the mailbox, with a real worker and a real mail server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from logistics.core.config import Settings
from logistics.core.database import db
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from tests.cast import Cast
from tests.notifications.mailbox import Mailbox, serving
from tests.worker.working import until, working

pytestmark = pytest.mark.loopback


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def shop(town: Flask, mailbox: Mailbox) -> Iterator[Cast]:
    """A shop whose mail goes to the mailbox."""
    with serving(mailbox) as address:
        town.config["SETTINGS"] = replace(town.config["SETTINGS"], mail_url=f"smtp://{address}", web_threads=4)
        yield Cast(town)


def test_a_message_that_was_committed_arrives_once(shop: Cast, mailbox: Mailbox) -> None:
    with working(_settings(shop)):
        order = shop.made(lambda: shop.order())
        until(lambda: states(shop) == {"sent": 1})

    assert mailbox.subjects == [f"We have your order {order.number}"]
    assert mailbox.recipients == [["mina@example.com"]]
    message = read(shop, lambda: db.session.scalars(select(Message)).one())
    assert (message.attempts, message.problem) == (1, "")
    assert message.sent_at is not None
    assert message.headline == f"We have your order {order.number}"


def test_a_message_that_was_rolled_back_never_arrives(shop: Cast, mailbox: Mailbox) -> None:
    with working(_settings(shop)):
        read(shop, shop.order)  # the session is let go without a commit
        shop.made(lambda: shop.order(customer=shop.customer("Jan Both")))
        until(lambda: states(shop) == {"sent": 1})

    assert mailbox.recipients == [["jan@example.com"]]


def test_what_happened_while_no_worker_ran_is_told_in_order(shop: Cast, mailbox: Mailbox) -> None:
    order = shop.made(lambda: shop.order(pay="transfer"))
    shop.made(lambda: cancel(db.session(), number=order.number, reason=CancelReason.STAFF, by=shop.actor("manager")))

    with working(_settings(shop)):
        until(lambda: states(shop) == {"sent": 3})

    assert mailbox.subjects == [
        f"We have your order {order.number}",
        f"Your order {order.number} is confirmed",
        f"Your order {order.number} is cancelled",
    ]


def test_a_refusal_for_good_is_dead_and_the_next_stream_goes_on(shop: Cast, mailbox: Mailbox) -> None:
    mailbox.answers["mina@example.com"] = "550 No such user here"
    shop.made(lambda: shop.order(pay="transfer"))
    shop.made(lambda: shop.order(customer=shop.customer("Jan Both")))

    with working(_settings(shop)):
        until(lambda: states(shop) == {"dead": 2, "sent": 1})

    assert mailbox.recipients == [["jan@example.com"]]
    problems = read(shop, lambda: db.session.execute(select(Message.problem, Message.attempts).where(Message.state == "dead")).all())
    assert [tuple(row) for row in problems] == [("refused: 550 No such user here", 1)] * 2


def test_a_stream_waits_for_its_own_and_for_nobody_else(shop: Cast, mailbox: Mailbox) -> None:
    mailbox.answers["mina@example.com"] = "451 Later, please"
    shop.made(lambda: shop.order(pay="transfer"))
    jan = shop.made(lambda: shop.order(customer=shop.customer("Jan Both"), pay="transfer"))

    with working(_settings(shop)):
        until(lambda: states(shop) == {"queued": 2, "sent": 2})
        until(lambda: tries(shop, "received", jan) == 1)
        mailbox.answers.clear()
        until(lambda: states(shop) == {"sent": 4})

    assert [subject[:11] for subject in mailbox.subjects] == ["We have you", "Your order ", "We have you", "Your order "]
    waited = read(shop, lambda: db.session.scalars(select(Message.attempts).where(Message.order_id != jan.id).order_by(Message.id)).all())
    assert list(waited) == [2, 1], "the confirmation was not tried before the first message was through"


def test_without_a_mail_server_mails_are_files(town: Flask, tmp_path: Path) -> None:
    town.config["SETTINGS"] = replace(town.config["SETTINGS"], mail_folder=str(tmp_path / "mail"), web_threads=4)
    shop = Cast(town)
    shop.made(lambda: shop.order())

    with working(_settings(shop)):
        until(lambda: states(shop) == {"sent": 1})

    assert [file.suffix for file in (tmp_path / "mail").iterdir()] == [".eml"]


def test_a_message_whose_job_was_lost_gets_another(shop: Cast, mailbox: Mailbox) -> None:
    shop.made(lambda: shop.order())
    shop.made(lambda: db.session.execute(text("UPDATE messages SET enqueued_at = now() - interval '3 minutes'")))
    shop.made(lambda: db.session.execute(text("DELETE FROM procrastinate_jobs")))

    with working(_settings(shop)):
        until(lambda: states(shop) == {"sent": 1})


def test_the_schedule_is_kept(shop: Cast) -> None:
    with working(_settings(shop)):
        until(lambda: "notifications.dispatch" in finished(shop))


def states(shop: Cast) -> dict[str, int]:
    return dict(read(shop, lambda: db.session.execute(select(Message.state, func.count()).group_by(Message.state)).all()))


def tries(shop: Cast, milestone: str, order: Order) -> int:
    asked = select(Message.attempts).where(Message.milestone == milestone, Message.order_id == order.id)
    return int(read(shop, lambda: db.session.scalar(asked)))


def finished(shop: Cast) -> list[str]:
    return list(read(shop, lambda: db.session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'succeeded'")).all()))


def read(shop: Cast, ask: Callable[[], Any]) -> Any:
    with shop.app.app_context():
        answer = ask()
        db.session.remove()
        return answer


def _settings(shop: Cast) -> Settings:
    settings: Settings = shop.app.config["SETTINGS"]
    return settings
