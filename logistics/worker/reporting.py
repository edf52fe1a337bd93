"""What the worker says: one JSON line per job, and whatever Procrastinate finds worth a warning."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from procrastinate import JobContext

log = structlog.get_logger("logistics.worker")


class Forwarder(logging.Handler):
    """Gives the records of the standard library's loggers to structlog. Only their sentence: their extras hold arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as a JSON line."""
        log.log(record.levelno, "library", said=record.getMessage(), logger=record.name, exc_info=record.exc_info or None)


def listen() -> None:
    """Let the warnings of the queue and of its connections come out as ours do."""
    for name in ("procrastinate", "psycopg.pool", "asyncio"):
        theirs = logging.getLogger(name)
        theirs.handlers = [Forwarder()]
        theirs.propagate = False
        theirs.setLevel(logging.WARNING)


async def report_job(run: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any) -> Any:
    """Run a job and write its line: which task, which try, how long, and how it ended."""
    began = time.perf_counter()
    with structlog.contextvars.bound_contextvars(job=context.job.id, task=context.job.task_name, tries=context.job.attempts + 1):
        try:
            result = await run()
        except BaseException as error:
            log.warning("job", outcome="failed", error=type(error).__name__, ms=_since(began))
            raise
        log.info("job", outcome="done", ms=_since(began))
        return result


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
