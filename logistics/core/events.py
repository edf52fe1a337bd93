"""Events: past-tense facts, kept in the event log, and the listeners that react to them in the same transaction.

Calls go down the ladder, news goes up: a feature publishes what lower ones must not know about. logistics/subscriptions.py shows
every subscription at a glance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.database import XID8, Base, PrimaryKey

DEEPEST = 8


@dataclass(frozen=True)
class Event:
    """A fact about one subject. Fields are ids, codes and numbers only: no names, no free text.

    `SUBJECT` names the field that holds the subject's id, without its "_id".
    """

    SUBJECT: ClassVar[str]

    @property
    def subject_id(self) -> int:
        """The id of what the fact is about."""
        return int(getattr(self, f"{self.SUBJECT}_id"))


class EventLog(Base):
    """One thing that happened, who did it, and when. Append-only (a trigger refuses UPDATE, DELETE and TRUNCATE)."""

    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_subject", "subject", "subject_id", "id"), Index("ix_event_log_name", "name", "id"))

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    depth: Mapped[int]
    at: Mapped[datetime]
    xid: Mapped[str] = mapped_column(XID8, server_default=text("pg_current_xact_id()"))


Listener = Callable[[Session, Any, Actor], None]
_subscriptions: dict[type[Event], list[Listener]] = {}


class EndlessEvents(RuntimeError):
    """Listeners set each other off without end."""


def connect(subscriptions: Mapping[type[Event], Sequence[Listener]]) -> None:
    """Make this the table of who listens to what. Called once by create_app."""
    _subscriptions.clear()
    _subscriptions.update({event: list(listeners) for event, listeners in subscriptions.items()})


def publish(session: Session, event: Event, *, by: Actor, at: datetime | None = None) -> EventLog:
    """Write the fact to the event log and run its listeners, all in the caller's transaction. A listener that fails aborts it.

    `at` is for imported history, and holds for what listeners publish in turn; otherwise the fact is of now. Returns the row, flushed.
    """
    return publish_all(session, [event], by=by, at=at)[0]


def publish_all(session: Session, events: Sequence[Event], *, by: Actor, at: datetime | None = None) -> list[EventLog]:
    """As publish, for many facts of one moment: all are in the log before the first listener hears of any."""
    depth = session.info.get("event_depth", 0)
    if depth >= DEEPEST:
        raise EndlessEvents(f"{type(events[0]).__name__} was published {depth} listeners deep")
    told = at or session.info.get("event_at")
    rows = [_row_of(event, by, depth, told or clock.now()) for event in events]
    session.add_all(rows)
    session.flush()
    outer = session.info.get("event_at")
    session.info.update(event_depth=depth + 1, event_at=told)
    try:
        for event in events:
            for listener in _subscriptions.get(type(event), []):
                listener(session, event, by)
    finally:
        session.info.update(event_depth=depth, event_at=outer)
    return rows


def _row_of(event: Event, by: Actor, depth: int, at: datetime) -> EventLog:
    return EventLog(
        name=type(event).__name__,
        subject=event.SUBJECT,
        subject_id=event.subject_id,
        actor_kind=by.kind,
        actor_id=by.id,
        data=asdict(event),
        depth=depth,
        at=at,
    )


def time_of_news(session: Session) -> datetime:
    """When the fact that listeners are being told of happened: now, but for imported history."""
    return session.info.get("event_at") or clock.now()
