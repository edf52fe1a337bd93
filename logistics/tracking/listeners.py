"""What tracking does when a parcel leaves, and with its own news."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.events import EventLog
from logistics.core.jobs import enqueue
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.orders.events import OrderLinkRenewed
from logistics.orders.models import Order
from logistics.tracking.estimating import estimate
from logistics.tracking.events import ParcelMoved
from logistics.tracking.following import end_all_updates
from logistics.tracking.incidents import open_incident
from logistics.tracking.matching import plain_number
from logistics.tracking.models import ParcelIncidentKind
from logistics.tracking.parking import is_awaited
from logistics.tracking.tasks import attach_parked

_BACK = (ShipmentState.RETURNING, ShipmentState.RETURNED_TO_SENDER)


def estimate_arrival(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """A parcel that has left is expected somewhere on some day. It is still locked by who dispatched it."""
    estimate(session, session.get_one(Shipment, event.shipment_id), timezone=settings().timezone)


def attach_when_dispatched(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """What was parked for this parcel becomes its own, by a job: events may bring more, and their messages, under locks of their own."""
    number = plain_number(session.get_one(Shipment, event.shipment_id).tracking_number)
    if number and is_awaited(session, number):
        enqueue(session, attach_parked, number=number)


def notice_return(session: Session, event: ParcelMoved, by: Actor) -> None:
    """Somebody has to talk with the customer once a parcel turns round; that it arrives afterwards is no other incident. History is over."""
    if event.after not in _BACK or event.before in _BACK:
        return
    if not _is_history(session, event):
        shipment = session.get_one(Shipment, event.shipment_id)
        open_incident(session, shipment=shipment, kind=ParcelIncidentKind.COMING_BACK, note="", by=by)


def notice_find(session: Session, event: ParcelMoved, by: Actor) -> None:
    """What was declared lost may have been paid back or sent again meanwhile: when it is delivered all the same, somebody has to look (T20).

    It need not come straight from being lost: some turn up in a depot first.
    """
    if event.after == ShipmentState.DELIVERED and _was_lost(session, event) and not _is_history(session, event):
        shipment = session.get_one(Shipment, event.shipment_id)
        open_incident(session, shipment=shipment, kind=ParcelIncidentKind.DELIVERED_AFTER_LOSS, note="", by=by)


def _was_lost(session: Session, event: ParcelMoved) -> bool:
    """Whether a parcel that has just been delivered was lost since it was delivered the last time, if it was before."""
    log, after = EventLog, EventLog.data["after"].as_string()
    moves = select(after).where(log.subject == event.SUBJECT, log.subject_id == event.subject_id, log.name == type(event).__name__)
    ends = moves.where(after.in_([ShipmentState.LOST.value, ShipmentState.DELIVERED.value]))
    return list(session.scalars(ends.order_by(log.id.desc()).limit(2))) == [ShipmentState.DELIVERED.value, ShipmentState.LOST.value]


def _is_history(session: Session, event: ParcelMoved) -> bool:
    return session.scalar(select(Order.imported_at).where(Order.id == event.order_id)) is not None


def end_updates_when_renewed(session: Session, event: OrderLinkRenewed, by: Actor) -> None:
    """A link is renewed because it went astray, and the news carry it: whoever still wants them asks again."""
    end_all_updates(session, event.order_id, by=by)
