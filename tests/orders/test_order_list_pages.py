"""The list of orders: found, filtered, paged, kept up to date, and without what a role may not see."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from logistics.core import clock
from logistics.orders import list_queries
from logistics.orders.cancelling import cancel
from logistics.orders.list_queries import PAGE
from logistics.orders.models import CancelReason, Order
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_an_empty_list_says_what_to_do_first(cast: Cast) -> None:
    page = cast.client("clerk").get("/orders/")
    assert "No orders yet" in page.text
    assert 'href="/orders/new"' in page.text

    assert "New order" not in cast.client("picker").get("/orders/").text


def test_the_newest_order_stands_first_with_all_one_needs(cast: Cast) -> None:
    first, second = cast.made(lambda: (cast.order().number, cast.order(lines=[("LAMP", 1), ("SHADE", 2)], pay="transfer").number))

    page = cast.client("clerk").get("/orders/")

    assert numbers(page) == [second, first]
    row = re.search(rf"<tr id=.*?{second}.*?</tr>", page.text, re.DOTALL)
    assert row
    for shown in ("Mina Park", "Leeds, GB", "Lamp thing", "and 1 more product", "3 units", "Paid", "USD 54.00"):
        assert shown in row[0]


def test_tabs_filter_by_status_and_count(cast: Cast) -> None:
    def make() -> dict[str, str]:
        gone = cast.order()
        cancel(cast.session, number=gone.number, reason=CancelReason.STAFF, by=cast.actor())
        return {"unpaid": cast.order().number, "paid": cast.order(pay="balance").number, "cancelled": gone.number}

    made = cast.made(make)
    browser = cast.client("clerk")
    for status, number in made.items():
        page = browser.get(f"/orders/?status={status}")
        assert numbers(page) == [number]
        assert re.search(rf'href="/orders/\?status={status}" aria-current="page"[^>]*>\w+ <span class="count">1<', page.text)
    assert "Nothing waits here" in browser.get("/orders/?status=delivered").text


def test_closed_orders_are_counted_only_so_far_and_open_ones_exactly(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_queries, "COUNTED_AT_MOST", 2)

    def make() -> None:
        for _turn in range(4):
            cast.order()
            gone = cast.order()
            cancel(cast.session, number=gone.number, reason=CancelReason.STAFF, by=cast.actor())

    cast.made(make)
    page = cast.client("clerk").get("/orders/").text
    assert re.search(r'Cancelled <span class="count">2\+<', page)
    assert re.search(r'Unpaid <span class="count">4<', page)


@pytest.mark.parametrize(
    "typed", ["{number}", "{bare}", "mina", "MINA PARK", "4960001", "0001", "mina@example.com", "shade", "SHD", "park row", "ls1 5hd", "文三"]
)
def test_one_box_finds_an_order_by_whatever_is_typed(cast: Cast, typed: str) -> None:
    def make() -> tuple[str, str]:
        other = cast.customer("Jo Blank", phone="", email="jo@blank.example", line1="1 Low Lane", city="York", postcode="YO1 7HH")
        cast.order(lines=[("LAMP", 1)], customer=other)
        cast.stock("SHD-9", 5, name="Shade 文三 linen")
        number = cast.order(lines=[("SHD-9", 1)]).number
        return number, number.replace("-", "").lower()

    number, bare = cast.made(make)
    assert numbers(cast.client("clerk").get("/orders/", query_string={"q": typed.format(number=number, bare=bare)})) == [number]


def test_filters_stand_in_the_url_and_are_taken_off_one_by_one(cast: Cast) -> None:
    def make() -> tuple[str, int]:
        jo = cast.customer("Jo Blank")
        cast.order(lines=[("LAMP", 1)])
        return cast.order(lines=[("SHADE", 1)], customer=jo).number, jo.id

    number, jo_id = cast.made(make)
    browser = cast.client("clerk")
    today = datetime.now(UTC).date()
    for query in (
        {"customer": jo_id},
        {"sku": "shade"},
        {"customer": jo_id, "sku": "SHADE", "from": str(today), "to": str(today), "channel": "desk"},
    ):
        page = browser.get("/orders/", query_string=query)
        assert numbers(page) == [number], query
    product, customer, *_others = re.findall(r'class="chip".*?</a>', page.text, re.DOTALL)
    assert "SHADE" in product
    assert "Jo Blank" in customer
    assert f'href="/orders/?sku=SHADE&amp;channel=desk&amp;from={today}&amp;to={today}"' in customer
    assert numbers(browser.get("/orders/", query_string={"to": str(today - timedelta(days=1))})) == []
    assert numbers(browser.get("/orders/", query_string={"channel": "import"})) == []
    assert "No order fits" in browser.get("/orders/?channel=import").text


@pytest.mark.parametrize(
    "query", ["status=lost", "status=draft", "customer=x", "customer=-1", "customer=" + "9" * 40, "from=yesterday", "to=2026-13-01", "cursor=abc"]
)
def test_nonsense_in_the_url_is_refused_and_never_breaks(cast: Cast, query: str) -> None:
    browser = cast.client("clerk")
    assert browser.get(f"/orders/?{query}").status_code == 422
    assert browser.get("/orders/?q=%00").status_code == 400


@pytest.mark.parametrize("typed", ["' OR 1=1--", "%", "_", "\\", "&|!():*", "<script>", "{{7*7}}"])
def test_signs_that_mean_something_elsewhere_are_only_text(cast: Cast, typed: str) -> None:
    cast.made(cast.order)
    page = cast.client("clerk").get("/orders/", query_string={"q": typed})
    assert page.status_code == 200
    assert "<script>" not in page.text.replace('<script src="', "")
    assert "49" not in re.findall(r'type="search" name="q" value="([^"]*)"', page.text)


def test_pages_follow_each_other_without_gap_or_repeat(app: Flask, cast: Cast) -> None:
    def make() -> list[str]:
        cast.stock("LAMP", 200)
        made = [cast.order(lines=[("LAMP", 1)]) for _order in range(PAGE + 5)]
        same = clock.now()
        # Several were placed in the same instant: the id decides.
        cast.session.execute(update(Order).values(placed_at=same).where(Order.id.in_([order.id for order in made[:10]])))
        return [order.number for order in made]

    made = cast.made(make)
    browser = cast.client("clerk")

    first = browser.get("/orders/")
    older = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert older
    second = browser.get(older[1].replace("&amp;", "&"))

    assert len(numbers(first)) == PAGE
    assert sorted(numbers(first) + numbers(second)) == sorted(made)
    assert 'rel="next"' not in second.text
    assert 'rel="prev"' in second.text


def test_a_poll_is_answered_only_when_something_changed(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    first = browser.get("/orders/", headers=PARTIAL)
    tag = first.headers["HX-PTag"]

    again = browser.get("/orders/", headers=PARTIAL | {"HX-PTag": tag})
    assert (again.status_code, again.data) == (304, b"")

    cast.made(lambda: cancel(cast.session, number=number, reason=CancelReason.STAFF, by=cast.actor()))
    changed = browser.get("/orders/", headers=PARTIAL | {"HX-PTag": tag})
    assert changed.status_code == 200
    assert "Cancelled" in changed.text
    assert changed.headers["HX-PTag"] != tag


def test_htmx_gets_the_table_and_a_browser_the_page(cast: Cast) -> None:
    browser = cast.client("clerk")
    part, page = browser.get("/orders/", headers=PARTIAL), browser.get("/orders/")

    assert part.text.lstrip().startswith('<div class="region" id="orders-table"')
    assert "<html" not in part.text
    assert "<html" in page.text
    assert "HX-Request-Type" in page.headers["Vary"]


def test_the_warehouse_sees_no_prices(cast: Cast) -> None:
    cast.made(cast.order)
    page = cast.client("picker").get("/orders/").text
    assert "USD" not in page
    assert "36.00" not in page
    assert "@" not in page.replace("@lamp.example", "")


def test_the_outsider_is_sent_to_the_door(client: FlaskClient) -> None:
    assert client.get("/orders/").status_code == 302
    assert client.get("/orders/", headers=PARTIAL).headers["HX-Redirect"].startswith("/sign-in")


def test_a_full_list_is_read_in_few_queries_and_little_html(app: Flask, cast: Cast, queries: SimpleNamespace) -> None:
    def make() -> None:
        cast.stock("LAMP", 300)
        for _order in range(PAGE):
            cast.order(lines=[("LAMP", 2), ("LAMP", 1)])

    cast.made(make)
    browser = cast.client("clerk")
    queries.count = 0
    queries.statements.clear()

    page = browser.get("/orders/?typed=1", headers=PARTIAL)

    assert len(numbers(page)) == PAGE
    assert queries.count <= 8, queries.statements
    assert len(page.data) <= 30_000

    queries.count = 0
    assert browser.get("/orders/").status_code == 200
    assert queries.count <= 10, "the whole page asks for the navigation's counts too, each once"


def numbers(page: Any) -> list[str]:
    """The orders a page lists, from the top."""
    return re.findall(r"data-row-link>([0-9A-Z-]{9})</a>", page.text)
