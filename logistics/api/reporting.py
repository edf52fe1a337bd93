"""Taking what programs report of parcels on their way, by the same capability as carriers' hooks."""

from sqlalchemy.orm import Session

from logistics.api.admitting import Caller
from logistics.api.schemas.shipments import EventBody, EventsBody, TakenEventAnswer
from logistics.core import clock
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import TrackingStatus
from logistics.tracking.reading.saying import Said
from logistics.tracking.rules import FUTURE_AFTER
from logistics.tracking.taking import source_id_of, take_for


def report_events(session: Session, shipment: Shipment, body: EventsBody, *, caller: Caller) -> list[TakenEventAnswer]:
    """Keep what a program reports of a parcel, all of it or nothing; what became of each event.

    Locks the order and the parcel. Raises Invalid for an id given twice, IllegalMove for a parcel that has not left.
    """
    _refuse_repeats(body)
    if shipment.carrier is None:
        raise IllegalMove(_("Shipment %(reference)s has not left yet. Dispatch it first.", reference=shipment.reference))
    said = [_said(shipment, event) for event in body.events]
    taken = take_for(session, shipment.carrier, reference=shipment.reference, said=said, by=caller.actor)
    return [
        TakenEventAnswer(
            id=event.id,
            outcome="new" if source_id_of(shipment.carrier, one) in taken.events else "known",
            future=event.at > clock.now() + FUTURE_AFTER,
        )
        for event, one in zip(body.events, said, strict=True)
    ]


def _said(shipment: Shipment, event: EventBody) -> Said:
    # A parcel without a number is named by its own reference: the ids of its events are its own.
    number = shipment.tracking_number or shipment.reference
    return Said(number, event.at, TrackingStatus(event.status), text=event.text or "", place=event.place or "", event_id=event.id)


def _refuse_repeats(body: EventsBody) -> None:
    ids = [event.id for event in body.events]
    message = _("This id is given twice in one request.")
    errors = [FieldError(f"/events/{at}/id", "given_twice", message) for at, name in enumerate(ids) if name in ids[:at]]
    if errors:
        raise Invalid(message, errors=errors)
