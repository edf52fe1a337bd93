"""Delivered by rule (T13): a parcel of which nothing more is heard counts as delivered after as many days as its order's channel says."""

from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, or_, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.orders.lifecycle import open_free_order
from logistics.orders.models import Channel, Order
from logistics.tracking.models import EventSource, ParcelIncident, TrackingStatus
from logistics.tracking.recording import Report, record

# The last word of others was that it did not arrive.
COUNTED = (ShipmentState.SHIPPED, ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY, ShipmentState.READY_FOR_PICKUP)


def find_quiet(session: Session, *, after: int, limit: int, timezone: str) -> list[int]:
    """The parcels behind this id that would count as delivered now: ids, in order. Read without a lock, so ask count_as_delivered."""
    return list(session.scalars(_quiet(timezone).where(Shipment.id > after).order_by(Shipment.id).limit(limit)))


def count_as_delivered(session: Session, shipment_id: int, *, timezone: str) -> bool:
    """Count a parcel as delivered if it is quiet. Locks the order and the shipment; what somebody is at work on is left for the next time.

    False, and nothing has changed, for a parcel that its carrier spoke of meanwhile, that is expected later, or has an open incident.
    """
    found = session.execute(select(Shipment.order_id, Shipment.reference).where(Shipment.id == shipment_id)).one()
    if not open_free_order(session, found.order_id):
        return False
    # Under its order's lock nobody else moves it: what is read now is how it stands.
    if session.scalar(_quiet(timezone).where(Shipment.id == shipment_id)) is None:
        return False
    record(session, reference=found.reference, report=Report(TrackingStatus.DELIVERED, clock.now(), source=EventSource.SYSTEM), by=SYSTEM)
    return True


def _quiet(timezone: str) -> Select[int]:
    states: BindParameter[Any] = bindparam("states", [state.value for state in COUNTED], expanding=True, literal_execute=True)
    days = Channel.delivered_after_days * literal(timedelta(days=1))
    incident = select(ParcelIncident.id).where(ParcelIncident.shipment_id == Shipment.id, ParcelIncident.resolved_at.is_(None))
    return (
        select(Shipment.id)
        .join(Order, Order.id == Shipment.order_id)
        .join(Channel, Channel.id == Order.channel_id)
        # Written out, or the plan of a prepared statement could not know that the partial index holds them.
        .where(Shipment.state.in_(states))
        .where(Order.imported_at.is_(None), Channel.delivered_after_days.is_not(None))
        .where(func.greatest(Shipment.last_event_at, Shipment.dispatched_at) <= clock.now() - days)
        .where(_is_not_expected_later(timezone), ~incident.exists())
    )


def _is_not_expected_later(timezone: str) -> ColumnElement[Any]:
    return or_(Shipment.expected_to.is_(None), Shipment.expected_to < clock.today(timezone))
