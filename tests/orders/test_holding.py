"""Holding an order and resuming it (T18)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, NotFound
from logistics.inventory.models import StockLevel
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.holding import OrderOnHold, hold, resume
from logistics.orders.models import CancelReason, HoldReason
from tests.cast import Cast


def test_a_held_order_says_why_who_and_since_when_and_keeps_its_stock(session: Session, cast: Cast) -> None:
    order, clerk = cast.order(), cast.actor()

    held = hold(session, number=order.number, reason=HoldReason.ADDRESS, note="The street is missing", by=clerk)

    assert (held.hold_reason, held.hold_note, held.held_by) == ("address", "The street is missing", clerk.id)
    assert held.held_at is not None
    assert session.scalar(select(StockLevel.reserved)) == 2


def test_nothing_of_a_held_order_leaves_until_it_is_resumed(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    hold(session, number=shipment.order.number, reason=HoldReason.CUSTOMER, by=cast.actor())

    with pytest.raises(OrderOnHold):
        cast.hand_over(shipment)

    resume(session, number=shipment.order.number, by=cast.actor())
    assert cast.hand_over(shipment).state == "shipped"


def test_holding_and_resuming_twice_is_told_once(session: Session, cast: Cast) -> None:
    order = cast.order()
    for _time in range(2):
        hold(session, number=order.number, reason=HoldReason.FRAUD, by=cast.actor())
    for _time in range(2):
        resume(session, number=order.number, by=cast.actor())

    told = session.scalars(select(EventLog.name).where(EventLog.name.in_(("OrderHeld", "OrderResumed"))).order_by(EventLog.id)).all()
    assert told == ["OrderHeld", "OrderResumed"]


def test_an_order_with_nothing_left_cannot_be_held(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")

    with pytest.raises(IllegalMove):
        hold(session, number=shipment.order.number, reason=HoldReason.OTHER, by=cast.actor())
    with pytest.raises(NotFound):
        hold(session, number="0000-0000", reason=HoldReason.OTHER, by=cast.actor())


def test_a_cancelled_order_is_held_no_more(session: Session, cast: Cast) -> None:
    order = cast.order()
    hold(session, number=order.number, reason=HoldReason.PAYMENT, by=cast.actor())

    assert not cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor()).is_held


def test_while_it_is_held_its_time_to_pay_stands_still(session: Session, cast: Cast) -> None:
    order, clerk = cast.order(), cast.actor()
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    order.expires_at = noon + timedelta(minutes=30)
    session.flush()
    with clock.replaying(noon):
        hold(session, number=order.number, reason=HoldReason.CUSTOMER, by=clerk)
    with clock.replaying(noon + timedelta(days=1)):
        assert not expire(session, order_id=order.id)
        hold(session, number=order.number, reason=HoldReason.ADDRESS, by=clerk)
    with clock.replaying(noon + timedelta(days=3)):
        resume(session, number=order.number, by=clerk)

    assert order.expires_at == noon + timedelta(days=3, minutes=30)
    with clock.replaying(noon + timedelta(days=3, minutes=31)):
        assert expire(session, order_id=order.id)
