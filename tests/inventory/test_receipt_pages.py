"""Receiving goods, and what came in."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.keys import new_key
from logistics.core.search import search_vector
from logistics.inventory.models import Movement, StockLevel
from tests.cast import Cast
from tests.inventory.pages import PART, send, shown_skus, stocked


def test_several_products_are_received_at_once(cast: Cast, picker: FlaskClient) -> None:
    leeds, lamp, shade = _ids(cast)

    answer = send(
        picker,
        "/receipts/new",
        part=False,
        warehouse=leeds,
        reference="PO-7",
        **{"lines-0-product_id": lamp, "lines-0-quantity": "12", "lines-4-product_id": shade, "lines-4-quantity": "3"},
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/receipts/")
    text = picker.get("/receipts/").text
    assert shown_skus(text) == ["SHADE", "LAMP"]
    assert ("15 units are in stock now." in text, "PO-7" in text, "+12" in text) == (True, True, True)
    assert _on_hand(cast) == {lamp: 12, shade: 3}


def test_a_form_sent_twice_receives_once(cast: Cast, picker: FlaskClient) -> None:
    leeds, lamp, _shade = _ids(cast)
    fields = {"warehouse": leeds, "lines-0-product_id": lamp, "lines-0-quantity": "12", "form_key": new_key()}

    for _time in range(2):
        assert send(picker, "/receipts/new", part=False, **fields).status_code == 303

    assert _on_hand(cast) == {lamp: 12}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "Add what came in"),
        ({"lines-0-product_id": "LAMP", "lines-0-quantity": "0"}, "1 to 999,999"),
        ({"lines-0-product_id": "LAMP", "lines-0-quantity": "1.0"}, "1 to 999,999"),
        ({"lines-0-product_id": "LAMP", "lines-0-quantity": "1000000"}, "1 to 999,999"),
        ({"lines-0-product_id": "99999", "lines-0-quantity": "1"}, "does not exist any more"),
        ({"lines-0-product_id": "x", "lines-0-quantity": "1"}, "does not exist any more"),
        ({"lines-0-product_id": "LAMP", "lines-0-quantity": "1", "reference": "x" * 65}, "At most 64"),
        ({"lines-0-product_id": "LAMP", "lines-0-quantity": "1", "warehouse": "99999"}, "Not a valid choice"),
    ],
)
def test_wrong_input_is_422_and_stays_on_the_form(cast: Cast, picker: FlaskClient, fields: dict[str, str], complaint: str) -> None:
    leeds, lamp, _shade = _ids(cast)
    sent = {name: str(lamp) if value == "LAMP" else value for name, value in fields.items()}

    for part in (True, False):
        answer = send(picker, "/receipts/new", part=part, **{"warehouse": leeds, **sent})

        assert answer.status_code == 422
        assert complaint in answer.text
        assert f'value="{fields.get("lines-0-quantity", "1")}"' in answer.text
        assert ("<html" in answer.text) != part
    assert _on_hand(cast) == {}


def test_more_lines_than_fit_are_refused_in_words(cast: Cast, picker: FlaskClient) -> None:
    leeds, lamp, _shade = _ids(cast)
    lines = {f"lines-{number}-{name}": value for number in range(201) for name, value in (("product_id", lamp), ("quantity", 1))}

    assert "At most 200 lines" in send(picker, "/receipts/new", warehouse=leeds, **lines).text


@pytest.mark.parametrize("number", ["²", "9" * 5000, "x", ""])
def test_a_line_without_a_plain_number_is_none(cast: Cast, picker: FlaskClient, number: str) -> None:
    leeds, lamp, _shade = _ids(cast)

    answer = send(picker, "/receipts/new", warehouse=leeds, **{f"lines-{number}-product_id": lamp, f"lines-{number}-quantity": 1})

    assert answer.status_code == 422
    assert "Add what came in" in answer.text


def test_a_closed_warehouse_is_not_offered(cast: Cast, picker: FlaskClient) -> None:
    cast.made(lambda: [cast.warehouse("LEEDS"), cast.warehouse("YORK", active=False)])

    text = picker.get("/receipts/new").text

    assert ("LEEDS" in text, "YORK" in text) == (True, False)


def test_without_script_lines_are_added_and_taken_off_by_the_server(cast: Cast, picker: FlaskClient) -> None:
    leeds, lamp, shade = _ids(cast)
    fields = {"warehouse": leeds, "reference": "PO-7", "lines-0-product_id": lamp, "lines-0-quantity": "5"}

    more = picker.post("/receipts/lines", data=fields | {"product": "4006381333931", "add": "1"}).text
    again = picker.post("/receipts/lines", data=fields | {"product": "lamp", "add": "1"}).text
    less = picker.post("/receipts/lines", data=fields | {"lines-1-product_id": shade, "lines-1-quantity": "2", "remove": "0"}).text

    assert (f'name="lines-1-product_id" value="{shade}"' in more, 'value="5"' in more, 'value="PO-7"' in more) == (True, True, True)
    assert ('name="lines-0-quantity" value="6"' in again, "lines-1-" in again) == (True, False)
    assert ("lines-0-" in less, f'name="lines-1-product_id" value="{shade}"' in less) == (False, True)
    assert picker.get("/receipts/lines").headers["Location"] == "/receipts/new"
    assert _on_hand(cast) == {}


@pytest.mark.parametrize(
    ("typed", "complaint"), [("nothing like it", "No product fits."), ("thing", "Several products fit"), ("", "No product fits.")]
)
def test_what_cannot_be_added_is_said_beside_the_box(cast: Cast, picker: FlaskClient, typed: str, complaint: str) -> None:
    _ids(cast)

    answer = picker.post("/receipts/lines", data={"product": typed, "add": "1"})

    assert (answer.status_code, complaint in answer.text, f'value="{typed}"' in answer.text) == (422, True, True)


@pytest.mark.parametrize("typed", ["lamp", "LAM", "shade", "4006381333931", "04006381333931"])
def test_products_are_found_as_typed_or_scanned(cast: Cast, picker: FlaskClient, typed: str) -> None:
    _ids(cast)

    text = picker.get(f"/receipts/products?product={typed}", headers=PART).text

    assert text.count('role="option"') == 1
    assert ("data-exact" in text) == (typed != "LAM")


def test_products_that_may_not_be_ordered_can_still_come_in(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 1, sellable=False)

    assert "LAMP" in picker.get("/receipts/products?product=lamp", headers=PART).text


def test_receipts_are_found_by_their_reference_and_paged(cast: Cast, picker: FlaskClient, queries: SimpleNamespace) -> None:
    leeds, lamp, shade = _ids(cast)
    for reference, product in (("PO-7", lamp), ("PO-8", shade)):
        send(picker, "/receipts/new", warehouse=leeds, reference=reference, **{"lines-0-product_id": product, "lines-0-quantity": "1"})
    lines = {f"lines-{number}-{name}": value for number in range(60) for name, value in (("product_id", lamp), ("quantity", 1))}

    assert shown_skus(picker.get("/receipts/?reference=PO-8").text) == ["SHADE"]
    send(picker, "/receipts/new", warehouse=leeds, reference="PO-9", **lines)
    before = queries.count
    first = picker.get("/receipts/", headers=PART).text
    assert queries.count - before <= 4
    assert len(shown_skus(first)) == 50
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(shown_skus(picker.get(address).text)) == 12


def test_only_who_may_receive_can(cast: Cast) -> None:
    leeds, lamp, _shade = _ids(cast)
    fields = {"warehouse": leeds, "lines-0-product_id": lamp, "lines-0-quantity": "12"}

    for address in ("/receipts/new", "/receipts/products?product=lamp", "/receipts/lines"):
        assert cast.client(None).get(address, headers=PART).status_code == 401
        for who in ("clerk", "auditor"):
            assert cast.client(who).get(address).status_code == 403
    for address in ("/receipts/new", "/receipts/lines"):
        assert send(cast.client("clerk"), address, **fields).status_code == 403
        assert send(cast.client(None), address, **fields).status_code == 401
    assert _on_hand(cast) == {}


def _ids(cast: Cast) -> tuple[int, int, int]:
    """Leeds, and two products that can be searched for; one has a barcode."""

    def make() -> tuple[int, int, int]:
        products = [cast.product("LAMP"), cast.product("SHADE", gtin="4006381333931")]
        for product in products:
            product.search = search_vector(product.sku, product.name)
        return cast.warehouse().id, products[0].id, products[1].id

    return cast.made(make)


def _on_hand(cast: Cast) -> dict[int, int]:
    with cast.app.app_context():
        assert cast.session.scalar(select(Movement.id).where(Movement.kind != "receipt")) is None
        return {row.product_id: row.on_hand for row in cast.session.execute(select(StockLevel.product_id, StockLevel.on_hand))}
