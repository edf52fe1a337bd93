"""What every list of incidents shows: those that are wanted, page by page, and how many are open."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, ScalarSelect, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.paging import Slice, count_to, cut_page, read_cursor
from logistics.core.refusals import Invalid
from logistics.orders.models import Incident

PAGE = 50
COUNTED_AT_MOST = 1000


@dataclass(frozen=True)
class IncidentSearch:
    """Which incidents are wanted: of a kind or of any, the resolved ones or those that are open."""

    kind: str = ""
    resolved: bool = False
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], kinds: type[StrEnum]) -> "IncidentSearch":
        """As the URL says; `kinds` are those of this list. Raises Invalid for what cannot be searched for."""
        kind, state = query.get("kind", ""), query.get("state", "")
        if kind not in ("", *kinds) or state not in ("", "open", "resolved"):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(kind, state == "resolved", query.get("cursor", ""))

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        wanted = replace(self, **{"cursor": "", **changes})
        named = {"state": "resolved" if wanted.resolved else "open", "kind": wanted.kind, "cursor": wanted.cursor}
        return "?" + urlencode({name: value for name, value in named.items() if value})


def page_of(
    session: Session, search: IncidentSearch, incidents: type[Incident], rows: Select[*tuple[Any, ...]], *, places: Mapping[str, type]
) -> Slice[Row[*tuple[Any, ...]]]:
    """Those of `rows` (about `incidents`) that are searched for: open ones the oldest first, resolved ones the newest first.

    `places` are the columns they are sorted by, as an index of theirs has them, each with the type of its values.
    """
    rows = rows.where(incidents.resolved_at.is_not(None) if search.resolved else incidents.resolved_at.is_(None))
    if search.kind:
        rows = rows.where(incidents.kind == search.kind)
    keys = [getattr(incidents, name) for name in places]
    if search.cursor:
        here, last = tuple_(*keys), tuple_(*read_cursor(search.cursor, *places.values()))
        rows = rows.where(here < last if search.resolved else here > last)
    ways = [key.desc() for key in keys] if search.resolved else keys
    return cut_page(session.execute(rows.order_by(*ways).limit(PAGE + 1)).all(), PAGE, *places)


def count_open(incidents: type[Incident]) -> ScalarSelect[int]:
    """How many are open, counted to COUNTED_AT_MOST."""
    return count_to(COUNTED_AT_MOST, select(literal(1)).select_from(incidents).where(incidents.resolved_at.is_(None)))
