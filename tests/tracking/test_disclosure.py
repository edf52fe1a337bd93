"""SEC28 for every answer that a customer's browser gets, by the link and by a second fact as well, and for the mails of those who follow.

An order filled with all that an order can hold is looked for in each of them.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core import clock
from logistics.core.actors import CUSTOMER
from logistics.core.addresses import Address
from logistics.core.config import settings
from logistics.notifications.composing import compose
from logistics.notifications.models import Message
from logistics.orders.models import Order
from logistics.tracking.following import ask_for_updates, confirm_updates, mark_of_request
from logistics.tracking.incidents import open_incident
from logistics.tracking.models import EventSource, ParcelIncidentKind, Problem, Proof, ProofKind, ProofPhoto, TrackingStatus, UpdateRequest
from logistics.tracking.recording import Report, record, record_delivery
from tests.cast import Cast
from tests.tracking.test_public_page import a_page
from tests.tracking.visitors import customer, number_of, send

HOME = Address("12 Park Row", "Flat 7", "Headingley", "Leeds", "West Yorkshire", "LS1 5HD", "GB")
GIVEN = {"lines": [("LAMP", 2)], "address": HOME, "note": "Ring twice, dog bites", "email": "mina@example.com", "phone": "+44 113 496 0001"}
NEVER = re.compile(
    r"Park Row|Flat 7|Headingley|Yorkshire|LS1|Mina|Park(?!•)|mina@|example\.com|496.?0001|Ring twice|dog bites"
    r"|USD|18\.00|36\.00|Clerk|Picker|Manager"
    r"|picked it wrong|BANK|Nora|Quill|customer_id|ghost@|looked into by|(?<![\w-])S-[0-9A-Z]{4}-[0-9A-Z]{4}",
    re.IGNORECASE,
)
# Beside the page itself; a form that comes back with mistakes shows what was typed, and nothing else.
PAGES = ("", "/identity", "/receipt", "/problem", "/address", "/updates", "/payment")


def a_rich_order(cast: Cast) -> tuple[str, str]:
    """The address of the page of an order that has been through everything, and its parcel's reference."""
    address, reference = a_page(cast, "shipped", **GIVEN)

    def fill() -> None:
        told = [
            ("Handed to MINA PARK of 12 Park Row", "LS1 5HD", Problem.ADDRESS, EventSource.CARRIER),
            ("Clerk: picked it wrong, call Mina", "12 PARK ROW, Leeds", None, EventSource.STAFF),
            ("COD USD 36.00, tel 0113 4960001", "Leeds", Problem.PAYMENT, EventSource.CARRIER),
            ("Sorted", "Leeds depot", Problem.CUSTOMS, EventSource.CARRIER),
        ]
        for at, (text, place, problem, source) in enumerate(told):
            moment = clock.now() - timedelta(minutes=90 - at)
            report = Report(TrackingStatus.HELD_UP, moment, text=text, place=place, problem=problem, source=source, source_id=f"DHL:{at}")
            record(cast.session, reference=reference, report=report, by=cast.actor())

    cast.made(fill)
    return address, reference


def deliver(cast: Cast, reference: str) -> None:
    """Delivered to a neighbour, with a photo, and an incident beside it."""

    def prove() -> None:
        signed = {"signer": "Nora Quill", "kind": ProofKind.NEIGHBOUR, "occurred_at": clock.now() - timedelta(minutes=5)}
        event = record_delivery(cast.session, reference=reference, by=cast.actor(), **signed)
        proof = cast.session.scalars(select(Proof).where(Proof.event_id == event.id)).one()
        cast.session.add(ProofPhoto(proof_id=proof.id, name="a-random-name", width=4, height=3, data=b"photo", small=b"photo", added_at=clock.now()))
        by = cast.actor()
        open_incident(cast.session, shipment=event.shipment, kind=ParcelIncidentKind.COMING_BACK, note="looked into by the Clerk", by=by)

    cast.made(prove)


def leaks_of(text: str) -> list[str]:
    """What should never be told, outside of tokens and keys: those are random and may spell anything."""
    return NEVER.findall(re.sub(r"[\w.-]{20,}", "", text, flags=re.ASCII))


def answers(browser: FlaskClient, address: str) -> Iterator[tuple[str, str]]:
    """Everything that a browser can get at a customer's doors, in both languages."""
    for page in PAGES:
        for language in ("", "?lang=zh_Hans", "?lang=en"):
            yield f"{page}{language}", browser.get(address + page + language).text
    yield "wrong token", browser.get(address[:-1] + "!").text
    yield "wrong fact", send(browser, f"{address}/identity", fact="nothing of it").text
    yield "refused", send(browser, f"{address}/receipt", parcel="7").text
    yield "a wrong address", send(browser, f"{address}/address", line1="", postcode="").text
    yield "no key", browser.post(f"{address}/problem", data={"parcel": "1"}).text
    yield "door", browser.get("/track").text
    yield "links", send(browser, "/track/links", email="ghost-of@nobody.example").text


@pytest.mark.parametrize("knows", [False, True])
@pytest.mark.parametrize("state", ["held up", "delivered"])
def test_no_answer_at_any_level_tells_what_is_nobodys_business(cast: Cast, client: FlaskClient, knows: bool, state: str) -> None:
    address, reference = a_rich_order(cast)
    if state == "delivered":
        deliver(cast, reference)
    browser = customer(cast, address) if knows else client

    told = dict(answers(browser, address))

    leaks = {page: found for page, text in told.items() if (found := leaks_of(text))}
    assert leaks == {}
    assert "M••• P•••" in told[""]
    assert "Leeds" in told[""]
    assert ("What you can do" in told[""]) is knows
    assert "Sorted" in told[""]
    assert ("N••• Q•••" in told[""]) is (knows and state == "delivered")


def test_a_search_for_what_is_secret_would_find_it(cast: Cast) -> None:
    """The pattern itself is awake: the staff's page of the same order is full of it."""
    address, _reference = a_rich_order(cast)

    page = cast.client("manager").get(f"/orders/{number_of(address)}").text

    assert {"Park Row", "Mina", "example.com", "USD", "36.00"} <= set(NEVER.findall(page))


def test_mails_to_others_tell_no_more_than_the_link(cast: Cast) -> None:
    address, reference = a_rich_order(cast)

    def follow() -> list[str]:
        order = cast.session.scalars(select(Order).where(Order.number == number_of(address))).one()
        secret = settings().secret_key
        ask_for_updates(cast.session, order_id=order.id, email="ghost@nobody.example", language="en", by=CUSTOMER)
        request = cast.session.scalars(select(UpdateRequest)).one()
        confirm_updates(cast.session, order_id=order.id, mark=mark_of_request(request, secret=secret), secret=secret, by=CUSTOMER)
        for at, status in enumerate(("out_for_delivery", "attempt_failed", "lost", "returning", "delivered")):
            moment = clock.now() - timedelta(minutes=30 - at)
            record(cast.session, reference=reference, report=Report(TrackingStatus(status), moment, text="to Mina Park"), by=cast.actor())
        mails = cast.session.scalars(select(Message.id).where(Message.recipient == "ghost@nobody.example")).all()
        letters = [compose(cast.session, mail, settings()) for mail in mails]
        return [letter.headline + letter.text + letter.html for letter in letters]

    letters = cast.made(follow)

    assert len(letters) == 6
    assert [leaks_of(letter) for letter in letters] == [[]] * 6
