"""What customers who know a second fact do by themselves: each without a sign-in, once, within limits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick_scanned
from logistics.notifications.models import Message
from logistics.orders.models import Order
from logistics.tracking.models import EventSource, ParcelIncident, Proof, ProofKind, ProofPhoto, TrackingEvent, TrackingStatus
from logistics.tracking.recording import record_delivery
from tests.cast import Cast
from tests.tracking.test_public_page import a_page, tell
from tests.tracking.visitors import customer, number_of, send

_T = TrackingStatus
THERE = {"line1": "7 Elm Close", "city": "York", "postcode": "YO1 7HH"}


def look_at(cast: Cast, reference: str) -> Callable[[], Any]:
    """What is known of a parcel now: its state, the sources of its events, its order's status."""

    def read() -> tuple[str, list[str], str]:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        events = select(TrackingEvent.source).where(TrackingEvent.shipment_id == shipment.id).order_by(TrackingEvent.id)
        return shipment.state, list(cast.session.scalars(events)), shipment.order.status

    return lambda: cast.made(read)


def test_a_receipt_delivers_the_parcel(cast: Cast) -> None:
    address, reference = a_page(cast)
    browser = customer(cast, address)
    assert "Yes, I have got it" in browser.get(f"{address}/receipt").text

    answer = send(browser, f"{address}/receipt", parcel="1")

    assert (answer.status_code, answer.location) == (303, address)
    assert look_at(cast, reference)() == ("delivered", ["customer"], "delivered")
    page = browser.get(address).text
    assert "Thank you. We have noted that it has come." in page
    assert "Your order was delivered." in page


def test_a_receipt_is_noted_once_however_often_it_is_sent(cast: Cast) -> None:
    address, reference = a_page(cast)
    browser, key = customer(cast, address), new_key()

    answers = [browser.post(f"{address}/receipt", data={"form_key": key, "parcel": "1"}) for _click in range(2)]
    again = send(browser, f"{address}/receipt", parcel="1")

    assert [answer.status_code for answer in (*answers, again)] == [303] * 3
    assert look_at(cast, reference)()[1] == ["customer"]


@pytest.mark.parametrize("parcel", ["", "0", "2", "x", "-1", "٢", "1" * 30])
def test_a_parcel_that_is_none_changes_nothing(cast: Cast, parcel: str) -> None:
    address, reference = a_page(cast)
    browser = customer(cast, address)

    assert send(browser, f"{address}/receipt", parcel=parcel).status_code == 422
    assert send(browser, f"{address}/problem", parcel=parcel).status_code == 422
    assert look_at(cast, reference)()[1] == []


def test_what_has_not_left_cannot_have_come(cast: Cast) -> None:
    address, _reference = a_page(cast, "packed")
    browser = customer(cast, address)

    answer = send(browser, f"{address}/receipt", parcel="1")

    assert answer.status_code == 409
    assert "This parcel is not on its way to you." in answer.text
    assert f'href="{address}"' in answer.text


def test_a_parcel_that_did_not_come_is_looked_for(cast: Cast) -> None:
    address, reference = a_page(cast)
    tell(cast, reference, _T.DELIVERED, minutes_ago=30, source=EventSource.CARRIER, source_id="DHL:1")
    browser = customer(cast, address)
    assert "It did not come" in browser.get(address).text

    answer = send(browser, f"{address}/problem", parcel="1", note="Nobody rang, ask Mina")

    assert (answer.status_code, answer.location) == (303, address)
    assert look_at(cast, reference)() == ("held_up", ["carrier", "customer"], "shipped")
    incident = cast.made(lambda: [(one.kind, one.note, one.opened_by_kind) for one in cast.session.scalars(select(ParcelIncident))])
    assert incident == [("not_received", "Nobody rang, ask Mina", "customer")]
    page = browser.get(address).text
    assert "<h1>Your parcel was reported as not received.</h1>" in page
    assert "It has come after all" in page
    assert "Nobody rang" not in page


def test_it_turns_up_after_all(cast: Cast) -> None:
    address, reference = a_page(cast)
    tell(cast, reference, _T.DELIVERED, minutes_ago=30)
    browser = customer(cast, address)
    send(browser, f"{address}/problem", parcel="1")

    send(browser, f"{address}/receipt", parcel="1")

    assert look_at(cast, reference)()[::2] == ("delivered", "delivered")


def test_nobody_misses_what_is_not_delivered(cast: Cast) -> None:
    address, reference = a_page(cast)
    browser = customer(cast, address)

    assert send(browser, f"{address}/problem", parcel="1").status_code == 409
    assert look_at(cast, reference)()[1] == []


def test_of_two_parcels_one_is_chosen(cast: Cast) -> None:
    address, reference = a_page(cast, "pending", lines=[("LAMP", 2)])

    def split() -> None:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        pick_scanned(cast.session, reference=reference, code="LAMP", by=cast.actor("picker"))
        pack(cast.session, reference=reference, by=cast.actor("picker"))
        cast.hand_over(shipment)
        rest = cast.session.scalars(select(Shipment).where(Shipment.order_id == shipment.order_id, Shipment.id != shipment.id)).one()
        cast.work_on(rest, "shipped")

    cast.made(split)
    browser = customer(cast, address)
    page = browser.get(f"{address}/receipt").text
    assert page.count('type="radio"') == 2

    assert send(browser, f"{address}/receipt", parcel="2").status_code == 303
    assert look_at(cast, reference)()[0] == "shipped"
    assert "Parcel 1 of 2" in browser.get(address).text


def test_the_address_is_corrected_until_it_is_packed(cast: Cast) -> None:
    address, reference = a_page(cast, "picked")
    browser = customer(cast, address)

    answer = send(browser, f"{address}/address", **THERE)

    assert (answer.status_code, answer.location) == (303, address)
    kept = cast.made(lambda: cast.session.scalars(select(Order).where(Order.number == number_of(address))).one().address)
    assert (kept.line1, kept.city, kept.postcode, kept.country) == ("7 Elm Close", "York", "YO1 7HH", "GB")
    assert "York" in browser.get(address).text
    told = cast.made(lambda: cast.session.scalars(select(Message.recipient).where(Message.milestone == "address_changed")).all())
    assert told == ["mina@example.com"], "the customer hears of it at their own address"
    cast.made(lambda: pack(cast.session, reference=reference, by=cast.actor("picker")))
    late = send(browser, f"{address}/address", **{**THERE, "line1": "8 Elm Close"})
    assert late.status_code == 409
    assert "packed already" in late.text


def test_each_change_of_the_address_is_told(cast: Cast) -> None:
    address, _reference = a_page(cast, "pending")
    browser = customer(cast, address)
    for line in ("7 Elm Close", "8 Elm Close"):
        send(browser, f"{address}/address", **{**THERE, "line1": line})

    told = cast.made(lambda: cast.session.scalars(select(Message.recipient).where(Message.milestone == "address_changed")).all())
    assert len(told) == 2


def test_a_wrong_address_comes_back_with_what_was_typed(cast: Cast) -> None:
    address, _reference = a_page(cast, "pending")
    browser = customer(cast, address)

    answer = send(browser, f"{address}/address", **{**THERE, "line1": "", "postcode": "NOWHERE"})

    assert answer.status_code == 422
    assert 'value="NOWHERE"' in answer.text
    assert 'value="York"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 2
    assert "Park Row" not in answer.text


def test_the_address_form_never_shows_the_address(cast: Cast) -> None:
    address, _reference = a_page(cast, "pending")

    page = customer(cast, address).get(f"{address}/address").text

    assert "United Kingdom" in page
    assert not any(secret in page for secret in ("Park Row", "LS1", "Mina"))


@pytest.mark.parametrize("noun", ["receipt", "problem", "address"])
def test_one_order_is_changed_twenty_times_an_hour(cast: Cast, noun: str) -> None:
    address, _reference = a_page(cast)
    browser = customer(cast, address)

    codes = [send(browser, f"{address}/{noun}", parcel="9").status_code for _try in range(22)]

    assert set(codes[:20]) <= {409, 422}
    assert codes[20:] == [429] * 2


def test_a_form_without_its_key_is_refused_in_the_customers_words(cast: Cast) -> None:
    address, reference = a_page(cast)

    answer = customer(cast, address).post(f"{address}/receipt", data={"parcel": "1"})

    assert answer.status_code == 422
    assert "This form is out of date." in answer.text
    assert "To the start" not in answer.text
    assert look_at(cast, reference)()[1] == []


def a_proof(cast: Cast, reference: str) -> None:
    """Delivered to a neighbour, with a photo."""

    def prove() -> None:
        signed = {"signer": "Nora Quill", "kind": ProofKind.NEIGHBOUR, "occurred_at": clock.now() - timedelta(minutes=5)}
        record_delivery(cast.session, reference=reference, by=cast.actor(), **signed)
        proof = cast.session.scalars(select(Proof)).one()
        cast.session.add(
            ProofPhoto(proof_id=proof.id, name="random-name", width=4, height=3, data=b"\xff\xd8 a photo", small=b"small", added_at=clock.now())
        )

    cast.made(prove)


def test_the_proof_is_for_who_knows_a_second_fact(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast)
    a_proof(cast, reference)
    browser = customer(cast, address)

    by_link, known = client.get(address).text, browser.get(address).text

    assert not any(word in by_link for word in ("Handed to a neighbour", "N•••", "random-name", "<img"))
    assert "Handed to a neighbour" in known
    assert "signed by N••• Q•••" in known
    assert "Nora" not in known
    assert f'src="{address}/photos/random-name"' in known
    photo = browser.get(f"{address}/photos/random-name")
    assert (photo.status_code, photo.data, photo.content_type) == (200, b"\xff\xd8 a photo", "image/jpeg")
    assert photo.headers["Cache-Control"] == "no-store"
    assert client.get(f"{address}/photos/random-name").status_code == 404


def test_a_photo_is_no_other_orders_business(cast: Cast) -> None:
    _address, reference = a_page(cast)
    a_proof(cast, reference)
    other, _reference = a_page(cast)

    assert customer(cast, other).get(f"{other}/photos/random-name").status_code == 404
