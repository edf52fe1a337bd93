"""What the worker does for who asked for the links to their orders. Apart from the other tasks: those compose, and telling asks for them."""

from logistics.core import jobs
from logistics.core.jobs import RetryStrategy
from logistics.core.transactions import in_transaction
from logistics.notifications.answering import answer_request


@jobs.task("notifications.send_links", retry=RetryStrategy(max_attempts=5, wait=10))
def send_links(request_id: int) -> None:
    """Write to them, if there are any. A no-op when it was done."""
    in_transaction(lambda session: answer_request(session, request_id))
