"""Keeping the list of sessions short."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.jobs import task
from logistics.core.transactions import in_transaction
from logistics.staff.models import StaffSession

# Long enough to look back on where somebody was signed in; the event log keeps that they were.
KEPT = timedelta(days=30)


@task("staff.forget_old_sessions", every="47 3 * * *")
def forget_old_sessions() -> None:
    """Forget sessions that began more than thirty days ago: none of them lives longer than twelve hours."""

    def forget(session: Session) -> None:
        session.execute(delete(StaffSession).where(StaffSession.created_at < clock.now() - KEPT))

    in_transaction(forget)
