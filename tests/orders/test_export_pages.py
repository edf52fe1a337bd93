"""The list as a file: what it shows, all pages of it, a few times an hour, for those who may."""

import csv
import io

import pytest
from flask.testing import FlaskClient

from logistics.orders.pricing import Discount
from logistics.orders.routes import exporting
from tests.cast import Cast


def read(browser: FlaskClient, query: str = "?sort=oldest") -> list[dict[str, str]]:
    """The rows of the file."""
    answer = browser.get(f"/orders/export.csv{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="orders-2')
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_it_holds_what_the_list_finds_on_all_its_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> list[str]:
        cast.order(lines=[("SHADE", 1)])
        evil = cast.customer("=HYPERLINK(1)", email="evil@example.com")
        return [cast.order(lines=[("LAMP", units)], customer=evil).number for units in (1, 2, 3)]

    numbers = cast.made(make)
    monkeypatch.setattr(exporting, "AT_A_TIME", 2)

    rows = read(cast.client("manager"), "?sku=lamp&sort=oldest")
    assert [row["number"] for row in rows] == numbers
    assert [row["total"] for row in rows] == ["18.00", "36.00", "54.00"]
    assert {(row["status"], row["name"], row["city"]) for row in rows} == {("unpaid", "'=HYPERLINK(1)", "Leeds")}


def test_it_says_what_was_taken_off_and_what_is_tax(cast: Cast) -> None:
    def make() -> None:
        cast.taxes("GB", 2000)
        cast.order(discount=Discount(600), shipping=300)

    cast.made(make)

    (row,) = read(cast.client("manager"))
    names = ("currency", "total", "shipping", "discount", "tax", "tax_included")
    assert [row[name] for name in names] == ["USD", "33.00", "3.00", "6.00", "5.50", "yes"]


def test_too_many_are_refused_with_what_to_do(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.made(lambda: [cast.order() for _order in range(3)])
    monkeypatch.setattr(exporting, "MOST_ROWS", 2)

    answer = cast.client("manager").get("/orders/export.csv?sort=newest")
    assert answer.status_code == 422
    assert "Narrow the list first" in answer.text


def test_it_is_made_five_times_an_hour_by_each(cast: Cast) -> None:
    cast.made(cast.order)
    manager = cast.client("manager")
    for _turn in range(5):
        assert len(read(manager)) == 1
    refused = manager.get("/orders/export.csv")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert len(read(cast.client("admin"))) == 1


def test_clerks_and_the_warehouse_take_no_lists_away(cast: Cast) -> None:
    cast.made(cast.order)

    for who in ("clerk", "picker"):
        assert cast.client(who).get("/orders/export.csv").status_code == 403
        assert "export.csv" not in cast.client(who).get("/orders/").text
    assert 'href="/orders/export.csv?flags=held&amp;' not in cast.client("manager").get("/orders/?flags=held").text
    assert 'href="/orders/export.csv?q=mina" download' in cast.client("manager").get("/orders/?q=mina").text
