"""Secrets that we share with others who sign what they send: sealed, replaced without a gap, ended.

Each feature keeps its own table of them, of this shape, and locks its rows before it changes any.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.database import PrimaryKey
from logistics.core.sealing import seal, unseal


class SharedSecret:
    """The columns of a shared secret. One of each partner is current; one that was replaced holds until `ends_at`."""

    id: Mapped[PrimaryKey]
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ends_at: Mapped[datetime | None]

    def take(self, secret: str, *, by: Actor) -> None:
        """Hold this secret from now on."""
        self.sealed, self.created_at, self.created_by = seal(secret), clock.now(), by.id if by.kind == "staff" else None


Secret = TypeVar("Secret", bound=SharedSecret)


def holding(rows: Sequence[Secret]) -> list[Secret]:
    """Those that hold at this moment, in the order given."""
    moment = clock.now()
    return [row for row in rows if row.ends_at is None or row.ends_at > moment]


def readable(rows: Sequence[SharedSecret]) -> list[str]:
    """The secrets themselves, of those that hold; none where none is to be read."""
    return [secret for row in holding(rows) if (secret := unseal(row.sealed))]


def make_room(rows: Sequence[SharedSecret], overlap: timedelta) -> datetime | None:
    """Let the newest that holds go on for `overlap` more and end all others, so that no more than two hold with a new one.

    The rows must be locked, the newest first. Until when one of them holds; None where none does.
    """
    moment = clock.now()
    ends_at, held = moment + overlap, holding(rows)
    for at, row in enumerate(held):
        row.ends_at = min(row.ends_at or ends_at, ends_at) if at == 0 else moment
    return ends_at if held and overlap else None


def end(rows: Sequence[SharedSecret]) -> bool:
    """End all of them at once; whether any held. The rows must be locked."""
    held, moment = holding(rows), clock.now()
    for row in held:
        row.ends_at = moment
    return bool(held)
