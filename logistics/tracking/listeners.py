"""What tracking does when a parcel leaves, and when one turns round."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.jobs import enqueue
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.orders.models import Order
from logistics.tracking.events import ParcelMoved
from logistics.tracking.incidents import open_incident
from logistics.tracking.matching import plain_number
from logistics.tracking.models import ParcelIncidentKind
from logistics.tracking.parking import is_awaited
from logistics.tracking.tasks import attach_parked

_BACK = (ShipmentState.RETURNING, ShipmentState.RETURNED_TO_SENDER)


def attach_when_dispatched(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """What was parked for this parcel becomes its own, by a job: events may bring more, and their messages, under locks of their own."""
    number = plain_number(session.get_one(Shipment, event.shipment_id).tracking_number)
    if number and is_awaited(session, number):
        enqueue(session, attach_parked, number=number)


def notice_return(session: Session, event: ParcelMoved, by: Actor) -> None:
    """Somebody has to talk with the customer once a parcel turns round; that it arrives afterwards is no other incident. History is over."""
    if event.after not in _BACK or event.before in _BACK:
        return
    if session.scalar(select(Order.imported_at).where(Order.id == event.order_id)) is None:
        shipment = session.get_one(Shipment, event.shipment_id)
        open_incident(session, shipment=shipment, kind=ParcelIncidentKind.COMING_BACK, note="", by=by)
