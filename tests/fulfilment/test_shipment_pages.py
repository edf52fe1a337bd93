"""The page of a shipment: picking, packing, dispatching, paper."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core.keys import new_key
from logistics.fulfilment.models import CarrierService, Shipment
from logistics.inventory.models import Movement
from logistics.orders.cancelling import cancel
from logistics.orders.holding import hold, resume
from logistics.orders.models import CancelReason, HoldReason
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
GOODS = [("LAMP", 2), ("SHADE", 1)]


@pytest.fixture
def picker(cast: Cast) -> FlaskClient:
    return cast.client("picker")


def a_shipment(cast: Cast, state: str = "pending", **given: Any) -> str:
    """The reference of a shipment of GOODS."""
    cast.made(cast.carrier)
    return str(cast.made(lambda: cast.shipment(lines=GOODS, state=state, **given).reference))


def now(cast: Cast, reference: str) -> SimpleNamespace:
    """The shipment as it is in the database."""

    def read() -> SimpleNamespace:
        shipment = cast.session.scalars(select(Shipment).where(Shipment.reference == reference)).one()
        lines = [SimpleNamespace(id=line.id, picked=line.picked, quantity=line.quantity) for line in shipment.lines]
        kept = ("state", "weight_grams", "tracking_number")
        return SimpleNamespace(lines=lines, number=shipment.order.number, **{name: getattr(shipment, name) for name in kept})

    found: SimpleNamespace = cast.made(read)
    return found


def test_the_pick_list_shows_bins_in_the_order_of_a_walk(cast: Cast, picker: FlaskClient) -> None:
    def stock() -> None:
        for sku, place in (("LAMP", "B-02"), ("SHADE", "A-01")):
            cast.stock(sku, 5).bin = place

    cast.made(stock)
    page = picker.get(f"/shipments/{a_shipment(cast)}").text

    assert page.index("A-01") < page.index("B-02")
    assert "0 of 3" in page


def test_a_reference_is_found_however_it_is_typed(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast)
    assert picker.get(f"/shipments/{reference.lower().replace('-', '')}").status_code == 200
    for wrong in ("S-0000-0000", "x", "1", "%20", "S-" + "9" * 300):
        assert picker.get(f"/shipments/{wrong}").status_code == 404


@pytest.mark.parametrize("headers", [{}, PART])
def test_each_tap_is_kept(cast: Cast, picker: FlaskClient, headers: dict[str, str]) -> None:
    reference = a_shipment(cast)
    lamps, shades = now(cast, reference).lines
    address = f"/shipments/{reference}/picking"

    for fields in ({"step": "plus"}, {"step": "plus"}, {"step": "minus"}, {"picked": "2"}):
        answer = picker.post(address, data={"line": lamps.id, "picked": "0", **fields}, headers=headers)
        assert answer.status_code == (200 if headers else 303)
    answer = picker.post(address, data={"line": shades.id, "step": "all"}, headers=headers)

    assert [line.picked for line in now(cast, reference).lines] == [2, 1]
    if headers:
        assert answer.text.strip().startswith('<div class="split region" id="shipment"')
        assert "3 of 3" in answer.text
    else:
        assert answer.headers["Location"] == f"/shipments/{reference}"


def test_what_cannot_be_picked_is_refused_and_nothing_noted(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast)
    lamps = now(cast, reference).lines[0]
    wrong = ({"picked": "3"}, {"picked": "-1"}, {"picked": "1.5"}, {"picked": "²"}, {"step": "minus"}, {"line": "x"}, {"line": "0"})

    for fields in wrong:
        answer = picker.post(f"/shipments/{reference}/picking", data={"line": lamps.id, "picked": "1", **fields}, headers=PART)
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#toast"), fields
    assert [line.picked for line in now(cast, reference).lines] == [0, 0]


def test_a_line_of_another_shipment_is_refused(cast: Cast, picker: FlaskClient) -> None:
    mine, other = a_shipment(cast), a_shipment(cast)

    answer = picker.post(f"/shipments/{mine}/picking", data={"line": now(cast, other).lines[0].id, "step": "all"})

    assert answer.status_code == 422
    assert now(cast, other).lines[0].picked == 0


def test_a_scan_counts_one_unit(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast)

    answer = picker.post(f"/shipments/{reference}/scans", data={"code": " lamp "}, headers=PART)

    assert (answer.status_code, "1 of 3" in answer.text, "data-alarm" in answer.text) == (200, True, False)
    assert [line.picked for line in now(cast, reference).lines] == [1, 0]


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_wrong_item_sounds_the_alarm_and_counts_nothing(cast: Cast, picker: FlaskClient, headers: dict[str, str]) -> None:
    reference = a_shipment(cast)

    answer = picker.post(f"/shipments/{reference}/scans", data={"code": "<b>BULB"}, headers=headers)

    assert answer.status_code == 409
    assert 'role="alertdialog"' in answer.text
    assert "&lt;b&gt;BULB" in answer.text
    assert "<b>BULB" not in answer.text
    assert [line.picked for line in now(cast, reference).lines] == [0, 0]


def test_what_no_scanner_reads_is_said_beside_the_box(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast)
    for code in ("", "   ", "x" * 121, "a\x07b"):
        answer = picker.post(f"/shipments/{reference}/scans", data={"code": code}, headers=PART)
        assert (answer.status_code, 'class="errors"' in answer.text) == (422, True)


def test_packing_says_before_that_the_rest_becomes_a_second_shipment(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast)
    picker.post(f"/shipments/{reference}/scans", data={"code": "LAMP"})
    page = picker.get(f"/shipments/{reference}").text
    assert "2 units are not picked." in page
    assert "Pack 1 unit now, the rest later" in page

    answer = picker.post(f"/shipments/{reference}/packing", data={"weight_grams": "950"}, headers=PART)

    assert answer.status_code == 200
    assert "is packed." in answer.text
    assert "Other shipments of this order" in answer.text
    assert (now(cast, reference).state, now(cast, reference).weight_grams) == ("packed", 950)


def test_a_weight_that_is_none_is_refused_and_what_was_typed_stays(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast, "picked")
    for weight in ("0", "-5", "1,5", "heavy", "1000000"):
        answer = picker.post(f"/shipments/{reference}/packing", data={"weight_grams": weight}, headers=PART)
        assert (answer.status_code, f'value="{weight}"' in answer.text) == (422, True)
    assert now(cast, reference).state == "picked"


def test_nothing_is_packed_that_was_not_picked(cast: Cast, picker: FlaskClient) -> None:
    answer = picker.post(f"/shipments/{a_shipment(cast)}/packing", headers=PART)
    assert (answer.status_code, "Pick it first" in answer.text) == (409, True)


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_parcel_is_dispatched_once_however_often_the_button_is_pressed(cast: Cast, picker: FlaskClient, headers: dict[str, str]) -> None:
    reference = a_shipment(cast, "packed")
    form = {"carrier": "DHL", "tracking_number": " JD 00 11 ", "form_key": new_key()}

    answers = [picker.post(f"/shipments/{reference}/dispatch", data=form, headers=headers) for _press in range(3)]

    assert {answer.status_code for answer in answers} == {200 if headers else 303}
    assert (now(cast, reference).state, now(cast, reference).tracking_number) == ("shipped", "JD0011")
    assert cast.made(lambda: cast.session.scalar(select(func.count(Movement.id)).where(Movement.kind == "dispatch"))) == 2
    page = picker.get(f"/shipments/{reference}").text
    assert "https://dhl.example/track?n=JD0011" in page


def test_a_wrong_dispatch_comes_back_with_what_was_typed(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast, "packed")
    cast.made(lambda: cast.carrier("UPS"))
    wrong = (
        ({"carrier": ""}, "Choose a carrier"),
        ({"carrier": "NONE"}, "Not a valid choice"),
        ({"tracking_number": ""}, "This is needed."),
        ({"tracking_number": "x" * 61}, "at most 60"),
        ({"tracking_number": "JD①"}, "at most 60"),
    )
    for fields, said in wrong:
        form = {"carrier": "DHL", "tracking_number": "JD1", "form_key": new_key()} | fields
        for headers in (PART, {}):
            answer = picker.post(f"/shipments/{reference}/dispatch", data=form, headers=headers)
            assert (answer.status_code, said in answer.text) == (422, True)
            assert f'value="{form["tracking_number"]}"' in answer.text
    assert now(cast, reference).state == "packed"


def test_a_number_in_use_is_said_beside_its_box(cast: Cast, picker: FlaskClient) -> None:
    first = a_shipment(cast, "shipped")
    second = a_shipment(cast, "packed")
    form = {"carrier": "DHL", "tracking_number": now(cast, first).tracking_number, "form_key": new_key()}

    answer = picker.post(f"/shipments/{second}/dispatch", data=form, headers=PART)

    assert answer.status_code == 409
    assert f"is already on shipment {first}" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_held_orders_parcel_says_why_it_stays_and_is_not_dispatched(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast, "packed")
    order = now(cast, reference).number
    fields = {"form_key": new_key(), "carrier": "DHL", "tracking_number": "JD0146"}
    cast.made(lambda: hold(cast.session, number=order, reason=HoldReason.ADDRESS, note="Ask <them>", by=cast.actor()))

    page = picker.get(f"/shipments/{reference}").text
    assert "The order is on hold: The address must be checked." in page
    assert "Ask &lt;them&gt;" in page
    assert 'name="tracking_number"' not in page
    refused = picker.post(f"/shipments/{reference}/dispatch", data=fields, headers=PART)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (409, "#toast")
    assert f"Order {order} is on hold. Resume it first." in refused.text
    assert now(cast, reference).state == "packed"

    cast.made(lambda: resume(cast.session, number=order, by=cast.actor()))
    assert "on hold" not in picker.get(f"/shipments/{reference}").text
    assert picker.post(f"/shipments/{reference}/dispatch", data=fields, headers=PART).status_code == 200


def test_a_cancelled_shipment_says_what_to_put_back(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast, "picked")
    number = now(cast, reference).number
    cast.made(lambda: cancel(cast.session, number=number, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True))

    page = picker.get(f"/shipments/{reference}").text

    assert "This shipment is cancelled." in page
    assert "3 picked units must be put back." in page
    assert "/picking" not in page


def test_the_slip_lists_the_goods_and_the_label_the_recipient(cast: Cast, picker: FlaskClient) -> None:
    reference = a_shipment(cast, "packed")

    slip, label = picker.get(f"/shipments/{reference}/slip").text, picker.get(f"/shipments/{reference}/label").text
    code = picker.get(f"/shipments/{reference}/code.svg")

    assert "LAMP" in slip
    assert "Shade thing" in slip
    for paper in (slip, label):
        assert "12 Park Row" in paper
        assert reference in paper
        assert f"/shipments/{reference}/code.svg" in paper
        assert "mina@example.com" not in paper
    assert "+44 113 496 0001" in label
    assert "+44 113 496 0001" not in slip
    assert (code.mimetype, code.data.startswith(b"<svg"), b"style" in code.data) == ("image/svg+xml", True, False)


def test_paper_speaks_the_language_of_the_order_and_not_of_who_prints_it(cast: Cast, picker: FlaskClient) -> None:
    english, chinese = a_shipment(cast, "packed"), a_shipment(cast, "packed", language="zh_Hans")
    printed = {"Accept-Language": "zh-CN"}

    for noun in ("slip", "label"):
        ours, theirs = (picker.get(f"/shipments/{one}/{noun}", headers=printed).text for one in (english, chinese))
        assert ('<html lang="en"' in ours, "United Kingdom" in ours) == (True, True)
        assert ('<html lang="zh-Hans"' in theirs, "英国" in theirs) == (True, True)


@pytest.mark.parametrize("state", ["pending", "picked", "packed", "shipped"])
def test_warehouse_staff_see_no_price_e_mail_or_phone(cast: Cast, picker: FlaskClient, state: str) -> None:
    """SEC2: a label shows the phone number, nothing else does."""
    reference = a_shipment(cast, state)
    number = now(cast, reference).number

    for address in (f"/shipments/{reference}", f"/shipments/{reference}/slip", f"/orders/{number}", "/fulfilment/"):
        text = picker.get(address).text
        assert not re.search(r"USD|18\.00|36\.00|54\.00|mina@example|496 0001|4961", text), address


def test_a_clerk_looks_and_does_not_touch(cast: Cast) -> None:
    reference = a_shipment(cast, "packed")
    clerk = cast.client("clerk")
    assert clerk.get(f"/shipments/{reference}").status_code == 200
    assert "<form" not in clerk.get(f"/shipments/{reference}", headers=PART).text

    for noun in ("picking", "scans", "packing", "dispatch"):
        assert clerk.post(f"/shipments/{reference}/{noun}", data={"form_key": new_key()}).status_code == 403
        assert cast.client("auditor").post(f"/shipments/{reference}/{noun}").status_code == 403
        assert cast.client(None).post(f"/shipments/{reference}/{noun}").status_code == 401
    assert cast.client(None).get(f"/shipments/{reference}/label").status_code == 302
    assert now(cast, reference).state == "packed"


def test_a_page_and_a_tap_keep_to_their_budget_of_queries(cast: Cast, picker: FlaskClient, queries: SimpleNamespace) -> None:
    def many() -> str:
        return str(cast.shipment(lines=[(f"P{number}", 2) for number in range(12)]).reference)

    few, much = a_shipment(cast), cast.made(many)
    counts = []
    for reference in (few, much, few, much):
        line = now(cast, reference).lines[0].id
        queries.count = 0
        picker.get(f"/shipments/{reference}")
        looked, queries.count = queries.count, 0
        picker.post(f"/shipments/{reference}/picking", data={"line": line, "step": "plus"}, headers=PART)
        counts.append((looked, queries.count))

    assert counts[2][0] == counts[3][0] <= 13
    assert max(tapped for _looked, tapped in counts) <= 32


def test_a_parcel_leaves_by_a_service_of_its_carrier_or_by_none(cast: Cast) -> None:
    def make() -> tuple[str, str]:
        for code in ("DHL", "UPS"):
            cast.session.add(CarrierService(carrier_id=cast.carrier(code).id, code="express", name=f"{code} Express"))
        return cast.shipment(state="packed").reference, cast.shipment(state="packed").reference

    first, second = cast.made(make)
    picker = cast.client("picker")
    page = picker.get(f"/shipments/{first}").text
    assert '<optgroup label="Ups">' in page
    assert 'value="DHL/express"' in page

    def leave(reference: str, number: str, **service: str) -> Any:
        typed = {"carrier": "DHL", "tracking_number": number, "form_key": new_key(), **service}
        return picker.post(f"/shipments/{reference}/dispatch", data=typed)

    wrong = leave(first, "JD1", service="UPS/express")
    assert (wrong.status_code, "does not offer this service" in wrong.text) == (422, True)
    assert leave(first, "JD1", service="DHL/express").status_code == 303
    assert leave(second, "JD2").status_code == 303

    def services() -> dict[str, str | None]:
        rows = select(Shipment).where(Shipment.reference.in_((first, second)))
        return {row.reference: row.service.name if row.service else None for row in cast.session.scalars(rows)}

    assert cast.made(services) == {first: "DHL Express", second: None}
