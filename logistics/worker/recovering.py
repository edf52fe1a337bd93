"""Taking up the jobs of a worker that was killed: its heart has stopped, and its jobs would stand for ever as being worked on."""

import asyncio

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from logistics.core import clock

_MOST_TRIES = 20

log = structlog.get_logger(__name__)


async def keep_recovering(manager: JobManager, *, stalled: float) -> None:
    """Look for jobs of workers without a heartbeat for `stalled` seconds, now and twice in that time, until cancelled."""
    while True:
        await manager.prune_stalled_workers(stalled)
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=stalled):
            await _take_up(manager, job)
        await asyncio.sleep(stalled / 2)


async def _take_up(manager: JobManager, job: Job) -> None:
    """Let the job run again. One that has outlived no worker in many tries is given up."""
    for_good = job.attempts >= _MOST_TRIES
    try:
        if for_good:
            await manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await manager.retry_job(job, retry_at=clock.now())
    except ConnectorException:
        return  # another worker was faster
    log.warning("job_taken_up", job=job.id, task=job.task_name, tries=job.attempts, given_up=for_good)
