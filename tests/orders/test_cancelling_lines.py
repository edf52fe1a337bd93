"""Cancelling lines (T9): stock, parcels and money follow what is left of the order."""

from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid
from logistics.customers.crediting import account_for
from logistics.fulfilment.assigning import assign
from logistics.fulfilment.models import PutBack, Shipment, ShipmentLine
from logistics.fulfilment.picking import pick
from logistics.inventory.models import Place, Reservation, StockLevel
from logistics.inventory.receiving import receive
from logistics.orders import rules
from logistics.orders.cancelling import AlreadyPicked, cancel, cancel_lines
from logistics.orders.holding import hold
from logistics.orders.models import CancelReason, HoldReason, Order, OrderCancellation
from logistics.orders.paying import record_transfer
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.orders.audits import offences


def take_out(session: Session, cast: Cast, order: Order, *units: int, who: str = "manager") -> Order:
    """Cancel so many units of each line, in the order of the lines."""
    asked = {line.id: count for line, count in zip(order.lines, units, strict=False) if count}
    return cancel_lines(session, number=order.number, units=asked, reason=CancelReason.CUSTOMER, by=cast.actor(who), even_if_picked=who == "manager")


def promised(session: Session, order: Order) -> list[tuple[int, str, int]]:
    """The promises to an order, in the order of their rows: quantity, state, picked."""
    rows = select(Reservation).where(Reservation.reference == order.number).order_by(Reservation.id)
    return [(row.quantity, row.state, row.picked) for row in session.scalars(rows)]


def parcels(session: Session, order: Order) -> list[tuple[str, list[tuple[int, int, int]]]]:
    """An order's shipments: state, and quantity, picked, packed of each line."""
    found: Sequence[Shipment] = session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)).all()
    return [(parcel.state, [(line.quantity, line.picked, line.packed) for line in parcel.lines]) for parcel in found]


def test_a_part_of_an_unpaid_order_is_free_again_and_less_is_to_be_paid(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3), ("SHADE", 1)])

    take_out(session, cast, order, 2)

    assert [(line.cancelled, line.left) for line in order.lines] == [(2, 1), (0, 1)]
    assert (order.status, rules.due(order)) == ("unpaid", 3600)
    assert sorted(promised(session, order)) == [(1, "active", 0), (1, "active", 0), (2, "released", 0)]
    assert session.scalar(select(func.sum(StockLevel.reserved))) == 2
    assert offences(session) == []


def test_what_was_paid_for_it_goes_back_to_the_account(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")

    take_out(session, cast, order, 1)

    payment = session.scalars(select(Payment)).one()
    assert (payment.state, payment.captured, payment.refunded) == ("part_refunded", 5400, 1800)
    assert account_for(session, order.customer_id, "USD").balance == 1800
    assert (order.status, parcels(session, order)) == ("paid", [("pending", [(2, 0, 0)])])
    assert offences(session) == []


def test_the_newest_money_goes_back_first(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    for amount in (4000, 1400):
        record_transfer(session, number=order.number, amount=amount, reference=f"BANK {amount}", by=cast.actor())

    take_out(session, cast, order, 1)

    assert session.scalars(select(Payment.refunded).order_by(Payment.id)).all() == [400, 1400]
    assert session.scalars(select(Payment.state).order_by(Payment.id)).all() == ["part_refunded", "refunded"]


def test_less_to_pay_can_make_it_paid(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    record_transfer(session, number=order.number, amount=3600, reference="BANK", by=cast.actor())

    take_out(session, cast, order, 1)

    assert (order.status, parcels(session, order)) == ("paid", [("pending", [(2, 0, 0)])])
    assert offences(session) == []


def test_the_last_of_them_cancels_the_order(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)], pay="transfer")

    take_out(session, cast, order, 2)
    take_out(session, cast, order, 0, 1)

    assert (order.status, order.cancel_reason) == ("cancelled", "customer")
    assert account_for(session, order.customer_id, "USD").balance == order.total
    assert offences(session) == []


def test_what_waits_goes_before_what_is_there(session: Session, app: Flask, cast: Cast) -> None:
    cast.channel("desk", may_wait=True, ship_complete=True)
    cast.stock("LAMP", 2)
    order = cast.order(lines=[("LAMP", 5)], pay="transfer", may_wait=True)
    assert parcels(session, order) == []

    take_out(session, cast, order, 3)

    assert sorted(promised(session, order)) == [(2, "active", 0), (3, "released", 0)]
    assert parcels(session, order) == [("pending", [(2, 0, 0)])], "it waits for nothing any more"
    assert offences(session) == []


def test_what_is_free_serves_those_who_wait(session: Session, app: Flask, cast: Cast) -> None:
    cast.channel("desk", may_wait=True, ship_complete=False)
    cast.stock("LAMP", 3)
    first = cast.order(lines=[("LAMP", 3)], pay="transfer", may_wait=True)
    second = cast.order(lines=[("LAMP", 2)], pay="transfer", may_wait=True)

    take_out(session, cast, first, 1)

    assert sorted(promised(session, second)) == [(1, "active", 0), (1, "waiting", 0)]
    assert offences(session) == []


def test_picked_goods_go_last_and_are_listed_to_be_put_back(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 4)], pay="transfer")
    shipment = session.scalars(select(Shipment)).one()
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 3}, by=cast.actor("picker"))

    take_out(session, cast, order, 1, who="clerk")
    assert parcels(session, order) == [("picked", [(3, 3, 0)])], "all that is left of it is picked"
    assert session.scalars(select(PutBack)).all() == []

    with pytest.raises(AlreadyPicked) as refusal:
        take_out(session, cast, order, 1, who="clerk")
    assert refusal.value.status == 403

    take_out(session, cast, order, 1)
    goods = session.scalars(select(PutBack)).one()
    assert (goods.quantity, goods.from_parcel, goods.done_at) == (1, False, None)
    assert (order.lines[0].assigned, order.lines[0].picked) == (2, 2)
    assert offences(session) == []


def test_a_packed_parcel_is_opened_again(session: Session, app: Flask, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)], state="packed")
    order = shipment.order

    take_out(session, cast, order, 1)

    assert parcels(session, order) == [("picked", [(1, 1, 0), (1, 1, 0)])]
    assert shipment.packed_at is None
    assert [(line.assigned, line.picked, line.packed) for line in order.lines] == [(1, 1, 0), (1, 1, 0)]
    assert session.scalars(select(PutBack.from_parcel)).all() == [True]
    assert offences(session) == []

    cast.hand_over(cast.work_on(shipment, "packed"))
    assert order.status == "shipped"
    assert offences(session) == []


def test_an_empty_parcel_is_cancelled(session: Session, app: Flask, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("SHADE", 2, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 2)], pay="transfer")
    assert len(parcels(session, order)) == 2

    take_out(session, cast, order, 0, 2)

    assert parcels(session, order) == [("pending", [(2, 0, 0)]), ("cancelled", [])]
    assert offences(session) == []


def test_the_rest_of_a_partly_shipped_order_is_cancelled_and_paid_back(session: Session, app: Flask, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("SHADE", 2, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 2)], pay="balance")
    first, second = session.scalars(select(Shipment).order_by(Shipment.id)).all()
    cast.work_on(first, "shipped")
    cast.work_on(second, "picked")
    hold(session, number=order.number, reason=HoldReason.OTHER, by=cast.actor())

    with pytest.raises(IllegalMove):
        cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor("manager"), even_if_picked=True)
    with pytest.raises(AlreadyPicked):
        cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor(), or_rest=True)
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, note="Too late", by=cast.actor("manager"), even_if_picked=True, or_rest=True)

    assert (order.status, order.cancel_reason, order.is_held) == ("shipped", "", False)
    assert [parcel[0] for parcel in parcels(session, order)] == ["shipped", "cancelled"]
    assert account_for(session, order.customer_id, "USD").balance == 3600
    assert session.scalars(select(PutBack.quantity)).all() == [2]
    assert session.scalars(select(OrderCancellation.note)).all() == ["Too late"]
    assert offences(session) == []


def test_a_cancelled_order_lists_what_was_picked_of_it(session: Session, cast: Cast) -> None:
    order = cast.shipment(lines=[("LAMP", 2)], state="packed").order

    cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True)

    assert [(goods.quantity, goods.from_parcel) for goods in session.scalars(select(PutBack))] == [(2, True)]


def test_more_than_is_left_is_refused_with_the_number_that_is(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    take_out(session, cast, order, 1)

    with pytest.raises(Invalid) as refusal:
        take_out(session, cast, order, 3)

    assert [(error.pointer, error.facts) for error in refusal.value.errors] == [(f"line-{order.lines[0].id}", {"left": 2})]
    for units in ({}, {order.lines[0].id: 0}, {order.lines[0].id: -1}, {999: 1}):
        with pytest.raises(Invalid):
            cancel_lines(session, number=order.number, units=units, reason=CancelReason.STAFF, by=cast.actor())


def test_it_is_told_which_units_went_and_what_came_back(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    take_out(session, cast, order, 2)

    told = session.scalars(select(EventLog.data).where(EventLog.name == "OrderLinesCancelled")).one()
    assert (told["lines"], told["refunded"], told["at_shop"], told["by_card"]) == ([[order.lines[0].id, 2]], 3600, 0, 0)
    assert told["reason"] == "customer"


def test_stock_that_comes_in_later_goes_to_what_is_left(session: Session, app: Flask, cast: Cast) -> None:
    cast.channel("desk", may_wait=True, ship_complete=False)
    level = cast.stock("LAMP", 1)
    order = cast.order(lines=[("LAMP", 5)], pay="transfer", may_wait=True)
    take_out(session, cast, order, 2)

    receive(session, place=Place(level.warehouse_id, level.product_id), quantity=10, by=cast.actor("picker"), reference="PO-1")
    assign(session, order_id=order.id, by=cast.actor())

    assert session.scalar(select(func.sum(ShipmentLine.quantity))) == 3
    assert level.available == 8
    assert offences(session) == []
