"""Parcel incidents: something wrong with a parcel that a person has to settle."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound
from logistics.fulfilment.models import Shipment
from logistics.orders.lifecycle import open_order
from logistics.tracking.events import ParcelIncidentOpened, ParcelIncidentResolved
from logistics.tracking.models import ParcelIncident, ParcelIncidentKind

LONGEST = 500


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
    order_id = session.scalar(select(ParcelIncident.order_id).where(ParcelIncident.id == incident_id))
    if order_id is None:
        raise NotFound(_("There is no such incident."))
    open_order(session, order_id)
    incident = session.get_one(ParcelIncident, incident_id, populate_existing=True)
    if incident.resolved_at:
        return incident
    if not resolution or len(resolution) > LONGEST:
        message = _("Say in at most 500 characters how it was settled.")
        raise Invalid(message, errors=[FieldError("resolution", "required", message)])
    incident.resolved_at, incident.resolution = clock.now(), resolution
    incident.resolved_by = by.id if by.kind == "staff" else None
    session.flush()
    publish(session, ParcelIncidentResolved(incident.shipment_id, order_id, incident.id, incident.kind), by=by)
    return incident


def _find_open(session: Session, shipment: Shipment, kind: ParcelIncidentKind) -> ParcelIncident | None:
    of_parcel = select(ParcelIncident).where(ParcelIncident.order_id == shipment.order_id, ParcelIncident.shipment_id == shipment.id)
    return session.scalar(of_parcel.where(ParcelIncident.kind == kind.value, ParcelIncident.resolved_at.is_(None)))
