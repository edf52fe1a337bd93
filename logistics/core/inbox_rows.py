"""The rows of inboxes: what others sent us by hook, how far it has come, and when it is forgotten.

Each feature keeps its own table of them, of this shape, with a column for who sent it, and unique indexes on sender and `event_id` where
there is no `first_id`, and on `first_id` and `digest`. Its states are its own, but for those named here.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, FromClause, String, delete, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.database import PrimaryKey

WAITING, IGNORED, QUARANTINED, DISCARDED = "waiting", "ignored", "quarantined", "discarded"
# Bodies may hold names and addresses: whatever has to stay of them stands elsewhere by then, so they go (SEC51).
BODIES_ARE_KEPT = timedelta(days=30)


class InboxRow:
    """The columns of an inbox. `first_id`: it came under the id of that one, and says something else.

    `digest` is the SHA-256 of what it says, `facts` are codes and numbers; `body` holds personal data and is erased in time.
    """

    __tablename__: str
    __table__: ClassVar[FromClause]
    # The states in which a row waits for a person: it could not be worked, or was kept apart.
    OPEN: ClassVar[tuple[str, ...]]

    id: Mapped[PrimaryKey]
    event_id: Mapped[str] = mapped_column(String(260))
    digest: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=WAITING)
    reason: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    enqueued_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str] = mapped_column(String(500), default="")

    @declared_attr
    def first_id(cls) -> Mapped[int | None]:
        """The one that came first under its id."""
        return mapped_column(ForeignKey(f"{cls.__tablename__}.id"))

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state in self.OPEN

    @property
    def can_retry(self) -> bool:
        """Whether it can be worked again: what was altered never is, nor what was erased."""
        return (self.is_open or self.state == DISCARDED) and self.first_id is None and self.body is not None

    def step(self, to: StrEnum, reason: StrEnum | None) -> None:
        """Be in another state, for a reason or for the one there was; what waits again is handed to the worker anew. Whoever calls locks it."""
        self.state, self.reason = to.value, reason.value if reason else self.reason
        self.settled_at = None if to == WAITING or self.is_open else clock.now()
        if to == WAITING:
            self.enqueued_at, self.note, self.settled_by = None, "", None

    def say(self, note: str, *, by: Actor) -> None:
        """Note why a person decided as they did."""
        self.note, self.settled_by = note, by.id if by.kind == "staff" else None


def forget_settled(session: Session, inbox: type[InboxRow], **more: Any) -> None:
    """Erase the bodies of what was settled BODIES_ARE_KEPT ago, and all of it that was none of our business; that the rest came stays,
    against repeats. `more` are columns of that inbox and what they become.
    """
    before = clock.now() - BODIES_ARE_KEPT
    session.execute(delete(inbox).where(inbox.state == IGNORED, inbox.settled_at < before))
    session.execute(update(inbox).where(inbox.settled_at < before, inbox.body.is_not(None)).values(body=None, **more))
