"""Letting people in, giving them their role, and letting them go."""

import secrets

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.codes import ALPHABET
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound, Refusal, Stale
from logistics.staff.ending_sessions import close_all_sessions
from logistics.staff.events import PasswordRenewed, StaffAdded, StaffChanged
from logistics.staff.locks import lock_person, lock_person_and_admins
from logistics.staff.models import Role, Staff
from logistics.staff.signing_in import hash_password


class LastAdmin(Refusal):
    """Nobody would be left who can let people in."""

    code = "last_admin"


def add_person(session: Session, *, email: str, name: str, role: Role, by: Actor) -> tuple[Staff, str]:
    """Let somebody sign in: the person, and a one-time password that is kept nowhere but as a hash.

    Raises Invalid where the e-mail address belongs to somebody already.
    """
    password = _one_time_password()
    given = {"email": email, "name": name, "role": role.value, "password_hash": hash_password(password), "one_time_password": True}
    # On conflict nothing: a rival who adds the same address at this moment gets the same clear answer.
    person = session.scalar(insert(Staff).values(**given, created_at=clock.now()).on_conflict_do_nothing().returning(Staff))
    if person is None:
        taken = _("Somebody with this e-mail address is there already.")
        raise Invalid(taken, errors=[FieldError("email", "email_taken", taken)])
    publish(session, StaffAdded(person.id, person.role), by=by)
    return person, password


def change_role(session: Session, *, person_id: int, role: Role, version: int, by: Actor) -> Staff:
    """Give somebody another role, as seen at `version`; their sessions end, so that it holds at once. A no-op when they have it.

    Locks the person and the administrators. Raises LastAdmin, Stale and NotFound.
    """
    person = _lock(session, person_id, leaves_admins=role is not Role.ADMIN)
    if person.role == role.value:
        return person
    if person.version != version:
        raise Stale(_("Somebody else has changed this person meanwhile. Look at the present role, then choose again."), role=person.role)
    person.role = role.value
    return _changed(session, person, by)


def deactivate(session: Session, *, person_id: int, by: Actor) -> Staff:
    """Let somebody sign in no more and end their sessions. Their name stays on what they did. A no-op when done.

    Locks the person and the administrators. Raises LastAdmin and NotFound.
    """
    person = _lock(session, person_id, leaves_admins=True)
    if not person.active:
        return person
    person.active = False
    return _changed(session, person, by)


def activate(session: Session, *, person_id: int, by: Actor) -> Staff:
    """Let somebody sign in again, with the password they had. A no-op when they may. Locks the person. Raises NotFound."""
    person = _found(lock_person(session, person_id))
    if person.active:
        return person
    person.active = True
    return _changed(session, person, by)


def renew_password(session: Session, *, person_id: int, by: Actor) -> tuple[Staff, str]:
    """Give somebody who lost theirs a new one-time password; their sessions end. Locks the person. Raises NotFound."""
    person, password = _found(lock_person(session, person_id)), _one_time_password()
    person.password_hash = hash_password(password)
    person.one_time_password = True
    close_all_sessions(session, person)
    publish(session, PasswordRenewed(person.id), by=by)
    return person, password


def _lock(session: Session, person_id: int, *, leaves_admins: bool) -> Staff:
    """The person, locked. `leaves_admins`: afterwards they are no administrator who can sign in, so somebody else must be."""
    people = lock_person_and_admins(session, person_id)
    person = _found(people.get(person_id))
    others = [row for row in people.values() if row.is_active_admin and row is not person]
    if leaves_admins and person.is_active_admin and not others:
        raise LastAdmin(_("Nobody else is an administrator who can sign in. Give somebody else that role first."))
    return person


def _changed(session: Session, person: Staff, by: Actor) -> Staff:
    person.version += 1
    close_all_sessions(session, person)
    publish(session, StaffChanged(person.id, person.role, person.active), by=by)
    return person


def _found(person: Staff | None) -> Staff:
    if person is None:
        raise NotFound(_("There is nobody like this."))
    return person


def _one_time_password() -> str:
    """Four groups of four characters that are hard to misread: 80 random bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _place in range(4)) for _group in range(4))
