"""Cancelling: stock is free and money is back, in one action."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, NotFound
from logistics.customers.crediting import account_for
from logistics.customers.models import Entry
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders.cancelling import AlreadyPicked, cancel
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.paying import record_transfer
from logistics.payments.models import Payment, PaymentMove
from tests.cast import Cast


def test_an_unpaid_order_gives_its_stock_back(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)])

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, CancelReason.CUSTOMER)
    assert order.covered_at is None, "it was never paid"
    assert [line.cancelled for line in order.lines] == [2, 1]
    assert session.scalar(select(func.sum(StockLevel.reserved))) == 0
    assert set(session.scalars(select(Reservation.state))) == {"released"}


def test_a_paid_order_gives_its_money_back_to_the_account_and_its_parcel_is_not_packed(session: Session, cast: Cast) -> None:
    order = cast.order(pay="transfer")

    cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor())

    assert order.status == OrderStatus.CANCELLED
    assert account_for(session, order.customer_id, "USD").balance == 3600
    payment = session.scalars(select(Payment)).one()
    assert (payment.state, payment.refunded) == ("refunded", 3600)
    assert session.scalars(select(PaymentMove.kind).order_by(PaymentMove.id)).all() == ["authorise", "capture", "refund"]
    assert session.scalars(select(Shipment.state)).all() == ["cancelled"]


def test_everything_paid_in_parts_comes_back(session: Session, cast: Cast) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())
    record_transfer(session, number=order.number, amount=500, reference="BANK-2", by=cast.actor())

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert account_for(session, order.customer_id, "USD").balance == 1500


def test_cancelling_twice_gives_the_money_back_once(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")
    for _time in range(2):
        cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor())

    assert session.scalars(select(Entry.kind).order_by(Entry.id)).all() == ["deposit", "payment", "refund"]
    changes = session.scalars(select(EventLog.data).where(EventLog.name == "OrderStatusChanged").order_by(EventLog.id)).all()
    assert [(change["before"], change["after"], change["reason"]) for change in changes] == [
        ("draft", "unpaid", ""),
        ("unpaid", "paid", ""),
        ("paid", "cancelled", "staff"),
    ]


def test_picked_goods_need_a_manager(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")
    advance(order.lines[0], picked=1)

    with pytest.raises(AlreadyPicked) as refusal:
        cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor())
    assert refusal.value.status == 403
    assert order.status == OrderStatus.PAID

    cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True)
    assert order.status == OrderStatus.CANCELLED


def test_what_has_left_the_house_is_not_cancelled(session: Session, cast: Cast) -> None:
    order = open_order(session, cast.order(pay="balance").id)
    advance(order.lines[0], picked=2, packed=2, shipped=1)
    recompute(session, order, by=cast.actor())

    with pytest.raises(IllegalMove):
        cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True)
    assert order.status == OrderStatus.PARTIALLY_SHIPPED


def test_an_order_that_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        cancel(session, number="0000-0000", reason=CancelReason.STAFF, by=cast.actor())


def test_an_order_that_cost_nothing_is_cancelled_too(session: Session, cast: Cast) -> None:
    cast.stock("GIFT", 1, price=0)
    order: Order = cast.order(lines=[("GIFT", 1)])
    assert order.status == OrderStatus.PAID

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert order.status == OrderStatus.CANCELLED
