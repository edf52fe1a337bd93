"""Recording: every report is kept once, and parcel and order follow from all of them."""

import random
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.fulfilment.dispatching import NumberInUse
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import EventSource, Proof, ProofKind, TrackingEvent, TrackingStatus
from logistics.tracking.recording import Report, record, record_delivery
from tests.cast import Cast

_T = TrackingStatus


def report(status: TrackingStatus, *, minutes_ago: int = 0, **given: Any) -> Report:
    """Something that happened so many minutes ago."""
    return Report(status, clock.now() - timedelta(minutes=minutes_ago), **given)


def carrier_report(status: TrackingStatus, number: int, *, minutes_ago: int) -> Report:
    """The same, told by a carrier under its own number."""
    return report(status, minutes_ago=minutes_ago, source=EventSource.CARRIER, source_id=f"DHL-{number}")


def test_an_event_moves_the_parcel_and_is_told(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")

    event = record(session, reference=shipment.reference, report=report(_T.IN_TRANSIT, place="Hub", text="Sorted"), by=cast.actor())

    assert (shipment.state, event.status, event.rank, event.place, event.text) == ("in_transit", "in_transit", 10, "Hub", "Sorted")
    assert (event.source, event.actor_id) == ("staff", cast.person().id)
    moved = session.scalars(select(EventLog).where(EventLog.name == "ParcelMoved")).one()
    assert (moved.data["before"], moved.data["after"]) == ("shipped", "in_transit")
    assert session.scalars(select(EventLog).where(EventLog.name == "TrackingRecorded")).one().data["tracking_event_id"] == event.id


def test_the_zone_an_event_was_told_in_is_kept(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    at = datetime(2026, 11, 22, 17, 30, tzinfo=timezone(timedelta(hours=8)))

    event = record(session, reference=shipment.reference, report=Report(_T.IN_TRANSIT, at), by=cast.actor())

    assert (event.occurred_at, event.offset_minutes) == (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), 480)


@pytest.mark.parametrize("state", ["pending", "picked", "packed"])
def test_a_parcel_that_has_not_left_has_no_events(session: Session, cast: Cast, state: str) -> None:
    shipment = cast.shipment(state=state)

    with pytest.raises(IllegalMove, match="Dispatch it first"):
        record(session, reference=shipment.reference, report=report(_T.IN_TRANSIT), by=cast.actor())
    with pytest.raises(IllegalMove, match="Dispatch it first"):
        record_delivery(session, reference=shipment.reference, signer="M", kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor())

    assert session.scalar(select(func.count(TrackingEvent.id))) == 0
    assert session.scalar(select(func.count(Proof.id))) == 0


def test_a_parcel_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        record(session, reference="S-0000-0000", report=report(_T.IN_TRANSIT), by=cast.actor())


def test_a_report_that_comes_twice_is_kept_once(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    told = carrier_report(_T.IN_TRANSIT, 1, minutes_ago=5)

    first = record(session, reference=shipment.reference, report=told, by=cast.actor())
    second = record(session, reference=shipment.reference, report=told, by=cast.actor())

    assert first.id == second.id
    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "TrackingRecorded")) == 1


def test_in_whatever_order_reports_arrive_parcel_and_order_end_the_same(session: Session, cast: Cast) -> None:
    """P10, through the database: state, headline and units delivered; any of the reports twice."""
    told = [
        carrier_report(_T.LABEL_CREATED, 1, minutes_ago=600),
        carrier_report(_T.IN_TRANSIT, 2, minutes_ago=500),
        carrier_report(_T.HELD_UP, 3, minutes_ago=400),
        carrier_report(_T.OUT_FOR_DELIVERY, 4, minutes_ago=300),
        carrier_report(_T.DELIVERED, 5, minutes_ago=200),
        carrier_report(_T.IN_TRANSIT, 6, minutes_ago=100),
    ]
    shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)], state="shipped")
    for order in random.Random(10).sample(list(permutations(told)), 20):
        savepoint = session.begin_nested()
        for one in (*order, order[0]):
            record(session, reference=shipment.reference, report=one, by=cast.actor())
        assert (shipment.state, shipment.order.status) == ("delivered", "delivered")
        assert [line.delivered for line in shipment.order.lines] == [2, 1]
        assert session.scalar(select(func.count(TrackingEvent.id))) == 6
        savepoint.rollback()
        session.expire_all()


def test_a_return_leg_takes_the_delivery_back_and_moves_on(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    record(session, reference=shipment.reference, report=carrier_report(_T.DELIVERED, 1, minutes_ago=60), by=cast.actor())

    record(session, reference=shipment.reference, report=carrier_report(_T.RETURNING, 2, minutes_ago=30), by=cast.actor())

    assert (shipment.state, shipment.order.lines[0].delivered, shipment.order.status) == ("returning", 0, "shipped")


def test_a_disputed_delivery_is_a_parcel_on_its_way_again(session: Session, cast: Cast) -> None:
    """T14."""
    shipment = cast.shipment(state="shipped")
    record(session, reference=shipment.reference, report=carrier_report(_T.DELIVERED, 1, minutes_ago=60), by=cast.actor())

    record(session, reference=shipment.reference, report=report(_T.DISPUTED), by=cast.actor("manager"))

    assert (shipment.state, shipment.order.status, shipment.order.lines[0].delivered) == ("held_up", "shipped", 0)


def test_an_event_from_the_future_is_kept_and_left_out(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")

    event = record(session, reference=shipment.reference, report=report(_T.DELIVERED, minutes_ago=-11), by=cast.actor())

    assert (event.status, shipment.state, shipment.order.status) == ("delivered", "shipped", "shipped")


def test_an_order_is_delivered_when_its_last_parcel_is(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")
    parcels = session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)).all()
    statuses = []
    for parcel in parcels:
        cast.work_on(parcel, "shipped")
        statuses.append(order.status)
    for parcel in parcels:
        record(session, reference=parcel.reference, report=report(_T.DELIVERED), by=cast.actor())
        statuses.append(order.status)

    assert statuses == ["partially_shipped", "shipped", "shipped", "delivered"]
    assert order.lines[0].delivered == 5


def test_a_number_its_carrier_has_given_away_meanwhile_is_not_on_two_parcels(session: Session, cast: Cast) -> None:
    first, second = cast.shipment(state="packed"), cast.shipment(state="packed")
    cast.hand_over(first, number="JD1")
    record(session, reference=first.reference, report=report(_T.DELIVERED, minutes_ago=1), by=cast.actor())
    cast.hand_over(second, number="JD1")

    with pytest.raises(NumberInUse, match=second.reference):
        record(session, reference=first.reference, report=report(_T.DISPUTED), by=cast.actor())


def test_a_delivery_names_who_signed(session: Session, cast: Cast) -> None:
    """T13."""
    shipment = cast.shipment(state="shipped")
    at = clock.now() - timedelta(minutes=3)

    record_delivery(session, reference=shipment.reference, signer="M. Park", kind=ProofKind.NEIGHBOUR, occurred_at=at, by=cast.actor())

    proof = session.scalars(select(Proof)).one()
    assert (proof.shipment_id, proof.signer, proof.kind, proof.at) == (shipment.id, "M. Park", "neighbour", at)
    assert (shipment.state, shipment.order.status, shipment.order.lines[0].delivered) == ("delivered", "delivered", 2)


def test_a_delivery_needs_a_signer_and_a_past(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    later = clock.now() + timedelta(minutes=5)

    for signer, at, pointer in (("", clock.now(), "signer"), ("M. Park", later, "occurred_at")):
        with pytest.raises(Invalid) as refusal:
            record_delivery(session, reference=shipment.reference, signer=signer, kind=ProofKind.SELF, occurred_at=at, by=cast.actor())
        assert [error.pointer for error in refusal.value.errors] == [pointer]

    assert shipment.state == "shipped"


def test_a_delivered_parcel_is_not_delivered_again(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    given: dict[str, Any] = {"reference": shipment.reference, "kind": ProofKind.SELF, "by": cast.actor()}
    record_delivery(session, signer="M. Park", occurred_at=clock.now(), **given)

    with pytest.raises(IllegalMove):
        record_delivery(session, signer="Somebody else", occurred_at=clock.now(), **given)

    assert session.scalar(select(func.count(Proof.id))) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE tracking_events SET status = 'lost'",
        "UPDATE tracking_events SET occurred_at = now()",
        "UPDATE tracking_events SET place = 'Elsewhere'",
        "UPDATE tracking_events SET text = 'Something else', place = NULL",
        "UPDATE tracking_events SET shipment_id = shipment_id, rank = 1",
        "DELETE FROM tracking_events",
        "TRUNCATE tracking_events CASCADE",
    ],
)
def test_what_was_reported_cannot_be_rewritten(session: Session, cast: Cast, change: str) -> None:
    shipment = cast.shipment(state="shipped")
    record(session, reference=shipment.reference, report=report(_T.IN_TRANSIT, place="Hub", text="Sorted"), by=cast.actor())

    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(change))


def test_text_and_place_can_be_erased(session: Session, cast: Cast) -> None:
    """SEC51."""
    shipment = cast.shipment(state="shipped")
    event = record(session, reference=shipment.reference, report=report(_T.IN_TRANSIT, place="Hub", text="Sorted"), by=cast.actor())

    session.execute(text("UPDATE tracking_events SET text = NULL"))
    session.execute(text("UPDATE tracking_events SET text = NULL, place = NULL"))

    session.refresh(event)
    assert (event.text, event.place, event.status) == (None, None, "in_transit")
