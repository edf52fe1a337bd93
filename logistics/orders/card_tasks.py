"""What the worker does for card payments. All of it may run twice at once."""

from collections.abc import Callable

import structlog
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.jobs import RetryStrategy
from logistics.core.transactions import in_transaction
from logistics.orders import hearing
from logistics.orders.settling import find_unsettled, settle_order

AT_ONCE = 100
# In a row: a provider that does not answer is not asked for every order in turn.
MOST_SILENCE = 5

log = structlog.get_logger(__name__)


@jobs.task("orders.settle_cards", retry=RetryStrategy(max_attempts=3, wait=5))
def settle_cards(order_id: int, now: bool = False) -> None:
    """Ask the providers of one order's cards what is still to be asked. What they do not answer is asked again by the schedule."""
    settle_order(order_id, now=now)


@jobs.task("orders.settle_all_cards", every="* * * * *")
def settle_all_cards() -> None:
    """Look after every card payment whose time has come, and the news that no job has worked."""
    for news_id in in_transaction(lambda session: hearing.find_waiting(session, limit=AT_ONCE)):
        _try("news_not_worked", news_id, hearing.work_news)
    silent = 0
    for order_id in in_transaction(lambda session: find_unsettled(session, limit=AT_ONCE)):
        silent = 0 if _try("cards_not_settled", order_id, settle_order) else silent + 1
        if silent >= MOST_SILENCE:
            return


@jobs.task("orders.work_payment_news", retry=RetryStrategy(max_attempts=3, wait=5))
def work_payment_news(news_id: int) -> None:
    """Do what one message of a provider asks for."""
    hearing.work_news(news_id)


@jobs.task("orders.discard_old_news", every="41 3 * * *")
def discard_old_news() -> None:
    """Forget the news of a month ago: no provider repeats itself that long."""

    def discard(session: Session) -> None:
        hearing.discard_old(session)

    in_transaction(discard)


def _try(event: str, subject_id: int, run: Callable[[int], bool]) -> bool:
    """Run it; whether the provider answered, as far as anybody knows."""
    try:
        return run(subject_id)
    except Exception:
        # One that cannot be settled keeps nobody else's money; the next run tries it again.
        log.exception(event, subject_id=subject_id)
        return True
