"""Taking what is said about parcels: each finds its own, once, in whatever order it comes."""

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.fulfilment.models import Carrier, Shipment
from logistics.inventory.models import Movement
from logistics.notifications.models import Message
from logistics.tracking.attaching import attach, find_attachable
from logistics.tracking.models import (
    CarrierCode,
    ParcelIncident,
    Problem,
    Proof,
    ProofKind,
    TrackingStatus,
)  # fmt: skip
from logistics.tracking.parking import drop_overdue
from logistics.tracking.reading.saying import Expected, Reading, Said
from logistics.tracking.taking import Taken, take
from tests.cast import Cast
from tests.orders.audits import offences
from tests.tracking.carriers import events_of, parked, reading, said

_T = TrackingStatus
EVERY_ORDER = os.environ.get("LOGISTICS_CHAOS") == "full"
NIGHT = datetime(2026, 11, 22, 9, 30, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def parcel(cast: Cast) -> Shipment:
    """A parcel that DHL took two hours ago."""
    with time_machine.travel(clock.now() - timedelta(hours=2)):
        shipment = cast.shipment(state="packed")
        return cast.hand_over(shipment, number="jd-00 12 34-5678")


def dhl(session: Session) -> Carrier:
    return session.scalars(select(Carrier).where(Carrier.code == "DHL")).one()


def test_what_a_carrier_says_becomes_an_event_of_its_parcel(session: Session, parcel: Shipment) -> None:
    told = Said("JD0012345678", NIGHT, _T.HELD_UP, code="CU", problem=Problem.CUSTOMS, text="At customs", place="Leipzig", event_id="e1")
    taken = take(session, dhl(session), reading(told), SYSTEM)
    (event,) = events_of(session, parcel)

    assert taken == Taken(new=1)
    assert (event.status, event.problem, event.code, event.text, event.place) == ("held_up", "customs", "CU", "At customs", "Leipzig")
    assert (event.source, event.source_id, event.offset_minutes) == ("carrier", "DHL:JD0012345678:e1", 480)
    assert event.occurred_at == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert parcel.state == "held_up"


@pytest.mark.parametrize("number", ["JD0012345678", "jd0012345678", "JD 0012 3456 78", "JD-0012-3456-78"])
def test_a_number_is_known_however_it_is_written(session: Session, parcel: Shipment, number: str) -> None:
    assert take(session, dhl(session), reading(said(number)), SYSTEM).new == 1


def test_the_same_again_changes_nothing(session: Session, parcel: Shipment) -> None:
    named, unnamed = said("JD0012345678", event_id="e1"), said("JD0012345678", text="Sorted", minutes_ago=50)
    first = take(session, dhl(session), reading(named, unnamed), SYSTEM)
    again = take(session, dhl(session), reading(unnamed, named, unnamed), SYSTEM)

    assert (first, again) == (Taken(new=2), Taken(known=3))
    assert len(events_of(session, parcel)) == 2


def test_a_number_of_events_of_a_body_is_told_once(session: Session, parcel: Shipment) -> None:
    told = [said("JD0012345678", status, minutes_ago=ago) for status, ago in ((_T.IN_TRANSIT, 50), (_T.OUT_FOR_DELIVERY, 40), (_T.DELIVERED, 5))]
    take(session, dhl(session), reading(*told), SYSTEM)

    moved = session.scalars(select(EventLog).where(EventLog.name == "ParcelMoved")).all()
    assert [(row.data["before"], row.data["after"]) for row in moved] == [("shipped", "delivered")]
    assert session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == "TrackingRecorded")) == 3


def test_events_named_alike_of_two_parcels_are_two(session: Session, cast: Cast, parcel: Shipment) -> None:
    other = cast.hand_over(cast.shipment(state="packed"), number="JD2")
    take(session, dhl(session), reading(said("JD0012345678", event_id="1"), said("JD2", event_id="1")), SYSTEM)

    assert [len(events_of(session, one)) for one in (parcel, other)] == [1, 1]


def test_a_long_name_is_shortened_and_still_known(session: Session, parcel: Shipment) -> None:
    told = said("JD0012345678", event_id="e" * 200)

    assert [take(session, dhl(session), reading(told), SYSTEM) for _turn in range(2)] == [Taken(new=1), Taken(known=1)]
    assert len(events_of(session, parcel)[0].source_id) <= 100


def test_another_carrier_does_not_move_it(session: Session, cast: Cast, parcel: Shipment) -> None:
    taken = take(session, cast.carrier("UPS"), reading(said("JD0012345678")), SYSTEM)

    assert (taken, parcel.state) == (Taken(parked=1), "shipped")


def test_the_same_number_at_two_carriers_is_two_parcels(session: Session, cast: Cast) -> None:
    cast.carrier("UPS")
    ours = cast.hand_over(cast.shipment(state="packed"), number="A1")
    theirs = cast.hand_over(cast.shipment(state="packed"), number="A2")
    theirs.carrier_id, theirs.tracking_number = cast.carrier("UPS").id, "A1"
    session.flush()
    take(session, cast.carrier("UPS"), reading(said("A1", _T.OUT_FOR_DELIVERY)), SYSTEM)

    assert (ours.state, theirs.state) == ("shipped", "out_for_delivery")


@pytest.mark.parametrize(("named", "moved"), [("DHL", "first"), ("dhl-express", "first"), ("UPS", "second"), ("hermes", None), ("", None)])
def test_who_reports_for_many_names_the_carrier(session: Session, cast: Cast, named: str, moved: str | None) -> None:
    first = cast.hand_over(cast.shipment(state="packed"), number="A1")
    cast.carrier().aliases = "dhl-express dhl-paket"
    second = cast.hand_over(cast.shipment(state="packed"), number="A2")
    second.carrier_id, second.tracking_number = cast.carrier("UPS").id, "A1"
    teller = cast.carrier("AFTERSHIP", takes_parcels=False)
    session.flush()
    taken = take(session, teller, reading(said("A1", carrier=named)), SYSTEM)

    assert [name for name, one in (("first", first), ("second", second)) if one.state == "in_transit"] == ([moved] if moved else [])
    assert taken == (Taken(new=1) if moved else Taken(parked=1))


def test_a_name_of_another_carrier_of_ours_is_not_overlooked(session: Session, cast: Cast, parcel: Shipment) -> None:
    cast.carrier("UPS")
    teller = cast.carrier("AFTERSHIP", takes_parcels=False)

    assert take(session, teller, reading(said("JD0012345678", carrier="ups")), SYSTEM) == Taken(parked=1)
    assert take(session, teller, reading(said("JD0012345678", carrier="who?", event_id="2")), SYSTEM) == Taken(new=1)


def test_a_number_used_again_means_the_parcel_that_lives(session: Session, cast: Cast, parcel: Shipment) -> None:
    take(session, dhl(session), reading(said("JD0012345678", _T.DELIVERED)), SYSTEM)
    late = take(session, dhl(session), reading(said("JD0012345678", minutes_ago=70)), SYSTEM)
    again = cast.hand_over(cast.shipment(state="packed"), number="JD0012345678")
    take(session, dhl(session), reading(said("JD0012345678", minutes_ago=5)), SYSTEM)

    assert late == Taken(new=1)
    assert (parcel.state, again.state) == ("delivered", "in_transit")


def test_news_of_a_number_that_ended_long_ago_waits_for_its_new_parcel(session: Session, cast: Cast) -> None:
    with time_machine.travel(clock.now() - timedelta(days=365)):
        old = cast.hand_over(cast.shipment(state="packed"), number="A1")
        take(session, dhl(session), reading(said("A1", _T.DELIVERED, minutes_ago=0)), SYSTEM)
    taken = take(session, dhl(session), reading(said("A1")), SYSTEM)
    fresh = cast.hand_over(cast.shipment(state="packed"), number="A1")
    for carrier_id, number in find_attachable(session):
        attach(session, carrier_id=carrier_id, number=number, by=SYSTEM)

    assert taken == Taken(parked=1)
    assert (old.state, fresh.state) == ("delivered", "in_transit")


SIX: tuple[tuple[TrackingStatus, int], ...] = (
    (_T.LABEL_CREATED, 110), (_T.IN_TRANSIT, 90), (_T.OUT_FOR_DELIVERY, 70), (_T.ATTEMPT_FAILED, 60), (_T.OUT_FOR_DELIVERY, 30), (_T.DELIVERED, 10),
)  # fmt: skip


def test_any_order_of_six_events_gives_one_timeline_and_one_state(session: Session, parcel: Shipment) -> None:
    """All 720 orders, by induction: whatever came of some of the events, in whatever order, is the same, and so is what comes after.

    With LOGISTICS_CHAOS=full every order is told from its beginning to its end.
    """
    told = [said("JD0012345678", status, minutes_ago=ago, event_id=str(at)) for at, (status, ago) in enumerate(SIX)]
    carrier, seen, orders = dhl(session), dict[frozenset[str], object](), Counter[int]()

    def go_on(done: frozenset[str]) -> None:
        """Tell each event that is left, then go on from there; and take it back."""
        orders[len(done)] += 1
        for one in (one for one in told if one.event_id not in done):
            undone, now = session.begin_nested(), done | {one.event_id}
            take(session, carrier, reading(one), SYSTEM)
            outcome = _outcome(session, parcel)
            assert seen.setdefault(now, outcome) == outcome, f"{one.event_id} after {sorted(done)}"
            if EVERY_ORDER or now not in gone_on:
                gone_on.add(now)
                go_on(now)
            undone.rollback()

    gone_on: set[frozenset[str]] = set()
    go_on(frozenset())

    assert (len(seen), orders[6]) == (63, 720 if EVERY_ORDER else 1)
    state, delivered_at, _heard, status, delivered, timeline, messages = seen[frozenset("012345")]
    assert (state, delivered_at, status, delivered) == ("delivered", told[-1].occurred_at, "delivered", 2)
    assert [one for _at, one in timeline] == [status.value for status, _ago in SIX]
    assert set(messages) == {("received", 1), ("confirmed", 1), ("shipped", 1), ("delivered", 1)}


def _outcome(session: Session, parcel: Shipment) -> tuple[object, ...]:
    """All that may be different afterwards, but for ids, versions and when it was written."""
    timeline = tuple((event.occurred_at, event.status) for event in events_of(session, parcel))
    counted = session.execute(select(Message.milestone, func.count()).where(Message.means == "email").group_by(Message.milestone))
    times = (parcel.delivered_at, parcel.last_event_at)
    return parcel.state, *times, parcel.order.status, parcel.order.lines[0].delivered, timeline, tuple(sorted(map(tuple, counted)))


def test_a_return_leg_moves_on_after_the_delivery(session: Session, parcel: Shipment) -> None:
    told = [said("JD0012345678", status, minutes_ago=ago) for status, ago in ((_T.DELIVERED, 50), (_T.RETURNING, 30), (_T.RETURNED_TO_SENDER, 5))]
    for one in reversed(told):
        take(session, dhl(session), reading(one), SYSTEM)

    assert parcel.state == "returned_to_sender"


def test_what_is_still_to_come_is_kept_and_left_out(session: Session, parcel: Shipment) -> None:
    taken = take(session, dhl(session), reading(said("JD0012345678", _T.DELIVERED, minutes_ago=-2880, signer="Mina Park")), SYSTEM)

    assert (taken, parcel.state, len(events_of(session, parcel))) == (Taken(new=1), "shipped", 1)
    assert session.scalar(select(func.count(Proof.id))) == 0


def test_a_delivery_brings_its_proof_once(session: Session, parcel: Shipment) -> None:
    told = said("JD0012345678", _T.DELIVERED, event_id="1", signer="M. Park", proof=ProofKind.NEIGHBOUR)
    for _turn in range(2):
        take(session, dhl(session), reading(told), SYSTEM)
    proof = session.scalars(select(Proof)).one()

    assert (proof.shipment_id, proof.signer, proof.kind, proof.at) == (parcel.id, "M. Park", "neighbour", told.occurred_at)
    assert proof.event_id == events_of(session, parcel)[0].id


def test_the_carrier_says_when_it_comes(session: Session, parcel: Shipment) -> None:
    days = [Expected("JD0012345678", date(2026, 12, day), date(2026, 12, day + 1)) for day in (1, 3)]
    for told in (days[0], days[1], days[1]):
        take(session, dhl(session), Reading(expected=(told,)), SYSTEM)

    assert (parcel.expected_from, parcel.expected_to, parcel.expected_by) == (date(2026, 12, 3), date(2026, 12, 4), "carrier")
    told_of = session.scalars(select(EventLog).where(EventLog.name == "ArrivalTold").order_by(EventLog.id)).all()
    assert [row.data["earliest"] for row in told_of] == ["2026-12-01", "2026-12-03"]


def test_a_code_nobody_has_explained_is_in_transit_and_listed(session: Session, parcel: Shipment) -> None:
    told = [said("JD0012345678", None, code="X9", text=text, minutes_ago=ago) for text, ago in (("Parked", 50), ("Parked again", 40))]
    for _turn in range(2):
        take(session, dhl(session), reading(*told), SYSTEM)
    code = session.scalars(select(CarrierCode)).one()

    assert (code.code, code.times, code.sample, code.status) == ("X9", 2, "Parked again", None)
    assert parcel.state == "in_transit"


def test_a_code_that_was_explained_means_that(session: Session, parcel: Shipment) -> None:
    session.add(CarrierCode(carrier_id=dhl(session).id, code="X9", status="held_up", problem="weather", seen_at=clock.now()))
    take(session, dhl(session), reading(said("JD0012345678", None, code="X9")), SYSTEM)

    assert [(event.status, event.problem) for event in events_of(session, parcel)] == [("held_up", "weather")]


def test_what_nobody_knows_is_parked_until_its_parcel_leaves(session: Session, cast: Cast) -> None:
    carrier = cast.carrier()
    told = said("A1", _T.DELIVERED, minutes_ago=5, event_id="3", signer="M. Park", proof=ProofKind.LOCKER, text="Box 7", place="Leeds")
    news = Reading(
        (said("A1", event_id="1"), said("A1", None, code="X9", minutes_ago=30), told), (Expected("A1", date(2026, 12, 1), date(2026, 12, 2)),)
    )
    first, again = (take(session, carrier, news, SYSTEM) for _turn in range(2))
    shipment = cast.hand_over(cast.shipment(state="packed"), number="A-1")
    attached = [attach(session, carrier_id=at, number=number, by=SYSTEM) for _turn in range(2) for at, number in find_attachable(session)]

    assert (first, again, attached) == (Taken(parked=3), Taken(known=3), [Taken(new=3)])
    assert shipment.state == "delivered"
    assert shipment.expected_by == ""  # it has come
    assert events_of(session, shipment)[0].source_id == "DHL:A1:1"
    assert all(row.attached_id for row in parked(session))
    assert session.scalars(select(Proof.signer)).one() == "M. Park"
    assert session.scalars(select(CarrierCode.code)).one() == "X9"
    assert take(session, carrier, news, SYSTEM).new == 0


def test_after_a_week_nothing_is_left_of_what_it_said(session: Session, cast: Cast) -> None:
    take(session, cast.carrier(), reading(said("A1", text="Sorted", place="Leeds")), SYSTEM)
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        kept = drop_overdue(session)
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        dropped = drop_overdue(session)
    (row,) = parked(session)

    assert (kept, dropped) == (0, 1)
    assert (row.text, row.place, row.facts, row.dropped_at is not None) == (None, None, {}, True)
    cast.hand_over(cast.shipment(state="packed"), number="A1")
    assert find_attachable(session) == []


def test_a_packed_parcel_that_moves_is_an_incident_and_no_stock_moves(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    shipment.carrier_id, shipment.tracking_number = cast.carrier().id, "A1"
    session.flush()
    moves = session.scalar(select(func.count(Movement.id)))
    announced = take(session, dhl(session), reading(said("A1", _T.LABEL_CREATED)), SYSTEM)
    before = session.scalar(select(func.count(ParcelIncident.id)))
    taken = [take(session, dhl(session), reading(said("A1", event_id=name)), SYSTEM) for name in ("1", "2", "2")]
    incident = session.scalars(select(ParcelIncident)).one()
    with time_machine.travel(clock.now() + timedelta(days=30)):
        dropped = drop_overdue(session)

    assert (announced, before, taken) == (Taken(parked=1), 0, [Taken(parked=1), Taken(parked=1), Taken(known=1)])
    assert (incident.shipment_id, incident.kind) == (shipment.id, "moving_undispatched")
    assert (shipment.state, session.scalar(select(func.count(Movement.id))), dropped) == ("packed", moves, 0)
    assert offences(session) == []


def test_one_body_tells_of_many_parcels(session: Session, cast: Cast) -> None:
    parcels = [cast.hand_over(cast.shipment(state="packed"), number=f"A{at}") for at in range(3)]
    taken = take(session, dhl(session), reading(*(said(f"A{at}") for at in (2, 0, 1, 7))), SYSTEM)

    assert (taken, {one.state for one in parcels}) == (Taken(new=3, parked=1), {"in_transit"})
