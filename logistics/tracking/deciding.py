"""What a person does about something that a carrier sent and that waits for them: try it again, discard it, take it up again."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.tracking.events import CarrierNewsDecided
from logistics.tracking.lifecycle import move
from logistics.tracking.locks import lock_delivery
from logistics.tracking.models import CarrierDelivery, DeliveryState
from logistics.tracking.tasks import dispatch


def retry(session: Session, *, delivery_id: int, by: Actor) -> CarrierDelivery:
    """Let the worker read it again. Locks it. A no-op when it waits, or was worked meanwhile.

    Raises IllegalMove for one that was altered or erased, NotFound.
    """
    delivery = lock_delivery(session, delivery_id)
    if delivery.state in (DeliveryState.WAITING, DeliveryState.WORKED):
        return delivery
    if not delivery.can_retry:
        raise IllegalMove(_("This cannot be tried again."))
    move(delivery, DeliveryState.WAITING)
    delivery.attempts, delivery.reason = 0, ""
    publish(session, CarrierNewsDecided(delivery.carrier_id, delivery.id, "retried"), by=by)
    enqueue_once(session, dispatch)
    return delivery


def discard(session: Session, *, delivery_id: int, note: str, by: Actor) -> CarrierDelivery:
    """Decide that nothing is to be done about it, and why. Locks it. A no-op when it is discarded. Raises IllegalMove for one worked, NotFound."""
    delivery = lock_delivery(session, delivery_id)
    if delivery.state == DeliveryState.DISCARDED:
        return delivery
    move(delivery, DeliveryState.DISCARDED)
    delivery.say(note, by=by)
    publish(session, CarrierNewsDecided(delivery.carrier_id, delivery.id, "discarded"), by=by)
    return delivery
