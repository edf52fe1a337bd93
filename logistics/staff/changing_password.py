"""Choosing another password for oneself."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import BadValue, FieldError, Invalid, NotFound
from logistics.staff.ending_sessions import close_all_sessions
from logistics.staff.events import PasswordChanged
from logistics.staff.locks import lock_person
from logistics.staff.models import Staff
from logistics.staff.rules import check_password
from logistics.staff.signing_in import hash_password, is_password_of


def change_password(session: Session, *, person_id: int, current: str, new: str, shop: Sequence[str], keep: str, by: Actor) -> Staff:
    """Give oneself a new password and end one's other sessions; the one of the token `keep` goes on (SEC14, SEC20).

    `shop` are the shop's names, which it must not hold. Locks the person. Raises NotFound, and Invalid naming the field:
    the current password is wrong, the new one is the same or not good enough.
    """
    person = lock_person(session, person_id)
    if person is None:
        raise NotFound(_("There is nobody like this."))
    if not is_password_of(person, current):
        raise _wrong("current", "wrong_password", _("This is not your present password."))
    if current == new:
        raise _wrong("new", "same_password", _("Choose a password you do not have now."))
    try:
        check_password(new, known=(person.email, person.name, *shop))
    except BadValue as error:
        raise _wrong("new", error.code, error.message) from error
    person.password_hash = hash_password(new)
    person.one_time_password = False
    close_all_sessions(session, person, but=keep)
    publish(session, PasswordChanged(person.id), by=by)
    return person


def _wrong(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, errors=[FieldError(field, code, message)])
