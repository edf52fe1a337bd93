"""The public page: the truth at once, on a phone, without a sign-in, and nothing that is nobody's business."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.core.database import db
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick_scanned
from logistics.orders.cancelling import cancel
from logistics.orders.linking import public_link
from logistics.orders.models import CancelReason, Order
from logistics.tracking.models import EventSource, ProofKind, TrackingStatus
from logistics.tracking.recording import record, record_delivery
from logistics.tracking.routes import visiting
from tests.cast import Cast
from tests.tracking.test_recording import report

_T = TrackingStatus


def a_page(cast: Cast, state: str = "shipped", **given: Any) -> tuple[str, str]:
    """The address of an order's public page, and the reference of its shipment."""

    def make() -> tuple[str, str]:
        shipment = cast.shipment(state=state, **given)
        return "/track/" + public_link(shipment.order).rpartition("/")[2], shipment.reference

    address, reference = cast.made(make)
    return str(address), str(reference)


def tell(cast: Cast, reference: str, status: TrackingStatus, **given: Any) -> None:
    """Record an event of a parcel."""
    cast.made(lambda: record(cast.session, reference=reference, report=report(status, **given), by=cast.actor()))


def test_the_page_tells_where_the_parcel_is(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast, lines=[("LAMP", 2), ("SHADE", 1)])
    tell(cast, reference, _T.OUT_FOR_DELIVERY, minutes_ago=5, place="Leeds depot")

    page = client.get(address).text

    assert "<h1>Your parcel is out for delivery.</h1>" in page
    assert 'aria-current="step"' in page
    assert "Lamp thing" in page
    assert "2 ×" in page
    assert 'href="https://dhl.example/track?n=JD' in page
    story = page.split('id="story"')[1]
    titles = ["Out for delivery", "Handed to Dhl", "Packed", "Order confirmed", "Order received"]
    told = re.findall(r"<strong>([^<]+)</strong>", story)
    assert sorted(told) == sorted(titles)
    assert "Leeds depot" in story
    assert re.search(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d UTC", story)


def test_nothing_that_is_nobodys_business_is_on_the_page(cast: Cast, client: FlaskClient) -> None:
    """SEC28's list of what is never shown, at any state of the order."""
    home = Address("12 Park Row", "Flat 7", "Headingley", "Leeds", "West Yorkshire", "LS1 5HD", "GB")
    given = {"lines": [("LAMP", 2)], "address": home, "note": "Ring twice, dog bites", "email": "mina@example.com", "phone": "+44 113 496 0001"}
    never = (
        "Park Row|Flat 7|Headingley|Yorkshire|LS1|Mina|example\\.com|496 0001|4960001|Ring twice|dog bites"
        "|USD|18\\.00|36\\.00|Clerk|Picker|Manager|picked it wrong|BANK|customer_id|(?<![\\w-])S-[0-9A-Z]{4}-[0-9A-Z]{4}"
    )
    pages = []
    for state in ("pending", "picked", "packed", "shipped"):
        address, reference = a_page(cast, state, **given)
        pages.append(client.get(address).text)
    tell(cast, reference, _T.HELD_UP, minutes_ago=9, text="Clerk: picked it wrong, call Mina", place="12 PARK ROW, Leeds")
    pages.append(client.get(address).text)
    signed = {"reference": reference, "signer": "Mina Park", "kind": ProofKind.NEIGHBOUR, "occurred_at": clock.now()}
    cast.made(lambda: record_delivery(cast.session, by=cast.actor(), **signed))
    pages += [client.get(address).text, client.get(address + "?lang=zh_Hans").text]

    for page in pages:
        assert not re.findall(never, page)
        assert "M••• P•••" in page
        assert "Leeds" in page
    assert "Handed to a neighbour" not in pages[-2]


def test_every_answer_may_be_read_by_its_owner_alone(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)
    for answer in (
        client.get(address),
        client.get("/track/nothing"),
        client.get(address, headers={"If-None-Match": client.get(address).headers["ETag"]}),
    ):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    page = client.get(address).text
    assert '<meta name="robots" content="noindex, nofollow">' in page
    assert "<form" not in page
    assert not re.search(r'(src|href)="(?!/|\?lang=|https://dhl\.example/)', page)


def test_the_whole_page_weighs_less_than_fifty_kilobytes(cast: Cast, client: FlaskClient, app: Flask) -> None:
    address, reference = a_page(cast, lines=[(f"THING-{number}", 1) for number in range(10)])
    for number in range(12):
        tell(cast, reference, _T.IN_TRANSIT, minutes_ago=100 - number, place="Some depot on the way")

    page = client.get(address)

    parts = {match.split("?")[0] for match in re.findall(r'(?:src|href)="(/static/[^"#]+)', page.text)}
    weights = {part: len(Path(str(app.static_folder), part.removeprefix("/static/")).read_bytes()) for part in parts}
    assert "/static/public.js" in weights
    assert len(page.data) + sum(weights.values()) < 50_000, weights


def test_all_ways_to_see_nothing_look_the_same(cast: Cast, client: FlaskClient) -> None:
    """SEC27."""
    address, _reference = a_page(cast)
    other, _reference = a_page(cast)
    ended, ended_reference = a_page(cast)
    tell(cast, ended_reference, _T.DELIVERED, minutes_ago=91 * 24 * 60)
    off, _reference = a_page(cast)
    cast.made(lambda: _turn_off(cast, off))
    wrong = [address[:-1] + ("A" if address[-1] != "A" else "B"), "/track/x", other[:15] + address[15:], ended, off, "/track/" + "é" * 30]

    answers = [client.get(one) for one in wrong]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert "There is no parcel to show here." in answers[0].text
    assert client.get(address).status_code == 200


def _turn_off(cast: Cast, address: str) -> None:
    number = address.removeprefix("/track/")[:8]
    cast.session.execute(update(Order).where(Order.number == f"{number[:4]}-{number[4:]}").values(token_version=2))


def test_guessing_is_slowed_down_and_reading_is_not(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)

    codes = [client.get(f"/track/{number:030}").status_code for number in range(12)]

    assert codes == [404] * 10 + [429] * 2
    assert client.get(address).status_code == 200


def test_a_stranger_who_guesses_holds_one_connection_at_a_time(town: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    with town.app_context():
        pool: Any = db.engine.pool
    monkeypatch.setattr(visiting, "count_try", lambda *_keys: held.append(pool.checkedout()))

    assert town.test_client().get("/track/ABCD2345xxxxxxxxxxxxxxxxxxxxxx").status_code == 404

    assert held == [0]


def test_the_page_asks_again_for_almost_nothing_until_something_happens(cast: Cast, client: FlaskClient, queries: SimpleNamespace) -> None:
    address, reference = a_page(cast)
    tag = client.get(address).headers["ETag"]
    queries.count = 0

    again = client.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.data, queries.count <= 3) == (304, b"", True)
    assert client.get(address + "?lang=zh_Hans", headers={"If-None-Match": tag}).status_code == 200
    tell(cast, reference, _T.IN_TRANSIT, minutes_ago=1)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_whatever_changes_for_the_customer_changes_the_tag(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast, "pending", lines=[("LAMP", 2)])
    tags = [client.get(address).headers["ETag"]]

    def shipment() -> Shipment:
        return cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()

    changes = [
        lambda: pick_scanned(cast.session, reference=reference, code="LAMP", by=cast.actor("picker")),
        lambda: cast.work_on(shipment(), "packed"),
        lambda: cast.hand_over(shipment()),
        lambda: record(cast.session, reference=reference, report=report(_T.HELD_UP, minutes_ago=3), by=cast.actor()),
        lambda: record(cast.session, reference=reference, report=report(_T.HELD_UP, minutes_ago=2), by=cast.actor()),
    ]
    for change in changes:
        cast.made(change)
        tags.append(client.get(address).headers["ETag"])

    assert len(set(tags)) == len(tags)


def test_the_page_speaks_both_languages(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)

    english, chinese = client.get(address), client.get(address + "?lang=zh_Hans")
    by_browser = client.get(address, headers={"Accept-Language": "zh-CN,zh;q=0.9"})

    assert 'lang="en"' in english.text
    assert 'href="?lang=zh_Hans"' in english.text
    for page in (chinese.text, by_browser.text):
        assert '<html lang="zh-Hans"' in page
        assert re.search(r"\d{4}年\d{1,2}月\d{1,2}日 \d\d:\d\d UTC", page)


def test_several_parcels_are_told_apart(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast, "pending", lines=[("LAMP", 2)])

    def split() -> None:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        pick_scanned(cast.session, reference=reference, code="LAMP", by=cast.actor("picker"))
        pack(cast.session, reference=reference, by=cast.actor("picker"))
        cast.hand_over(shipment)

    cast.made(split)
    page = client.get(address).text

    assert "Part of your order is on its way, the rest follows." in page
    assert "Parcel 1 of 2" in page
    assert "Being prepared" in page
    assert "· Parcel 1" in page.split('id="story"')[1]


def test_a_future_event_is_left_out_and_a_late_one_stands_in_its_place(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast)
    tell(cast, reference, _T.LOST, minutes_ago=-60)
    tell(cast, reference, _T.DELIVERED, minutes_ago=10)
    tell(cast, reference, _T.IN_TRANSIT, minutes_ago=5, source=EventSource.CARRIER, source_id="DHL-1")

    page = client.get(address).text

    assert "Reported lost" not in page
    assert "<h1>Your order was delivered.</h1>" in page
    story = page.split('id="story"')[1]
    assert story.index("On its way") < story.index("Delivered")


def test_an_order_before_and_after_its_parcels(cast: Cast, client: FlaskClient) -> None:
    def make() -> tuple[str, str]:
        order = cast.order(lines=[("LAMP", 3)])
        return "/track/" + public_link(order).rpartition("/")[2], order.number

    address, number = cast.made(make)
    page = client.get(address).text
    assert "We have your order and wait for your payment." in page
    assert "What you ordered" in page
    assert "3 ×" in page

    cast.made(lambda: cancel(cast.session, number=number, reason=CancelReason.CUSTOMER, by=cast.actor()))
    page = client.get(address).text
    assert "<h1>This order was cancelled.</h1>" in page
    assert "Order cancelled" in page
    assert 'class="steps' not in page


def test_reading_the_page_takes_a_handful_of_queries(cast: Cast, client: FlaskClient, queries: SimpleNamespace) -> None:
    address, reference = a_page(cast, lines=[(f"THING-{number}", 1) for number in range(8)])
    for number in range(8):
        tell(cast, reference, _T.IN_TRANSIT, minutes_ago=100 - number)
    client.get(address)
    queries.count = 0

    client.get(address)

    assert queries.count <= 8


def test_the_page_is_not_there_for_other_methods(cast: Cast, client: FlaskClient) -> None:
    address, _reference = a_page(cast)
    assert client.post(address).status_code == 405
    assert client.delete(address).status_code == 405


def test_a_page_that_ends_was_there_until_then(cast: Cast, client: FlaskClient) -> None:
    address, reference = a_page(cast)
    tell(cast, reference, _T.DELIVERED, minutes_ago=int(timedelta(days=89).total_seconds() // 60))
    assert client.get(address).status_code == 200
