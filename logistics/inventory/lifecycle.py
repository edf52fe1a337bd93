"""The life of a reservation: promised, then kept by a dispatch or taken back."""

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
