"""Mails about an order that go to others than its customer, and the one with the links to all orders."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER
from logistics.core.config import Settings, settings
from logistics.notifications.answering import answer_request
from logistics.notifications.composing import Letter, compose
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.linking import make_token
from logistics.orders.models import CancelReason, Order
from logistics.orders.readdressing import correct_address
from logistics.tracking.following import mark_of_request
from logistics.tracking.models import LinkRequest, TrackingStatus
from logistics.tracking.recording import record
from logistics.tracking.requesting import request_links
from tests.cast import Cast
from tests.orders.test_readdressing import THERE
from tests.tracking.test_following import FRIEND, asked, confirmed
from tests.tracking.test_recording import report

SECRETS = ("Mina", "Park Row", "LS1", "496 0001", "mina@example.com", "USD", "36.00", "Ring twice", "Clerk", "Picker")


@pytest.fixture
def shop(session: Session) -> Settings:
    """The shop's settings, with an address of its own."""
    return replace(settings(), base_url="https://shop.example")


def written(session: Session, milestone: str, recipient: str, shop: Settings) -> tuple[Letter, Message]:
    """The letter of a message, and its row afterwards."""
    message = session.scalars(select(Message).where(Message.milestone == milestone, Message.recipient == recipient)).one()
    return compose(session, message.id, shop), message


def test_the_question_has_the_link_to_say_yes(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order()
    request = asked(session, order.id)

    letter, message = written(session, "updates_asked", FRIEND, shop)

    link = f"https://shop.example/track/{make_token(order, secret=shop.secret_key)}/updates/{mark_of_request(request, secret=shop.secret_key)}"
    assert link in letter.text
    assert f'href="{link}"' in letter.html
    assert letter.headline == f"Do you want news of order {order.number}?"
    assert make_token(order, secret=shop.secret_key) not in message.body


@pytest.mark.parametrize(
    ("status", "milestone", "sentence"),
    [
        ("out_for_delivery", "out_for_delivery", "Your parcel is out for delivery."),
        ("held_up", "held_up", "Your parcel is held up on its way."),
        ("delivered", "delivered", "Your parcel was delivered."),
    ],
)
def test_news_say_what_the_page_says_and_how_to_end_them(
    session: Session, cast: Cast, shop: Settings, status: str, milestone: str, sentence: str
) -> None:
    shipment = cast.shipment(state="shipped", note="Ring twice")
    request = confirmed(session, shipment.order_id)
    record(session, reference=shipment.reference, report=report(TrackingStatus(status), minutes_ago=1), by=cast.actor())

    letter, message = written(session, milestone, FRIEND, shop)

    assert letter.headline == f"{sentence} (order {shipment.order.number})"
    end = f"/updates/{mark_of_request(request, secret=shop.secret_key)}"
    assert end in letter.text
    assert end in letter.html
    assert end not in message.body
    assert not [secret for secret in SECRETS if secret in letter.text + letter.html]


def test_the_customer_reads_that_the_address_changed_and_not_to_which(session: Session, cast: Cast, shop: Settings) -> None:
    order = cast.order()
    correct_address(session, number=order.number, address=THERE, by=CUSTOMER)

    letter, _message = written(session, "address_changed", "mina@example.com", shop)

    assert "If that was not you, answer this mail at once" in letter.text
    assert not [part for part in ("Elm", "York", "Park Row") if part in letter.text + letter.html]


@pytest.mark.parametrize("part", ["text", "html"])
def test_an_address_that_staff_changed_was_not_changed_on_its_page(session: Session, cast: Cast, shop: Settings, part: str) -> None:
    order = cast.order()
    correct_address(session, number=order.number, address=THERE, by=cast.actor())

    letter, _message = written(session, "address_changed", "mina@example.com", shop)

    assert "We have changed the delivery address of your order." in getattr(letter, part)
    assert "If you did not ask for that, answer this mail at once" in getattr(letter, part)
    assert "on its page" not in getattr(letter, part)


def test_all_links_in_one_mail_grouped_and_in_the_customers_language(session: Session, cast: Cast, shop: Settings) -> None:
    open_one, cancelled = cast.order(lines=[("LAMP", 1), ("SHADE", 1), ("BULB", 2)]), cast.order()
    cancel(session, number=cancelled.number, reason=CancelReason.CUSTOMER, by=cast.actor())
    old, other = cast.order(), cast.order(customer=cast.customer("Otto Other"))
    session.execute(update(Order).where(Order.id == old.id).values(placed_at=clock.now() - timedelta(days=91)))
    newest = cast.order(language="zh_Hans")

    _ask(session, "Mina@Example.com")
    letter, message = written(session, "links", "Mina@Example.com", shop)

    tokens = {order.number: make_token(order, secret=shop.secret_key) for order in (open_one, cancelled, newest)}
    for number, token in tokens.items():
        assert number in letter.text
        assert f"https://shop.example/track/{token}" in letter.text
        assert f'href="https://shop.example/track/{token}"' in letter.html
        assert token not in message.body
        assert token not in str(message.facts)
    assert old.number not in letter.text
    assert other.number not in letter.text
    assert letter.text.index(open_one.number) < letter.text.index(cancelled.number)
    assert (letter.recipient, letter.language) == ("Mina@Example.com", "zh_Hans")
    assert not [secret for secret in SECRETS if secret in letter.text + letter.html]


@pytest.mark.parametrize("email", ["nobody@example.com", "na@example.com", "mina@example.co", "example.com"])
def test_nobody_else_gets_any(session: Session, cast: Cast, email: str) -> None:
    cast.order()

    _ask(session, email)

    assert session.scalars(select(Message).where(Message.milestone == "links")).all() == []
    assert session.scalars(select(LinkRequest)).all() == []


def test_a_request_is_answered_once(session: Session, cast: Cast) -> None:
    cast.order()
    request = _ask(session, "mina@example.com")

    answer_request(session, request)

    assert len(session.scalars(select(Message).where(Message.milestone == "links")).all()) == 1


def test_many_orders_are_told_of_by_their_first_goods(session: Session, cast: Cast, shop: Settings) -> None:
    cast.order(lines=[("LAMP", 1), ("SHADE", 1), ("BULB", 2), ("CORD", 1)])
    _ask(session, "mina@example.com")

    letter, _message = written(session, "links", "mina@example.com", shop)

    assert "Lamp thing, Shade thing and 2 more" in letter.text


def _ask(session: Session, email: str) -> int:
    request_links(session, email=email, language="en", by=CUSTOMER)
    request = session.scalars(select(LinkRequest.id)).one()
    answer_request(session, request)
    return request
