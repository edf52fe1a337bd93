"""Delivered by rule (T13): a quiet parcel counts as delivered, once, and never one of which anybody said otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock, jobs
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment
from logistics.notifications.models import Message
from logistics.tracking import arrival_tasks
from logistics.tracking.disputing import dispute
from logistics.tracking.incidents import open_incident, resolve_incident
from logistics.tracking.invariants import INVARIANTS
from logistics.tracking.models import EventSource, ParcelIncidentKind, TrackingEvent, TrackingStatus
from logistics.tracking.quiet import count_as_delivered, find_quiet
from logistics.tracking.recording import Report, record
from tests.cast import Cast

_T = TrackingStatus
DAYS = 10


def sent(cast: Cast, *, days_ago: float = DAYS + 1, **values: Any) -> Shipment:
    """A parcel that left so many days ago; nothing was heard of it since."""
    with clock.replaying(clock.now() - timedelta(days=days_ago)):
        return cast.shipment(state="shipped", **values)


def heard(cast: Cast, parcel: Shipment, status: TrackingStatus, *, days_ago: float) -> None:
    """What its carrier said of it, and when."""
    moment = clock.now() - timedelta(days=days_ago)
    with clock.replaying(moment):
        record(cast.session, reference=parcel.reference, report=Report(status, moment, source=EventSource.CARRIER), by=SYSTEM)


def quiet(session: Session) -> list[int]:
    """The parcels that the sweep would take now."""
    session.flush()
    return find_quiet(session, after=0, limit=100, timezone="UTC")


def counted(session: Session, parcel: Shipment) -> bool:
    """Whether a parcel is counted as delivered when the sweep comes to it."""
    session.flush()
    return count_as_delivered(session, parcel.id, timezone="UTC")


def test_a_quiet_parcel_is_delivered_and_its_customer_told(session: Session, cast: Cast) -> None:
    parcel = sent(cast)

    assert quiet(session) == [parcel.id]
    assert counted(session, parcel)

    event = session.scalars(select(TrackingEvent)).one()
    assert (event.source, event.status, event.actor_id) == ("system", "delivered", None)
    assert (parcel.state, parcel.order.status) == ("delivered", "delivered")
    assert parcel.delivered_at == event.occurred_at
    assert session.scalars(select(Message.milestone).order_by(Message.id.desc()).limit(1)).one() == "delivered"
    assert [list(rule.offenders(session.connection())) for rule in INVARIANTS] == [[] for _rule in INVARIANTS]


def test_it_is_counted_once_and_told_once(session: Session, cast: Cast) -> None:
    parcel = sent(cast)
    assert [counted(session, parcel), counted(session, parcel)] == [True, False]

    record(session, reference=parcel.reference, report=Report(_T.DELIVERED, clock.now(), source=EventSource.CARRIER), by=SYSTEM)

    assert session.scalar(select(func.count(Message.id)).where(Message.milestone == "delivered")) == 1


def test_the_carriers_own_time_is_the_better_one(session: Session, cast: Cast) -> None:
    parcel = sent(cast)
    counted(session, parcel)
    yesterday = clock.now() - timedelta(days=1)

    record(session, reference=parcel.reference, report=Report(_T.DELIVERED, yesterday, source=EventSource.CARRIER), by=SYSTEM)

    assert parcel.delivered_at == yesterday


def test_days_are_counted_from_the_last_news(session: Session, cast: Cast) -> None:
    parcel = sent(cast, days_ago=30)
    heard(cast, parcel, _T.IN_TRANSIT, days_ago=DAYS - 1)
    assert quiet(session) == []

    with clock.replaying(clock.now() + timedelta(days=1)):
        assert quiet(session) == [parcel.id]


@pytest.mark.parametrize("status", [_T.HELD_UP, _T.RETURNING, _T.LOST, _T.ATTEMPT_FAILED, _T.RETURNED_TO_SENDER])
def test_one_of_which_something_else_was_said_is_not(session: Session, cast: Cast, status: TrackingStatus) -> None:
    parcel = sent(cast, days_ago=60)
    heard(cast, parcel, status, days_ago=50)
    assert quiet(session) == []
    assert not counted(session, parcel)


@pytest.mark.parametrize("status", [_T.IN_TRANSIT, _T.OUT_FOR_DELIVERY, _T.READY_FOR_PICKUP])
def test_one_that_was_near_its_end_is(session: Session, cast: Cast, status: TrackingStatus) -> None:
    parcel = sent(cast, days_ago=60)
    heard(cast, parcel, status, days_ago=50)
    assert counted(session, parcel)


def test_an_open_incident_keeps_it_open(session: Session, cast: Cast) -> None:
    parcel = sent(cast)
    incident = open_incident(session, shipment=parcel, kind=ParcelIncidentKind.MOVING_UNDISPATCHED, note="", by=SYSTEM)
    assert quiet(session) == []

    resolve_incident(session, incident_id=incident.id, resolution="Found.", by=cast.actor("manager"))
    assert quiet(session) == [parcel.id]


def test_a_disputed_one_is_not_counted_again(session: Session, cast: Cast) -> None:
    parcel = sent(cast, days_ago=60)
    assert counted(session, parcel)
    dispute(session, reference=parcel.reference, reason="Nothing came.", source=EventSource.STAFF, by=cast.actor("manager"))
    with clock.replaying(clock.now() + timedelta(days=60)):
        assert quiet(session) == []


def _never(parcel: Shipment) -> None:
    parcel.order.channel.delivered_after_days = None


def _later(parcel: Shipment) -> None:
    parcel.expected_from = parcel.expected_to = clock.now().date()
    parcel.expected_by = "table"


def _of_history(parcel: Shipment) -> None:
    parcel.order.imported_at = clock.now()


def _slower_channel(parcel: Shipment) -> None:
    parcel.order.channel.delivered_after_days = DAYS + 2


@pytest.mark.parametrize("exempt", [_never, _later, _of_history, _slower_channel])
def test_a_channel_a_later_day_and_history_exempt_it(session: Session, cast: Cast, exempt: Callable[[Shipment], None]) -> None:
    parcel = sent(cast)
    exempt(parcel)
    assert quiet(session) == []
    assert not counted(session, parcel)


def test_one_that_was_expected_yesterday_is_counted(session: Session, cast: Cast) -> None:
    parcel = sent(cast)
    parcel.expected_from = parcel.expected_to = clock.now().date() - timedelta(days=1)
    parcel.expected_by = "table"
    assert counted(session, parcel)


def test_the_sweep_goes_on_until_none_is_left_and_stops_at_no_trouble(
    app: Flask, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.init_app(app)
    monkeypatch.setattr(arrival_tasks, "AT_ONCE", 2)
    parcels = [sent(cast) for _number in range(5)]
    young = sent(cast, days_ago=1)
    # A reason of the database's own to refuse one of them.
    session.execute(text(f"ALTER TABLE shipments ADD CONSTRAINT ck_trouble CHECK (id <> {parcels[1].id} OR state = 'shipped')"))
    session.commit()

    arrival_tasks.count_quiet()

    session.expire_all()
    assert [parcel.state for parcel in parcels] == ["delivered", "shipped", "delivered", "delivered", "delivered"]
    assert young.state == "shipped"


def test_parcels_from_before_zones_were_noted_teach_as_well(app: Flask, session: Session, cast: Cast) -> None:
    jobs.init_app(app)
    parcel = sent(cast, days_ago=3)
    heard(cast, parcel, _T.DELIVERED, days_ago=1)
    parcel.zone = ""
    session.commit()

    arrival_tasks.learn_transit_times()

    session.expire_all()
    assert parcel.zone == "domestic"
    assert session.execute(text("SELECT zone, samples, usual_days FROM transit_times")).all() == [("domestic", 1, 2)]
