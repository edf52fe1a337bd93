"""Two windows at the same moment, with real commits: one order of a draft, one remembered address, one draft of a window."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from logistics.core.keys import new_key
from logistics.customers.models import CustomerAddress
from logistics.orders.models import Order, OrderDraft
from tests.cast import Cast
from tests.orders.test_new_order_pages import PARTIAL, form, line, value

ROUNDS = 5


def test_a_draft_placed_in_two_windows_at_once_is_one_order(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 99))
    browsers = [cast.client("clerk"), cast.client("clerk")]
    for at in range(ROUNDS):
        typed = form(name=f"Twin {at}") | line(0, "LAMP", 1)
        typed |= {"draft": value(browsers[0].post("/orders/drafts", data=typed, headers=PARTIAL), "draft"), "draft_version": "1"}
        windows = [typed, typed | {"form_key": new_key()}]

        answers = at_once([lambda b=b, w=w: b.post("/orders/new", data=w) for b, w in zip(browsers, windows, strict=True)])

        assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert count(cast, Order) == ROUNDS
    assert count(cast, OrderDraft) == 0


def test_orders_to_one_place_at_once_remember_it_once(town: Flask) -> None:
    cast = Cast(town)
    mina = cast.made(lambda: (cast.customer().id, cast.stock("LAMP", 99)))[0]
    browsers = [cast.client("clerk") for _window in range(4)]

    answers = at_once([lambda b=b: b.post("/orders/new", data=form(customer_id=mina) | line(0, "LAMP", 1)) for b in browsers])

    assert [answer.status_code for answer in answers] == [303] * 4
    with town.app_context():
        known = cast.session.scalars(select(CustomerAddress)).one()
        assert known.times_used == 4


def test_a_window_that_saves_twice_at_once_has_one_draft(town: Flask) -> None:
    cast = Cast(town)
    browser = cast.client("clerk")
    typed = form(name="Jo")

    answers = at_once([lambda n=n: browser.post("/orders/drafts", data=typed | {"note": f"note {n}"}, headers=PARTIAL) for n in range(4)])

    assert [answer.status_code for answer in answers] == [200] * 4
    assert count(cast, OrderDraft) == 1


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of it in threads that start together."""
    barrier, answers = Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        barrier.wait()
        answers.append(act())

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def count(cast: Cast, kind: Any) -> int:
    """How many there are."""
    with cast.app.app_context():
        return cast.session.scalar(select(func.count()).select_from(kind)) or 0
