"""What tracking does when a parcel leaves."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.jobs import enqueue
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.models import Shipment
from logistics.tracking.matching import plain_number
from logistics.tracking.parking import is_awaited
from logistics.tracking.tasks import attach_parked


def attach_when_dispatched(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """What was parked for this parcel becomes its own, by a job: events may bring more, and their messages, under locks of their own."""
    number = plain_number(session.get_one(Shipment, event.shipment_id).tracking_number)
    if number and is_awaited(session, number):
        enqueue(session, attach_parked, number=number)
