"""When a parcel is expected, and whether it is late, from what its row says: the words that staff and customers read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from babel.dates import format_date

from logistics.core.language import _, current_locale, lazy, ngettext
from logistics.fulfilment.models import ExpectedBy, ShipmentState
from logistics.tracking.models import Problem

# In these a day of arrival is something to wait for; one that waits at a pickup point has arrived for its carrier.
AWAITED = (
    ShipmentState.SHIPPED,
    ShipmentState.IN_TRANSIT,
    ShipmentState.OUT_FOR_DELIVERY,
    ShipmentState.ATTEMPT_FAILED,
    ShipmentState.HELD_UP,
)
REASON_TEXT: dict[str, Any] = {
    Problem.ADDRESS: lazy("the address is wrong or incomplete"),
    Problem.ABSENT: lazy("nobody was there to take it in"),
    Problem.REFUSED: lazy("it was not accepted"),
    Problem.CUSTOMS: lazy("customs are looking at it"),
    Problem.WEATHER: lazy("the weather"),
    Problem.DAMAGED: lazy("it was damaged"),
    Problem.PAYMENT: lazy("something has to be paid first"),
    Problem.NOT_COLLECTED: lazy("it was not picked up in time"),
    Problem.DELAYED: lazy("a delay at the carrier"),
    Problem.NOT_RECEIVED: lazy("it was reported as not received"),
}


class Expected(Protocol):
    """What is read of a shipment, or of a row with its columns. `promised_to`: the last day that was told first."""

    state: str
    expected_from: date | None
    expected_to: date | None
    expected_by: str
    promised_to: date | None


@dataclass(frozen=True)
class Arrival:
    """The days between which a parcel is expected, both included; often the same one twice. Days are the shop's.

    `late_by_days` counts from the last of them, 0 while it is not over. `promised_to` is the day by which it was expected at first,
    where a carrier has changed its word since, else None.
    """

    earliest: date
    latest: date
    by: ExpectedBy
    today: date
    promised_to: date | None = None

    @property
    def late_by_days(self) -> int:
        """How many days ago the last day was."""
        return max(0, (self.today - self.latest).days)

    @property
    def is_late(self) -> bool:
        """Whether the last day is over."""
        return self.late_by_days > 0


def arrival_of(row: Expected, *, today: date) -> Arrival | None:
    """When a parcel is expected, as seen on a day of the shop's. None where nobody knows, and for one that nobody waits for (any more)."""
    if row.state not in AWAITED or row.expected_from is None or row.expected_to is None:
        return None
    was = row.promised_to if row.promised_to != row.expected_to else None
    return Arrival(row.expected_from, row.expected_to, ExpectedBy(row.expected_by), today, was)


def latest_of(arrivals: Iterable[Arrival | None]) -> Arrival | None:
    """Of several parcels the one that comes last."""
    return max((arrival for arrival in arrivals if arrival), key=lambda arrival: arrival.latest, default=None)


def say_arrival(arrival: Arrival) -> str:
    """When it comes, in one sentence; of a late one, honestly, when it was to come."""
    first, last = max(arrival.earliest, arrival.today), arrival.latest
    if arrival.is_late:
        return str(_("Late: it was expected by %(day)s.", day=day_text(last)))
    if last == arrival.today:
        return str(_("Expected today."))
    if arrival.earliest < arrival.today:
        return str(_("Expected by %(day)s.", day=day_text(last)))
    return str(_("Expected %(days)s.", days=days_text(first, last)))


def write_arrival(arrival: Arrival) -> str:
    """The same for a text that may be read on another day, such as a mail: it names the days, whichever is today."""
    return say_arrival(arrival) if arrival.is_late else str(_("Expected %(days)s.", days=days_text(arrival.earliest, arrival.latest)))


def say_promise(arrival: Arrival) -> str:
    """What was told first, in one sentence, where the carrier has changed its word since; else an empty text."""
    return str(_("At first it was expected by %(day)s.", day=day_text(arrival.promised_to))) if arrival.promised_to else ""


def say_reason(problem: str) -> str:
    """Why it is late or held up, in one sentence, from the latest problem that its carrier named; an empty text where none is known."""
    reason = REASON_TEXT.get(problem)
    return str(_("The carrier gives the reason: %(reason)s.", reason=reason)) if reason else ""


def say_lateness(days: int) -> str:
    """How late it is, for a badge."""
    return str(ngettext("Late by %(num)s day", "Late by %(num)s days", days))


def day_text(day: date) -> str:
    """A day near today as people say it: "Thu 3 Dec"."""
    return str(format_date(day, "M月d日EEE" if _is_chinese() else "EEE d MMM", locale=current_locale()))


def days_text(first: date, last: date) -> str:
    """A span of days near today, or one of them: "Tue 1 – Thu 3 Dec"."""
    if first >= last:
        return day_text(last)
    same_month = (first.year, first.month) == (last.year, last.month)
    if _is_chinese():
        end = str(format_date(last, "d日EEE", locale=current_locale())) if same_month else day_text(last)
        return f"{day_text(first)}至{end}"
    begin = str(format_date(first, "EEE d", locale=current_locale())) if same_month else day_text(first)
    return f"{begin} – {day_text(last)}"


def _is_chinese() -> bool:
    return current_locale() == "zh_Hans"
