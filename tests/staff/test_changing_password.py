"""Choosing another password for oneself."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid
from logistics.core.transactions import in_transaction
from logistics.staff.changing_password import change_password
from logistics.staff.models import Staff
from logistics.staff.signing_in import WrongCredentials, actor_of, authenticate, find_session, is_password_of, open_session
from tests.cast import PASSWORD, Cast
from tests.staff.conftest import HASH

NEW = "violet kettle orbit moss"


def test_the_new_password_counts_and_the_other_browsers_are_out(session: Session, cast: Cast) -> None:
    clerk = _clerk(cast)
    here, elsewhere = open_session(session, clerk), open_session(session, clerk)

    _change(session, clerk, keep=here)

    assert is_password_of(clerk, NEW)
    assert not clerk.one_time_password
    session.expire_all()
    assert find_session(session, here) is not None
    assert find_session(session, elsewhere) is None
    event = session.scalars(select(EventLog).order_by(EventLog.id.desc()).limit(1)).one()
    assert (event.name, event.data) == ("PasswordChanged", {"staff_id": clerk.id})


@pytest.mark.parametrize(
    ("current", "new", "field", "code"),
    [
        ("wrong", NEW, "current", "wrong_password"),
        ("", NEW, "current", "wrong_password"),
        (PASSWORD, PASSWORD, "new", "same_password"),
        (PASSWORD, "short", "new", "too_short"),
        (PASSWORD, "clerk@lamp.example", "new", "too_personal"),
        (PASSWORD, "lamp and son and more words", "new", "too_personal"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "new", "guessable"),
    ],
)
def test_what_is_not_good_enough_is_refused_beside_its_field(session: Session, cast: Cast, current: str, new: str, field: str, code: str) -> None:
    clerk = _clerk(cast)

    with pytest.raises(Invalid) as refusal:
        _change(session, clerk, current=current, new=new)

    assert [(error.pointer, error.code) for error in refusal.value.errors] == [(field, code)]
    assert is_password_of(clerk, PASSWORD)
    assert new not in refusal.value.message or new == ""


def test_nobody_gets_in_with_a_password_that_is_being_changed(town: Flask) -> None:
    with town.app_context():
        clerk = _clerk(Cast(town))
        db.session.commit()

    def sign_in() -> str:
        with town.app_context():
            return in_transaction(lambda session: open_session(session, authenticate(session, email=clerk.email, password=PASSWORD)))

    with town.app_context(), ThreadPoolExecutor(1) as thread:
        _change(db.session(), clerk, keep="")
        late = thread.submit(sign_in)
        with pytest.raises(TimeoutError):
            late.result(timeout=0.5)
        db.session.commit()
        with pytest.raises(WrongCredentials):
            late.result()


def _clerk(cast: Cast) -> Staff:
    clerk = cast.person("clerk")
    clerk.password_hash, clerk.one_time_password = HASH, True
    return clerk


def _change(session: Session, clerk: Staff, *, current: str = PASSWORD, new: str = NEW, keep: str = "") -> None:
    change_password(session, person_id=clerk.id, current=current, new=new, shop=("Lamp & Son",), keep=keep, by=actor_of(clerk))
