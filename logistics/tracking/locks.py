"""The only row locks of tracking: what carriers sent, before all others; their codes and secrets, when they are changed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Carrier
from logistics.tracking.models import CarrierCode, CarrierDelivery, CarrierSecret, DeliveryState

_LOST_AFTER = timedelta(minutes=2)
_HAS_NO_JOB = text(
    """
    NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
                 WHERE j.status IN ('todo', 'doing') AND j.task_name = 'tracking.work_delivery'
                   AND (j.args->>'delivery_id')::bigint = tracking_inbox.id)
    """
)


def lock_delivery(session: Session, delivery_id: int) -> CarrierDelivery:
    """Lock something that a carrier sent, and re-read it. It comes before the orders that it is about. Raises NotFound."""
    rows = select(CarrierDelivery).where(CarrierDelivery.id == delivery_id).with_for_update(key_share=True)
    delivery = session.scalar(rows.execution_options(populate_existing=True))
    if delivery is None:
        raise NotFound(_("There is no such message."))
    return delivery


def claim_waiting(session: Session, *, limit: int) -> Sequence[CarrierDelivery]:
    """Lock the oldest deliveries that no job is going to work: new ones, and those whose job was lost. SKIP LOCKED: it is a queue."""
    lost = (CarrierDelivery.enqueued_at < clock.now() - _LOST_AFTER) & _HAS_NO_JOB
    waiting = select(CarrierDelivery).where(CarrierDelivery.state == DeliveryState.WAITING.value, CarrierDelivery.enqueued_at.is_(None) | lost)
    return session.scalars(waiting.order_by(CarrierDelivery.id).limit(limit).with_for_update(skip_locked=True, key_share=True)).all()


def lock_code(session: Session, code_id: int) -> CarrierCode:
    """Lock a carrier's code and re-read it. Raises NotFound."""
    rows = select(CarrierCode).where(CarrierCode.id == code_id).with_for_update(key_share=True)
    code = session.scalar(rows.execution_options(populate_existing=True))
    if code is None:
        raise NotFound(_("There is no such code."))
    return code


def lock_secrets(session: Session, carrier_id: int) -> Sequence[CarrierSecret]:
    """Lock a carrier's secrets, the newest first. Whoever changes them locks the carrier before, for there may be none yet."""
    session.execute(select(Carrier.id).where(Carrier.id == carrier_id).with_for_update(key_share=True))
    rows = select(CarrierSecret).where(CarrierSecret.carrier_id == carrier_id).order_by(CarrierSecret.id.desc())
    return session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
