"""Signing in: passwords (argon2id) and sessions that can be revoked."""

import secrets
import unicodedata
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.staff.events import SignedIn, SignInRefused
from logistics.staff.locks import lock_person
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
    """The argon2id hash to keep. All of the password counts, however long."""
    return _hasher.hash(_normal(password))


def is_password_of(person: Staff, password: str) -> bool:
    """Whether this is their password. Takes about 30 ms either way."""
    return _verify(person.password_hash, password)


def authenticate(session: Session, *, email: str, password: str) -> Staff:
    """The active member of staff with this e-mail and password. Takes as long for somebody unknown. Raises WrongCredentials.

    Locks the person, so that no session begins with a password that somebody is changing at this moment.
    """
    person = session.scalar(_with_email(email))
    known = person.password_hash if person else _NOBODY
    right = _verify(known, password)
    # Only now: waiting for a lock would tell strangers whom there is.
    if person is None or not right or not lock_person(session, person.id) or person.password_hash != known or not person.active:
        raise WrongCredentials(_("The e-mail address or the password is wrong."))
    if _hasher.check_needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return person


def note_refused_sign_in(session: Session, *, email: str, throttled: bool = False) -> None:
    """Put a refused try into the event log. For an unknown address too: then it takes no longer for a known one."""
    person = session.scalar(_with_email(email))
    publish(session, SignInRefused(person.id if person else 0, throttled), by=Actor("staff", None, "unknown"))


def open_session(session: Session, person: Staff, *, ip: str = "", browser: str = "") -> str:
    """Start a session; the token that goes into the cookie (256 random bits; only its hash is kept)."""
    token, moment = secrets.token_urlsafe(32), clock.now()
    session.add(
        StaffSession(
            token_hash=StaffSession.hash_of(token), staff_id=person.id, created_at=moment, last_seen_at=moment, ip=ip[:60], browser=browser[:200]
        )
    )
    publish(session, SignedIn(staff_id=person.id), by=actor_of(person))
    return token


def find_session(session: Session, token: str, *, polling: bool = False) -> StaffSession | None:
    """The live session of a cookie, or None when it was revoked, timed out, or belongs to somebody who left.

    Notes that it was used, at most once a minute; polling does not count as use.
    """
    row = session.get(StaffSession, StaffSession.hash_of(token), options=[joinedload(StaffSession.staff)])
    moment = clock.now()
    if row is None or row.revoked_at or not row.staff.active:
        return None
    if moment - row.last_seen_at > IDLE or moment - row.created_at > ABSOLUTE:
        return None
    if not polling and moment - row.last_seen_at > _TOUCH_EVERY:
        row.last_seen_at = moment
    return row


def actor_of(person: Staff) -> Actor:
    """The person as somebody who acts."""
    return Actor("staff", person.id, person.name, person.role)


def _with_email(email: str) -> Select[Staff]:
    return select(Staff).where(func.lower(Staff.email) == email.strip().lower())


def _verify(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, _normal(password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """One spelling of what looks the same: keyboards write é in two ways (NIST SP 800-63B asks for NFKC)."""
    return unicodedata.normalize("NFKC", password)
