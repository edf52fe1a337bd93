"""What the worker does for fulfilment: orders whose stock came in later go to their warehouses."""

from functools import partial

from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.jobs import RetryStrategy
from logistics.core.transactions import in_transaction
from logistics.fulfilment.assigning import assign, find_orders_to_assign

AT_ONCE = 200
_RETRY = RetryStrategy(max_attempts=5, wait=2)


@jobs.task("fulfilment.assign", retry=_RETRY)
def assign_order(order_id: int) -> None:
    """Make shipments of what is promised to one order and lies in none yet."""
    in_transaction(lambda session: assign(session, order_id=order_id, by=SYSTEM))


@jobs.task("fulfilment.dispatch_assigning", every="*/5 * * * *", retry=_RETRY)
def dispatch_assigning() -> None:
    """Give each paid order that can be assigned a job. Stock that came in asks for it; now and then it looks for what was missed."""
    after: int | None = 0
    while after is not None:
        after = in_transaction(partial(_hand_over, after=after))


def _hand_over(session: Session, after: int) -> int | None:
    orders = find_orders_to_assign(session, after=after, limit=AT_ONCE)
    for order_id in orders:
        jobs.enqueue(session, assign_order, lock=f"order {order_id}", order_id=order_id)
    return orders[-1] if len(orders) == AT_ONCE else None
