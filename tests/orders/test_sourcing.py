"""Where an order's goods come from, why, and what of it waits for stock; and how that is told."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.inventory.models import Reservation
from logistics.inventory.receiving import receive
from logistics.inventory.reserving import OutOfStock
from logistics.inventory.rules import SourcingRule
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from logistics.orders.placing import place
from logistics.orders.queries import find_history
from logistics.orders.timeline import tell
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.orders.wording import sourcing_text
from tests.cast import Cast


def test_an_order_keeps_why_its_warehouse_was_chosen(session: Session, cast: Cast) -> None:
    for code, postcode in (("YORK", "YO1 7HH"), ("LEEDS", "LS9 0PX")):
        cast.warehouse(code, priority=10, postcode=postcode)
        cast.stock("LAMP", 5, at=code)

    order = cast.order(lines=[("LAMP", 2)])

    session.refresh(order)
    assert order.sourcing == {"rule": "one_by_nearness", "warehouses": ["LEEDS"], "waiting": 0}


@pytest.mark.parametrize(
    ("channel_lets", "request_says", "waits"), [(True, None, True), (False, None, False), (False, True, True), (True, False, False)]
)
def test_what_is_short_waits_where_the_request_or_else_the_channel_lets_it(
    session: Session, cast: Cast, channel_lets: bool, request_says: bool | None, waits: bool
) -> None:
    cast.channel("desk", may_wait=channel_lets)
    lamps = cast.stock("LAMP", 1)

    try:
        order = _place_short(cast, may_wait=request_says)
    except OutOfStock:
        assert not waits
        return

    assert waits
    assert (order.sourcing["rule"], order.sourcing["waiting"], order.status) == ("only_one", 2, "unpaid")
    assert (lamps.reserved, lamps.waiting) == (1, 2)


def test_the_urgent_order_is_served_before_the_older_one_and_both_histories_tell(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    older, urgent = (cast.order(lines=[("LAMP", 3)], may_wait=True, priority=priority) for priority in (0, 5))

    receive(session, place=lamps.place, quantity=4, by=cast.actor("picker"))

    assert _waiting(session, urgent) == 0
    assert _waiting(session, older) == 1
    assert _titles(session, urgent)[0] == "Stock came in for 3 waiting units"
    assert _titles(session, older) == ["Stock came in for 1 waiting unit", "Order placed, 2 units wait for stock"]
    assert "What was there comes from LEEDS, the only one that had it." in _texts(session, older)


def test_a_cancelled_order_waits_no_more(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    order, next_one = (cast.order(lines=[("LAMP", 2)], may_wait=True) for _order in range(2))

    cancel(session, number=order.number, reason=CancelReason.PAYMENT_TIMEOUT, by=SYSTEM)

    assert (order.status, _waiting(session, order), _waiting(session, next_one)) == ("cancelled", 0, 1)
    assert (lamps.reserved, lamps.waiting) == (1, 1)


def test_the_reason_is_told_for_every_rule(app: Flask) -> None:
    with app.test_request_context():
        for waiting in (0, 3):
            facts = [{"rule": rule.value, "warehouses": ["LEEDS", "YORK"], "waiting": waiting} for rule in SourcingRule]
            texts = {sourcing_text(one) for one in facts}
            assert all("LEEDS, YORK" in text for text in texts)
            assert len(texts) == (9 if not waiting else 5)
        assert sourcing_text({}) == ""
        assert sourcing_text({"rule": "one_by_nearness", "warehouses": ["LEEDS"], "waiting": 0}) == "All from LEEDS: the nearest with everything."


def test_the_page_says_what_waits_line_by_line_and_why_it_comes_from_there(cast: Cast) -> None:
    def make() -> Order:
        cast.stock("SHADE", 5)
        cast.stock("LAMP", 1)
        return cast.order(lines=[("LAMP", 3), ("SHADE", 1)], may_wait=True)

    number = cast.made(make).number
    for address in (f"/orders/{number}", f"/orders/{number}?preview=1"):
        page = cast.client("clerk").get(address).text
        assert "Waiting for stock" in page
        assert "2 waiting for stock" in page
        assert "1 reserved" in page
        assert "What was there comes from LEEDS, the only one that had it." in page
    whole = cast.client("clerk").get(f"/orders/{number}").text
    assert "2 units are still to come in. Its parcels are made when everything is there." in " ".join(whole.split())
    assert "2 reserved units are free for other orders again." in whole


def test_an_order_that_waits_for_nothing_says_nothing_of_waiting(cast: Cast) -> None:
    page = cast.client("clerk").get(f"/orders/{cast.made(lambda: cast.order()).number}").text

    assert "aiting for stock" not in page
    assert "All from LEEDS: the only one with everything." in page


def _place_short(cast: Cast, *, may_wait: bool | None) -> Order:
    """Three lamps for Mina; nothing comes in first, as cast.order would have it."""
    mina = cast.customer()
    given = {"channel": "desk", "name": mina.name, "address": cast.address_of(mina), "currency": "USD", "may_wait": may_wait}
    return place(cast.session, OrderRequest(customer_id=mina.id, lines=[LineRequest("LAMP", 3)], **given), by=cast.actor())  # type: ignore[arg-type]


def _waiting(session: Session, order: Order) -> int:
    ids = [line.id for line in order.lines]
    waits = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(Reservation.order_line_id.in_(ids), Reservation.state == "waiting")
    return int(session.scalar(waits) or 0)


def _titles(session: Session, order: Order) -> list[str]:
    return [moment.title for moment in tell(find_history(session, order.id), with_money=True, sourcing=order.sourcing)]


def _texts(session: Session, order: Order) -> list[str]:
    return [moment.text for moment in tell(find_history(session, order.id), with_money=True, sourcing=order.sourcing)]
