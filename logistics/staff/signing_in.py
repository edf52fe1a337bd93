"""Signing in: passwords (argon2id) and sessions that can be revoked."""

import hashlib
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.staff.events import SignedIn, SignedOut, SignInRefused
from logistics.staff.models import Staff, StaffSession

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=1)

# 19 MiB, two passes, one lane: OWASP's floor for argon2id, about 30 ms on a small server.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_urlsafe())


class WrongCredentials(Refusal):
    """The e-mail or the password is wrong; which of them is not said."""

    status = 401
    code = "wrong_credentials"


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def authenticate(session: Session, *, email: str, password: str) -> Staff:
    """The active member of staff with this e-mail and password. Takes as long for somebody unknown. Raises WrongCredentials."""
    person = session.scalar(select(Staff).where(func.lower(Staff.email) == email.strip().lower()))
    right = _verify(person.password_hash if person else _NOBODY, password)
    if person is None or not right or not person.active:
        raise WrongCredentials(_("The e-mail address or the password is wrong."))
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return person


def note_refused_sign_in(session: Session, *, email: str) -> None:
    """Put a wrong try into the event log, where the address belongs to somebody."""
    person = session.scalar(select(Staff).where(func.lower(Staff.email) == email.strip().lower()))
    if person:
        publish(session, SignInRefused(staff_id=person.id), by=Actor("staff", None, "unknown"))


def open_session(session: Session, person: Staff, *, ip: str = "", browser: str = "") -> str:
    """Start a session; the token that goes into the cookie (256 random bits; only its hash is kept)."""
    token, moment = secrets.token_urlsafe(32), clock.now()
    session.add(
        StaffSession(token_hash=_digest(token), staff_id=person.id, created_at=moment, last_seen_at=moment, ip=ip[:60], browser=browser[:200])
    )
    publish(session, SignedIn(staff_id=person.id), by=actor_of(person))
    return token


def find_session(session: Session, token: str, *, polling: bool = False) -> StaffSession | None:
    """The live session of a cookie, or None when it was revoked, timed out, or belongs to somebody who left.

    Notes that it was used, at most once a minute; polling does not count as use.
    """
    row = session.get(StaffSession, _digest(token), options=[joinedload(StaffSession.staff)])
    moment = clock.now()
    if row is None or row.revoked_at or not row.staff.active:
        return None
    if moment - row.last_seen_at > IDLE or moment - row.created_at > ABSOLUTE:
        return None
    if not polling and moment - row.last_seen_at > _TOUCH_EVERY:
        row.last_seen_at = moment
    return row


def close_session(session: Session, token: str, *, by: Actor) -> None:
    """End this session at once."""
    row = session.get(StaffSession, _digest(token))
    if row and row.revoked_at is None:
        row.revoked_at = clock.now()
        publish(session, SignedOut(staff_id=row.staff_id), by=by)


def close_all_sessions(session: Session, person: Staff, *, but: str = "") -> None:
    """End all sessions of somebody, but the one of the token given."""
    others = update(StaffSession).where(
        StaffSession.staff_id == person.id, StaffSession.revoked_at.is_(None), StaffSession.token_hash != _digest(but)
    )
    session.execute(others.values(revoked_at=clock.now()))


def actor_of(person: Staff) -> Actor:
    """The person as somebody who acts."""
    return Actor("staff", person.id, person.name, person.role)


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[:1024])
    except (VerificationError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
