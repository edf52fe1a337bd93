"""What happened to an order's parcels, as one list in words and local times: ours and the carriers'."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from logistics.core.language import current_locale, lazy
from logistics.tracking.models import EventSource, ProofKind, TrackingStatus

_T = TrackingStatus

STATUS_TEXT: dict[str, Any] = {
    _T.LABEL_CREATED: lazy("Announced to the carrier"),
    _T.IN_TRANSIT: lazy("On its way"),
    _T.OUT_FOR_DELIVERY: lazy("Out for delivery"),
    _T.READY_FOR_PICKUP: lazy("Ready to be picked up"),
    _T.ATTEMPT_FAILED: lazy("Delivery was tried"),
    _T.HELD_UP: lazy("Held up"),
    _T.DELIVERED: lazy("Delivered"),
    _T.RETURNING: lazy("On its way back to the sender"),
    _T.RETURNED_TO_SENDER: lazy("Back at the sender"),
    _T.LOST: lazy("Reported lost"),
    _T.DISPUTED: lazy("Reported as not received"),
}
_COUNTED = lazy("Counted as delivered: nothing more was heard of it")
STATUS_TONE: dict[str, str] = {
    _T.DELIVERED: "success",
    _T.OUT_FOR_DELIVERY: "progress",
    _T.READY_FOR_PICKUP: "info",
    _T.ATTEMPT_FAILED: "warning",
    _T.HELD_UP: "warning",
    _T.RETURNING: "warning",
    _T.DISPUTED: "warning",
    _T.LOST: "danger",
    _T.RETURNED_TO_SENDER: "danger",
}
PROOF_TEXT: dict[str, Any] = {
    ProofKind.SELF: lazy("Handed to the recipient"),
    ProofKind.NEIGHBOUR: lazy("Handed to a neighbour"),
    ProofKind.LOCKER: lazy("Put into a parcel locker"),
    ProofKind.COD: lazy("Handed over and paid for"),
}


def title_of(status: str, source: str) -> Any:
    """What happened, in words."""
    return _COUNTED if status == _T.DELIVERED and source == EventSource.SYSTEM else STATUS_TEXT[status]


@dataclass(frozen=True)
class Moment:
    """One thing that happened, in the zone it was told in. `text` is in its carrier's own words."""

    at: datetime
    title: str
    offset_minutes: int
    place: str = ""
    text: str = ""
    parcel: int = 0
    tone: str = "neutral"


def in_shop_zone(at: datetime, title: str, timezone_name: str, **more: Any) -> Moment:
    """Something that we did: told in the zone of the shop."""
    offset = at.astimezone(ZoneInfo(timezone_name)).utcoffset() or timedelta()
    return Moment(at, title, int(offset.total_seconds() // 60), **more)


def newest_first(moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """One timeline of all."""
    in_order = sorted(moments, key=lambda moment: moment.at)
    # Turned round whole: of two of the same instant, too, the later told comes first.
    return tuple(in_order[::-1])


def local_hour(moment: datetime, timezone_name: str) -> str:
    """The time of a day as the clock of the shop shows it, with its zone: "17:30 UTC+8"."""
    local = moment.astimezone(ZoneInfo(timezone_name))
    return f"{local:%H:%M} {_zone(int((local.utcoffset() or timedelta()).total_seconds() // 60))}"


def local_time(moment: datetime, offset_minutes: int) -> str:
    """Day and time as the clock showed them there, with the zone: "22 Nov 2026, 17:30 UTC+8"."""
    zone = timezone(timedelta(minutes=offset_minutes))
    pattern = "y年M月d日 HH:mm" if current_locale() == "zh_Hans" else "d MMM y, HH:mm"
    written = format_datetime(moment.astimezone(UTC), pattern, tzinfo=zone, locale=current_locale())
    return f"{written} {_zone(offset_minutes)}"


def _zone(offset_minutes: int) -> str:
    hours, minutes = divmod(abs(offset_minutes), 60)
    ahead = f"{'+' if offset_minutes > 0 else '-'}{hours}" if offset_minutes else ""
    return f"UTC{ahead}{f':{minutes:02}' if minutes else ''}"
