"""What a code means to us: each format has a table of them, so that what a carrier says is looked up and never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.saying import Said


class Meaning(NamedTuple):
    """A status of ours, why the parcel does not arrive as planned, and who took it in."""

    status: TrackingStatus | None
    problem: Problem | None = None
    proof: ProofKind | None = None

    def tell(self, number: str, occurred_at: datetime, **told: Any) -> Said:
        """That this happened to the parcel of this number."""
        return Said(number, occurred_at, self.status, problem=self.problem, proof=self.proof, **told)


Meanings = Mapping[str, Meaning]
# The code is not in the table: it counts as "in transit", and somebody is asked what it means.
UNKNOWN = Meaning(None)

LABEL = Meaning(TrackingStatus.LABEL_CREATED)
MOVING = Meaning(TrackingStatus.IN_TRANSIT)
SLOWED = Meaning(TrackingStatus.IN_TRANSIT, Problem.DELAYED)
OUT = Meaning(TrackingStatus.OUT_FOR_DELIVERY)
READY = Meaning(TrackingStatus.READY_FOR_PICKUP)
TRIED = Meaning(TrackingStatus.ATTEMPT_FAILED)
NOBODY_IN = Meaning(TrackingStatus.ATTEMPT_FAILED, Problem.ABSENT)
TURNED_AWAY = Meaning(TrackingStatus.ATTEMPT_FAILED, Problem.REFUSED)
NO_SUCH_PLACE = Meaning(TrackingStatus.ATTEMPT_FAILED, Problem.ADDRESS)
WITHOUT_MONEY = Meaning(TrackingStatus.ATTEMPT_FAILED, Problem.PAYMENT)
REFUSED = Meaning(TrackingStatus.HELD_UP, Problem.REFUSED)
HELD = Meaning(TrackingStatus.HELD_UP, Problem.OTHER)
IN_CUSTOMS = Meaning(TrackingStatus.HELD_UP, Problem.CUSTOMS)
BAD_WEATHER = Meaning(TrackingStatus.HELD_UP, Problem.WEATHER)
BAD_ADDRESS = Meaning(TrackingStatus.HELD_UP, Problem.ADDRESS)
DAMAGED = Meaning(TrackingStatus.HELD_UP, Problem.DAMAGED)
DELAYED = Meaning(TrackingStatus.HELD_UP, Problem.DELAYED)
UNPAID = Meaning(TrackingStatus.HELD_UP, Problem.PAYMENT)
NOT_COLLECTED = Meaning(TrackingStatus.HELD_UP, Problem.NOT_COLLECTED)
DELIVERED = Meaning(TrackingStatus.DELIVERED)
TO_RECIPIENT = Meaning(TrackingStatus.DELIVERED, None, ProofKind.SELF)
TO_NEIGHBOUR = Meaning(TrackingStatus.DELIVERED, None, ProofKind.NEIGHBOUR)
TO_LOCKER = Meaning(TrackingStatus.DELIVERED, None, ProofKind.LOCKER)
AGAINST_CASH = Meaning(TrackingStatus.DELIVERED, None, ProofKind.COD)
RETURNING = Meaning(TrackingStatus.RETURNING)
RETURNED = Meaning(TrackingStatus.RETURNED_TO_SENDER)
LOST = Meaning(TrackingStatus.LOST)


def sent_back(meaning: Meaning) -> Meaning:
    """What the same news means for a parcel that travels back to its sender."""
    if meaning.status is TrackingStatus.DELIVERED:
        return RETURNED
    return RETURNING if meaning.status is not None else UNKNOWN


def signed(said: Sequence[Said], signer: str, proof: ProofKind | None = None) -> tuple[Said, ...]:
    """The same, with who took the parcel in beside its last delivery; formats tell that of the parcel and not of an event."""
    last = max((one for one in said if one.status is TrackingStatus.DELIVERED), key=lambda one: one.occurred_at, default=None)
    return tuple(replace(one, signer=signer, proof=proof or one.proof) if one is last else one for one in said)


def is_delivered(said: Sequence[Said]) -> bool:
    """Whether a delivery is among it: then no day is expected any more, and formats that tell one tell the day it came."""
    return any(one.status in (TrackingStatus.DELIVERED, TrackingStatus.RETURNED_TO_SENDER) for one in said)
