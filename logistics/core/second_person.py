"""What needs a second person (SEC43): somebody asks for it, somebody else approves or rejects it; who asked may withdraw it.

Each feature keeps its own table of such requests, writes it under a lock of its own, and does itself what was approved.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, Row, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from logistics.core import clock
from logistics.core.actors import Actor, Forbidden
from logistics.core.database import PrimaryKey, one_of
from logistics.core.language import _, lazy
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import IllegalMove

PAGE = 50


class OwnRequest(Forbidden):
    """Who asked for it may not decide on it."""

    code = "own_request"


class RequestState(StrEnum):
    """A request's life. `direct`: it needed nobody else, and was done at once."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DIRECT = "direct"


# The tone and the words of each.
REQUEST_STATES: dict[RequestState, tuple[str, Any]] = {
    RequestState.PENDING: ("warning", lazy("Waits for approval")),
    RequestState.APPROVED: ("success", lazy("Approved")),
    RequestState.REJECTED: ("neutral", lazy("Rejected")),
    RequestState.WITHDRAWN: ("neutral", lazy("Withdrawn")),
    RequestState.DIRECT: ("success", lazy("Done")),
}


class Request:
    """The columns of a request. `decided_by`: who approved, rejected or withdrew it."""

    id: Mapped[PrimaryKey]
    state: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    @property
    def is_pending(self) -> bool:
        """Whether a second person has still to decide."""
        return self.state == RequestState.PENDING


AnyRequest = TypeVar("AnyRequest", bound=Request)


def request_checks() -> tuple[CheckConstraint, ...]:
    """What the database holds of every request: who asked never approves or rejects."""
    second = "state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> coalesce(asked_by, 0))"
    return (
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint(second, name="second"),
    )


def reread(session: Session, requests: type[AnyRequest], request_id: int) -> AnyRequest:
    """A request as it is now that its lock is held."""
    return session.scalars(select(requests).where(requests.id == request_id).execution_options(populate_existing=True)).one()


def is_to_approve(asked: Request, by: Actor) -> bool:
    """Whether a locked request is still to be approved; False where it is already. Raises OwnRequest, IllegalMove when it was decided otherwise."""
    if asked.asked_by == by.id:
        raise OwnRequest(_("You asked for this yourself. Somebody else has to approve it."))
    if asked.state == RequestState.APPROVED:
        return False
    _refuse_unless_pending(asked)
    return True


def reject(asked: Request, by: Actor) -> bool:
    """Do not agree to a locked request; False where it is rejected already. Raises as is_to_approve."""
    if asked.asked_by == by.id:
        raise OwnRequest(_("You asked for this yourself. Withdraw it instead."))
    return _close(asked, RequestState.REJECTED, by)


def withdraw(asked: Request, by: Actor) -> bool:
    """Not want a locked request any more; False where it is withdrawn already.

    Raises Forbidden for somebody else's, IllegalMove when it was decided.
    """
    if asked.asked_by != by.id:
        raise Forbidden(_("Only who asked for it can withdraw it."))
    return _close(asked, RequestState.WITHDRAWN, by)


def decide(asked: Request, state: RequestState, by: Actor) -> None:
    """Note how a pending request was decided."""
    asked.state, asked.decided_at, asked.decided_by = state.value, clock.now(), by.id


def page_of(session: Session, requests: type[Request], rows: Select[*tuple[Any, ...]], *, decided: bool, cursor: str) -> Slice[Row[*tuple[Any, ...]]]:
    """Those of `rows` (about `requests`) that wait for a second person, the oldest first, or the others, the newest first."""
    rows = rows.where(requests.state != RequestState.PENDING.value if decided else requests.state == RequestState.PENDING.value)
    if cursor:
        (after,) = read_cursor(cursor, int)
        rows = rows.where(requests.id < after if decided else requests.id > after)
    ordered = rows.order_by(requests.id.desc() if decided else requests.id).limit(PAGE + 1)
    return cut_page(session.execute(ordered).all(), PAGE, "id")


def _close(asked: Request, state: RequestState, by: Actor) -> bool:
    if asked.state == state:
        return False
    _refuse_unless_pending(asked)
    decide(asked, state, by)
    return True


def _refuse_unless_pending(asked: Request) -> None:
    if not asked.is_pending:
        raise IllegalMove(_("This request was decided already."))
