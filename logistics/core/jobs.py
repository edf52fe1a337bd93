"""Background work: Procrastinate on the same database, with jobs enqueued inside the session's own transaction.

A job that is rolled back was never there; a job that is committed will run. `flask worker` runs them (logistics/worker).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import procrastinate
from flask import Flask
from procrastinate import BaseRetryStrategy, RetryDecision, RetryStrategy, SyncPsycopgConnector
from procrastinate.tasks import Task
from sqlalchemy.orm import Session

from logistics.core.database import db

queue = procrastinate.App(connector=SyncPsycopgConnector())
_application: list[Flask] = []

__all__ = ["BaseRetryStrategy", "RetryDecision", "RetryStrategy", "enqueue", "enqueue_once", "init_app", "queue", "task"]


def init_app(app: Flask) -> None:
    """Name the application whose context the tasks run in."""
    _application[:] = [app]


def task(name: str, *, every: str | None = None, retry: BaseRetryStrategy | None = None) -> Callable[[Callable[..., None]], Task[Any, Any, Any]]:
    """Register a function as a task. It runs in an application context; `every` (a cron line) puts it on the schedule.

    Its job is at least once: what it does must be a no-op when it was done already.
    """

    def register(run: Callable[..., None]) -> Task[Any, Any, Any]:
        @wraps(run)
        def in_context(**arguments: Any) -> None:
            arguments.pop("timestamp", None)
            with _application[0].app_context():
                try:
                    run(**arguments)
                finally:
                    db.session.remove()

        registered: Any = queue.task(name=name, retry=retry or False)(in_context)
        if every:
            queue.periodic(cron=every)(registered)
        return registered  # type: ignore[no-any-return]

    return register


def enqueue(session: Session, job: Task[Any, Any, Any], *, lock: str | None = None, **arguments: Any) -> None:
    """Put a job into the caller's transaction. Jobs with one `lock` run one after another, in order."""
    session.flush()
    connection = session.connection().connection.driver_connection
    job.configure(connection=connection, lock=lock).defer(**arguments)


def enqueue_once(session: Session, job: Task[Any, Any, Any]) -> None:
    """As enqueue, but only the first time in this transaction: PostgreSQL serialises the commits that notify."""
    # The transaction itself is kept, not its id(): that is given to the next one once this is gone, whose job would never be asked for.
    transaction, asked = session.info.get("jobs_asked", (None, set()))
    if transaction is None or transaction is not session.get_transaction():
        asked = set()
    if job.name not in asked:
        enqueue(session, job)
        session.info["jobs_asked"] = (session.get_transaction(), asked | {job.name})
