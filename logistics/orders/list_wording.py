"""What people call the filters and orders of the list, and the views that every house has."""

from typing import Any

from logistics.core.language import lazy
from logistics.orders.filtering import Flag, Sort
from logistics.orders.viewing import BUILT_IN

FLAGS: dict[Flag, Any] = {
    Flag.ATTENTION: lazy("Needs attention"),
    Flag.HELD: lazy("On hold"),
    Flag.WAITING: lazy("Waiting for stock"),
    Flag.EXPIRING: lazy("Expires within 24 hours"),
    Flag.URGENT: lazy("Urgent"),
    Flag.PART_PAID: lazy("Paid in part"),
    Flag.OVERPAID: lazy("Overpaid"),
    Flag.COD: lazy("To pay on delivery"),
    Flag.TERMS: lazy("On terms"),
    Flag.NOTE: lazy("With a note"),
    Flag.IMPORTED: lazy("Imported history"),
}
SORTS: dict[Sort, Any] = {
    Sort.NEWEST: lazy("Newest first"),
    Sort.OLDEST: lazy("Oldest first"),
    Sort.PRIORITY: lazy("Most urgent first"),
    Sort.EXPIRES: lazy("Expiring soonest first"),
    Sort.TOTAL: lazy("Highest total first"),
    Sort.NAME: lazy("Customer, A to Z"),
}
DAYS: dict[int, Any] = {1: lazy("Today"), 7: lazy("Last 7 days"), 30: lazy("Last 30 days")}
VIEWS: dict[str, Any] = {"attention": lazy("Needs attention"), "today": lazy("Today")}


def built_in_views() -> list[tuple[str, str, str]]:
    """The views that every house has: what a default calls them, what people do, and their query."""
    return [(code, str(VIEWS[code]), query) for code, query in BUILT_IN.items()]
