"""Ending sessions: one browser, or all of them."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.staff.events import SessionsEnded, SignedOut
from logistics.staff.models import Staff, StaffSession
from logistics.staff.signing_in import ABSOLUTE, IDLE


def find_live_sessions(session: Session, staff_id: int) -> list[StaffSession]:
    """The sessions of somebody that a browser could still use, the one used last first."""
    moment = clock.now()
    live = select(StaffSession).where(
        StaffSession.staff_id == staff_id,
        StaffSession.revoked_at.is_(None),
        StaffSession.last_seen_at >= moment - IDLE,
        StaffSession.created_at >= moment - ABSOLUTE,
    )
    return list(session.scalars(live.order_by(StaffSession.last_seen_at.desc(), StaffSession.token_hash)))


def end_sessions(session: Session, *, person_id: int, but: str = "", by: Actor) -> Staff:
    """Sign somebody out of every browser, but of the one with the token given. A no-op when they are. Raises NotFound."""
    person = session.get(Staff, person_id)
    if person is None:
        raise NotFound(_("There is nobody like this."))
    if close_all_sessions(session, person, but=but):
        publish(session, SessionsEnded(person.id), by=by)
    return person


def close_session(session: Session, token: str, *, by: Actor) -> None:
    """End this session at once."""
    row = session.get(StaffSession, StaffSession.hash_of(token))
    if row:
        _close(session, row, by)


def close_own_session(session: Session, *, staff_id: int, handle: str, by: Actor) -> None:
    """End the session that pages call `handle`, where it is one of this person's; a no-op when it has ended already."""
    for row in find_live_sessions(session, staff_id):
        if row.handle == handle:
            _close(session, row, by)


def close_all_sessions(session: Session, person: Staff, *, but: str = "") -> int:
    """End all sessions of somebody, but the one of the token given. How many they were."""
    others = update(StaffSession).where(
        StaffSession.staff_id == person.id, StaffSession.revoked_at.is_(None), StaffSession.token_hash != StaffSession.hash_of(but)
    )
    ended = session.scalars(others.values(revoked_at=clock.now()).returning(StaffSession.token_hash))
    return len(ended.all())


def _close(session: Session, row: StaffSession, by: Actor) -> None:
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        publish(session, SignedOut(staff_id=row.staff_id), by=by)
