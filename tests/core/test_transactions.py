"""One transaction per entry point: committed whole, rolled back whole, redone whole (P18)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM, needs
from logistics.core.database import db
from logistics.core.events import EventLog, publish
from logistics.core.operators import CommandRun
from logistics.core.refusals import Busy, Refusal
from logistics.core.transactions import RUNS, in_transaction, writes
from logistics.staff.models import Staff
from tests.cast import Cast

RETRIED = ("40001", "40P01")


class TooLate(Refusal):
    """A no of the business."""


def test_what_was_done_is_committed_and_answered(app: Flask) -> None:
    with app.app_context():
        assert in_transaction(lambda session: _note(session)) == "noted"

    assert _noted(app) == 1


@pytest.mark.parametrize("failure", [TooLate("too late"), ValueError("a bug"), KeyboardInterrupt()])
def test_what_fails_leaves_nothing_behind(app: Flask, failure: BaseException) -> None:
    def run(session: Session) -> None:
        _note(session)
        raise failure

    with app.app_context(), pytest.raises(type(failure)):
        in_transaction(run)

    assert _noted(app) == 0


@pytest.mark.parametrize("state", RETRIED)
@pytest.mark.parametrize("failures", [1, RUNS - 1])
def test_a_deadlock_or_serialization_error_redoes_the_whole_once_each(app: Flask, state: str, failures: int) -> None:
    runs: list[int] = []

    def run(session: Session) -> str:
        answer = _note(session)
        runs.append(1)
        if len(runs) <= failures:
            _fail(session, state)
        return answer

    with app.app_context():
        assert in_transaction(run) == "noted"

    assert len(runs) == failures + 1
    assert _noted(app) == 1


@pytest.mark.parametrize("state", RETRIED)
def test_after_three_runs_the_person_is_asked_to_try_again(app: Flask, state: str) -> None:
    runs: list[int] = []

    def run(session: Session) -> None:
        _note(session)
        runs.append(1)
        _fail(session, state)

    with app.app_context(), pytest.raises(Busy) as refusal:
        in_transaction(run)

    assert (len(runs), refusal.value.status, refusal.value.facts["retry_after"]) == (RUNS, 503, 1)
    assert _noted(app) == 0


@pytest.mark.parametrize(("state", "refused"), [("55P03", Busy), ("57014", Busy), ("23505", DBAPIError), ("22003", DBAPIError)])
def test_other_errors_are_not_redone(app: Flask, state: str, refused: type[Exception]) -> None:
    runs: list[int] = []

    def run(session: Session) -> None:
        runs.append(1)
        _fail(session, state)

    with app.app_context(), pytest.raises(refused):
        in_transaction(run)

    assert len(runs) == 1


def test_two_who_lock_in_opposite_order_both_succeed(town: Flask) -> None:
    first, second = _people(town)
    met = threading.Barrier(2)

    def swap(mine: int, theirs: int) -> None:
        once = threading.Event()

        def run(session: Session) -> None:
            _touch(session, mine)
            if not once.is_set():
                once.set()
                met.wait()
            _touch(session, theirs)

        with town.app_context():
            in_transaction(run)
            db.session.remove()

    _together(lambda: swap(first, second), lambda: swap(second, first))

    with town.app_context():
        assert [person.version for person in db.session.scalars(select(Staff).order_by(Staff.id))] == [3, 3]


def test_rows_that_stay_locked_are_busy_not_broken(town: Flask) -> None:
    person, _other = _people(town)
    locked, done = threading.Event(), threading.Event()
    refused: list[Refusal] = []

    def hold() -> None:
        def run(session: Session) -> None:
            _touch(session, person)
            locked.set()
            done.wait(25)

        with town.app_context():
            in_transaction(run)
            db.session.remove()

    def want() -> None:
        def run(session: Session) -> None:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            _touch(session, person)

        locked.wait(60)
        with town.app_context():
            try:
                in_transaction(run)
            except Busy as busy:
                refused.append(busy)
            db.session.remove()
        done.set()

    _together(hold, want)

    assert [refusal.code for refusal in refused] == ["busy"]


def test_a_view_that_refuses_leaves_nothing_behind(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(session: Session) -> Any:
        _note(session)
        return Response("no", 422)

    _hang(app, monkeypatch, refuse)

    assert cast.client("clerk").post("/me/revocation").status_code == 422
    assert _noted(app) == 0


@pytest.mark.parametrize("state", RETRIED)
def test_two_deadlocks_are_not_noticed_and_three_are_said(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    runs: list[int] = []

    def view(session: Session) -> Any:
        _note(session)
        runs.append(1)
        if len(runs) <= failures:
            _fail(session, state)
        return Response("done", 200)

    _hang(app, monkeypatch, view)
    clerk = cast.client("clerk")

    failures = RUNS - 1
    assert clerk.post("/me/revocation").status_code == 200
    assert (_noted(app), len(runs)) == (1, RUNS)

    runs.clear()
    failures = 5
    answer = clerk.post("/me/revocation")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert (_noted(app), len(runs)) == (1, RUNS)
    assert "RAISE" not in answer.text


def _note(session: Session) -> str:
    publish(session, CommandRun("test", "nobody"), by=SYSTEM)
    return "noted"


def _noted(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == "CommandRun")) or 0


def _fail(session: Session, state: str) -> None:
    """Let PostgreSQL itself raise the error."""
    session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{state}'; END $$"))


def _hang(app: Flask, monkeypatch: pytest.MonkeyPatch, view: Callable[[Session], Any]) -> None:
    monkeypatch.setitem(app.view_functions, "staff.create_revocation_of_others", needs("self")(writes(view)))


def _people(town: Flask) -> tuple[int, int]:
    with town.app_context():
        cast = Cast(town)
        ids = cast.person("clerk").id, cast.person("manager").id
        db.session.commit()
    return ids


def _touch(session: Session, person_id: int) -> None:
    person = session.get_one(Staff, person_id, with_for_update={"key_share": True}, populate_existing=True)
    person.version += 1
    session.flush()


def _together(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    assert not any(thread.is_alive() for thread in threads)
