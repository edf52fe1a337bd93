"""Holding an order, letting it go on and giving it more time, from its page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from logistics.core import clock
from logistics.core.database import db
from logistics.orders.holding import hold
from logistics.orders.models import HoldReason, Order
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
ADDRESS = {"reason": "address", "note": "The <b>street</b> is missing"}


def test_an_order_is_held_in_place_and_says_why_who_and_since_when(cast: Cast) -> None:
    order = cast.made(lambda: cast.order(pay="transfer"))
    browser = cast.client("clerk")
    assert f"Put order {order.number} on hold?" in browser.get(f"/orders/{order.number}").text

    answer = browser.post(f"/orders/{order.number}/hold", data=ADDRESS, headers=PARTIAL)

    assert answer.status_code == 200
    assert "This order is on hold: The address must be checked." in answer.text
    assert "The &lt;b&gt;street&lt;/b&gt; is missing" in answer.text
    assert re.search(r"Held by Clerk since \d{4}-\d\d-\d\d \d\d:\d\d\.", answer.text)
    assert re.search(r'hx-target="#order-status"[^>]*>.*Paid<.*On hold<', answer.text)
    assert "Put on hold</strong>" in answer.text, "its history says so"
    assert "hold-order" not in answer.text
    assert f"Order {order.number} is on hold." in answer.text


def test_holding_and_resuming_work_as_plain_forms(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")

    held = browser.post(f"/orders/{number}/hold", data=ADDRESS)
    assert (held.status_code, held.location) == (303, f"/orders/{number}")
    assert "This order is on hold" in browser.get(held.location).text
    resumed = browser.post(f"/orders/{number}/hold/resumption")

    assert (resumed.status_code, resumed.location) == (303, f"/orders/{number}")
    page = browser.get(resumed.location).text
    assert f"Order {number} goes on." in page
    assert "This order is on hold" not in page
    assert "Goes on</strong>" in page


@pytest.mark.parametrize("fields", [{}, {"reason": ""}, {"reason": "because"}, {"reason": "other", "note": "x" * 501}])
def test_a_hold_without_a_reason_is_none(cast: Cast, fields: dict[str, str]) -> None:
    number = cast.made(lambda: cast.order().number)

    assert cast.client("clerk").post(f"/orders/{number}/hold", data=fields).status_code == 422
    assert read(cast, number).hold_reason == ""


def test_what_was_shipped_cannot_be_held(cast: Cast) -> None:
    number = cast.made(lambda: cast.shipment(state="shipped").order.number)
    browser = cast.client("manager")

    assert "hold-order" not in browser.get(f"/orders/{number}").text
    answer = browser.post(f"/orders/{number}/hold", data=ADDRESS, headers=PARTIAL)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#toast")


@pytest.mark.parametrize("who", ["picker", "auditor"])
def test_the_warehouse_and_the_auditor_see_it_and_change_nothing(cast: Cast, who: str) -> None:
    def make() -> str:
        order = cast.order()
        hold(cast.session, number=order.number, reason=HoldReason.PAYMENT, by=cast.actor())
        return str(order.number)

    number, browser = cast.made(make), cast.client(who)
    page = browser.get(f"/orders/{number}").text
    assert "This order is on hold: The payment must be checked." in page
    assert "/hold" not in page
    for action in ("hold", "hold/resumption", "deadline"):
        assert browser.post(f"/orders/{number}/{action}", data=ADDRESS).status_code == 403


def test_the_panel_beside_the_list_says_why_it_is_held(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    assert "On hold" not in browser.get(f"/orders/{number}?preview=1", headers=PARTIAL).text
    browser.post(f"/orders/{number}/hold", data=ADDRESS)

    panel = browser.get(f"/orders/{number}?preview=1", headers=PARTIAL).text
    for shown in ("On hold", "The address must be checked", "The &lt;b&gt;street&lt;/b&gt; is missing"):
        assert shown in panel


def test_it_says_until_when_it_waits_for_its_money(cast: Cast) -> None:
    def make() -> str:
        order = cast.order()
        order.expires_at = datetime(2040, 1, 2, 3, 4, tzinfo=UTC)
        return str(order.number)

    number = cast.made(make)
    browser = cast.client("clerk")
    page = browser.get(f"/orders/{number}").text
    assert "If it is not paid by 2040-01-02 03:04, it is cancelled and its stock is free again." in page

    browser.post(f"/orders/{number}/hold", data=ADDRESS)
    page = browser.get(f"/orders/{number}").text
    assert "Its time to pay stands still while it is on hold." in page
    assert "/deadline" not in page


def test_an_order_that_may_wait_for_ever_and_a_paid_one_say_nothing_of_it(cast: Cast) -> None:
    cast.made(lambda: cast.channel("desk", payment_timeout_minutes=None))
    numbers = cast.made(lambda: [cast.order().number, cast.order(pay="transfer").number])

    assert all("order-deadline" not in cast.client("clerk").get(f"/orders/{number}").text for number in numbers)


def test_more_time_is_until_the_end_of_a_day(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    day = (clock.now() + timedelta(days=30)).date()

    answer = browser.post(f"/orders/{number}/deadline", data={"until": day.isoformat()}, headers=PARTIAL)

    assert answer.status_code == 200
    assert f"If it is not paid by {day} 23:59, it is cancelled" in answer.text
    assert f"Its stock is kept until {day} 23:59." in answer.text, "its history says so"
    assert read(cast, number).expires_at == datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("", "This is needed."),
        ("tomorrow", "Write the day as YYYY-MM-DD"),
        ("2001-01-01", "Choose a later day: its stock is kept until"),
        ("2099-01-01", "Choose an earlier day"),
    ],
)
def test_a_day_that_cannot_be_stays_typed_beside_what_is_wrong(cast: Cast, until: str, message: str) -> None:
    order = cast.made(cast.order)
    for headers in ({}, PARTIAL):
        answer = cast.client("clerk").post(f"/orders/{order.number}/deadline", data={"until": until}, headers=headers)
        assert answer.status_code == 422
        assert message in answer.text
        assert f'value="{until}"' in answer.text
        assert '<details class="menu end" id="order-more-time" data-menu open>' in answer.text
    assert read(cast, order.number).expires_at == order.expires_at


def read(cast: Cast, number: str) -> Order:
    """The order as it stands in the database."""
    with cast.app.app_context():
        order = db.session.scalars(select(Order).where(Order.number == number)).one()
        db.session.remove()
        return order
