"""Reads for the list of payment incidents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, select
from sqlalchemy.orm import Session

from logistics.core.paging import Slice
from logistics.orders.incident_lists import IncidentSearch, count_open, page_of
from logistics.orders.models import Order, PaymentIncident
from logistics.staff.models import Staff


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
    )
    return page_of(session, search, found, rows, places={"opened_at": datetime, "id": int})


def open_incidents_of(session: Session, order_id: int) -> Sequence[PaymentIncident]:
    """What waits for somebody of an order's money, the oldest first."""
    rows = select(PaymentIncident).where(PaymentIncident.order_id == order_id, PaymentIncident.resolved_at.is_(None))
    return session.scalars(rows.order_by(PaymentIncident.id)).all()


def open_count() -> ScalarSelect[int]:
    """How many are open, as count_open counts."""
    return count_open(PaymentIncident)


def count_incidents(session: Session) -> int:
    """As open_count, asked at once."""
    return session.scalar(select(open_count())) or 0
