"""What every format is read into: things said about parcels, in our words beside the carrier's own, not yet matched with a parcel of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Protocol

from logistics.core.refusals import Refusal
from logistics.tracking.models import Problem, ProofKind, TrackingStatus


class Unreadable(Refusal):
    """A body that its format does not have: nothing of it is taken. The message says what was missed."""

    status = 422
    code = "unreadable"


@dataclass(frozen=True)
class Said:
    """One thing that a carrier says happened.

    `occurred_at` keeps the offset it was told in. `status` is None for a code that the format does not explain: it counts as "in transit"
    and is listed. `event_id` is the sender's own, or empty: then the thing itself is its name (number, time, code, text, place). `carrier` is
    what one who reports for many calls the carrier, or empty. `signer` and `proof` come with a delivery, where they are told.
    """

    tracking_number: str
    occurred_at: datetime
    status: TrackingStatus | None
    code: str = ""
    problem: Problem | None = None
    text: str = ""
    place: str = ""
    event_id: str = ""
    carrier: str = ""
    signer: str = ""
    proof: ProofKind | None = None


@dataclass(frozen=True)
class Expected:
    """The days between which a carrier expects to deliver a parcel; often the same one twice."""

    tracking_number: str
    earliest: date
    latest: date
    carrier: str = ""


@dataclass(frozen=True)
class Reading:
    """What a body says. `fault` is the carrier's own word that it knows nothing (an error body): then nothing else is in it."""

    said: tuple[Said, ...] = ()
    expected: tuple[Expected, ...] = ()
    fault: str = ""


class Reader(Protocol):
    """Reads a decoded body of one format; `zone` is where times without an offset are told. Raises Unreadable."""

    def __call__(self, body: Mapping[str, Any], *, zone: tzinfo) -> Reading: ...
