"""What the worker does for stock: rows that wait go where there is some."""

from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.jobs import RetryStrategy
from logistics.core.transactions import in_transaction
from logistics.inventory.moving import find_products_to_move, move_waiting

_RETRY = RetryStrategy(max_attempts=5, wait=2)


@jobs.task("inventory.move_waiting", retry=_RETRY)
def move_waiting_of(product_id: int) -> None:
    """Serve the rows that wait for one product from other warehouses than theirs."""
    in_transaction(lambda session: move_waiting(session, product_id, by=SYSTEM))


@jobs.task("inventory.dispatch_moves", every="*/5 * * * *", retry=_RETRY)
def dispatch_moves() -> None:
    """Give each product whose waiting rows can be served elsewhere a job. A rise asks for it; now and then it looks for what was missed."""
    in_transaction(_hand_over)


def _hand_over(session: Session) -> None:
    for product_id in find_products_to_move(session):
        jobs.enqueue(session, move_waiting_of, lock=f"stock of product {product_id}", product_id=product_id)
