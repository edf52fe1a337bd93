"""What the worker does for orders: cancel those that nobody paid in time, bill what changed, and keep the list of drafts short."""

import structlog
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.transactions import in_transaction
from logistics.orders import billing, drafting
from logistics.orders.expiring import BEGINNING, Place, expire_unless_busy, find_overdue

AT_ONCE = 200

log = structlog.get_logger(__name__)


@jobs.task("orders.expire_unpaid", every="* * * * *")
def expire_unpaid() -> None:
    """Cancel the unpaid orders whose time is over, each in a transaction of its own, until none is left. Any number may sweep at once."""
    place = BEGINNING
    while overdue := _next_overdue(place):
        for _moment, order_id in overdue:
            _expire(order_id)
        place = overdue[-1]


@jobs.task("orders.discard_old_drafts", every="29 3 * * *")
def discard_old_drafts() -> None:
    """Discard the drafts that nobody has touched for thirty days."""

    def discard(session: Session) -> None:
        drafting.discard_old_drafts(session)

    in_transaction(discard)


@jobs.task("orders.bill", retry=jobs.RetryStrategy(max_attempts=5, exponential_wait=2))
def bill(order_id: int) -> None:
    """Issue a document of what has changed about an order since its last one, if anything has."""
    in_transaction(lambda session: billing.bill(session, order_id=order_id, by=SYSTEM))


def _next_overdue(place: Place) -> list[Place]:
    return in_transaction(lambda session: find_overdue(session, after=place, limit=AT_ONCE))


def _expire(order_id: int) -> None:
    try:
        in_transaction(lambda session: expire_unless_busy(session, order_id))
    except Exception:
        # One that cannot be cancelled keeps nobody else's stock; the next sweep tries it again, and the audit names it (I-R3).
        log.exception("order_not_expired", order_id=order_id)
