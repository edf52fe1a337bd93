"""The life of a reservation: promised, then kept by a dispatch or taken back; and how one row becomes two."""

from sqlalchemy.orm import Session

from logistics.core.lifecycle import check_move
from logistics.inventory.models import Reservation, ReservationState

_WAITING, _ACTIVE, _CONSUMED, _RELEASED = ReservationState

MOVES: dict[ReservationState, frozenset[ReservationState]] = {
    _WAITING: frozenset({_ACTIVE, _RELEASED}),
    _ACTIVE: frozenset({_CONSUMED, _RELEASED}),
    _CONSUMED: frozenset(),
    _RELEASED: frozenset(),
}


def move(reservation: Reservation, to: ReservationState) -> None:
    """Take one step of its life. Its stock level must be locked. Raises IllegalMove."""
    check_move(MOVES, ReservationState(reservation.state), to)
    reservation.state = to.value


def split_off_rest(session: Session, reservation: Reservation, quantity: int) -> Reservation:
    """Make this reservation one of `quantity` units, fewer than it has; the rest becomes a row of its own at the next flush.

    Its level must be locked.
    """
    rest = Reservation(
        stock_level_id=reservation.stock_level_id,
        order_line_id=reservation.order_line_id,
        quantity=reservation.quantity - quantity,
        state=reservation.state,
        priority=reservation.priority,
        placed_at=reservation.placed_at,
        reference=reservation.reference,
        picked=max(0, reservation.picked - quantity),
    )
    reservation.quantity, reservation.picked = quantity, min(quantity, reservation.picked)
    session.add(rest)
    return rest


def copy_to(session: Session, reservation: Reservation, level_id: int, *, quantity: int, state: ReservationState) -> Reservation:
    """The same promise at another level, for rows never move: a new row that stands in line where the old one stood."""
    copy = Reservation(
        stock_level_id=level_id,
        order_line_id=reservation.order_line_id,
        quantity=quantity,
        state=state.value,
        priority=reservation.priority,
        placed_at=reservation.placed_at,
        reference=reservation.reference,
    )
    session.add(copy)
    return copy
