"""Disputing (T14): a delivery that did not reach its customer is held up again, and somebody looks into it."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from logistics.tracking.disputing import dispute
from logistics.tracking.models import EventSource, ParcelIncident, ProofKind, TrackingEvent, TrackingStatus
from logistics.tracking.recording import Report, record, record_delivery
from tests.cast import Cast
from tests.tracking.test_recording import carrier_report

_T = TrackingStatus


@pytest.fixture
def delivered(session: Session, cast: Cast) -> Shipment:
    shipment = cast.shipment(state="shipped")
    record(session, reference=shipment.reference, report=carrier_report(_T.DELIVERED, 1, minutes_ago=60), by=cast.actor())
    return shipment


def headline(session: Session, shipment: Shipment) -> str:
    return session.get_one(Order, shipment.order_id).status


def incidents(session: Session) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in session.execute(select(ParcelIncident.kind, ParcelIncident.note, ParcelIncident.opened_by_kind))]


def test_the_parcel_is_held_up_and_the_order_shipped_again(session: Session, cast: Cast, delivered: Shipment) -> None:
    assert headline(session, delivered) == "delivered"

    event = dispute(session, reference=delivered.reference, reason="The porch is empty.", source=EventSource.STAFF, by=cast.actor("manager"))

    assert (event.status, event.source, event.text, event.problem) == ("disputed", "staff", "The porch is empty.", "not_received")
    assert (delivered.state, delivered.delivered_at, headline(session, delivered)) == ("held_up", None, "shipped")
    assert incidents(session) == [("not_received", "The porch is empty.", "staff")]


def test_a_customer_may_say_nothing_more(session: Session, cast: Cast, delivered: Shipment) -> None:
    dispute(session, reference=delivered.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)

    assert (delivered.state, incidents(session)) == ("held_up", [("not_received", "", "customer")])


def test_a_second_dispute_changes_nothing(session: Session, cast: Cast, delivered: Shipment) -> None:
    first = dispute(session, reference=delivered.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
    again = dispute(session, reference=delivered.reference, reason="They rang.", source=EventSource.STAFF, by=cast.actor("manager"))

    assert (first, len(incidents(session))) == (again, 1)
    assert len(session.scalars(select(TrackingEvent).where(TrackingEvent.status == "disputed")).all()) == 1


def test_what_is_found_after_all_is_delivered_and_may_be_missed_again(session: Session, cast: Cast, delivered: Shipment) -> None:
    dispute(session, reference=delivered.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
    signed = {"signer": "Next door", "kind": ProofKind.NEIGHBOUR, "occurred_at": clock.now(), "by": cast.actor()}
    record_delivery(session, reference=delivered.reference, **signed)
    assert (delivered.state, headline(session, delivered)) == ("delivered", "delivered")

    dispute(session, reference=delivered.reference, reason="Not theirs.", source=EventSource.STAFF, by=cast.actor("manager"))

    assert (delivered.state, len(incidents(session))) == ("held_up", 1)


def test_a_delivery_told_ahead_of_its_time_can_be_disputed(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="shipped")
    ahead = Report(_T.DELIVERED, clock.now() + timedelta(minutes=8), source=EventSource.CARRIER, source_id="DHL-8")
    record(session, reference=shipment.reference, report=ahead, by=cast.actor())

    dispute(session, reference=shipment.reference, reason="", source=EventSource.CUSTOMER, by=CUSTOMER)

    assert shipment.state == "held_up"


@pytest.mark.parametrize("reason", ["", "x" * 501])
def test_staff_say_why_in_few_words(session: Session, cast: Cast, delivered: Shipment, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        dispute(session, reference=delivered.reference, reason=reason, source=EventSource.STAFF, by=cast.actor("manager"))

    assert [error.pointer for error in refusal.value.errors] == ["reason"]
    assert (delivered.state, incidents(session)) == ("delivered", [])


@pytest.mark.parametrize("status", [None, _T.IN_TRANSIT, _T.HELD_UP, _T.RETURNED_TO_SENDER])
def test_what_was_not_delivered_cannot_be_missed(session: Session, cast: Cast, status: TrackingStatus | None) -> None:
    shipment = cast.shipment(state="shipped")
    if status:
        record(session, reference=shipment.reference, report=carrier_report(status, 2, minutes_ago=5), by=cast.actor())

    with pytest.raises(IllegalMove, match="is not delivered yet"):
        dispute(session, reference=shipment.reference, reason="Where is it?", source=EventSource.STAFF, by=cast.actor("manager"))

    assert incidents(session) == []


def test_a_parcel_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        dispute(session, reference="S-0000-0000", reason="", source=EventSource.CUSTOMER, by=CUSTOMER)
