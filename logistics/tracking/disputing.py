"""Disputing a delivery (T14): the customer did not get what its carrier says was delivered."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.tracking.incidents import open_incident
from logistics.tracking.models import EventSource, ParcelIncidentKind, Problem, TrackingEvent, TrackingStatus
from logistics.tracking.recording import Report, events_of, record
from logistics.tracking.rules import in_order, is_future

LONGEST_REASON = 500


def dispute(session: Session, *, reference: str, reason: str, source: EventSource, by: Actor) -> TrackingEvent:
    """Note that a delivered parcel did not reach its customer: it counts as held up, and somebody has to look into it.

    Locks the order and the shipment. A no-op while it is disputed. Staff give a reason, a customer may (at most 500 characters); only staff
    ever see it. Raises Invalid for a reason that is missing or too long, IllegalMove for a parcel that is not delivered, NumberInUse where
    its carrier gave its number to another, NotFound.
    """
    shipment = take_in_hand(session, reference).shipment
    if earlier := _standing_dispute(session, shipment):
        return earlier
    if shipment.state != ShipmentState.DELIVERED:
        raise IllegalMove(_("Shipment %(reference)s is not delivered yet, so nobody can miss it.", reference=reference))
    _check_reason(reason, source)
    now = clock.now()
    # A delivery may have been told a few minutes ahead of its time: the dispute comes after it all the same.
    report = Report(TrackingStatus.DISPUTED, max(now, shipment.last_event_at or now), text=reason, source=source, problem=Problem.NOT_RECEIVED)
    event = record(session, reference=reference, report=report, by=by)
    open_incident(session, shipment=shipment, kind=ParcelIncidentKind.NOT_RECEIVED, note=reason, by=by)
    return event


def _standing_dispute(session: Session, shipment: Shipment) -> TrackingEvent | None:
    """The dispute that nothing was reported after, if there is one."""
    if shipment.state != ShipmentState.HELD_UP:
        return None
    told = [event for event in in_order(events_of(session, shipment.id)) if not is_future(event)]
    last = told[-1] if told else None
    return last if isinstance(last, TrackingEvent) and last.status == TrackingStatus.DISPUTED else None


def _check_reason(reason: str, source: EventSource) -> None:
    if not reason and source is EventSource.STAFF:
        message = _("Say what the customer told you.")
        raise Invalid(message, errors=[FieldError("reason", "required", message)])
    if len(reason) > LONGEST_REASON:
        message = _("Say it in at most 500 characters.")
        raise Invalid(message, errors=[FieldError("reason", "too_long", message)])
