"""Reads for the pages about parcels on their way."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, aliased

from logistics.core.config import settings
from logistics.core.language import _
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.fulfilment.queries import find_parcels
from logistics.orders.linking import public_link
from logistics.orders.models import Order
from logistics.staff.models import Staff
from logistics.tracking.models import TrackingEvent, TrackingStatus
from logistics.tracking.proof_queries import find_proofs, proof_text
from logistics.tracking.road_queries import find_of_orders
from logistics.tracking.rules import fold, is_future
from logistics.tracking.timeline import STATUS_TONE, title_of

# A row of whatever columns its query names.
AnyRow = Row[*tuple[Any, ...]]


def find_events(session: Session, order_id: int) -> Sequence[AnyRow]:
    """What was reported of an order's parcels and not replaced since, with who of the staff reported it (`actor`), if one did."""
    successor = aliased(TrackingEvent)
    later = select(successor.replaces_id).join(Shipment, Shipment.id == successor.shipment_id)
    later = later.where(Shipment.order_id == order_id, successor.replaces_id.is_not(None))
    events = (
        select(*TrackingEvent.__table__.columns, Shipment.reference, Staff.name.label("actor"))
        .join(Shipment, Shipment.id == TrackingEvent.shipment_id)
        .outerjoin(Staff, and_(Staff.id == TrackingEvent.actor_id, TrackingEvent.source == "staff"))
        .where(Shipment.order_id == order_id, TrackingEvent.id.not_in(later))
        .order_by(TrackingEvent.occurred_at, TrackingEvent.rank, TrackingEvent.id)
    )
    return session.execute(events).all()


def order_panel(session: Session, order: Order) -> dict[str, Any]:
    """What the order's page shows of its parcels on their way."""
    events = find_events(session, order.id)
    gone = [row for row in find_parcels(session, order.id) if row.dispatched_at]
    where = find_of_orders(session, [order.id], timezone=settings().timezone).get(order.id, []) if gone else []
    # No proof without a delivery that was reported.
    proofs = find_proofs(session, order.id) if any(row.status == TrackingStatus.DELIVERED for row in events) else ()
    story = _story(gone, events)
    shown = {"order": order, "parcels": gone, "where": where, "story": story, "link": public_link(order), "place": "order"}
    return {**shown, "proofs": proofs, "unproved": _unproved(gone, events, proofs), "proof_text": proof_text}


def shipment_panel(session: Session, shipment: Shipment) -> dict[str, Any]:
    """What a shipment's page shows of its way."""
    panel = order_panel(session, shipment.order)
    gone = [row for row in panel["parcels"] if row.id == shipment.id]
    events = [row for row in find_events(session, shipment.order_id) if row.shipment_id == shipment.id]
    proofs = [row for row in panel["proofs"] if row.shipment_id == shipment.id]
    where = [parcel for parcel in panel["where"] if parcel.row.id == shipment.id]
    return {**panel, "parcels": gone, "where": where, "story": _story(gone, events), "place": "shipment", "proofs": proofs}


def _unproved(parcels: Sequence[AnyRow], events: Sequence[AnyRow], proofs: Sequence[AnyRow]) -> set[int]:
    """The delivered parcels of whose last delivery nobody said who took it in."""
    proved = {(row.shipment_id, row.at) for row in proofs}
    last = {row.shipment_id: row.occurred_at for row in events if row.status == TrackingStatus.DELIVERED and not is_future(row)}
    return {row.id for row in parcels if row.state == ShipmentState.DELIVERED and (row.id, last.get(row.id)) not in proved}


def _story(parcels: Sequence[AnyRow], events: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """The timeline staff read: who reported what, and what the parcel's state did not follow."""
    skipped = {event for parcel in parcels for event in fold([row for row in events if row.shipment_id == parcel.id]).skipped}
    told = [_told(row, skipped, name_parcel=len(parcels) > 1) for row in events]
    for parcel in parcels:
        sent = {"at": parcel.dispatched_at, "title": _("Handed to %(carrier)s", carrier=parcel.Carrier.name if parcel.Carrier else "–")}
        told.append({**sent, "text": parcel.reference if len(parcels) > 1 else "", "tone": "progress"})
    return sorted(told, key=lambda item: item["at"], reverse=True)


def _told(row: AnyRow, skipped: set[int], *, name_parcel: bool) -> dict[str, Any]:
    note = ""
    if is_future(row):
        note = _("This time was still to come when it was reported, so it is left out.")
    elif row.id in skipped and row.status != "label_created":
        note = _("It came late: the parcel was further already.")
    where = " · ".join(part for part in (row.place, row.text, row.reference if name_parcel else "") if part)
    tone = "neutral" if row.id in skipped else STATUS_TONE.get(row.status, "progress")
    actor = row.actor or (_("Carrier") if row.source == "carrier" else "")
    return {
        "at": row.occurred_at,
        "title": title_of(row.status, row.source),
        "text": "\n".join(part for part in (where, note) if part),
        "tone": tone,
        "actor": actor,
    }
