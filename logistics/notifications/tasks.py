"""What the worker does for messages: hand the new ones to jobs of their own, and send each."""

import structlog

from logistics.core import jobs
from logistics.core.config import settings
from logistics.core.jobs import BaseRetryStrategy, RetryDecision, RetryStrategy
from logistics.core.transactions import in_transaction
from logistics.notifications import sending
from logistics.notifications.composing import Letter, compose
from logistics.notifications.mailing import NotDelivered, Undeliverable, deliver
from logistics.notifications.rules import Problem, wait_after

AT_ONCE = 200
_AFTER_A_HICCUP_SECONDS = 15

log = structlog.get_logger(__name__)


class TryAgain(Exception):
    """A try failed; another follows. `attempt` is the number of the one that did."""

    def __init__(self, attempt: int) -> None:
        super().__init__(f"try {attempt} failed")
        self.attempt = attempt


class GrowingWaits(BaseRetryStrategy):
    """Waits longer after each try that failed; after trouble of our own (the database was away) soon, and as often as it takes."""

    def get_retry_decision(self, *, exception: BaseException, job: object) -> RetryDecision | None:
        """When the job runs again."""
        wait = wait_after(exception.attempt) if isinstance(exception, TryAgain) else None
        return RetryDecision(retry_in={"seconds": int(wait.total_seconds()) if wait else _AFTER_A_HICCUP_SECONDS})


@jobs.task("notifications.send", retry=GrowingWaits())
def send(message_id: int) -> None:
    """Send one message. Sent twice only where the worker was lost in between, and then under the same key."""
    attempt = in_transaction(lambda session: sending.begin_try(session, message_id))
    if attempt is None:
        return
    try:
        deliver(_write(message_id), settings())
    except Undeliverable as no:
        _give_up(message_id, attempt, no.problem)
    except NotDelivered as later:
        _fail(message_id, attempt, later.problem)
    except Exception:
        log.exception("message_failed", message_id=message_id)
        _fail(message_id, attempt, Problem.OUR_MISTAKE.said())
    else:
        in_transaction(lambda session: sending.note_sent(session, message_id, attempt))


@jobs.task("notifications.dispatch", every="* * * * *", retry=RetryStrategy(max_attempts=5, wait=2))
def dispatch() -> None:
    """Hand waiting messages to jobs of their own. The transaction of the news asks for it; every minute it looks for what was missed."""
    while in_transaction(lambda session: sending.hand_over(session, send, limit=AT_ONCE)) == AT_ONCE:
        pass


def _write(message_id: int) -> Letter:
    return in_transaction(lambda session: compose(session, message_id, settings()))


def _fail(message_id: int, attempt: int, problem: str) -> None:
    if wait_after(attempt) is None:
        return _give_up(message_id, attempt, problem)
    in_transaction(lambda session: sending.note_failed(session, message_id, attempt, problem, for_good=False))
    raise TryAgain(attempt)


def _give_up(message_id: int, attempt: int, problem: str) -> None:
    log.warning("message_dead", message_id=message_id, attempt=attempt)
    in_transaction(lambda session: sending.note_failed(session, message_id, attempt, problem, for_good=True))
