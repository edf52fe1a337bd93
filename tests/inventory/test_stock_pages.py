"""The table of all stock, one product's stock, and why its numbers are what they are."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from logistics.core.database import db
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Place, Reason
from logistics.inventory.receiving import receive
from tests.cast import Cast
from tests.inventory.pages import PART, shown_skus, stocked
from tests.inventory.promises import promise

PAGES = ("/stock/", "/stock/LAMP", "/stock/{level}/on-hand", "/stock/{level}/row", "/movements/", "/receipts/")


def test_the_table_shows_each_level_and_what_is_low(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 10, reorder_point=12)
    stocked(cast, "SHADE", 1200, at="HANGZHOU")

    text = picker.get("/stock/").text

    assert shown_skus(text) == ["LAMP", "SHADE"]
    assert "1,200" in text
    assert text.count("badge tone-warning") == 1
    assert 'Low stock <span class="count">1</span>' in text


def test_what_is_not_to_be_bought_again_is_never_low(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 10, reorder_point=12, discontinued=True)

    assert shown_skus(picker.get("/stock/?low=1").text) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=lam", ["LAMP"]),
        ("q=thing", ["LAMP", "SHADE", "BULB"]),
        ("warehouse=HANGZHOU", ["SHADE"]),
        ("low=1", ["LAMP"]),
        ("warehouse=YORK", []),
        ("sort=available", ["SHADE", "LAMP", "BULB"]),
        ("sort=-available", ["BULB", "LAMP", "SHADE"]),
        ("sort=-on_hand", ["BULB", "LAMP", "SHADE"]),
        ("sort=nonsense", ["BULB", "LAMP", "SHADE"]),
        ("q=%27%3B--%25_%5C", []),
    ],
)
def test_the_table_is_searched_filtered_and_sorted_by_its_address(cast: Cast, picker: FlaskClient, query: str, expected: list[str]) -> None:
    stocked(cast, "LAMP", 10, reorder_point=12)
    stocked(cast, "SHADE", 5, at="HANGZHOU")
    stocked(cast, "BULB", 500)

    answer = picker.get(f"/stock/?{query}")

    assert answer.status_code == 200
    found = shown_skus(answer.text)
    assert found == expected if "sort" in query else sorted(found) == sorted(expected)


@pytest.mark.parametrize("sort", ["sku", "-sku", "available", "-on_hand", "reserved"])
def test_every_row_is_on_exactly_one_page(cast: Cast, picker: FlaskClient, sort: str) -> None:
    cast.made(lambda: [cast.stock(f"P{number:03}", 1 + number % 7) for number in range(120)])
    seen, address = [], f"/stock/?sort={sort}"

    for _page in range(3):
        text = picker.get(address).text
        seen += shown_skus(text)
        address = "/stock/" + text.partition('rel="next" href="/stock/')[2].partition('"')[0].replace("&amp;", "&")

    assert address == "/stock/"
    assert len(seen) == len(set(seen)) == 120


def test_a_cursor_that_is_none_is_refused(cast: Cast, picker: FlaskClient) -> None:
    assert picker.get("/stock/?cursor=nonsense").status_code == 422
    assert picker.get("/stock/?cursor=WyJhIiwiYiJd").status_code == 422


def test_the_table_costs_the_same_few_statements_however_long(cast: Cast, picker: FlaskClient, queries: SimpleNamespace) -> None:
    cast.made(lambda: [cast.stock(f"P{number:03}", 10) for number in range(60)])
    picker.get("/stock/")
    before = queries.count

    text = picker.get("/stock/", headers=PART).text

    assert queries.count - before <= 6
    assert len(shown_skus(text)) == 50


def test_a_look_for_news_is_answered_304_until_something_differs(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    first = picker.get("/stock/", headers=PART)
    asking = PART | {"HX-PTag": first.headers["HX-PTag"]}

    assert f'hx-ptag="{first.headers["HX-PTag"]}"' in first.text
    assert picker.get("/stock/", headers=asking).status_code == 304
    cast.made(lambda: adjust(db.session(), level_id=level_id, change=-1, reason=Reason.LOST, by=cast.actor("manager")))
    again = picker.get("/stock/", headers=asking)
    assert (again.status_code, again.headers["HX-PTag"] == first.headers["HX-PTag"]) == (200, False)


def test_the_page_of_a_product_shows_levels_orders_and_ledger(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 10)
    stocked(cast, "LAMP", 3, at="HANGZHOU")
    cast.made(lambda: promise(db.session(), cast, ("LAMP", 4), reference="AAAA-0001"))

    text = picker.get("/stock/lamp").text

    assert text.count("opening") == 2
    assert 'href="/orders/AAAA-0001"' in text
    for total in ("13", "4", "9"):
        assert f'<span class="value">{total}</span>' in text
    assert picker.get("/stock/LAMP?warehouse=HANGZHOU").text.count("opening") == 1


def test_the_ledger_of_a_product_goes_on_over_pages(cast: Cast, picker: FlaskClient) -> None:
    def make() -> None:
        place = Place(cast.warehouse().id, cast.product("LAMP").id)
        for number in range(60):
            receive(db.session(), place=place, quantity=1, reference=f"PO-{number}", by=cast.actor("picker"))

    cast.made(make)
    first = picker.get("/stock/LAMP").text
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = picker.get(address).text

    assert ("PO-59<" in first, "PO-10<" in first, "PO-9<" in first) == (True, True, False)
    assert ("PO-9<" in second, "PO-0<" in second, "PO-10<" in second) == (True, True, False)


def test_a_product_without_stock_says_so_and_an_unknown_one_is_404(cast: Cast, picker: FlaskClient) -> None:
    cast.made(lambda: cast.product("A/B-7"))

    assert "None of this has come in yet" in picker.get("/stock/A/B-7").text
    assert picker.get("/stock/NOTHING").status_code == 404


def test_on_hand_is_explained_by_its_movements(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    cast.made(lambda: adjust(db.session(), level_id=level_id, change=-3, reason=Reason.DAMAGED, by=cast.actor("picker")))

    part, page = picker.get(f"/stock/{level_id}/on-hand", headers=PART), picker.get(f"/stock/{level_id}/on-hand")

    assert "7 units are on hand" in part.text
    assert ('<td class="num">+10</td>' in part.text, '<td class="num">-3</td>' in part.text, "then 7" in part.text) == (True, True, True)
    assert ("<html" in part.text, "<html" in page.text) == (False, True)


def test_reserved_is_explained_by_its_orders_and_available_by_the_difference(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)
    for units, number in ((3, "AAAA-0001"), (1, "AAAA-0002")):
        cast.made(lambda units=units, number=number: promise(db.session(), cast, ("LAMP", units), reference=number))

    reserved, available = (picker.get(f"/stock/{level_id}/{number}", headers=PART).text for number in ("reserved", "available"))

    assert "4 units are reserved by:" in reserved
    for text in (reserved, available):
        assert text.index("/orders/AAAA-0001") < text.index("/orders/AAAA-0002")
    assert ("-4</td>" in available, 'strong">6</td>' in available) == (True, True)
    assert picker.get(f"/stock/{level_id}/price").status_code == 404


def test_the_page_in_the_catalogue_shows_the_stock(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 10)

    text = picker.get("/products/LAMP").text

    assert (f'href="/stock/{level_id}/on-hand"' in text, 'href="/stock/LAMP"' in text) == (True, True)
    assert "10 available" in picker.get("/products/options?q=lamp", headers=PART).text


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_stock_are_for_those_who_are_signed_in(app: Flask, cast: Cast, page: str) -> None:
    address = page.format(level=stocked(cast, "LAMP", 1))
    outsider = cast.client(None)

    assert outsider.get(address).headers["Location"].startswith("/sign-in")
    assert outsider.get(address, headers=PART).status_code == 401
    for who in ("admin", "manager", "clerk", "picker", "auditor"):
        assert cast.client(who).get(address, headers=PART).status_code == 200


def test_nothing_of_a_product_is_read_as_markup(cast: Cast, picker: FlaskClient) -> None:
    stocked(cast, "LAMP", 1, name='<img src=x onerror="alert(1)">')

    for address in ("/stock/", "/stock/LAMP", "/movements/", "/receipts/"):
        assert "<img" not in picker.get(address).text


def test_what_is_waited_for_stands_beside_what_is_reserved_and_who_waits_on_the_products_page(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 4)

    def make() -> None:
        promise(db.session(), cast, ("LAMP", 4), reference="AAAA-0001")
        promise(db.session(), cast, ("LAMP", 2), reference="BBBB-0002", may_wait=True)
        promise(db.session(), cast, ("LAMP", 3), reference="CCCC-0003", may_wait=True, priority=5)

    cast.made(make)

    for address in ("/stock/", "/stock/LAMP", "/products/LAMP"):
        assert "5 waiting" in picker.get(address).text
    page = picker.get("/stock/LAMP").text
    assert 'Waiting for it <span class="count">5</span>' in page
    reserved, waiting = page.partition('id="promises"')[2].split('id="waiting"')
    assert "AAAA-0001" in reserved
    assert waiting.index("CCCC-0003") < waiting.index("BBBB-0002")
    why = picker.get(f"/stock/{level_id}/reserved", headers=PART).text
    assert why.index("4 units are reserved by:") < why.index("AAAA-0001") < why.index("5 more units are waited for.") < why.index("CCCC-0003")


def test_nobody_who_waits_is_not_mentioned(cast: Cast, picker: FlaskClient) -> None:
    level_id = stocked(cast, "LAMP", 4)

    assert all("waiting" not in picker.get(address, headers=PART).text for address in ("/stock/", "/stock/LAMP", f"/stock/{level_id}/reserved"))
