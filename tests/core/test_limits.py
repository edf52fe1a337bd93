"""Limits that hold over threads and processes (P32), and fail closed (SEC39)."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.database import db
from logistics.core.limits import NO_WAITING, DatabaseStorage, RateCount, TooMany, count_try, forget_tries, take_back_try

LIMIT = "3/minute"


def test_the_try_beyond_the_limit_is_refused_and_says_how_long_to_wait(session: Session) -> None:
    for _try in range(3):
        count_try(LIMIT, "test", "a")

    with pytest.raises(TooMany) as refusal:
        count_try(LIMIT, "test", "a")

    assert 0 < refusal.value.facts["retry_after"] <= 60
    assert str(refusal.value.facts["retry_after"]) in refusal.value.message
    count_try(LIMIT, "test", "b")


def test_a_try_that_was_right_does_not_count_and_clears_nothing_else(session: Session) -> None:
    for _try in range(2):
        count_try(LIMIT, "test", "a")

    count_try(LIMIT, "test", "a")
    take_back_try(LIMIT, "test", "a")

    count_try(LIMIT, "test", "a")
    with pytest.raises(TooMany):
        count_try(LIMIT, "test", "a")


def test_what_was_never_counted_cannot_be_taken_back(session: Session, time_machine: TimeMachineFixture) -> None:
    take_back_try(LIMIT, "test", "a")
    count_try(LIMIT, "test", "a")
    time_machine.move_to(clock.now() + timedelta(seconds=61))
    take_back_try(LIMIT, "test", "a")

    for _try in range(3):
        count_try(LIMIT, "test", "a")
    with pytest.raises(TooMany):
        count_try(LIMIT, "test", "a")


def test_a_window_ends_by_itself(session: Session, time_machine: TimeMachineFixture) -> None:
    for _try in range(3):
        count_try(LIMIT, "test", "a")
    time_machine.move_to(clock.now() + timedelta(seconds=61))

    for _try in range(3):
        count_try(LIMIT, "test", "a")
    with pytest.raises(TooMany):
        count_try(LIMIT, "test", "a")


def test_a_success_starts_the_count_anew(session: Session) -> None:
    for _try in range(3):
        count_try(LIMIT, "test", "a")
    forget_tries(LIMIT, "test", "a")

    count_try(LIMIT, "test", "a")


def test_a_refused_request_counts_though_its_transaction_is_rolled_back(session: Session) -> None:
    count_try(LIMIT, "test", "a")
    session.rollback()

    with db.engine.connect() as connection:
        assert connection.execute(select(RateCount.count)).scalars().all() == [1]


def test_long_keys_that_begin_alike_are_counted_apart(session: Session) -> None:
    for _try in range(3):
        count_try(LIMIT, "test", "x" * 300 + "a")

    count_try(LIMIT, "test", "x" * 300 + "b")


def test_two_hundred_at_once_from_many_threads_pass_exactly_the_limit(town: Flask) -> None:
    passed, together = [], threading.Barrier(20)

    def knock() -> None:
        with town.app_context():
            together.wait()
            for _try in range(10):
                try:
                    count_try("10/minute", "test", "all")
                    passed.append(1)
                except TooMany:
                    pass

    threads = [threading.Thread(target=knock) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 10


def test_the_count_outlives_the_process(town: Flask) -> None:
    with town.app_context():
        for _try in range(3):
            count_try(LIMIT, "test", "a")
        db.engine.dispose()
        with pytest.raises(TooMany):
            count_try(LIMIT, "test", "a")


def test_what_is_acknowledged_elsewhere_still_waits_for_the_disk(session: Session) -> None:
    """A count does not, and does not leave its connection in that state (P15)."""
    with db.engine.connect() as connection:
        connection.execute(text("SET synchronous_commit = on"))
        connection.commit()
        connection.execute(select(NO_WAITING))
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "off"
        connection.commit()
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        connection.invalidate()


def test_without_its_counts_nobody_gets_in(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_arguments: object, **_options: object) -> int:
        raise OperationalError("INSERT", {}, Exception("connection refused"))

    monkeypatch.setattr(DatabaseStorage, "incr", away)

    answer = client.post("/sign-in", data={"email": "clerk@lamp.example", "password": "whatever"})

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert "connection refused" not in answer.text


def test_the_store_answers_as_its_library_expects(session: Session) -> None:
    store = DatabaseStorage()
    store.incr("k", 60, amount=5)

    assert store.check()
    assert store.get("k") == 5
    assert store.get("unknown") == 0
    assert clock.now().timestamp() < store.get_expiry("k") <= clock.now().timestamp() + 60
    store.clear("k")
    assert store.get("k") == 0
    store.incr("k", 60)
    assert store.reset() == 1
