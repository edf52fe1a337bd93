"""Replacing tracking events whose code was explained since: each gets a successor that says what the code means."""

from datetime import timedelta, timezone

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from logistics.core.actors import Actor
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import CarrierCode, EventSource, Problem, TrackingEvent, TrackingStatus
from logistics.tracking.recording import Report, events_of, record_all


def find_parcels_to_replace(session: Session, code: CarrierCode, *, after: int, limit: int) -> list[tuple[int, str]]:
    """Parcels, by id and reference, with events of an explained code that still say something else; beginning after the id `after`."""
    later = aliased(TrackingEvent)
    differs = or_(TrackingEvent.status != code.status, TrackingEvent.problem != code.problem)
    teller = func.starts_with(TrackingEvent.source_id, f"{code.carrier.code}:")
    told = select(Shipment.id, Shipment.reference).join(TrackingEvent, TrackingEvent.shipment_id == Shipment.id)
    told = told.where(TrackingEvent.code == code.code, teller, differs, ~exists().where(later.replaces_id == TrackingEvent.id))
    rows = session.execute(told.where(Shipment.id > after).distinct().order_by(Shipment.id).limit(limit))
    return [(row.id, row.reference) for row in rows]


def replace_explained(session: Session, code: CarrierCode, *, reference: str, by: Actor) -> int:
    """Give each event of this code its successor, in one parcel, and fold it anew; how many. Locks the order and the parcel. A no-op when done."""
    parcel = take_in_hand(session, reference)
    prefix = f"{code.carrier.code}:"
    old = [event for event in events_of(session, parcel.shipment.id) if event.code == code.code and event.source_id.startswith(prefix)]
    wrong = [event for event in old if (event.status, event.problem) != (code.status, code.problem) and event.source == EventSource.CARRIER]
    return len(record_all(session, parcel, [_successor(code, event) for event in wrong], by=by))


def _successor(code: CarrierCode, event: TrackingEvent) -> Report:
    return Report(
        status=TrackingStatus(code.status or event.status),
        occurred_at=event.occurred_at.astimezone(timezone(timedelta(minutes=event.offset_minutes))),
        text=event.text or "",
        place=event.place or "",
        source=EventSource.CARRIER,
        source_id=f"{code.carrier.code}:instead of {event.id}",
        code=event.code,
        problem=Problem(code.problem) if code.problem else None,
        replaces_id=event.id,
        # Whether it told of a time still to come is judged by when it came.
        recorded_at=event.recorded_at,
    )
