"""The demo people's sign-ins, kept in a file that only we read, for as long as they are right."""

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import EventLog
from logistics.seeds.company import NAME
from logistics.staff.employing import renew_password
from logistics.staff.models import Staff
from logistics.staff.signing_in import is_password_of

FILE = "demo-sign-ins"


def read(folder: Path) -> dict[str, str]:
    """The passwords that were kept, by e-mail address."""
    file = folder / FILE
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(line.split(maxsplit=1) for line in lines if len(line.split()) == 2)


def keep(folder: Path, passwords: Mapping[str, str]) -> None:
    """Keep these passwords, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = folder / f"{FILE}.part"
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{email} {password}\n" for email, password in passwords.items())
    half.replace(folder / FILE)


def refresh(session: Session, kept: Mapping[str, str], *, by: Actor) -> dict[str, str]:
    """The demo people's passwords as they are now. One that was lost, or is another database's, is replaced; one they chose is theirs."""
    current = {}
    for person in session.scalars(select(Staff).where(Staff.demo, Staff.active).order_by(Staff.id)).all():
        password = kept.get(person.email, "")
        if is_password_of(person, password):
            current[person.email] = password
        elif not _chose_their_own(session, person):
            _person, current[person.email] = renew_password(session, person_id=person.id, by=by)
            person.one_time_password = False
    return current


def tell(session: Session, passwords: Mapping[str, str]) -> str:
    """The sign-ins as bin/run prints them."""
    people = session.scalars(select(Staff).where(Staff.demo, Staff.active).order_by(Staff.id)).all()
    lines = [f"  {person.role:<10} {person.email:<30} {passwords.get(person.email, '(the password they chose)')}" for person in people]
    return "\n".join([f"The demo company “{NAME}” is there. Its people sign in with:", *lines])


def _chose_their_own(session: Session, person: Staff) -> bool:
    chosen = select(EventLog.id).where(EventLog.subject == "staff", EventLog.subject_id == person.id, EventLog.name == "PasswordChanged")
    return session.scalar(chosen.limit(1)) is not None
