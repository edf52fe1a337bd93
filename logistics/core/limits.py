"""Limits that hold over all processes: the `limits` library counting in our own database.

Each count is its own short transaction, so that a refused request still counts.
"""

import hashlib
from datetime import datetime, timedelta

from limits import parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import String, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core import clock
from logistics.core.database import Base, db
from logistics.core.language import _
from logistics.core.refusals import Refusal

LONGEST_KEY = 200


# In this transaction only: a count that a power cut takes along costs nothing, and waiting for the disk at each request does.
NO_WAITING = func.set_config("synchronous_commit", "off", True)


class RateCount(Base):
    """How often something was tried in one window of time."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


class TooMany(Refusal):
    """The limit is reached. The fact `retry_after` is in seconds."""

    status = 429
    code = "too_many_requests"


class DatabaseStorage(Storage):
    """Counts in rate_counts, by one upsert each."""

    STORAGE_SCHEME = ["logistics"]  # noqa: RUF012 - the library declares it so

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may take for a storage error."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more tries of `key` in a window of `expiry` seconds; the count so far."""
        moment = clock.now()
        fresh = insert(RateCount).values(key=_kept(key), count=amount, expires_at=moment + timedelta(seconds=expiry))
        over = RateCount.expires_at <= moment
        upsert = fresh.on_conflict_do_update(
            index_elements=[RateCount.key],
            set_={
                "count": case((over, amount), else_=RateCount.count + amount),
                "expires_at": case((over, fresh.excluded.expires_at), else_=RateCount.expires_at),
            },
        ).returning(RateCount.count, NO_WAITING)
        with db.engine.begin() as connection:
            return int(connection.execute(upsert).scalar_one())

    def decr(self, key: str) -> None:
        """Count one try of `key` less, in the window that is open."""
        counted = update(RateCount).where(RateCount.key == _kept(key), RateCount.expires_at > clock.now(), RateCount.count > 0)
        with db.engine.begin() as connection:
            connection.execute(select(NO_WAITING))
            connection.execute(counted.values(count=RateCount.count - 1))

    def get(self, key: str) -> int:
        """The count of the window that is open, 0 where none is."""
        counted = select(RateCount.count).where(RateCount.key == _kept(key), RateCount.expires_at > clock.now())
        with db.engine.begin() as connection:
            return int(connection.execute(counted).scalar() or 0)

    def get_expiry(self, key: str) -> float:
        """When the open window ends, in seconds since 1970."""
        with db.engine.begin() as connection:
            ends = connection.execute(select(RateCount.expires_at).where(RateCount.key == _kept(key))).scalar()
        return (ends or clock.now()).timestamp()

    def check(self) -> bool:
        """Whether the storage can be reached."""
        with db.engine.begin() as connection:
            return connection.execute(select(1)).scalar() == 1

    def reset(self) -> int | None:
        """Forget every count; how many there were."""
        with db.engine.begin() as connection:
            return connection.execute(delete(RateCount)).rowcount

    def clear(self, key: str) -> None:
        """Forget the count of one key."""
        with db.engine.begin() as connection:
            connection.execute(delete(RateCount).where(RateCount.key == _kept(key)))


_storage = DatabaseStorage()
_limiter = FixedWindowRateLimiter(_storage)


def count_try(limit: str, *keys: str) -> None:
    """Count one try against a limit such as "10/minute"; the keys say of what by whom. Raises TooMany beyond it."""
    item = parse(limit)
    if not _limiter.hit(item, *keys):
        ends = _limiter.get_window_stats(item, *keys).reset_time
        seconds = max(1, round(ends - clock.now().timestamp()))
        raise TooMany(_("Too many tries. Wait %(seconds)s seconds and try again.", seconds=seconds), retry_after=seconds)


def take_back_try(limit: str, *keys: str) -> None:
    """Count one try less, after one that was right where only wrong ones are limited.

    Such a try is counted before it is looked at: looked at first, all of a thousand at once would have been within the limit.
    """
    _storage.decr(parse(limit).key_for(*keys))


def forget_tries(limit: str, *keys: str) -> None:
    """Start the count anew, after a success."""
    _limiter.clear(parse(limit), *keys)


def _kept(key: str) -> str:
    """The key as it fits the column. Long ones are digested whole: cut off, two of them could be one."""
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()
