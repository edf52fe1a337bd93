"""What staff record about parcels on their way, from the order's page and from the shipment's."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import TimeMachineFixture

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import EventSource, Proof, TrackingEvent, TrackingStatus
from logistics.tracking.recording import record
from tests.cast import Cast
from tests.tracking.test_recording import report

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def a_shipment(cast: Cast, state: str = "shipped") -> tuple[str, str]:
    """The reference of a shipment, and the number of its order."""
    shipment = cast.made(lambda: cast.shipment(state=state))
    return cast.made(lambda: (shipment.reference, cast.session.get_one(Shipment, shipment.id).order.number))


def state_of(cast: Cast, reference: str) -> str:
    """Where the shipment is."""
    return str(cast.made(lambda: cast.session.scalars(select(Shipment.state).where(Shipment.reference == reference)).one()))


def events(cast: Cast) -> list[Any]:
    """What was recorded."""
    kept = (TrackingEvent.status, TrackingEvent.place, TrackingEvent.text, TrackingEvent.offset_minutes, TrackingEvent.source)
    return list(cast.made(lambda: [tuple(row) for row in cast.session.execute(select(*kept).order_by(TrackingEvent.id))]))


def an_event(**changed: str) -> dict[str, str]:
    """The fields of an event."""
    moment = f"{clock.now():%Y-%m-%dT%H:%M}"
    return {"status": "in_transit", "occurred_at": moment, "offset": "+00:00", "place": "Leeds", "text": "", "form_key": new_key(), **changed}


def a_delivery(**changed: str) -> dict[str, str]:
    """The fields of a delivery."""
    return {"signer": "M. Park", "kind": "self", "occurred_at": f"{clock.now():%Y-%m-%dT%H:%M}", "offset": "+00:00", "form_key": new_key(), **changed}


@pytest.mark.parametrize("headers", [{}, PART])
def test_an_event_is_recorded_and_the_page_follows(cast: Cast, clerk: FlaskClient, headers: dict[str, str]) -> None:
    reference, number = a_shipment(cast)

    answer = clerk.post(f"/shipments/{reference}/tracking-events", data=an_event(place="Hub", text="Sorted"), headers=headers)

    assert events(cast) == [("in_transit", "Hub", "Sorted", 0, "staff")]
    assert state_of(cast, reference) == "in_transit"
    if headers:
        assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "seen")
        assert answer.text.strip().startswith('<section class="card" id="tracking"')
        assert "Hub · Sorted" in answer.text
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/shipments/{reference}")
    page = clerk.get(f"/orders/{number}").text
    assert "On its way" in page.split('id="tracking"')[1]
    assert "Clerk" in page.split('id="tracking"')[1]


def test_a_double_click_records_one_event(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    form = an_event()

    answers = [clerk.post(f"/shipments/{reference}/tracking-events", data=form, headers=PART) for _click in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert len(events(cast)) == 1


def test_the_time_may_carry_its_zone_itself(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    clerk.post(f"/shipments/{reference}/tracking-events", data=an_event(occurred_at="2026-11-22T17:30:00+08:00", offset="+00:00"))
    assert events(cast)[0][3] == 480


@pytest.mark.parametrize(("minutes_open", "is_now"), [(0, True), (9, True), (11, False)])
def test_a_time_left_alone_is_now_and_not_the_beginning_of_its_minute(
    cast: Cast, clerk: FlaskClient, time_machine: TimeMachineFixture, minutes_open: int, is_now: bool
) -> None:
    opened = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    time_machine.move_to(opened + timedelta(seconds=40), tick=False)
    reference, _number = a_shipment(cast)
    form = an_event(opened_at=f"{opened:%Y-%m-%dT%H:%M}+00:00")
    time_machine.shift(60 * minutes_open)

    clerk.post(f"/shipments/{reference}/tracking-events", data=form)

    at = cast.made(lambda: cast.session.scalars(select(TrackingEvent.occurred_at)).one())
    assert at == (clock.now() if is_now else opened)


def test_the_form_opens_with_now_in_the_zone_of_the_shop(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    for noun in ("tracking-events", "delivery"):
        page = clerk.get(f"/shipments/{reference}/{noun}/new")
        part = clerk.get(f"/shipments/{reference}/{noun}/new", headers=PART)
        assert f'value="{clock.now():%Y-%m-%dT%H:}' in page.text
        assert 'value="+00:00"' in page.text
        assert "<html" in page.text
        assert part.text.strip().startswith('<form class="stack editing" id="tracking-form"')


WRONG_EVENTS = (
    {"status": "arrived"},
    {"status": ""},
    {"status": "disputed"},
    {"occurred_at": ""},
    {"occurred_at": "yesterday"},
    {"occurred_at": "2026-02-30T10:00"},
    {"occurred_at": "2026-W47-7T10:00"},
    {"occurred_at": "1899-01-01T10:00"},
    {"offset": "+25:00"},
    {"offset": "CET"},
    {"offset": ""},
    {"place": "a\x07b"},
    {"place": "x" * 201},
    {"text": "x" * 501},
)


def test_a_wrong_event_comes_back_with_what_was_typed(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    for fields in WRONG_EVENTS:
        for headers in (PART, {}):
            answer = clerk.post(f"/shipments/{reference}/tracking-events", data=an_event(place="Leeds & Bradford") | fields, headers=headers)
            assert (answer.status_code, 'class="errors"' in answer.text) == (422, True), fields
            assert ("Leeds &amp; Bradford" in answer.text) == ("place" not in fields)
    assert events(cast) == []


@pytest.mark.parametrize("state", ["pending", "picked", "packed"])
def test_nothing_is_recorded_of_a_parcel_that_has_not_left(cast: Cast, clerk: FlaskClient, state: str) -> None:
    reference, _number = a_shipment(cast, state)
    for noun in ("tracking-events", "delivery"):
        answer = clerk.post(f"/shipments/{reference}/{noun}", data=an_event() | a_delivery(), headers=PART)
        assert (answer.status_code, "has not left yet" in answer.text) == (409, True)
    assert (events(cast), state_of(cast, reference)) == ([], state)


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_delivery_is_recorded_with_who_signed(cast: Cast, clerk: FlaskClient, headers: dict[str, str]) -> None:
    reference, number = a_shipment(cast)

    answer = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery(kind="neighbour"), headers=headers)

    assert answer.status_code == (200 if headers else 303)
    assert state_of(cast, reference) == "delivered"
    proof = cast.made(lambda: cast.session.execute(select(Proof.signer, Proof.kind)).one())
    assert tuple(proof) == ("M. Park", "neighbour")
    page = clerk.get(f"/orders/{number}").text
    assert "Delivered, signed" not in page
    again = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery(), headers=PART)
    assert (again.status_code, "is delivered already" in again.text) == (409, True)


def test_a_wrong_delivery_comes_back_with_what_was_typed(cast: Cast, clerk: FlaskClient) -> None:
    reference, _number = a_shipment(cast)
    wrong = (
        ({"signer": ""}, "This is needed."),
        ({"signer": "   "}, "This is needed."),
        ({"kind": "dog"}, "Not a valid choice"),
        ({"occurred_at": "2099-01-01T10:00"}, "still to come"),
        ({"occurred_at": "2199-01-01T10:00"}, "Write the time like"),
    )
    for fields, said in wrong:
        answer = clerk.post(f"/shipments/{reference}/delivery", data=a_delivery() | fields, headers=PART)
        assert (answer.status_code, said in answer.text) == (422, True), fields
        assert f'value="{fields.get("signer", "M. Park")}"' in answer.text
    assert state_of(cast, reference) == "shipped"


def test_staff_see_what_the_parcel_did_not_follow(cast: Cast, clerk: FlaskClient) -> None:
    reference, number = a_shipment(cast)

    def tell() -> None:
        for status, minutes_ago in ((TrackingStatus.DELIVERED, 60), (TrackingStatus.IN_TRANSIT, 30), (TrackingStatus.LOST, -30)):
            told = report(status, minutes_ago=minutes_ago, source=EventSource.CARRIER, source_id=f"DHL-{minutes_ago}")
            record(cast.session, reference=reference, report=told, by=cast.actor())

    cast.made(tell)
    for address in (f"/orders/{number}", f"/shipments/{reference}"):
        panel = clerk.get(address).text.split('id="tracking"')[1].split("</section>")[0]
        assert "It came late: the parcel was further already." in panel
        assert "so it is left out." in panel


def test_staff_copy_the_customers_link_from_the_order(cast: Cast, clerk: FlaskClient) -> None:
    _reference, number = a_shipment(cast, "pending")
    panel = clerk.get(f"/orders/{number}").text.split('id="tracking"')[1].split("</section>")[0]
    link = panel.split('data-copy="')[1].split('"')[0]

    assert link.startswith("http://127.0.0.1:8000/track/")
    assert "Your order" in cast.client(None).get(link.removeprefix("http://127.0.0.1:8000")).text.replace("your order", "Your order")
    assert "Nothing is on its way yet." in panel


def test_the_order_page_is_the_same_until_something_happens(cast: Cast, clerk: FlaskClient) -> None:
    """Or an open order would be sent again at each poll."""
    reference, number = a_shipment(cast)
    tag = clerk.get(f"/orders/{number}", headers=PART).headers["HX-PTag"]

    assert clerk.get(f"/orders/{number}", headers=PART | {"HX-PTag": tag}).status_code == 304
    clerk.post(f"/shipments/{reference}/tracking-events", data=an_event())
    assert clerk.get(f"/orders/{number}", headers=PART | {"HX-PTag": tag}).status_code == 200


def test_who_may_record(cast: Cast) -> None:
    reference, _number = a_shipment(cast)
    for noun in ("tracking-events", "delivery"):
        address = f"/shipments/{reference}/{noun}"
        assert cast.client("auditor").post(address, data=an_event()).status_code == 403
        assert cast.client("auditor").get(address + "/new").status_code == 403
        assert cast.client(None).post(address, data=an_event()).status_code == 401
    assert events(cast) == []
    assert cast.client("picker").post(f"/shipments/{reference}/tracking-events", data=an_event()).status_code == 303
    assert cast.client("clerk").post("/shipments/S-0000-0000/tracking-events", data=an_event()).status_code == 404
