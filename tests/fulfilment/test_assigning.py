"""Assigning: a paid order becomes one shipment per warehouse."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.fulfilment.assigning import assign
from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from logistics.orders.paying import record_transfer
from tests.cast import Cast


def shipments_of(session: Session, order: Order) -> list[Shipment]:
    """An order's parcels, oldest first."""
    return list(session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)))


def test_an_order_that_is_paid_becomes_a_shipment_at_once(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)], pay="transfer")

    (shipment,) = shipments_of(session, order)

    assert shipment.state == "pending"
    assert shipment.warehouse.code == "LEEDS"
    assert shipment.reference.startswith("S-")
    assert [(line.order_line_id, line.quantity, line.picked, line.packed) for line in shipment.lines] == [
        (order.lines[0].id, 2, 0, 0),
        (order.lines[1].id, 1, 0, 0),
    ]
    assert [line.assigned for line in order.lines] == [2, 1]
    told = session.scalars(select(EventLog).where(EventLog.name == "ShipmentAssigned")).one()
    assert (told.subject_id, told.data["order_id"], told.data["units"]) == (shipment.id, order.id, 3)


def test_an_order_promised_at_two_warehouses_becomes_two_shipments(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")

    leeds, hangzhou = shipments_of(session, order)

    assert (leeds.warehouse.code, hangzhou.warehouse.code) == ("LEEDS", "HANGZHOU")
    assert [line.quantity for line in leeds.lines + hangzhou.lines] == [2, 3]
    assert order.lines[0].assigned == 5


def test_an_order_that_is_not_paid_is_not_assigned(session: Session, cast: Cast) -> None:
    order = cast.order()

    assert assign(session, order_id=order.id, by=cast.actor()) == []
    record_transfer(session, number=order.number, amount=order.total - 1, reference="BANK-1", by=cast.actor())
    assert assign(session, order_id=order.id, by=cast.actor()) == []

    assert order.lines[0].assigned == 0


def test_assigning_twice_makes_nothing_new(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")

    assert assign(session, order_id=order.id, by=cast.actor()) == []

    assert session.scalar(select(func.count(ShipmentLine.id))) == 1
    assert order.lines[0].assigned == 2


def test_a_cancelled_order_takes_its_shipments_along_whatever_was_done_in_them(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")
    leeds, hangzhou = shipments_of(session, order)
    cast.work_on(hangzhou, "packed")

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor("manager"), even_if_picked=True)

    assert (leeds.state, hangzhou.state, order.status) == ("cancelled", "cancelled", "cancelled")
    assert assign(session, order_id=order.id, by=cast.actor()) == []
