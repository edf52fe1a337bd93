"""Picking: taking a shipment's goods from their places. Progress is kept line by line, so that a picker can be interrupted."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.fulfilment.handling import Parcel, take_in_hand
from logistics.fulfilment.lifecycle import move
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.orders.lifecycle import advance

_PICKABLE = (ShipmentState.PENDING, ShipmentState.PICKING, ShipmentState.PICKED)


def pick(session: Session, *, reference: str, picked: Mapping[int, int], by: Actor, at: datetime | None = None) -> Shipment:
    """Note how many units of each shipment line (by id) lie in the tote now; lines not named keep theirs.

    Locks the order, its stock rows and the shipment. A no-op when it is noted already. Raises Invalid for more units than the line
    has, IllegalMove once it is packed, NotFound.
    """
    parcel = take_in_hand(session, reference, with_stock=True)
    shipment = parcel.shipment
    if shipment.state not in _PICKABLE:
        raise IllegalMove(_("Shipment %(reference)s is packed already.", reference=reference))
    _check(shipment, picked)
    for line in shipment.lines:
        _note(parcel, line, picked.get(line.id, line.picked))
    shipment.picked_at, shipment.picked_by = at or clock.now(), by.id
    move(session, shipment, _state_of(shipment), by=by, at=at)
    session.flush()
    return shipment


def _check(shipment: Shipment, picked: Mapping[int, int]) -> None:
    lines = {line.id: line for line in shipment.lines}
    wrong = [line_id for line_id, units in picked.items() if line_id not in lines or not 0 <= units <= lines[line_id].quantity]
    if wrong:
        message = _("Pick at most what the line asks for.")
        raise Invalid(message, errors=[FieldError(f"picked-{line_id}", "bad_quantity", message) for line_id in wrong])


def _note(parcel: Parcel, line: ShipmentLine, units: int) -> None:
    if units != line.picked:
        advance(parcel.order_line(line.order_line_id), picked=units - line.picked)
        line.picked = units
        line.reservation.picked = units


def _state_of(shipment: Shipment) -> ShipmentState:
    if all(line.picked == line.quantity for line in shipment.lines):
        return ShipmentState.PICKED
    return ShipmentState.PICKING
