"""What people call the tabs and orders of the list of parcels on their way, and where it is known from when one comes."""

from typing import Any

from logistics.core.language import lazy
from logistics.fulfilment.models import ExpectedBy
from logistics.tracking.road_search import Sort, View

VIEWS: dict[View, Any] = {
    View.ALL: lazy("Under way"),
    View.LATE: lazy("Late"),
    View.QUIET: lazy("Quiet"),
    View.PROBLEM: lazy("Problems"),
    View.OUT: lazy("Out for delivery today"),
    View.DELIVERED: lazy("Delivered lately"),
}
SORTS: dict[Sort, Any] = {
    Sort.EXPECTED: lazy("Longest overdue first"),
    Sort.QUIETEST: lazy("Quietest first"),
    Sort.OLDEST: lazy("Longest on the way first"),
    Sort.NEWEST: lazy("Dispatched last first"),
}
BY_TEXT: dict[str, Any] = {
    ExpectedBy.CARRIER: lazy("the carrier’s word"),
    ExpectedBy.HISTORY: lazy("as ours usually take"),
    ExpectedBy.TABLE: lazy("usual days"),
}
EMPTY: dict[View, tuple[Any, Any]] = {
    View.ALL: (lazy("Nothing is on its way"), lazy("Parcels stand here from their dispatch until they arrive.")),
    View.LATE: (lazy("Nothing is late"), lazy("A parcel stands here when the day on which it was expected is over.")),
    View.QUIET: (lazy("All of them are heard of"), lazy("A parcel stands here when nothing was heard of it for five days.")),
    View.PROBLEM: (lazy("No problems"), lazy("Parcels stand here that are held up, lost or coming back, or that somebody reported.")),
    View.OUT: (lazy("None is out for delivery today"), lazy("Parcels stand here as soon as their carrier says so.")),
    View.DELIVERED: (lazy("None has arrived this week"), lazy("Parcels stand here for seven days after they arrived.")),
}
