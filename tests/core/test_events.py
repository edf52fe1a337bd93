"""Facts and listeners: one transaction, in order, never endless."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from logistics.core import clock, events
from logistics.core.actors import SYSTEM, Actor
from logistics.core.events import DEEPEST, EndlessEvents, Event, EventLog, connect, publish, time_of_news
from logistics.subscriptions import SUBSCRIPTIONS


@dataclass(frozen=True)
class LampLit(Event):
    """Only here."""

    SUBJECT: ClassVar[str] = "lamp"
    lamp_id: int
    watts: int


@dataclass(frozen=True)
class RoomBright(Event):
    """Only here."""

    SUBJECT: ClassVar[str] = "room"
    room_id: int


@pytest.fixture(autouse=True)
def _subscriptions() -> Iterator[None]:
    yield
    connect(SUBSCRIPTIONS)


def test_a_fact_is_kept_with_who_and_when(session: Session) -> None:
    row = publish(session, LampLit(7, 40), by=Actor("staff", 3, "Mina", "clerk"))

    assert (row.name, row.subject, row.subject_id, row.actor_kind, row.actor_id, row.depth) == ("LampLit", "lamp", 7, "staff", 3, 0)
    assert row.data == {"lamp_id": 7, "watts": 40}
    assert abs((clock.now() - row.at).total_seconds()) < 5
    assert "Mina" not in str(row.data)


def test_listeners_hear_in_order_and_in_the_same_transaction(session: Session) -> None:
    heard: list[str] = []

    def first(_session: Session, event: LampLit, by: Actor) -> None:
        heard.append(f"first {event.watts} {by.name}")

    def second(session: Session, _event: LampLit, _by: Actor) -> None:
        heard.append(f"second {len(_rows(session))}")

    connect({LampLit: [first, second]})
    publish(session, LampLit(7, 40), by=SYSTEM)

    assert heard == ["first 40 system", "second 1"]


def test_a_listener_that_fails_aborts_everything(session: Session) -> None:
    def fail(_session: Session, _event: LampLit, _by: Actor) -> None:
        raise ValueError("no")

    connect({LampLit: [fail]})
    with pytest.raises(ValueError, match="no"), session.begin_nested():
        publish(session, LampLit(7, 40), by=SYSTEM)

    assert _rows(session) == []
    connect({})
    assert publish(session, LampLit(7, 40), by=SYSTEM).depth == 0


def test_what_listeners_publish_is_one_deeper(session: Session) -> None:
    connect({LampLit: [lambda s, _event, by: publish(s, RoomBright(1), by=by) and None]})

    publish(session, LampLit(7, 40), by=SYSTEM)
    publish(session, LampLit(8, 40), by=SYSTEM)

    assert [(row.name, row.depth) for row in _rows(session)] == [("LampLit", 0), ("RoomBright", 1), ("LampLit", 0), ("RoomBright", 1)]


def test_listeners_that_set_each_other_off_are_stopped(session: Session) -> None:
    connect({LampLit: [lambda s, event, by: publish(s, event, by=by) and None]})

    with pytest.raises(EndlessEvents):
        publish(session, LampLit(7, 40), by=SYSTEM)

    assert len(_rows(session)) == DEEPEST


def test_news_of_history_is_of_its_own_day(session: Session) -> None:
    day = datetime(1996, 7, 4, 12, tzinfo=UTC)
    told: list[datetime] = []
    connect({LampLit: [lambda s, _event, by: told.append(time_of_news(s)) or (publish(s, RoomBright(1), by=by) and None)]})

    publish(session, LampLit(7, 40), by=SYSTEM, at=day)

    assert told == [day]
    assert [row.at for row in _rows(session)] == [day, day]
    assert time_of_news(session) > day


@pytest.mark.parametrize("statement", ["UPDATE event_log SET name = 'x'", "DELETE FROM event_log", "TRUNCATE event_log"])
def test_what_happened_cannot_be_changed(session: Session, statement: str) -> None:
    publish(session, LampLit(7, 40), by=SYSTEM)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.connection().exec_driver_sql(statement)

    assert len(_rows(session)) == 1


def test_every_subscription_listens_to_an_event_of_the_house() -> None:
    assert all(issubclass(event, Event) and event.__module__.startswith("logistics.") for event in SUBSCRIPTIONS)
    assert all(callable(listener) for listeners in SUBSCRIPTIONS.values() for listener in listeners)
    assert events.DEEPEST >= 4


def _rows(session: Session) -> list[EventLog]:
    return list(session.scalars(select(EventLog).where(EventLog.name.in_(["LampLit", "RoomBright"])).order_by(EventLog.id)))
