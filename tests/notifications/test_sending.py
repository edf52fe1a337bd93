"""The tries of a message: counted, fenced, given up."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core import clock, jobs
from logistics.notifications import tasks
from logistics.notifications.mailing import NotDelivered, Undeliverable
from logistics.notifications.models import Message
from logistics.notifications.rules import MOST_TRIES, Problem, stream, wait_after
from logistics.notifications.sending import begin_try, hand_over, note_failed, note_sent
from logistics.notifications.tasks import TryAgain, send
from tests.cast import Cast


@pytest.fixture
def message(app: Flask, session: Session, cast: Cast) -> Message:
    """One that waits to be sent, in the application that tasks run in."""
    jobs.init_app(app)
    cast.order()
    session.commit()
    return session.scalars(select(Message)).one()


def test_waits_grow_from_seconds_to_days_and_end(session: Session) -> None:
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES + 1)]

    assert waits[:3] == [timedelta(seconds=3), timedelta(seconds=9), timedelta(seconds=27)]
    assert waits[-1] is None
    assert timedelta(days=2) < sum(filter(None, waits), timedelta()) < timedelta(days=5)


def test_a_stream_is_an_orders_to_one_recipient_and_tells_no_address() -> None:
    assert stream(7, "email", "Mina@example.com") == stream(7, "email", "mina@example.com")
    assert len({stream(7, "email", "a@b.c"), stream(8, "email", "a@b.c"), stream(7, "email", "d@e.f"), stream(None, "email", "a@b.c")}) == 4
    assert "mina" not in stream(7, "email", "mina@example.com").lower()


def test_each_message_gets_one_job_in_its_stream(session: Session, message: Message) -> None:
    assert hand_over(session, send, limit=10) == 1
    assert hand_over(session, send, limit=10) == 0, "it has its job"

    rows = session.execute(text("SELECT task_name, lock, args FROM procrastinate_jobs WHERE task_name = 'notifications.send'")).all()
    assert [tuple(row) for row in rows] == [("notifications.send", stream(message.order_id, "email", message.recipient), {"message_id": message.id})]


def test_a_message_whose_job_was_lost_gets_another(session: Session, message: Message) -> None:
    hand_over(session, send, limit=10)
    session.execute(text("UPDATE messages SET enqueued_at = now() - interval '3 minutes'"))
    assert hand_over(session, send, limit=10) == 0, "its job is there"
    session.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'notifications.send'"))

    assert hand_over(session, send, limit=10) == 1


def test_a_try_that_was_overtaken_changes_nothing(session: Session, message: Message) -> None:
    first, second = begin_try(session, message.id), begin_try(session, message.id)
    assert (first, second) == (1, 2)

    note_sent(session, message.id, 1)
    note_failed(session, message.id, 1, "refused: 550", for_good=True)
    session.refresh(message)
    assert message.state == "queued"

    note_sent(session, message.id, 2)
    note_failed(session, message.id, 2, "refused: 550", for_good=True)
    session.refresh(message)
    assert (message.state, message.problem) == ("sent", "")


def test_what_was_sent_is_not_tried_again(session: Session, message: Message) -> None:
    note_sent(session, message.id, begin_try(session, message.id) or 0)

    assert begin_try(session, message.id) is None
    assert begin_try(session, 0) is None, "it was erased"


def test_one_whose_every_try_took_the_worker_down_is_given_up(session: Session, message: Message) -> None:
    message.attempts = MOST_TRIES
    session.flush()

    assert begin_try(session, message.id) is None
    assert message.state == "dead"


def test_a_try_that_fails_asks_for_another(session: Session, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, NotDelivered(Problem.REFUSED, "451 Later\r\n please"))

    with pytest.raises(TryAgain) as again:
        send(message_id=message.id)

    assert again.value.attempt == 1
    session.refresh(message)
    assert (message.state, message.attempts, message.problem) == ("queued", 1, "refused: 451 Later please")


def test_after_twelve_tries_it_is_dead(session: Session, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, NotDelivered(Problem.UNREACHABLE, "no route"))
    for _try in range(MOST_TRIES - 1):
        with pytest.raises(TryAgain):
            send(message_id=message.id)
    send(message_id=message.id)

    session.refresh(message)
    assert (message.state, message.attempts) == ("dead", MOST_TRIES)


def test_refused_for_good_is_dead_at_once(session: Session, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, Undeliverable(Problem.REFUSED, "550 gone"))
    send(message_id=message.id)

    session.refresh(message)
    assert (message.state, message.attempts, message.problem) == ("dead", 1, "refused: 550 gone")


def test_a_mistake_of_ours_is_tried_again_and_ends_too(session: Session, message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, ZeroDivisionError())
    with pytest.raises(TryAgain):
        send(message_id=message.id)

    session.refresh(message)
    assert message.problem == "our_mistake: "


def test_the_job_waits_as_the_try_asks(message: Message) -> None:
    strategy = tasks.GrowingWaits()
    now = clock.now()

    third = strategy.get_retry_decision(exception=TryAgain(3), job=object())
    hiccup = strategy.get_retry_decision(exception=RuntimeError("the database was away"), job=object())

    assert third is not None
    assert third.retry_at is not None
    assert 20 < (third.retry_at - now).total_seconds() < 40
    assert hiccup is not None
    assert hiccup.retry_at is not None
    assert 10 < (hiccup.retry_at - now).total_seconds() < 20


def _answer(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_arguments: Any) -> None:
        raise error

    monkeypatch.setattr(tasks, "deliver", refuse)
