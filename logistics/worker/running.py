"""Running the worker: it works until it is told to stop, and begins anew by itself when the database was away.

Told to stop, it takes no more jobs and finishes those it has, for a few seconds. What it leaves unfinished then, or after a kill -9,
is taken up by the next worker once its heartbeat is old (recovering.py).
"""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
import structlog
from procrastinate.exceptions import ProcrastinateException

from logistics.core.config import Settings
from logistics.core.jobs import queue
from logistics.worker.connector import connector_for
from logistics.worker.recovering import keep_recovering
from logistics.worker.reporting import listen, report_job

_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 15.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Pace:
    """How the worker keeps time, in seconds. It finishes what it has within less than bin/run's patience."""

    poll: float = 2.0
    heartbeat: float = 5.0
    stalled: float = 20.0
    finish: float = 8.0


STEADY = Pace()


def run(settings: Settings, pace: Pace = STEADY) -> None:
    """Work until SIGTERM or SIGINT."""
    listen()
    asyncio.run(_run_until_told(settings, pace))


async def serve(settings: Settings, stop: asyncio.Event, pace: Pace = STEADY) -> None:
    """Work until `stop` is set. Where the database goes away it is asked again, at growing intervals."""
    wait = _FIRST_WAIT_SECONDS
    while not stop.is_set():
        try:
            await _work(settings, stop, pace)
            wait = _FIRST_WAIT_SECONDS
        except (ProcrastinateException, psycopg.Error, OSError) as error:
            log.warning("worker_lost_database", error=type(error).__name__, again_in=wait)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
        wait = min(2 * wait, _LONGEST_WAIT_SECONDS)


async def _run_until_told(settings: Settings, pace: Pace) -> None:
    stop = asyncio.Event()
    with _told_by_signals(stop, pace):
        log.info("worker_started", tasks=sorted(queue.tasks), at_once=settings.web_threads)
        await serve(settings, stop, pace)
        log.info("worker_stopped")


@contextmanager
def _told_by_signals(stop: asyncio.Event, pace: Pace) -> Iterator[None]:
    last_word = threading.Timer(pace.finish, _leave_unfinished)
    last_word.daemon = True

    def told() -> None:
        if not stop.is_set():
            stop.set()
            last_word.start()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
    yield
    last_word.cancel()


def _leave_unfinished() -> None:
    # A thread that waits for a mail server cannot be interrupted; its job is tried again, under the same key.
    log.warning("worker_left_jobs_unfinished")
    os._exit(0)


async def _work(settings: Settings, stop: asyncio.Event, pace: Pace) -> None:
    connector = connector_for(settings)
    with queue.replace_connector(connector):
        try:
            async with queue.open_async():
                await _work_until(stop, settings.web_threads, pace)
        finally:
            # A pool that could not be opened goes on trying unless it is closed.
            await connector.close_async()


async def _work_until(stop: asyncio.Event, at_once: int, pace: Pace) -> None:
    working = asyncio.create_task(
        queue.run_worker_async(
            concurrency=at_once,
            fetch_job_polling_interval=pace.poll,
            update_heartbeat_interval=pace.heartbeat,
            stalled_worker_timeout=pace.stalled,
            install_signal_handlers=False,
            worker_middleware=[report_job],
        )
    )
    told = asyncio.create_task(stop.wait())
    recovering = asyncio.create_task(keep_recovering(queue.job_manager, stalled=pace.stalled))
    await asyncio.wait({working, told, recovering}, return_when=asyncio.FIRST_COMPLETED)
    # Cancelling asks the worker to finish what it has. What ended by itself raises why.
    for task in (told, recovering, working):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
