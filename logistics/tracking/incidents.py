"""Parcel incidents: something wrong with a parcel that a person has to settle."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.fulfilment.models import Shipment
from logistics.orders.resolving import LONGEST, check_resolution, find_open, hold_incident, note_resolution
from logistics.tracking.events import ParcelIncidentOpened, ParcelIncidentResolved
from logistics.tracking.models import ParcelIncident, ParcelIncidentKind


def open_incident(session: Session, *, shipment: Shipment, kind: ParcelIncidentKind, note: str, by: Actor) -> ParcelIncident:
    """Put something wrong with a parcel on the list, with a note of whoever noticed it (cut to 500 characters). Its order must be locked.

    A no-op that returns the open one of this kind, where there is one.
    """
    if earlier := _find_open(session, shipment, kind):
        return earlier
    incident = ParcelIncident(
        order_id=shipment.order_id, shipment_id=shipment.id, kind=kind.value, note=note[:LONGEST], opened_at=clock.now(), opened_by_kind=by.kind
    )
    session.add(incident)
    session.flush()
    publish(session, ParcelIncidentOpened(shipment.id, shipment.order_id, incident.id, kind.value), by=by)
    return incident


def resolve_incident(session: Session, *, incident_id: int, resolution: str, by: Actor) -> ParcelIncident:
    """Note how somebody settled it, in a sentence of at most 500 characters. Locks the order. A no-op when it is resolved.

    Raises Invalid without that sentence, NotFound.
    """
    incident = hold_incident(session, ParcelIncident, incident_id)
    if incident.resolved_at:
        return incident
    check_resolution(resolution)
    note_resolution(incident, resolution, by=by)
    session.flush()
    publish(session, ParcelIncidentResolved(incident.shipment_id, incident.order_id, incident.id, incident.kind), by=by)
    return incident


def _find_open(session: Session, shipment: Shipment, kind: ParcelIncidentKind) -> ParcelIncident | None:
    of_parcel = (ParcelIncident.order_id == shipment.order_id, ParcelIncident.shipment_id == shipment.id)
    return find_open(session, ParcelIncident, kind.value, *of_parcel)
