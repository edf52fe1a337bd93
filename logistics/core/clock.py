"""Time: one door, so that tests can move it (with time-machine) and everything stays aware UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_replayed: ContextVar[datetime | None] = ContextVar("replayed", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _replayed.get() or datetime.now(UTC)


@contextmanager
def replaying(moment: datetime) -> Iterator[None]:
    """Inside the block it is `moment`, for this thread only: the demo company's past is played through the real capabilities."""
    token = _replayed.set(moment)
    try:
        yield
    finally:
        _replayed.reset(token)


def start_of_day(day: date, timezone: str) -> datetime:
    """The instant at which `day` begins in the shop's time zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)


def today(timezone: str) -> date:
    """The day it is now in the shop's time zone."""
    return now().astimezone(ZoneInfo(timezone)).date()
