"""Assigning (sorting): a paid order's reservations become one shipment per warehouse."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.codes import new_code
from logistics.core.events import publish, time_of_news
from logistics.fulfilment.events import ShipmentAssigned
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Reservation, ReservationState
from logistics.inventory.reserving import lock_reserved_levels
from logistics.orders.lifecycle import advance, open_order
from logistics.orders.models import Order, OrderStatus
from logistics.orders.searching import add_search_words


def assign(session: Session, *, order_id: int, by: Actor) -> list[Shipment]:
    """Make a shipment per warehouse from the reservations that are in none yet; the new shipments.

    Locks the order, then the stock rows whose reservations it reads. A no-op for an order that is not covered, or assigned already.
    """
    order = open_order(session, order_id)
    if order.status not in (OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED):
        return []
    reservations = lock_reserved_levels(session, order_line_ids=[line.id for line in order.lines])
    free = _not_assigned(session, reservations)
    by_warehouse = groupby(sorted(free, key=lambda row: (row.level.warehouse_id, row.id)), key=lambda row: row.level.warehouse_id)
    shipments = [_make(session, order, warehouse_id, list(rows), by) for warehouse_id, rows in by_warehouse]
    session.flush()
    return shipments


def add_lines(session: Session, order: Order, shipment: Shipment, reservations: Sequence[Reservation]) -> None:
    """Put reservations into a shipment; their units count as assigned. The stock rows and the order must be locked."""
    lines = {line.id: line for line in order.lines}
    for reservation in reservations:
        session.add(
            ShipmentLine(
                shipment_id=shipment.id,
                order_line_id=reservation.order_line_id,
                reservation_id=reservation.id,
                quantity=reservation.quantity,
                picked=0,
                packed=0,
            )
        )
        advance(lines[reservation.order_line_id], assigned=reservation.quantity)
    session.flush()


def new_shipment(session: Session, order_id: int, warehouse_id: int) -> Shipment:
    """An empty shipment, flushed; its order, which must be locked, is found by its reference."""
    shipment = Shipment(
        reference=new_code("S"),
        order_id=order_id,
        warehouse_id=warehouse_id,
        state=ShipmentState.PENDING.value,
        created_at=time_of_news(session),
    )
    session.add(shipment)
    session.flush()
    add_search_words(session, order_id=order_id, words=[shipment.reference])
    return shipment


def _make(session: Session, order: Order, warehouse_id: int, reservations: Sequence[Reservation], by: Actor) -> Shipment:
    shipment = new_shipment(session, order.id, warehouse_id)
    add_lines(session, order, shipment, reservations)
    units = sum(reservation.quantity for reservation in reservations)
    publish(session, ShipmentAssigned(shipment.id, order.id, warehouse_id, units), by=by)
    return shipment


def _not_assigned(session: Session, reservations: Sequence[Reservation]) -> list[Reservation]:
    active = [row for row in reservations if row.state == ReservationState.ACTIVE]
    taken = set(session.scalars(select(ShipmentLine.reservation_id).where(ShipmentLine.reservation_id.in_([row.id for row in active]))))
    return [row for row in active if row.id not in taken]
