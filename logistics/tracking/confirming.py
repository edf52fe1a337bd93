"""The customer says that a parcel has come (T13)."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import ShipmentState
from logistics.tracking.models import EventSource, TrackingEvent, TrackingStatus
from logistics.tracking.recording import Report, record


def confirm_receipt(session: Session, *, reference: str, by: Actor) -> TrackingEvent | None:
    """Note that a parcel's customer has got it. Locks the order and the shipment. A no-op, which answers None, when it is delivered.

    Raises IllegalMove for a parcel that has not left or came back, NotFound.
    """
    shipment = take_in_hand(session, reference).shipment
    if shipment.state == ShipmentState.DELIVERED:
        return None
    if shipment.dispatched_at is None or shipment.state == ShipmentState.RETURNED_TO_SENDER:
        raise IllegalMove(_("This parcel is not on its way to you."))
    now = clock.now()
    # A carrier's clock may be some minutes ahead: the receipt comes after all that it told.
    report = Report(TrackingStatus.DELIVERED, max(now, shipment.last_event_at or now), source=EventSource.CUSTOMER)
    return record(session, reference=reference, report=report, by=by)
