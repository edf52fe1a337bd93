"""Reporting what happened to parcels by the API: kept once, folded like a carrier's own words, refused as a whole where one is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import TrackingEvent
from logistics.tracking.receiving import MOST_EVENTS
from logistics.tracking.taking import take
from tests.api.programs import Program, program
from tests.cast import Cast
from tests.tracking.carriers import events_of, reading, said


@pytest.fixture
def partner(session: Session, cast: Cast) -> Program:
    return program(cast, "fulfilment")


@pytest.fixture
def parcel(session: Session, cast: Cast) -> Shipment:
    shipment = cast.hand_over(cast.shipment(state="packed", channel="api"), number="A1")
    session.commit()
    return shipment


def event(name: str, status: str = "in_transit", *, minutes_ago: int = 5, **values: Any) -> dict[str, Any]:
    return {"id": name, "at": (clock.now() - timedelta(minutes=minutes_ago)).isoformat(), "status": status, **values}


def path(shipment: Shipment) -> str:
    return f"/shipments/{shipment.reference}/tracking-events"


def test_events_are_kept_and_move_the_parcel(session: Session, partner: Program, parcel: Shipment) -> None:
    told = [event("2", "out_for_delivery", text="In the van", place="Leeds"), event("1", minutes_ago=90)]
    answer = partner.post(path(parcel), {"events": told})
    session.refresh(parcel)
    shown = partner.get(f"/shipments/{parcel.reference}").json["events"]

    assert answer.status_code == 201
    assert answer.json == {
        "reference": parcel.reference,
        "state": "out_for_delivery",
        "events": [{"id": "2", "outcome": "new", "future": False}, {"id": "1", "outcome": "new", "future": False}],
    }
    assert [(row.status, row.source, row.source_id) for row in events_of(session, parcel)] == [
        ("in_transit", "carrier", "DHL:A1:1"),
        ("out_for_delivery", "carrier", "DHL:A1:2"),
    ]
    assert [(one["status"], one["text"], one["place"]) for one in shown] == [("out_for_delivery", "In the van", "Leeds"), ("in_transit", "", "")]


def test_what_is_known_stays_as_it_is(session: Session, partner: Program, parcel: Shipment) -> None:
    take(session, parcel.carrier, reading(said("A1", event_id="1", text="Sorted")), SYSTEM)  # type: ignore[arg-type]
    session.commit()
    answers = [partner.post(path(parcel), {"events": [event("1", "delivered"), *more]}) for more in ([], [event("2")], [event("2")])]

    assert [answer.status_code for answer in answers] == [200, 201, 200]
    assert [one["outcome"] for one in answers[1].json["events"]] == ["known", "new"]
    assert events_of(session, parcel)[0].text == "Sorted"


def test_the_same_key_gets_the_first_answer(session: Session, partner: Program, parcel: Shipment) -> None:
    body = {"events": [event("1")]}
    first, again = (partner.post(path(parcel), body, once="once") for _time in range(2))
    other = partner.post(path(parcel), {"events": [event("2")]}, once="once")

    assert (first.status_code, again.status_code, again.json, other.status_code) == (201, 201, first.json, 422)
    assert session.scalar(select(func.count(TrackingEvent.id))) == 1


def test_one_wrong_event_and_none_is_kept(session: Session, partner: Program, parcel: Shipment) -> None:
    answer = partner.post(path(parcel), {"events": [event("1"), event("2", "gone"), {"id": "3", "at": "yesterday"}]})
    named = {(error["pointer"], error["code"]) for error in answer.json["errors"]}

    assert answer.status_code == 422
    assert {("/events/1/status", "unknown_value"), ("/events/2/at", "bad_time"), ("/events/2/status", "required")} <= named
    assert session.scalar(select(func.count(TrackingEvent.id))) == 0


def test_what_is_still_to_come_is_flagged_and_delivers_nothing(session: Session, partner: Program, parcel: Shipment) -> None:
    answer = partner.post(path(parcel), {"events": [event("1", "delivered", minutes_ago=-2880)]})

    assert (answer.status_code, answer.json["events"][0]["future"], answer.json["state"]) == (201, True, "shipped")


def test_a_carrier_cannot_dispute(partner: Program, parcel: Shipment) -> None:
    assert partner.post(path(parcel), {"events": [event("1", "disputed")]}).status_code == 422


def test_an_id_is_given_once(session: Session, partner: Program, parcel: Shipment) -> None:
    answer = partner.post(path(parcel), {"events": [event("1"), event("2"), event("1", "delivered")]})

    assert (answer.status_code, answer.json["errors"][0]["pointer"], answer.json["errors"][0]["code"]) == (422, "/events/2/id", "given_twice")


@pytest.mark.parametrize("count", [0, MOST_EVENTS + 1])
def test_not_none_and_not_too_many(partner: Program, parcel: Shipment, count: int) -> None:
    answer = partner.post(path(parcel), {"events": [event(str(at)) for at in range(count)]})

    assert answer.status_code == (413 if count else 422)


def test_a_parcel_that_has_not_left_has_no_events(session: Session, cast: Cast, partner: Program) -> None:
    shipment = cast.shipment(state="packed", channel="api")
    session.commit()
    answer = partner.post(path(shipment), {"events": [event("1")]})

    assert (answer.status_code, answer.json["code"]) == (409, "illegal_move")


def test_another_channels_parcel_is_not_there(session: Session, cast: Cast, partner: Program) -> None:
    shipment = cast.shipment(state="shipped")
    session.commit()

    assert partner.post(path(shipment), {"events": [event("1")]}).status_code == 404


def test_it_needs_its_scope(session: Session, cast: Cast, parcel: Shipment) -> None:
    assert program(cast, "orders").post(path(parcel), {"events": [event("1")]}).status_code == 403
