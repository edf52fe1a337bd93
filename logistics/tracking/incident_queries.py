"""Reads for the list of parcel incidents, and for the pages that show an order's or a parcel's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, Select, func, literal, select
from sqlalchemy.orm import Session

from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid
from logistics.fulfilment.models import Carrier, Shipment
from logistics.orders.models import Order
from logistics.staff.models import Staff
from logistics.tracking.incident_wording import incident_advice, incident_text, opened_by_text
from logistics.tracking.models import ParcelIncident, ParcelIncidentKind

PAGE = 50
COUNTED_AT_MOST = 1000
WORDS: Mapping[str, Any] = {"incident_text": incident_text, "incident_advice": incident_advice, "opened_by_text": opened_by_text}


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
        if kind not in ("", *ParcelIncidentKind) or state not in ("", "open", "resolved"):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(kind, state == "resolved", query.get("cursor", ""))

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        wanted = replace(self, **{"cursor": "", **changes})
        named = {"state": "resolved" if wanted.resolved else "open", "kind": wanted.kind, "cursor": wanted.cursor}
        return "?" + urlencode({name: value for name, value in named.items() if value})


def find_incidents(session: Session, search: IncidentSearch) -> Slice[Row[Any]]:
    """Incidents as searched for: open ones the oldest first, resolved ones the newest first; columns as _rows says."""
    rows = _rows().where(ParcelIncident.resolved_at.is_not(None) if search.resolved else ParcelIncident.resolved_at.is_(None))
    if search.kind:
        rows = rows.where(ParcelIncident.kind == search.kind)
    if search.cursor:
        (last,) = read_cursor(search.cursor, int)
        rows = rows.where(ParcelIncident.id < last if search.resolved else ParcelIncident.id > last)
    way = ParcelIncident.id.desc() if search.resolved else ParcelIncident.id
    return cut_page(session.execute(rows.order_by(way).limit(PAGE + 1)).all(), PAGE, "id")


def order_alerts(session: Session, order: Order) -> dict[str, Any]:
    """What the page of an order warns of on top: the open incidents of its parcels."""
    return _alerts(session, _rows().where(ParcelIncident.order_id == order.id))


def shipment_alerts(session: Session, shipment: Shipment) -> dict[str, Any]:
    """What the page of a shipment warns of on top: its open incidents."""
    return _alerts(session, _rows().where(ParcelIncident.shipment_id == shipment.id))


def count_incidents(session: Session) -> int:
    """How many are open, counted to COUNTED_AT_MOST."""
    return int(session.scalar(open_incidents()) or 0)


def open_incidents() -> Select[Any]:
    """The query of that number."""
    found = select(literal(1)).select_from(ParcelIncident).where(ParcelIncident.resolved_at.is_(None)).limit(COUNTED_AT_MOST)
    return select(func.count()).select_from(found.subquery())


def _alerts(session: Session, rows: Select[Any]) -> dict[str, Any]:
    found = session.execute(rows.where(ParcelIncident.resolved_at.is_(None)).order_by(ParcelIncident.id)).all()
    return {"incidents": found, **WORDS}


def _rows() -> Select[Any]:
    """Columns: id, kind, note, opened_at, opened_by_kind, resolved_at, resolution, resolver (a name or None), number and name of the order,
    reference, state, tracking_number, carrier (a name or None)."""
    found = ParcelIncident
    return (
        select(found.id, found.kind, found.note, found.opened_at, found.opened_by_kind, found.resolved_at, found.resolution)
        .add_columns(Staff.name.label("resolver"), Order.number, Order.name, Shipment.reference, Shipment.state, Shipment.tracking_number)
        .add_columns(Carrier.name.label("carrier"))
        .join(Order, Order.id == found.order_id)
        .join(Shipment, Shipment.id == found.shipment_id)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .outerjoin(Staff, Staff.id == found.resolved_by)
    )
