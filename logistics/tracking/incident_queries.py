"""Reads for the list of parcel incidents, and for the pages that show an order's or a parcel's own."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, select
from sqlalchemy.orm import Session

from logistics.core.paging import Slice
from logistics.fulfilment.models import Carrier, Shipment
from logistics.orders.incident_lists import IncidentSearch, count_open, page_of
from logistics.orders.models import Order
from logistics.staff.models import Staff
from logistics.tracking.incident_wording import incident_advice, incident_text, opened_by_text
from logistics.tracking.models import ParcelIncident

WORDS: Mapping[str, Any] = {"incident_text": incident_text, "incident_advice": incident_advice, "opened_by_text": opened_by_text}


def find_incidents(session: Session, search: IncidentSearch) -> Slice[Row[Any]]:
    """Incidents as searched for: open ones the oldest first, resolved ones the newest first; columns as _rows says."""
    return page_of(session, search, ParcelIncident, _rows(), places={"id": int})


def order_alerts(session: Session, order: Order) -> dict[str, Any]:
    """What the page of an order warns of on top: the open incidents of its parcels."""
    return _alerts(session, _rows().where(ParcelIncident.order_id == order.id))


def shipment_alerts(session: Session, shipment: Shipment) -> dict[str, Any]:
    """What the page of a shipment warns of on top: its open incidents."""
    return _alerts(session, _rows().where(ParcelIncident.shipment_id == shipment.id))


def open_count() -> ScalarSelect[int]:
    """How many are open, as count_open counts."""
    return count_open(ParcelIncident)


def count_incidents(session: Session) -> int:
    """As open_count, asked at once."""
    return session.scalar(select(open_count())) or 0


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
