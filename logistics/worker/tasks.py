"""Keeping house: jobs whose worker died run again, and what nobody needs any more goes."""

from datetime import timedelta
from typing import Any

import structlog
from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.utils import utcnow
from sqlalchemy import TextClause, delete, text

from logistics.core import clock
from logistics.core.jobs import queue, task
from logistics.core.keys import RequestKey
from logistics.core.limits import RateCount
from logistics.core.transactions import in_transaction

JOBS_ARE_KEPT = timedelta(days=7)
KEYS_ARE_KEPT = timedelta(hours=48)
STALLED_AFTER_SECONDS = 20.0
_MOST_TRIES = 20
_AT_ONCE = 2000

log = structlog.get_logger(__name__)

_OLD_JOBS = text(
    """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT j.id FROM procrastinate_jobs j
         WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
           AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :before)
         ORDER BY j.id LIMIT :at_once)
    """
)


@queue.periodic(cron="* * * * *")
@queue.task(name="worker.retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Put jobs back whose worker's heart has stopped. One that outlives no worker is given up after many tries."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        try:
            if job.attempts >= _MOST_TRIES:
                await manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job, retry_at=utcnow())
        except ConnectorException:
            continue  # another worker was faster
        log.warning("job_taken_up_again", job=job.id, task=job.task_name, tries=job.attempts + 1)


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
