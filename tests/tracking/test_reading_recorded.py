"""Answers that were recorded are read as another reader (karrio) read them, but for what it got wrong, which is said here.

It writes times without the offset that the bodies tell, so instants are compared with the bodies. Its order of a place's parts differs.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.formats import read
from logistics.tracking.reading.saying import Expected, Said
from tests.tracking.bodies import FULL, folder_of, recorded, trackers

S = TrackingStatus
LEEDS = ZoneInfo("Europe/London")
# Its words for ours. An event without a status of its own is on its way.
ITS_WORDS = {
    None: S.IN_TRANSIT,
    "picked_up": S.IN_TRANSIT,
    "in_transit": S.IN_TRANSIT,
    "on_hold": S.HELD_UP,
    "out_for_delivery": S.OUT_FOR_DELIVERY,
    "delivered": S.DELIVERED,
}
# Code, its word, ours, and why ours.
CORRECTED: dict[tuple[str, str], tuple[str | None, TrackingStatus]] = {
    # "Shipping Label Created, USPS Awaiting Item": nothing is on its way yet, and it leaves the status out.
    ("usps", "GX"): (None, S.LABEL_CREATED),
    # "Votre colis est en transit sur nos plateformes logistiques": that is not out for delivery.
    ("laposte", "ET1"): ("out_for_delivery", S.IN_TRANSIT),
    # "Il est en cours de préparation chez votre expéditeur", without a status there.
    ("laposte", "DR1"): (None, S.LABEL_CREATED),
    # "The parcel data was entered into the GLS IT system."
    ("gls", "INTIAL.PREADVICE"): (None, S.LABEL_CREATED),
    # DHL's own status code says pre-transit; "DELIVERED" is the free text beside it, in an example that contradicts itself.
    ("dhl", "pre-transit"): ("delivered", S.LABEL_CREATED),
}


def expected_of(form: str) -> dict[str, Any]:
    """How karrio read the answer that tells most."""
    told: list[list[dict[str, Any]]] = json.loads((folder_of(form) / f"{FULL[form]}.expected.json").read_text())
    return told[0][0]


def said_of(form: str) -> tuple[Said, ...]:
    return read(form, recorded(form), zone=LEEDS).said


def parts(place: str) -> set[str]:
    return {part.strip() for part in place.split(",")} - {""}


@pytest.mark.parametrize("form", FULL)
def test_events_come_in_their_order_with_code_text_place_and_number(form: str) -> None:
    theirs = expected_of(form)

    ours = said_of(form)

    assert [one.code for one in ours] == [event["code"] for event in theirs["events"]]
    assert [one.text for one in ours] == [event["description"] for event in theirs["events"]]
    for one, event in zip(ours, theirs["events"], strict=True):
        # DHL's postcode and country are left out there.
        assert parts(event.get("location", "")) <= parts(one.place)
        assert form == "dhl" or parts(event.get("location", "")) == parts(one.place)
    assert {one.tracking_number for one in ours} == {theirs["tracking_number"]}


@pytest.mark.parametrize("form", FULL)
def test_every_event_gets_its_status(form: str) -> None:
    for one, event in zip(said_of(form), expected_of(form)["events"], strict=True):
        word = event.get("status")
        corrected = CORRECTED.get((form, one.code))
        assert one.status is (corrected[1] if corrected else ITS_WORDS[word]), one
        if corrected:
            assert word == corrected[0], "what was corrected is not said any more"


INSTANTS = {
    # No offset is told: the time stands in the zone it is asked for.
    "ups": ["2021-02-10T07:13:56+00:00"],
    "fedex": ["2018-02-02T12:01:00-07:00"],
    "dhl": ["2018-03-02T07:53:47+00:00"],
    "gls": ["2024-10-07T10:46:14+02:00", "2024-10-07T09:30:00+02:00"],
}


@pytest.mark.parametrize("form", INSTANTS)
def test_instants_are_those_of_the_body(form: str) -> None:
    assert [one.occurred_at.isoformat() for one in said_of(form)] == INSTANTS[form]


def test_usps_tells_the_instant_in_gmt_and_the_offset_beside_it() -> None:
    for one, event in zip(said_of("usps"), recorded("usps")["trackingEvents"], strict=True):
        assert one.occurred_at == datetime.fromisoformat(event["GMTTimestamp"])
        assert one.occurred_at.utcoffset() == timedelta(hours=-5)
        assert one.occurred_at.isoformat()[:16] == event["eventTimestamp"][:16]


def test_la_poste_tells_its_own_offset() -> None:
    dates = [event["date"] for event in recorded("laposte")[0]["shipment"]["event"]]

    assert [one.occurred_at.isoformat() for one in said_of("laposte")] == dates


def test_a_time_without_offset_stands_in_the_zone_of_the_carrier() -> None:
    told = read("ups", recorded("ups"), zone=ZoneInfo("America/New_York")).said[0]

    assert told.occurred_at.isoformat() == "2021-02-10T07:13:56-05:00"


ERRORS = [("ups", "AuthError"), ("fedex", "ErrorResponse"), ("usps", "AuthErrorResponse"), ("usps", "ErrorResponse")]
ERRORS += [("laposte", "ErrorResponse"), ("dhl", "TrackingErrorResponseJSON"), ("gls", "ErrorResponse")]


@pytest.mark.parametrize(("form", "name"), ERRORS)
def test_an_error_is_a_fault_and_nothing_else(form: str, name: str) -> None:
    message = json.loads((folder_of(form) / f"{name}.expected.json").read_text())[1][0]

    told = read(form, recorded(form, name), zone=LEEDS)

    assert (told.said, told.expected) == ((), ())
    assert message["message"] in told.fault
    assert str(message["code"]) in told.fault


@pytest.mark.parametrize("name", ["InvalidTrackingNumberResponseJSON", "TrackingNumberNotFoundResponseJSON"])
def test_ups_knows_nothing_of_a_number(name: str) -> None:
    told = read("ups", recorded("ups", name), zone=LEEDS)

    assert (told.said, told.fault) == ((), {"I": "TV1002: Invalid inquiry number", "T": "TW0001: Tracking Information Not Found"}[name[0]])


def test_one_number_that_fedex_does_not_know_takes_nothing_from_the_other() -> None:
    told = read("fedex", recorded("fedex"), zone=LEEDS)

    assert [one.tracking_number for one in told.said] == ["123456789012"]
    assert told.fault == ""


def test_reasons_stand_beside_what_happened() -> None:
    assert said_of("ups")[0].problem is Problem.CUSTOMS
    assert said_of("fedex")[0].problem is Problem.WEATHER
    assert {one.problem for form in ("usps", "laposte", "gls", "dhl") for one in said_of(form)} == {None}


def test_who_took_it_in_stands_beside_a_delivery_only() -> None:
    assert [one.proof for one in said_of("usps") if one.proof] == [ProofKind.LOCKER]
    assert {one.signer for one in said_of("fedex")} == {""}, "signed by “Reciever”, but not delivered"


def test_days_are_told_as_a_range_until_it_is_delivered() -> None:
    number = "123456789012"
    assert read("fedex", recorded("fedex"), zone=LEEDS).expected == (Expected(number, date(2021, 10, 1), date(2021, 10, 15)),)
    assert read("dhl", recorded("dhl"), zone=LEEDS).expected == (Expected("7777777770", date(2018, 8, 3), date(2018, 8, 3)),)
    assert read("laposte", recorded("laposte"), zone=LEEDS).expected == (), "La Poste writes the day of delivery over what it had promised"


# --- EasyPost ---


def test_trackers_of_easypost_are_read_stage_by_stage() -> None:
    read_ones = [read("easypost", tracker, zone=LEEDS) for tracker in trackers()]

    assert [[one.status for one in told.said] for told in read_ones][2] == [S.LABEL_CREATED, S.LABEL_CREATED]
    delivered = read_ones[4]
    assert [one.status for one in delivered.said] == [*[S.LABEL_CREATED] * 2, *[S.IN_TRANSIT] * 4, S.OUT_FOR_DELIVERY, S.DELIVERED]
    last = delivered.said[-1]
    assert (last.signer, last.carrier, last.place) == ("John Tester", "USPS", "CHARLESTON, SC, 29407")
    assert last.occurred_at.isoformat() == "2025-02-09T09:42:47+00:00"
    assert {one.signer for one in delivered.said[:-1]} == {""}
    assert delivered.expected == ()


def test_every_event_of_a_tracker_is_there() -> None:
    for tracker in trackers()[1:]:
        told = read("easypost", tracker, zone=LEEDS)
        assert [one.occurred_at for one in told.said] == [datetime.fromisoformat(one["datetime"]) for one in tracker["tracking_details"]]
        assert {one.tracking_number for one in told.said} <= {tracker["tracking_code"]}


def test_the_envelope_says_what_the_tracker_says() -> None:
    for tracker in trackers():
        envelope = {"object": "Event", "id": "evt_1", "description": "tracker.updated", "mode": "production", "result": tracker}
        assert read("easypost", envelope, zone=LEEDS) == read("easypost", tracker, zone=LEEDS)


def test_a_tracker_that_failed_is_a_fault() -> None:
    told = read("easypost", trackers()[0], zone=LEEDS)

    assert told.said == ()
    assert told.fault.startswith("In test mode, only test tracking numbers are valid.")
