"""The life of an event in the inbox."""

from logistics.core.lifecycle import check_move
from logistics.shops.models import InboxEvent, InboxState, Reason

_S = InboxState

MOVES: dict[InboxState, frozenset[InboxState]] = {
    _S.WAITING: frozenset({_S.TAKEN, _S.PARKED, _S.IGNORED}),
    _S.PARKED: frozenset({_S.WAITING, _S.TAKEN, _S.DISCARDED}),
    _S.QUARANTINED: frozenset({_S.DISCARDED}),
    _S.TAKEN: frozenset(),
    _S.IGNORED: frozenset(),
    _S.DISCARDED: frozenset({_S.WAITING}),
}


def move(event: InboxEvent, to: InboxState, reason: Reason | None = None) -> None:
    """Take one step of its life. The event must be locked. Raises IllegalMove. `reason` says why it stands there."""
    check_move(MOVES, InboxState(event.state), to)
    event.step(to, reason)
