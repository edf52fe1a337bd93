"""What the list of parcels on their way can be asked for, and how its URL says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from logistics.core import parsing
from logistics.core.language import _
from logistics.core.refusals import BadValue, Invalid
from logistics.fulfilment.models import ON_THE_ROAD


class View(StrEnum):
    """Which part of the road: a tab of the list."""

    ALL = ""
    LATE = "late"
    QUIET = "quiet"
    PROBLEM = "problem"
    OUT = "out"
    DELIVERED = "delivered"


class Sort(StrEnum):
    """In which order they stand: those that were expected longest ago, that left or were heard of longest ago, or that left last."""

    EXPECTED = "expected"
    OLDEST = "oldest"
    QUIETEST = "quietest"
    NEWEST = "newest"


@dataclass(frozen=True)
class RoadSearch:
    """Which parcels are wanted, and in which order. An empty text leaves a filter open; carrier and warehouse are codes."""

    q: str = ""
    view: View = View.ALL
    carrier: str = ""
    state: str = ""
    warehouse: str = ""
    sort: Sort = Sort.EXPECTED
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "RoadSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        try:
            return cls(
                q=parsing.clean_line(query.get("q", ""), longest=120),
                view=View(_one_of(query.get("tab", ""), *View)),
                carrier=parsing.clean_line(query.get("carrier", ""), longest=40),
                state=_one_of(query.get("state", ""), "", *ON_THE_ROAD),
                warehouse=parsing.clean_line(query.get("warehouse", ""), longest=20),
                sort=Sort(_one_of(query.get("sort", "") or Sort.EXPECTED, *Sort)),
                cursor=query.get("cursor", ""),
            )
        except BadValue as error:
            raise Invalid(error.message) from error

    @property
    def text(self) -> str:
        """The same as the query of a URL, from its beginning: one spelling for one search."""
        named = {"tab": self.view, "q": self.q, "carrier": self.carrier, "state": self.state, "warehouse": self.warehouse, "sort": self.sort}
        return urlencode({name: value for name, value in named.items() if value and value != Sort.EXPECTED})

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        cursor = changes.pop("cursor", "")
        written = replace(self, **changes).text + (f"&cursor={cursor}" if cursor else "")
        return f"?{written.removeprefix('&')}" if written else ""

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the tab narrows the list."""
        return bool(self.q or self.carrier or self.state or self.warehouse)


def _one_of(text: str, *known: str) -> str:
    if text not in known:
        raise Invalid(_("This list cannot be shown in that way."))
    return text
