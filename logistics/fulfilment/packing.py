"""Packing: what was picked becomes a parcel; what was not goes into a shipment of its own, to be picked later."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.fulfilment.assigning import add_lines, new_shipment
from logistics.fulfilment.events import ShipmentAssigned
from logistics.fulfilment.handling import Parcel, take_in_hand
from logistics.fulfilment.lifecycle import check, move
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.inventory.keeping import split
from logistics.inventory.models import Reservation
from logistics.orders.lifecycle import advance


def pack(session: Session, *, reference: str, by: Actor, weight_grams: int | None = None, at: datetime | None = None) -> Shipment:
    """Close the parcel with what was picked; the rest is split off into a new pending shipment from the same warehouse.

    Locks the order, its stock rows and the shipment. A no-op when it is packed already. Raises IllegalMove when nothing was picked
    or it has left, NotFound.
    """
    parcel = take_in_hand(session, reference, with_stock=True)
    shipment = parcel.shipment
    if shipment.state == ShipmentState.PACKED:
        return shipment
    if shipment.is_in_house and not any(line.picked for line in shipment.lines):
        raise IllegalMove(_("Nothing of this shipment is picked yet. Pick it first."))
    check(shipment, ShipmentState.PACKED)
    _split_off_unpicked(session, parcel, by)
    for line in shipment.lines:
        advance(parcel.order_line(line.order_line_id), packed=line.picked - line.packed)
        line.packed = line.picked
    shipment.packed_at, shipment.packed_by, shipment.weight_grams = at or clock.now(), by.id, weight_grams
    move(session, shipment, ShipmentState.PACKED, by=by, at=at)
    return shipment


def _split_off_unpicked(session: Session, parcel: Parcel, by: Actor) -> None:
    rest = [reservation for line in list(parcel.shipment.lines) if (reservation := _cut(session, parcel, line))]
    if not rest:
        return
    session.flush()
    session.refresh(parcel.shipment, ["lines"])
    later = new_shipment(session, parcel.order.id, parcel.shipment.warehouse_id)
    add_lines(session, parcel.order, later, rest)
    units = sum(reservation.quantity for reservation in rest)
    publish(session, ShipmentAssigned(later.id, parcel.order.id, later.warehouse_id, units), by=by)


def _cut(session: Session, parcel: Parcel, line: ShipmentLine) -> Reservation | None:
    missing = line.quantity - line.picked
    if missing == 0:
        return None
    advance(parcel.order_line(line.order_line_id), assigned=-missing)
    if line.picked == 0:
        reservation = line.reservation
        session.delete(line)
        session.flush()
        return reservation
    line.quantity = line.picked
    return split(session, line.reservation, line.picked)
