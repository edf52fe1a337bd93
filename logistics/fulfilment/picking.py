"""Picking: taking a shipment's goods from their places. Progress is kept line by line, so that a picker can be interrupted."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid, Refusal
from logistics.fulfilment.handling import Parcel, take_in_hand
from logistics.fulfilment.lifecycle import move
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.fulfilment.rules import is_code_of
from logistics.orders.lifecycle import advance
from logistics.orders.models import OrderLine

_PICKABLE = (ShipmentState.PENDING, ShipmentState.PICKING, ShipmentState.PICKED)


class WrongItem(Refusal):
    """What was scanned does not belong into this tote, or enough of it lies there already. Nothing was counted."""

    code = "wrong_item"


def pick(session: Session, *, reference: str, picked: Mapping[int, int], by: Actor, at: datetime | None = None) -> Shipment:
    """Note how many units of each shipment line (by id) lie in the tote now; lines not named keep theirs.

    Locks the order, its stock rows and the shipment. A no-op when it is noted already. Raises Invalid for more units than the line
    has, IllegalMove once it is packed, NotFound.
    """
    parcel = _take_tote(session, reference)
    _check(parcel.shipment, picked)
    _note(session, parcel, picked, by, at)
    return parcel.shipment


def pick_one(session: Session, *, reference: str, line_id: int, change: int, by: Actor) -> Shipment:
    """Put `change` units more of a line into the tote, or fewer where it is negative: taps of two people add up. Locks and raises as pick."""
    parcel = _take_tote(session, reference)
    now = {line.id: line.picked for line in parcel.shipment.lines}
    picked = {line_id: now.get(line_id, 0) + change}
    _check(parcel.shipment, picked)
    _note(session, parcel, picked, by, None)
    return parcel.shipment


def pick_scanned(session: Session, *, reference: str, code: str, by: Actor) -> ShipmentLine:
    """Count one more unit of the product whose SKU or GTIN was scanned; the line it was counted on. Locks as pick.

    Raises WrongItem for a product that is not wanted (any more), IllegalMove once it is packed, NotFound.
    """
    parcel = _take_tote(session, reference)
    lines = _lines_of_code(session, parcel.shipment, code)
    if not lines:
        raise WrongItem(_("“%(code)s” is not in this shipment. Put it back.", code=code[:80]))
    wanted = next((line for line in lines if line.picked < line.quantity), None)
    if wanted is None:
        units = sum(line.quantity for line in lines)
        raise WrongItem(_("All that is wanted of “%(code)s” is picked already (%(units)s). Put this one back.", code=code[:80], units=units))
    _note(session, parcel, {wanted.id: wanted.picked + 1}, by, None)
    return wanted


def _take_tote(session: Session, reference: str) -> Parcel:
    parcel = take_in_hand(session, reference, with_stock=True)
    if parcel.shipment.state == ShipmentState.CANCELLED:
        raise IllegalMove(_("Shipment %(reference)s is cancelled. Put its goods back.", reference=reference))
    if parcel.shipment.state not in _PICKABLE:
        raise IllegalMove(_("Shipment %(reference)s is packed already.", reference=reference))
    return parcel


def _lines_of_code(session: Session, shipment: Shipment, code: str) -> list[ShipmentLine]:
    names = (
        select(ShipmentLine.id, Product.sku, Product.gtin)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(ShipmentLine.shipment_id == shipment.id)
    )
    named = {row.id for row in session.execute(names) if is_code_of(code, sku=row.sku, gtin=row.gtin)}
    return [line for line in shipment.lines if line.id in named]


def _check(shipment: Shipment, picked: Mapping[int, int]) -> None:
    lines = {line.id: line for line in shipment.lines}
    wrong = [line_id for line_id, units in picked.items() if line_id not in lines or not 0 <= units <= lines[line_id].quantity]
    if wrong:
        message = _("Pick at most what the line asks for.")
        raise Invalid(message, errors=[FieldError(f"picked-{line_id}", "bad_quantity", message) for line_id in wrong])


def _note(session: Session, parcel: Parcel, picked: Mapping[int, int], by: Actor, at: datetime | None) -> None:
    shipment = parcel.shipment
    changed = [line for line in shipment.lines if picked.get(line.id, line.picked) != line.picked]
    for line in changed:
        units = picked[line.id]
        advance(parcel.order_line(line.order_line_id), picked=units - line.picked)
        line.picked = line.reservation.picked = units
    if changed:
        shipment.picked_at, shipment.picked_by = at or clock.now(), by.id
        shipment.version += 1
        move(session, shipment, _state_of(shipment), by=by, at=at)
    session.flush()


def _state_of(shipment: Shipment) -> ShipmentState:
    if all(line.picked == line.quantity for line in shipment.lines):
        return ShipmentState.PICKED
    return ShipmentState.PICKING
