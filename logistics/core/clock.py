"""Time: one door, so that tests can move it (with time-machine) and everything stays aware UTC."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def start_of_day(day: date, timezone: str) -> datetime:
    """The instant at which `day` begins in the shop's time zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)
