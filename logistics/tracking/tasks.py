"""What the worker does for carriers: work what they sent, attach what was parked, put their codes right, erase what is no longer needed."""

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock, jobs
from logistics.core.actors import SYSTEM
from logistics.core.inbox_rows import forget_settled
from logistics.core.jobs import RetryStrategy
from logistics.core.refusals import Busy
from logistics.core.transactions import in_transaction
from logistics.tracking.attaching import attach, find_attachable
from logistics.tracking.models import CarrierCode, CarrierDelivery
from logistics.tracking.parking import drop_overdue
from logistics.tracking.replacing import find_parcels_to_replace, replace_explained
from logistics.tracking.taking import Taken
from logistics.tracking.working import hand_over, note_failure, settle, take_part, work

AT_ONCE = 200
# An event taken while its code was being explained may have missed it.
_EXPLAINED_LATELY = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@jobs.task("tracking.work_delivery", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def work_delivery(delivery_id: int) -> None:
    """Work one delivery. Done twice only where the worker was lost in between, and then it finds it done."""
    try:
        _work_parts(delivery_id)
    except Busy:
        # Somebody holds the order: no mistake of ours, it is tried again.
        raise
    except Exception:
        log.exception("tracking_inbox_failed", delivery=delivery_id)
        if in_transaction(lambda session: note_failure(session, delivery_id)):
            raise


def _work_parts(delivery_id: int) -> None:
    """One transaction for each parcel: one's trouble does not lose the others."""
    parts = in_transaction(lambda session: work(session, delivery_id, by=SYSTEM))
    taken, failure = Taken(), None
    for part in parts:
        try:
            taken += in_transaction(partial(take_part, delivery_id=delivery_id, part=part, by=SYSTEM))
        except Exception as error:
            log.warning("tracking_part_failed", delivery=delivery_id, exc_info=True)
            failure = error
    if failure:
        raise failure
    if parts:
        in_transaction(lambda session: settle(session, delivery_id, taken))


@jobs.task("tracking.dispatch", every="* * * * *", retry=RetryStrategy(max_attempts=5, wait=2))
def dispatch() -> None:
    """Hand waiting deliveries to jobs of their own. Each delivery asks for it; every minute it looks for what was missed."""
    while in_transaction(lambda session: hand_over(session, work_delivery, limit=AT_ONCE)) == AT_ONCE:
        pass


@jobs.task("tracking.attach_parked", every="* * * * *", retry=RetryStrategy(max_attempts=5, wait=2))
def attach_parked(number: str = "") -> None:
    """Attach what was parked for a parcel that has left now; each minute for all parcels, and let go of what waited for a week."""
    for carrier_id, plain in in_transaction(lambda session: find_attachable(session, number)):
        in_transaction(partial(attach, carrier_id=carrier_id, number=plain, by=SYSTEM))
    if not number:
        in_transaction(drop_overdue)


@jobs.task("tracking.replace_explained", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def replace_all_explained(code_id: int) -> None:
    """Give every event of a code that was explained its successor, one transaction for each parcel."""
    after = 0
    while found := in_transaction(partial(_find_next, code_id=code_id, after=after)):
        for shipment_id, reference in found:
            in_transaction(partial(_replace, code_id=code_id, reference=reference))
            after = shipment_id


@jobs.task("tracking.replace_missed", every="*/5 * * * *")
def replace_missed() -> None:
    """Look once more for events of codes that were explained lately."""
    since = clock.now() - _EXPLAINED_LATELY
    for code_id in in_transaction(lambda session: session.scalars(select(CarrierCode.id).where(CarrierCode.mapped_at > since)).all()):
        replace_all_explained(code_id=code_id)


@jobs.task("tracking.erase_old_bodies", every="47 3 * * *")
def erase_old_bodies() -> None:
    """Erase what carriers sent thirty days after it was settled, and forget what was none of our business."""
    in_transaction(lambda session: forget_settled(session, CarrierDelivery))


def _find_next(session: Session, code_id: int, after: int) -> list[tuple[int, str]]:
    return find_parcels_to_replace(session, session.get_one(CarrierCode, code_id), after=after, limit=AT_ONCE)


def _replace(session: Session, code_id: int, reference: str) -> int:
    return replace_explained(session, session.get_one(CarrierCode, code_id), reference=reference, by=SYSTEM)
