"""One action on many things: what one is refused for holds up no other, and twice the same form acts once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.bulk import MOST, Outcome, Result, do_each
from logistics.core.database import session
from logistics.core.keys import RequestKey, new_key
from logistics.core.refusals import IllegalMove, Invalid
from logistics.staff.models import Staff
from tests.cast import Cast

Rename = Callable[[Session, str], bool]


@pytest.fixture
def rename(app: Flask, cast: Cast) -> Rename:
    """Gives somebody a new name, once; the auditor keeps theirs, and of the picker nobody has thought."""
    cast.made(lambda: [cast.person(who) for who in ("admin", "clerk", "auditor", "picker")])

    def act(session: Session, who: str) -> bool:
        person = session.scalars(select(Staff).where(Staff.email == f"{who}@lamp.example")).one()
        if person.name == "Renamed":
            return False
        person.name = "Renamed"
        session.flush()
        if who == "auditor":
            raise IllegalMove("Auditors keep their names.")
        if who == "picker":
            raise ZeroDivisionError
        return True

    return act


def names(open_session: Session) -> dict[str, str]:
    """Who is called how."""
    return {person.email.partition("@")[0]: person.name for person in open_session.scalars(select(Staff))}


def test_each_thing_has_its_own_transaction_and_outcome(app: Flask, rename: Rename) -> None:
    with app.app_context():
        outcomes = do_each(["admin", "auditor", "picker", "clerk", "admin"], rename)

    assert [outcome.result for outcome in outcomes] == [Result.DONE, Result.REFUSED, Result.REFUSED, Result.DONE, Result.SAME]
    assert outcomes[1] == Outcome("auditor", Result.REFUSED, "Auditors keep their names.")
    assert "our side" in outcomes[2].text
    with app.app_context():
        assert names(session()) == {"admin": "Renamed", "clerk": "Renamed", "auditor": "Auditor", "picker": "Picker"}


def test_the_same_form_sent_twice_acts_once_and_reports_the_same(app: Flask, rename: Rename) -> None:
    key = new_key()
    with app.app_context():
        first = do_each(["admin", "auditor"], rename, key=key, what="rename")
        again = do_each(["admin", "auditor"], rename, key=key, what="rename")

        assert [outcome.result for outcome in first] == [Result.DONE, Result.REFUSED]
        assert again == first, "done stays done, and what was refused was tried again"
        assert session().scalar(select(func.count()).select_from(RequestKey)) == 1


def test_a_key_that_was_used_for_something_else_is_refused(app: Flask, rename: Rename) -> None:
    key = new_key()
    with app.app_context():
        do_each(["admin"], rename, key=key, what="rename")
        (outcome,) = do_each(["admin"], rename, key=key, what="give a raise")

    assert outcome.result == Result.REFUSED
    assert "other input" in outcome.text


@pytest.mark.parametrize("key", ["", "short", "ü" * 20, "a" * 201, "with\nbreak and more"])
def test_without_a_proper_key_nothing_is_done(app: Flask, rename: Rename, key: str) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            do_each(["admin"], rename, key=key, what="rename")
        assert names(session())["admin"] == "Admin"


def test_nothing_and_too_much_are_refused(app: Flask, rename: Rename) -> None:
    with app.app_context():
        for wrong in ([], ["admin"] * (MOST + 1)):
            with pytest.raises(Invalid):
                do_each(wrong, rename)
