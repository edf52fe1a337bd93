"""Pages about products."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from logistics.catalog.listing import create_product
from logistics.catalog.models import Product
from logistics.catalog.rules import ProductFacts
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from tests.cast import Cast

LAMP = {"sku": "LAMP-1", "name": "Desk lamp", "price": "18.00", "gtin": "4006381333931", "weight_grams": "900", "sellable": "y"}
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    return cast.client("manager")


def test_a_product_is_added_found_in_the_list_and_opened_by_any_case_of_its_sku(cast: Cast, manager: FlaskClient) -> None:
    added = manager.post("/products/new", data=_fresh(LAMP))

    assert (added.status_code, added.headers["Location"]) == (303, "/products/LAMP-1")
    assert "Desk lamp is in the catalogue." in manager.get("/products/lamp-1").text
    for question in ("desk", "lam", "LAMP-1", "lamp1", "4006381333931", "04006381333931"):
        assert "LAMP-1" in manager.get("/products/", query_string={"q": question}).text


def test_a_wrong_form_comes_back_with_what_was_typed_and_what_is_wrong(cast: Cast, manager: FlaskClient) -> None:
    for headers in ({}, PART):
        answer = manager.post("/products/new", data=_fresh(LAMP | {"price": "18,00", "gtin": "4006381333932", "name": "<b>"}), headers=headers)

        assert answer.status_code == 422
        assert 'value="18,00"' in answer.text
        assert "like 18.00" in answer.text
        assert "4006381333931" in answer.text
        assert "&lt;b&gt;" in answer.text
        assert ("<html" in answer.text) == (not headers)


def test_a_sku_that_is_taken_is_said_beside_the_field(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/products/new", data=_fresh(LAMP))
    answer = manager.post("/products/new", data=_fresh(LAMP | {"sku": "lamp-1", "gtin": ""}), headers=PART)
    assert answer.status_code == 422
    assert "This SKU is taken: LAMP-1, Desk lamp." in answer.text


def test_a_product_says_how_it_is_taxed(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/products/new", data=_fresh(LAMP))
    assert '<option selected value="standard">' in manager.get("/products/LAMP-1?edit=1", headers=PART).text

    saved = manager.post("/products/LAMP-1", data=_fresh(LAMP | {"tax_class": "exempt", "version": "1"}))
    wrong = manager.post("/products/LAMP-1", data=_fresh(LAMP | {"tax_class": "luxury", "version": "2"}))

    assert (saved.status_code, wrong.status_code) == (303, 422)
    assert "<dd>Exempt</dd>" in manager.get("/products/LAMP-1").text
    assert "Exempt" not in cast.client("picker").get("/products/LAMP-1").text, "what it is taxed with goes with its price"


def test_a_product_is_changed_in_place(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/products/new", data=_fresh(LAMP))
    form = manager.get("/products/LAMP-1?edit=1", headers=PART)
    assert form.text.strip().startswith('<section class="card" id="product-facts"')
    assert 'value="18.00"' in form.text

    answer = manager.post("/products/LAMP-1", data=_fresh(LAMP | {"price": "19.50", "sku": "LAMP-2", "version": "1"}), headers=PART)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/products/LAMP-2")
    assert "USD 19.50" in manager.get("/products/LAMP-2").text


def test_a_save_that_comes_too_late_is_409_and_shows_both_values(cast: Cast, manager: FlaskClient) -> None:
    manager.post("/products/new", data=_fresh(LAMP))
    manager.post("/products/LAMP-1", data=_fresh(LAMP | {"price": "19.50", "version": "1"}))

    late = manager.post("/products/LAMP-1", data=_fresh(LAMP | {"price": "21.00", "version": "1"}), headers=PART)

    assert late.status_code == 409
    assert "Price is now “19.50”; you typed “21.00”." in late.text
    assert 'name="version" type="hidden" value="2"' in late.text
    again = manager.post("/products/LAMP-1", data=_fresh(LAMP | {"price": "21.00", "version": "2"}))
    assert again.status_code == 303
    assert "USD 21.00" in manager.get("/products/LAMP-1").text


@pytest.mark.parametrize(("show", "expected"), [("", 3), ("sellable", 2), ("blocked", 1), ("discontinued", 1)])
def test_the_list_is_filtered(cast: Cast, manager: FlaskClient, show: str, expected: int) -> None:
    cast.made(lambda: [_create(cast, "A"), _create(cast, "B", sellable=False), _create(cast, "C", discontinued=True)])
    answer = manager.get("/products/", query_string={"show": show}, headers=PART)
    assert answer.text.count("data-row-link") == expected
    assert "<html" not in answer.text


@pytest.mark.parametrize("sort", ["sku", "name"])
def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, manager: FlaskClient, sort: str) -> None:
    cast.made(lambda: [_create(cast, f"P-{number:03}", name=f"Part {number % 7}") for number in range(120)])
    seen, where = [], f"/products/?sort={sort}"
    while where:
        text = manager.get(where).text
        seen += [piece.split('"')[0] for piece in text.split('href="/products/P-')[1:]]
        where = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
        where = where and f"/products/{where}"
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("query", ["sort=password_hash", "show=all", "cursor=abc", "q=%07"])
def test_a_list_that_cannot_be_shown_is_refused(manager: FlaskClient, query: str) -> None:
    assert manager.get(f"/products/?{query}").status_code == 422


@pytest.mark.parametrize("where", ["/products/%00", "/products/?q=%00", "/products/options?q=a%00"])
def test_a_nul_in_the_address_is_400(manager: FlaskClient, where: str) -> None:
    assert manager.get(where).status_code == 400


@pytest.mark.parametrize("sku", ["NOPE", "LAMP-1/../x", "Ünknown"])
def test_a_product_that_is_not_there_is_404(manager: FlaskClient, sku: str) -> None:
    assert manager.get(f"/products/{sku}").status_code == 404


@pytest.mark.parametrize("sku", ["A/B", "A B", "50%", "A?B", "A#1", "ÜX".encode().hex(), "<A>"])
def test_every_sku_that_is_allowed_has_a_page(cast: Cast, manager: FlaskClient, sku: str) -> None:
    answer = manager.post("/products/new", data=_fresh(LAMP | {"sku": sku}))
    assert answer.status_code == 303
    assert manager.get(answer.headers["Location"]).status_code == 200


def test_prices_are_hidden_from_the_warehouse_which_cannot_edit_either(cast: Cast) -> None:
    cast.made(lambda: _create(cast, "LAMP-1"))
    picker = cast.client("picker")
    for where in ("/products/", "/products/LAMP-1", "/products/LAMP-1?edit=1", "/products/options?q=lamp"):
        text = picker.get(where).text
        assert "LAMP-1" in text
        assert "18.00" not in text
        assert 'name="price"' not in text
    assert picker.get("/products/new").status_code == 403
    assert picker.post("/products/new", data=_fresh(LAMP)).status_code == 403
    assert picker.post("/products/LAMP-1", data=_fresh(LAMP)).status_code == 403


@pytest.mark.parametrize("where", ["/products/", "/products/new", "/products/LAMP-1", "/products/options?q=lamp"])
def test_the_outsider_is_sent_to_sign_in(client: FlaskClient, where: str) -> None:
    answer = client.get(where)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")


def test_options_are_what_can_be_ordered_with_a_scanned_code_first(cast: Cast) -> None:
    cast.made(
        lambda: [
            _create(cast, "AAA", name="Lamp 4006381333931 box"),
            _create(cast, "LAMP-1", gtin="4006381333931"),
            _create(cast, "LAMP-2", sellable=False),
        ]
    )
    clerk = cast.client("clerk")

    scanned = clerk.get("/products/options?q=04006381333931").text
    typed = clerk.get("/products/options", query_string={"line-0-product": "lamp"}).text

    assert 'data-value="LAMP-1" data-text="Desk lamp"' in scanned
    assert scanned.count("data-exact") == 1
    assert [typed.count(f'data-value="{sku}"') for sku in ("AAA", "LAMP-1", "LAMP-2")] == [1, 1, 0]
    assert "USD 18.00" in typed
    assert clerk.get("/products/options?q=").text.strip() == ""
    assert "No product that can be ordered fits." in clerk.get("/products/options?q=zzz").text


def test_at_most_ten_options_are_shown(cast: Cast) -> None:
    cast.made(lambda: [_create(cast, f"LAMP-{number}") for number in range(12)])
    text = cast.client("clerk").get("/products/options?q=lamp").text
    assert text.count('role="option"') == 10


def test_a_list_of_fifty_and_a_page_take_few_statements(cast: Cast, queries: SimpleNamespace) -> None:
    cast.made(lambda: [_create(cast, f"P-{number}") for number in range(60)])
    manager = cast.client("manager")
    for where, most in (("/products/?q=p", 3), ("/products/P-7", 12), ("/products/options?q=p", 3)):
        queries.count = 0
        answer = manager.get(where, headers=PART if "options" not in where else {})
        assert answer.status_code == 200
        assert queries.count <= most


def test_the_list_speaks_chinese(cast: Cast, manager: FlaskClient) -> None:
    assert manager.get("/products/?lang=zh_Hans").status_code == 200


def _create(cast: Cast, sku: str, **values: Any) -> Product:
    facts = ProductFacts(**({"sku": sku, "name": "Desk lamp", "price": 1800, "currency": "USD"} | values))
    return create_product(cast.session, facts=facts, by=SYSTEM)


def _fresh(typed: dict[str, str]) -> dict[str, str]:
    """As a form that was just opened sends it."""
    return typed | {"form_key": new_key()}
