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
from logistics.orders.holding import hold
from logistics.orders.list_queries import PAGE
from logistics.orders.models import CancelReason, HoldReason, Order
from logistics.orders.paying import record_transfer
from tests.cast import Cast
from tests.words import has_word

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
    assert not has_word(page, "USD")
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
    assert queries.count <= 14, "the whole page asks for the navigation's counts too, each once"


def test_enter_opens_the_one_order_that_is_called_so(cast: Cast) -> None:
    number = cast.made(lambda: (cast.order(external_id="WEB-100200"), cast.order(external_id="WEB-100201"))[0].number)
    browser = cast.client("clerk")

    for typed in (number, number.lower().replace("-", ""), "web-100200"):
        opened = browser.get("/orders/", query_string={"q": typed, "open": "1"})
        assert (opened.status_code, opened.location) == (303, f"/orders/{number}"), typed
        assert browser.get("/orders/", query_string={"q": typed, "open": "1"}, headers=PARTIAL).headers["HX-Redirect"] == f"/orders/{number}"
    for typed in ("WEB-10020", "mina", ""):
        assert browser.get("/orders/", query_string={"q": typed, "open": "1"}).status_code == 200
    assert numbers(browser.get("/orders/", query_string={"q": number})) == [number], "typing alone opens nothing"


def test_the_address_says_no_more_than_it_has_to(cast: Cast) -> None:
    cast.made(cast.order)
    browser = cast.client("clerk")

    sent = "q=&typed=1&status=&days=7&from=&product=Lamp&sku=LAMP&buyer=&customer=&flags=urgent&flags=held&sort=newest"
    assert browser.get(f"/orders/?{sent}", headers=PARTIAL).headers["HX-Replace-Url"] == "/orders/?flags=held,urgent&sku=LAMP&days=7"
    for clean in ("?sort=newest", "?status=paid", "?flags=held,urgent&sku=LAMP", "?q=park+row&sort=name"):
        assert "HX-Replace-Url" not in browser.get(f"/orders/{clean}", headers=PARTIAL).headers, clean


def test_what_goes_along_with_the_list_depends_on_who_asked_for_it(cast: Cast) -> None:
    cast.made(cast.order)
    browser = cast.client("clerk")
    typed = browser.get("/orders/?q=lamp&typed=1", headers=PARTIAL).text
    looked = browser.get("/orders/?q=lamp", headers=PARTIAL | {"X-Polling": "1"}).text
    linked = browser.get("/orders/?q=lamp", headers=PARTIAL).text

    assert 'id="order-filters"' not in typed + looked, "what is being typed stays as it is"
    assert 'hx-target="#filter-count"' in typed
    assert 'hx-target="#view-name"' in typed
    assert "hx-partial" not in looked
    assert 'hx-target="#order-filters"' in linked, "a chip that took a filter off unticks its box"


def test_rows_carry_badges_only_where_something_is_remarkable(cast: Cast) -> None:
    def make() -> tuple[str, str]:
        cast.channel("desk", payment_timeout_minutes=60)
        plain = cast.order(pay="transfer")
        special = cast.order(priority=5)
        record_transfer(cast.session, number=special.number, amount=100, reference="PART", by=cast.actor("manager"))
        return plain.number, special.number

    plain, special = cast.made(make)
    assert badges(cast, plain) == ["Paid"]
    assert badges(cast, special) == ["Unpaid", "Urgent", "Part-paid", "Expires soon"]
    cast.made(lambda: hold(cast.session, number=special, reason=HoldReason.FRAUD, by=cast.actor()))
    assert badges(cast, special) == ["Unpaid", "On hold", "Urgent", "Part-paid"]


def test_who_sees_no_prices_cannot_sort_by_them(cast: Cast) -> None:
    def make() -> list[str]:
        return [cast.order(lines=[("LAMP", units)]).number for units in (1, 3, 2)]

    one, three, two = cast.made(make)

    assert numbers(cast.client("clerk").get("/orders/?sort=total")) == [three, two, one]
    picker = cast.client("picker").get("/orders/?sort=total")
    assert numbers(picker) == [two, three, one]
    assert "Highest total first" not in picker.text
    assert "filter-customer" not in picker.text


def test_the_list_is_there_in_chinese(cast: Cast) -> None:
    cast.made(cast.order)
    page = cast.client("clerk").get("/orders/?flags=held,urgent&days=7&lang=zh_Hans")

    assert page.status_code == 200
    assert "未支付" in cast.client("clerk").get("/orders/?lang=zh_Hans").text


def numbers(page: Any) -> list[str]:
    """The orders a page lists, from the top."""
    return re.findall(r"data-row-link>([0-9A-Z-]{9})</a>", page.text)


def badges(cast: Cast, number: str) -> list[str]:
    """What stands in an order's row beside its status."""
    cell = re.findall(rf"{number}</a>.*?<td class=\"side\">(.*?)</td>", cast.client("clerk").get("/orders/").text, re.DOTALL)[0]
    return re.findall(r"tone-\w+\">([^<]+)<", cell)
