"""Keeping promises: locking what is promised to order lines, splitting it, and handing the goods out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.inventory.ledger import record_movement
from logistics.inventory.lifecycle import move, split_off_rest
from logistics.inventory.locks import lock_levels
from logistics.inventory.models import MovementKind, Reservation, ReservationState


class NotReserved(Refusal):
    """Goods were to leave that are no longer promised to this parcel."""

    code = "not_reserved"


@dataclass(frozen=True)
class Take:
    """Units of a reservation that leave the house in a shipment line."""

    reservation_id: int
    quantity: int
    shipment_line_id: int


def consume(session: Session, *, takes: Sequence[Take], reference: str, by: Actor, at: datetime | None = None) -> None:
    """Hand out promised goods: each take becomes a movement out, and its reservation is consumed (split where only in part).

    Locks the stock rows. Raises NotReserved when a reservation is not active or smaller than the take.
    """
    wanted = {take.reservation_id: take for take in takes}
    reservations = {row.id: row for row in _lock_open(session, Reservation.id == any_(literal(sorted(wanted), ARRAY(BigInteger))))}
    for take in takes:
        reservation = reservations.get(take.reservation_id)
        if reservation is None or reservation.state != ReservationState.ACTIVE or reservation.quantity < take.quantity:
            raise NotReserved(_("These goods are no longer reserved for this shipment. Open the order and assign it again."))
        if take.quantity < reservation.quantity:
            split_off_rest(session, reservation, take.quantity)
        move(reservation, ReservationState.CONSUMED)
        reservation.level.reserved -= take.quantity
        record_movement(
            session,
            reservation.level,
            quantity=-take.quantity,
            kind=MovementKind.DISPATCH,
            reference=reference,
            shipment_line_id=take.shipment_line_id,
            by=by,
            at=at,
        )
    session.flush()


def lock_reserved_levels(session: Session, *, order_line_ids: Sequence[int]) -> list[Reservation]:
    """Lock the stock rows that open promises to these lines stand on, and read the promises under the lock."""
    return _lock_open(session, Reservation.order_line_id == any_(literal(list(order_line_ids), ARRAY(BigInteger))))


def split(session: Session, reservation: Reservation, quantity: int) -> Reservation:
    """Make this reservation one of `quantity` units, fewer than it has; the rest as a row of its own. Its level must be locked."""
    rest = split_off_rest(session, reservation, quantity)
    session.flush()
    return rest


def _lock_open(session: Session, condition: ColumnElement[bool]) -> list[Reservation]:
    is_open = Reservation.state.in_((ReservationState.ACTIVE.value, ReservationState.WAITING.value))
    ids = set(session.scalars(select(Reservation.stock_level_id).where(condition, is_open).distinct()))
    levels = lock_levels(session, sorted(ids))
    reread = select(Reservation).where(condition, is_open).order_by(Reservation.id).execution_options(populate_existing=True)
    reservations = list(session.scalars(reread))
    while moved := {row.stock_level_id for row in reservations} - levels.keys():
        # What waits was moved to another level before we had the lock. A deadlock by this late one is redone like any other.
        levels |= lock_levels(session, sorted(moved))
        reservations = list(session.scalars(reread))
    for reservation in reservations:
        # The session holds rows weakly: without this each .level would be read again, one by one.
        set_committed_value(reservation, "level", levels[reservation.stock_level_id])
    return reservations
