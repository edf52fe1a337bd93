"""Keeping house: what nobody needs any more goes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import TextClause, delete, text

from logistics.core import clock
from logistics.core.jobs import task
from logistics.core.keys import RequestKey
from logistics.core.limits import RateCount
from logistics.core.transactions import in_transaction

JOBS_ARE_KEPT = timedelta(days=7)
KEYS_ARE_KEPT = timedelta(hours=48)
_AT_ONCE = 2000

_OLD_JOBS = text(
    """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT j.id FROM procrastinate_jobs j
         WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
           AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :before)
         ORDER BY j.id LIMIT :at_once)
    """
)


@task("worker.forget_finished_jobs", every="17 * * * *")
def forget_finished_jobs() -> None:
    """Forget jobs that ended more than seven days ago."""
    while _delete(_OLD_JOBS, before=clock.now() - JOBS_ARE_KEPT, at_once=_AT_ONCE) == _AT_ONCE:
        pass


@task("worker.forget_used_keys", every="27 * * * *")
def forget_used_keys() -> None:
    """Forget one-time keys, and the answers kept with them, after two days; the promise is one."""
    _delete(delete(RequestKey).where(RequestKey.created_at < clock.now() - KEYS_ARE_KEPT))


@task("worker.forget_counted_tries", every="37 * * * *")
def forget_counted_tries() -> None:
    """Forget how often something was tried in windows of time that are over."""
    _delete(delete(RateCount).where(RateCount.expires_at < clock.now()))


def _delete(statement: TextClause | Any, **values: Any) -> int:
    return in_transaction(lambda session: int(session.execute(statement, values).rowcount))  # type: ignore[attr-defined]
