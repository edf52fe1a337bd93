"""What happens to parcels on their way when others report."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.models import Shipment
from logistics.tracking.estimating import estimate


def estimate_arrival(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """A parcel that has left is expected somewhere on some day. It is still locked by who dispatched it."""
    estimate(session, session.get_one(Shipment, event.shipment_id), timezone=settings().timezone)
