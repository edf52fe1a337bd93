"""Taking cancelled units off parcels: what is not picked is forgotten, what is picked has to be put back."""

from collections.abc import Mapping

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.events import GoodsPutBack, ShipmentShortened
from logistics.fulfilment.lifecycle import move
from logistics.fulfilment.locks import lock_put_back, lock_shipments_in_house
from logistics.fulfilment.models import PutBack, Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Reservation, ReservationState
from logistics.orders.lifecycle import advance, open_order
from logistics.orders.models import OrderLine


def take_off(session: Session, *, order_id: int, by: Actor) -> None:
    """Bring an order's parcels in the house down to what is still promised to it, after promises were released.

    An empty parcel is cancelled, a packed one is opened again, one of which all the rest is picked is picked. Picked units that go are
    listed to be put back. Locks the order, then its shipments; the stock rows must be locked. A no-op where nothing was released.
    """
    order = open_order(session, order_id)
    lines = {line.id: line for line in order.lines}
    for shipment in lock_shipments_in_house(session, order_id):
        _shorten(session, shipment, lines, by)


def list_to_put_back(session: Session, shipment: Shipment, units: Mapping[int, int]) -> None:
    """Note that so many units of lines (by id) of a locked shipment have to be put back, where they are any."""
    moment = clock.now()
    for line in shipment.lines:
        if count := units.get(line.id, 0):
            session.add(
                PutBack(
                    shipment_id=shipment.id,
                    order_line_id=line.order_line_id,
                    stock_level_id=line.reservation.stock_level_id,
                    quantity=count,
                    from_parcel=shipment.state == ShipmentState.PACKED,
                    created_at=moment,
                )
            )


def finish_putting_back(session: Session, *, put_back_id: int, by: Actor) -> PutBack:
    """Note that goods are back in their place. Locks the row. A no-op when it is noted already. Raises NotFound."""
    goods = lock_put_back(session, put_back_id)
    if goods is None:
        raise NotFound(_("These goods are not on the list."))
    if goods.done_at is None:
        goods.done_at, goods.done_by = clock.now(), by.id
        session.flush()
        publish(session, GoodsPutBack(goods.shipment_id, goods.id, goods.quantity), by=by)
    return goods


def _shorten(session: Session, shipment: Shipment, order_lines: Mapping[int, OrderLine], by: Actor) -> None:
    promises = _promises_of(session, shipment)
    kept = {line.id: _kept(promises[line.reservation_id]) for line in shipment.lines}
    gone = {line.id: line.quantity - kept[line.id][0] for line in shipment.lines}
    if not any(gone.values()):
        return
    back = {line.id: line.picked - kept[line.id][1] for line in shipment.lines}
    list_to_put_back(session, shipment, back)
    was_packed = shipment.state == ShipmentState.PACKED
    for line in list(shipment.lines):
        _shorten_line(session, line, order_lines[line.order_line_id], *kept[line.id], packed=0 if was_packed else line.packed)
    if was_packed:
        shipment.packed_at = shipment.packed_by = shipment.weight_grams = None
    shipment.version += 1
    session.flush()
    session.refresh(shipment, ["lines"])
    publish(session, ShipmentShortened(shipment.id, shipment.order_id, sum(gone.values()), sum(back.values())), by=by)
    move(session, shipment, _state_after(shipment), by=by)


def _promises_of(session: Session, shipment: Shipment) -> dict[int, Reservation]:
    ids = literal([line.reservation_id for line in shipment.lines], ARRAY(BigInteger))
    return {row.id: row for row in session.scalars(select(Reservation).where(Reservation.id == any_(ids)))}


def _kept(promise: Reservation) -> tuple[int, int]:
    """What a promise still holds for its parcel: units, and how many of them are picked."""
    return (0, 0) if promise.state == ReservationState.RELEASED else (promise.quantity, promise.picked)


def _shorten_line(session: Session, line: ShipmentLine, order_line: OrderLine, quantity: int, picked: int, *, packed: int) -> None:
    advance(order_line, assigned=quantity - line.quantity, picked=picked - line.picked, packed=packed - line.packed)
    if quantity:
        # Together, for the table holds them to one another.
        line.quantity, line.picked, line.packed = quantity, picked, packed
    else:
        session.delete(line)


def _state_after(shipment: Shipment) -> ShipmentState:
    if not shipment.lines:
        return ShipmentState.CANCELLED
    if shipment.state != ShipmentState.PENDING and all(line.picked == line.quantity for line in shipment.lines):
        return ShipmentState.PICKED
    return ShipmentState(shipment.state)
