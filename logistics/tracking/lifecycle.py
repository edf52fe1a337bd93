"""The life of something that a carrier sent."""

from enum import StrEnum

from logistics.core.lifecycle import check_move
from logistics.tracking.models import CarrierDelivery, DeliveryState

_S = DeliveryState

MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    _S.WAITING: frozenset({_S.WORKED, _S.UNREADABLE}),
    _S.UNREADABLE: frozenset({_S.WAITING, _S.DISCARDED}),
    _S.QUARANTINED: frozenset({_S.DISCARDED}),
    _S.WORKED: frozenset(),
    _S.IGNORED: frozenset(),
    _S.DISCARDED: frozenset({_S.WAITING}),
}


class Reason(StrEnum):
    """Why something that a carrier sent is where it is."""

    UNREADABLE = "unreadable"
    OUR_MISTAKE = "our_mistake"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    TOLD = "told"
    NOTHING_NEW = "nothing_new"
    KNOWS_NOTHING = "knows_nothing"


def move(delivery: CarrierDelivery, to: DeliveryState, reason: Reason | None = None) -> None:
    """Take one step of its life. It must be locked. Raises IllegalMove. `reason` says why it stands there."""
    check_move(MOVES, DeliveryState(delivery.state), to)
    delivery.step(to, reason)
