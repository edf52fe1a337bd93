"""Entry points own the one transaction: `@writes` for views, `in_transaction` for tasks, commands and imports.

Capabilities flush and never commit. A deadlock or serialization error redoes the whole transaction, at most three runs in all;
a lock that was not had in time becomes Busy.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from flask import Response, make_response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from logistics.core.database import db
from logistics.core.language import _
from logistics.core.refusals import Busy

P = ParamSpec("P")
R = TypeVar("R")

RUNS = 3
_REDO = {"40001", "40P01"}
_BUSY = {"55P03", "57014"}

log = structlog.get_logger(__name__)


def in_transaction(run: Callable[[Session], R]) -> R:
    """Run `run` in a fresh session and commit, redoing it after a deadlock or serialization error.

    Nothing outside the database may happen in it. Raises Busy when the locks were not to be had.
    """
    for left in reversed(range(RUNS)):
        session = _fresh_session()
        try:
            answer = run(session)
            session.commit()
            return answer
        except DBAPIError as error:
            session.rollback()
            if not (_may_redo(error) and left):
                raise_busy(error)
                raise
            log.warning("transaction_redone", sqlstate=_sqlstate(error))
        except BaseException:
            session.rollback()
            raise
    raise AssertionError("unreachable")


def writes(view: Callable[Concatenate[Session, P], Any]) -> Callable[P, Response]:
    """Give a view its transaction: commit when it answers below 400, roll back when it refuses. Its first argument is the session."""

    @wraps(view)
    def written(*args: P.args, **kwargs: P.kwargs) -> Response:
        def run(session: Session) -> Response:
            answer = make_response(view(session, *args, **kwargs))
            if answer.status_code >= 400:
                session.rollback()
            return answer

        return in_transaction(run)

    return written


def raise_busy(error: DBAPIError) -> None:
    """Raise Busy where the error means that somebody else held the rows too long; otherwise return."""
    if _sqlstate(error) in _REDO | _BUSY:
        raise Busy(_("Somebody else is changing this right now. Try again in a moment."), retry_after=1) from error


def _fresh_session() -> Session:
    # The user loader has opened a read transaction already: end it, or this thread would hold two connections.
    db.session.remove()
    return db.session()


def _may_redo(error: DBAPIError) -> bool:
    return _sqlstate(error) in _REDO


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
