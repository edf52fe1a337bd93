"""Assigning (sorting): a paid order's reservations become one shipment per warehouse."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from logistics.core.actors import Actor
from logistics.core.codes import new_code
from logistics.core.events import publish, time_of_news
from logistics.fulfilment.events import ShipmentAssigned
from logistics.fulfilment.locks import lock_shipments_in_house
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.inventory.keeping import lock_reserved_levels
from logistics.inventory.models import Reservation, ReservationState
from logistics.orders.lifecycle import advance, open_order
from logistics.orders.models import Order, OrderLine, OrderStatus
from logistics.orders.searching import add_search_words


def assign(session: Session, *, order_id: int, by: Actor) -> list[Shipment]:
    """Put the reservations that are in no shipment yet into one per warehouse; the shipments that got any.

    What came in later joins the shipment of its warehouse that nobody has begun to pick, else it becomes another one. An order that is
    shipped complete is assigned when none of its units waits any more. Locks the order, the stock rows whose reservations it reads, then
    its shipments in the house. A no-op for an order that is not covered, or assigned already.
    """
    order = open_order(session, order_id)
    if order.status not in (OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED):
        return []
    reservations = lock_reserved_levels(session, order_line_ids=[line.id for line in order.lines])
    if order.ship_complete and any(row.state == ReservationState.WAITING for row in reservations):
        return []
    free = sorted(_not_assigned(session, reservations), key=lambda row: (row.level.warehouse_id, row.id))
    pending = _find_pending(session, order) if free else {}
    by_warehouse = groupby(free, key=lambda row: row.level.warehouse_id)
    shipments = [_fill(session, order, pending.get(warehouse), warehouse, list(rows), by) for warehouse, rows in by_warehouse]
    session.flush()
    return shipments


def find_orders_to_assign(session: Session, *, after: int = 0, limit: int) -> Sequence[int]:
    """Paid orders with promised units in no shipment, that do not wait to be complete; their ids, in order, those behind `after`."""
    unassigned = OrderLine.assigned < OrderLine.ordered - OrderLine.cancelled
    in_none = ~exists().where(ShipmentLine.reservation_id == Reservation.id)
    promised = exists().where(
        OrderLine.order_id == Order.id,
        unassigned,
        Reservation.order_line_id == OrderLine.id,
        Reservation.state == ReservationState.ACTIVE.value,
        in_none,
    )
    line, waiting = aliased(OrderLine), aliased(Reservation)
    waits = exists().where(line.order_id == Order.id, waiting.order_line_id == line.id, waiting.state == ReservationState.WAITING.value)
    covered = Order.status.in_((OrderStatus.PAID.value, OrderStatus.PARTIALLY_SHIPPED.value))
    return session.scalars(
        select(Order.id).where(covered, Order.id > after, promised, ~(Order.ship_complete & waits)).order_by(Order.id).limit(limit)
    ).all()


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


def _find_pending(session: Session, order: Order) -> dict[int, Shipment]:
    """The order's shipments that nobody has begun to pick, by warehouse; the latest where there are several."""
    shipments = lock_shipments_in_house(session, order.id) if any(line.assigned for line in order.lines) else ()
    return {shipment.warehouse_id: shipment for shipment in shipments if shipment.state == ShipmentState.PENDING}


def _fill(session: Session, order: Order, shipment: Shipment | None, warehouse_id: int, reservations: Sequence[Reservation], by: Actor) -> Shipment:
    if shipment:
        shipment.version += 1
    else:
        shipment = new_shipment(session, order.id, warehouse_id)
    add_lines(session, order, shipment, reservations)
    units = sum(reservation.quantity for reservation in reservations)
    publish(session, ShipmentAssigned(shipment.id, order.id, warehouse_id, units), by=by)
    return shipment


def _not_assigned(session: Session, reservations: Sequence[Reservation]) -> list[Reservation]:
    active = [row for row in reservations if row.state == ReservationState.ACTIVE]
    taken = set(session.scalars(select(ShipmentLine.reservation_id).where(ShipmentLine.reservation_id.in_([row.id for row in active]))))
    return [row for row in active if row.id not in taken]
