"""What tracking does with its own news."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.orders.models import Order
from logistics.tracking.events import ParcelMoved
from logistics.tracking.incidents import open_incident
from logistics.tracking.models import ParcelIncidentKind

_BACK = (ShipmentState.RETURNING, ShipmentState.RETURNED_TO_SENDER)


def notice_return(session: Session, event: ParcelMoved, by: Actor) -> None:
    """Somebody has to talk with the customer once a parcel turns round; that it arrives afterwards is no other incident. History is over."""
    if event.after not in _BACK or event.before in _BACK:
        return
    if session.scalar(select(Order.imported_at).where(Order.id == event.order_id)) is None:
        shipment = session.get_one(Shipment, event.shipment_id)
        open_incident(session, shipment=shipment, kind=ParcelIncidentKind.COMING_BACK, note="", by=by)
