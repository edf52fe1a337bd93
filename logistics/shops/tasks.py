"""What the worker does for shops: hand what came in to jobs of their own, work each, and erase what is no longer needed."""

import structlog
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.inbox_rows import forget_settled
from logistics.core.jobs import RetryStrategy, enqueue_once
from logistics.core.transactions import in_transaction
from logistics.shops.models import InboxEvent
from logistics.shops.waking import wake_short
from logistics.shops.working import hand_over, note_failure, work

AT_ONCE = 200

log = structlog.get_logger(__name__)


@jobs.task("shops.work_event", retry=RetryStrategy(max_attempts=12, exponential_wait=2))
def work_event(event_id: int) -> None:
    """Work one event. Done twice only where the worker was lost in between, and then it finds it done."""
    try:
        in_transaction(lambda session: work(session, event_id, by=SYSTEM))
    except Exception:
        log.exception("order_inbox_failed", inbox_event=event_id)
        if in_transaction(lambda session: note_failure(session, event_id)):
            raise


@jobs.task("shops.dispatch", every="* * * * *", retry=RetryStrategy(max_attempts=5, wait=2))
def dispatch() -> None:
    """Hand waiting events to jobs of their own. Each delivery asks for it; every minute it looks for what was missed."""
    while in_transaction(lambda session: hand_over(session, work_event, limit=AT_ONCE)) == AT_ONCE:
        pass


@jobs.task("api.retry_short_orders", retry=RetryStrategy(max_attempts=5, wait=2))
def retry_short_orders(product_id: int) -> None:
    """Work the events again that were parked because this product was short: more of it has come in."""

    def wake(session: Session) -> None:
        if wake_short(session, product_id):
            enqueue_once(session, dispatch)

    in_transaction(wake)


@jobs.task("shops.erase_old_bodies", every="43 3 * * *")
def erase_old_bodies() -> None:
    """Erase what shops sent thirty days after it was settled, and forget what was none of our business."""
    in_transaction(lambda session: forget_settled(session, InboxEvent, corrections={}))
