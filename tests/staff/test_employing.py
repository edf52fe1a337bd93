"""Letting people in, roles, letting go; and never the last administrator."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Refusal, Stale
from logistics.core.transactions import in_transaction
from logistics.staff.employing import LastAdmin, activate, add_person, change_role, deactivate, renew_password
from logistics.staff.ending_sessions import end_sessions
from logistics.staff.models import Role, Staff
from logistics.staff.signing_in import authenticate, find_session, is_password_of, open_session
from tests.cast import Cast


def test_somebody_new_signs_in_with_the_one_time_password(session: Session, cast: Cast) -> None:
    person, password = add_person(session, email="Ines@lamp.example", name="Inês", role=Role.CLERK, by=cast.actor("admin"))

    assert authenticate(session, email="ines@lamp.example", password=password) is person
    assert person.one_time_password
    assert (person.role, person.active, person.version, person.language) == ("clerk", True, 1, "")
    assert _last_event(session).data == {"staff_id": person.id, "role": "clerk"}
    assert _last_event(session).actor_id == cast.person("admin").id


def test_one_time_passwords_are_long_and_never_the_same(session: Session, cast: Cast) -> None:
    made = [add_person(session, email=f"p{n}@lamp.example", name="P", role=Role.CLERK, by=SYSTEM)[1] for n in range(3)]

    assert len(set(made)) == 3
    assert all(len(password.replace("-", "")) == 16 for password in made)


def test_an_address_is_somebodys_only_once_whatever_its_case(session: Session, cast: Cast) -> None:
    cast.person("clerk")

    with pytest.raises(Invalid) as refusal:
        add_person(session, email="CLERK@lamp.example", name="Another", role=Role.CLERK, by=SYSTEM)

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [("email", "email_taken")]


def test_a_new_role_holds_at_once_and_ends_the_sessions(session: Session, cast: Cast) -> None:
    clerk, admin = cast.person("clerk"), cast.actor("admin")
    token = open_session(session, clerk)
    session.flush()

    change_role(session, person_id=clerk.id, role=Role.MANAGER, version=1, by=admin)

    assert (clerk.role, clerk.version) == ("manager", 2)
    session.expire_all()
    assert find_session(session, token) is None
    assert _last_event(session).data == {"staff_id": clerk.id, "role": "manager", "active": True}


def test_giving_the_role_somebody_has_changes_nothing(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    token = open_session(session, clerk)
    session.flush()
    events = _count(session)

    change_role(session, person_id=clerk.id, role=Role.CLERK, version=77, by=SYSTEM)

    assert clerk.version == 1
    assert find_session(session, token) is not None
    assert _count(session) == events


def test_a_role_chosen_from_an_old_page_is_refused_and_says_the_present_one(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    cast.person("admin")
    change_role(session, person_id=clerk.id, role=Role.MANAGER, version=1, by=SYSTEM)

    with pytest.raises(Stale) as refusal:
        change_role(session, person_id=clerk.id, role=Role.WAREHOUSE, version=1, by=SYSTEM)

    assert refusal.value.facts == {"role": "manager"}
    assert clerk.role == "manager"


def test_who_is_let_go_is_out_at_once_and_comes_back_with_the_same_password(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    hashed = clerk.password_hash
    token = open_session(session, clerk)
    session.flush()

    deactivate(session, person_id=clerk.id, by=SYSTEM)
    deactivate(session, person_id=clerk.id, by=SYSTEM)
    session.expire_all()
    assert find_session(session, token) is None

    activate(session, person_id=clerk.id, by=SYSTEM)
    activate(session, person_id=clerk.id, by=SYSTEM)
    assert (clerk.active, clerk.password_hash, clerk.version) == (True, hashed, 3)
    assert find_session(session, token) is None, "the old cookie stays dead"


@pytest.mark.parametrize("how", ["deactivate", "demote"])
def test_the_last_administrator_cannot_be_let_go_or_demoted(session: Session, cast: Cast, how: str) -> None:
    admin = cast.person("admin")
    former = cast.person("manager")
    former.role, former.active = "admin", False
    session.flush()

    with pytest.raises(LastAdmin):
        _lose(session, admin.id, how)

    assert admin.is_active_admin


@pytest.mark.parametrize("how", ["deactivate", "demote"])
def test_one_of_two_administrators_can(session: Session, cast: Cast, how: str) -> None:
    admin = cast.person("admin")
    cast.person("manager").role = "admin"
    session.flush()

    _lose(session, admin.id, how)

    assert not admin.is_active_admin


@pytest.mark.parametrize("how", ["deactivate", "demote"])
def test_two_administrators_cannot_lock_each_other_out(town: Flask, how: str) -> None:
    with town.app_context():
        ids = in_transaction(lambda session: [add_person(session, email=f"{n}@lamp.example", name=n, role=Role.ADMIN, by=SYSTEM)[0].id for n in "ab"])
    together, refused = threading.Barrier(2), []

    def lose(person_id: int) -> None:
        with town.app_context():
            together.wait()
            try:
                in_transaction(lambda session: _lose(session, person_id, how))
            except Refusal as refusal:
                refused.append(refusal.code)
            db.session.remove()

    threads = [threading.Thread(target=lose, args=(person_id,)) for person_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with town.app_context():
        left = [person for person in db.session.scalars(select(Staff)) if person.is_active_admin]
    assert len(left) == 1
    assert refused == ["last_admin"]


def test_a_lost_password_is_replaced_by_a_one_time_one(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    token = open_session(session, clerk)
    session.flush()

    person, password = renew_password(session, person_id=clerk.id, by=SYSTEM)

    assert person.one_time_password
    assert is_password_of(person, password)
    session.expire_all()
    assert find_session(session, token) is None
    assert password not in str(_last_event(session).data)


def test_signing_somebody_out_everywhere_is_told_once(session: Session, cast: Cast) -> None:
    clerk = cast.person("clerk")
    open_session(session, clerk)
    session.flush()

    for _again in range(2):
        end_sessions(session, person_id=clerk.id, by=SYSTEM)

    assert _named(session, "SessionsEnded") == 1


def test_there_is_nobody_like_this(session: Session, cast: Cast) -> None:
    for act in (deactivate, activate, renew_password, end_sessions):
        with pytest.raises(NotFound):
            act(session, person_id=987_654, by=SYSTEM)


def _lose(session: Session, person_id: int, how: str) -> None:
    if how == "deactivate":
        deactivate(session, person_id=person_id, by=SYSTEM)
    else:
        change_role(session, person_id=person_id, role=Role.AUDITOR, version=1, by=SYSTEM)


def _last_event(session: Session) -> EventLog:
    return session.scalars(select(EventLog).order_by(EventLog.id.desc()).limit(1)).one()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(EventLog)) or 0


def _named(session: Session, name: str) -> int:
    return session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == name)) or 0
