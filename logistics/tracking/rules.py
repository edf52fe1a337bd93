"""The fold: a parcel's state from what was reported about it, whatever came late, twice or out of order (domain.md).

Dispatch is the start of the fold, not an event in it. Events are taken in the order of (occurred_at, rank, id); an illegal step is
kept in the timeline and skipped, so a late depot scan never undoes a delivery.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from logistics.fulfilment.models import ShipmentState
from logistics.tracking.models import EventSource, TrackingStatus

FUTURE_AFTER = timedelta(minutes=10)
_S, _T = ShipmentState, TrackingStatus

RANK: dict[TrackingStatus, int] = {
    _T.LABEL_CREATED: 0,
    _T.IN_TRANSIT: 10,
    _T.HELD_UP: 20,
    _T.OUT_FOR_DELIVERY: 30,
    _T.ATTEMPT_FAILED: 40,
    _T.READY_FOR_PICKUP: 50,
    _T.LOST: 60,
    _T.RETURNING: 70,
    _T.DELIVERED: 80,
    _T.DISPUTED: 85,
    _T.RETURNED_TO_SENDER: 90,
}
_LEADS_TO: dict[TrackingStatus, ShipmentState] = {
    _T.LABEL_CREATED: _S.SHIPPED,
    _T.IN_TRANSIT: _S.IN_TRANSIT,
    _T.HELD_UP: _S.HELD_UP,
    _T.OUT_FOR_DELIVERY: _S.OUT_FOR_DELIVERY,
    _T.ATTEMPT_FAILED: _S.ATTEMPT_FAILED,
    _T.READY_FOR_PICKUP: _S.READY_FOR_PICKUP,
    _T.LOST: _S.LOST,
    _T.RETURNING: _S.RETURNING,
    _T.DELIVERED: _S.DELIVERED,
    _T.DISPUTED: _S.HELD_UP,
    _T.RETURNED_TO_SENDER: _S.RETURNED_TO_SENDER,
}
_STATE_RANK: dict[ShipmentState, int] = {
    _S.SHIPPED: 0,
    _S.IN_TRANSIT: 10,
    _S.HELD_UP: 20,
    _S.OUT_FOR_DELIVERY: 30,
    _S.ATTEMPT_FAILED: 40,
    _S.READY_FOR_PICKUP: 50,
    _S.LOST: 60,
    _S.RETURNING: 70,
    _S.DELIVERED: 80,
    _S.RETURNED_TO_SENDER: 90,
}
_ALWAYS = {_T.DELIVERED, _T.HELD_UP, _T.RETURNING, _T.LOST}
# Parcels do these in order of time, although their rank goes down: back to the depot, on again, found again.
_RESUMES: dict[ShipmentState, set[TrackingStatus]] = {
    _S.OUT_FOR_DELIVERY: {_T.IN_TRANSIT},
    _S.HELD_UP: {_T.IN_TRANSIT},
    _S.ATTEMPT_FAILED: {_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY},
    _S.READY_FOR_PICKUP: {_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY},
    _S.LOST: {_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY, _T.ATTEMPT_FAILED, _T.READY_FOR_PICKUP},
}
_RETURN_LEG = {_T.RETURNING, _T.RETURNED_TO_SENDER}
_PEOPLE = {EventSource.STAFF, EventSource.CUSTOMER}


class Reported(Protocol):
    """What the fold reads of a tracking event."""

    id: int
    occurred_at: datetime
    recorded_at: datetime
    rank: int
    status: str
    source: str


@dataclass(frozen=True)
class Folded:
    """The state, and the ids of the events that were kept but not followed."""

    state: ShipmentState
    skipped: frozenset[int]


def fold(events: Iterable[Reported]) -> Folded:
    """The state of a dispatched parcel from its events, in whatever order they are given."""
    state, skipped = _S.SHIPPED, set()
    for event in in_order(events):
        status = TrackingStatus(event.status)
        if is_future(event) or not _may_follow(state, status, EventSource(event.source)):
            skipped.add(event.id)
        elif status is not _T.LABEL_CREATED:
            state = _LEADS_TO[status]
    return Folded(state, frozenset(skipped))


def in_order(events: Iterable[Reported]) -> Sequence[Reported]:
    """The events as they are taken: by (occurred_at, rank, id)."""
    return sorted(events, key=lambda event: (event.occurred_at, event.rank, event.id))


def is_future(event: Reported) -> bool:
    """Whether it claims to have happened more than ten minutes after it was reported; such an event is flagged and left out."""
    return event.occurred_at > event.recorded_at + FUTURE_AFTER


def _may_follow(state: ShipmentState, status: TrackingStatus, source: EventSource) -> bool:
    if status is _T.DISPUTED:
        return state is _S.DELIVERED and source in _PEOPLE
    if state in (_S.DELIVERED, _S.RETURNED_TO_SENDER):
        return status in _RETURN_LEG or source in _PEOPLE
    if state is _S.RETURNING:
        return status in _ALWAYS | _RETURN_LEG
    return status in _ALWAYS or RANK[status] >= _STATE_RANK[state] or status in _RESUMES.get(state, ())
