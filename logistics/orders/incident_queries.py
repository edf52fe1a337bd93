"""Reads for the list of payment incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, ScalarSelect, func, literal, select, tuple_
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid
from logistics.orders.models import IncidentKind, Order, PaymentIncident
from logistics.staff.models import Staff

PAGE = 50
COUNTED_AT_MOST = 1000


@dataclass(frozen=True)
class IncidentSearch:
    """Which incidents are wanted: of a kind or of any, the resolved ones or those that are open."""

    kind: str = ""
    resolved: bool = False
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "IncidentSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        kind, state = query.get("kind", ""), query.get("state", "")
        if kind not in ("", *IncidentKind) or state not in ("", "open", "resolved"):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(kind, state == "resolved", query.get("cursor", ""))

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        wanted = replace(self, **{"cursor": "", **changes})
        named = {"state": "resolved" if wanted.resolved else "open", "kind": wanted.kind, "cursor": wanted.cursor}
        return "?" + urlencode({name: value for name, value in named.items() if value})


def find_incidents(session: Session, search: IncidentSearch) -> Slice[Row[Any]]:
    """Incidents as searched for: open ones the oldest first, resolved ones the newest first.

    Columns: id, kind, amount, opened_at, resolved_at, resolution, resolver (a name or None), number, name, currency.
    """
    found = PaymentIncident
    rows = (
        select(found.id, found.kind, found.amount, found.opened_at, found.resolved_at, found.resolution, Staff.name.label("resolver"))
        .add_columns(Order.number, Order.name, Order.currency)
        .join(Order, Order.id == found.order_id)
        .outerjoin(Staff, Staff.id == found.resolved_by)
        .where(found.resolved_at.is_not(None) if search.resolved else found.resolved_at.is_(None))
    )
    if search.kind:
        rows = rows.where(found.kind == search.kind)
    here = tuple_(found.opened_at, found.id)
    if search.cursor:
        last = tuple_(*read_cursor(search.cursor, datetime, int))
        rows = rows.where(here < last if search.resolved else here > last)
    ways = (found.opened_at.desc(), found.id.desc()) if search.resolved else (found.opened_at, found.id)
    return cut_page(session.execute(rows.order_by(*ways).limit(PAGE + 1)).all(), PAGE, "opened_at", "id")


def open_incidents_of(session: Session, order_id: int) -> Sequence[PaymentIncident]:
    """What waits for somebody of an order's money, the oldest first."""
    rows = select(PaymentIncident).where(PaymentIncident.order_id == order_id, PaymentIncident.resolved_at.is_(None))
    return session.scalars(rows.order_by(PaymentIncident.id)).all()


def open_count() -> ScalarSelect[int]:
    """How many are open, counted to COUNTED_AT_MOST."""
    found = select(literal(1)).select_from(PaymentIncident).where(PaymentIncident.resolved_at.is_(None)).limit(COUNTED_AT_MOST)
    return select(func.count()).select_from(found.subquery()).scalar_subquery()


def count_incidents(session: Session) -> int:
    """As open_count, asked at once."""
    return session.scalar(select(open_count())) or 0
