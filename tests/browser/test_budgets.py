"""What a page costs over the wire (look.md, Budgets). gunicorn does not compress, the proxy does: bodies are compressed here."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from logistics.orders.linking import public_link
from tests.browser.furnishing import shelve
from tests.cast import Cast

KB = 1024


@pytest.mark.parametrize("url", ["/", "/orders/", "/orders/new", "/stock/", "/fulfilment/"])
def test_the_first_page_of_staff_costs_at_most_120_kb(cast: Cast, open_browser: Callable[..., Page], url: str) -> None:
    _fifty_orders(cast)
    page = open_browser("manager")
    answers = _load(page, url)

    sizes = {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers}
    assert len(sizes) > 5, "page, styles, scripts and icons are counted"
    assert sum(sizes.values()) <= 120 * KB, sizes


def test_a_list_of_fifty_orders_is_at_most_30_kb_of_html(cast: Cast, open_browser: Callable[..., Page]) -> None:
    _fifty_orders(cast)
    page = open_browser("manager")
    with page.expect_response(lambda answer: "/orders/?q=budget" in answer.url) as looked:
        page.goto("/orders/")
        page.get_by_role("searchbox", name="Search orders").fill("budget")

    expect(page.get_by_role("region", name="orders").get_by_role("row")).to_have_count(51)
    assert len(looked.value.body()) <= 30 * KB, "the list that is swapped in, as it is before it is compressed"


def test_the_customers_page_costs_less_than_50_kb_uncompressed(cast: Cast, open_browser: Callable[..., Page]) -> None:
    lines = [(f"BUDGET-{number}", 2) for number in range(5)]
    link = cast.made(lambda: public_link(cast.shipment(lines=lines, state="shipped").order))
    page = open_browser(None, phone=True)
    answers = _load(page, "/track/" + link.rpartition("/")[2])

    sizes = {answer.url: len(answer.body()) for answer in answers}
    assert sum(sizes.values()) < 50 * KB, sizes


def test_what_was_loaded_once_is_not_asked_for_again(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("manager")
    _load(page, "/orders/")
    again = [answer for answer in _load(page, "/stock/") if "/static/" in answer.url and not answer.from_service_worker]

    transferred = [answer.url for answer in again if answer.request.sizes()["responseBodySize"] > 0]
    assert transferred == []


def _fifty_orders(cast: Cast) -> None:
    def make() -> None:
        if not cast.session.query(type(cast.product("BUDGET-0"))).filter_by(sku="BUDGET-LIST").first():
            shelve(cast, "BUDGET-LIST", 500, name="A lamp with a name of usual length")
            for _order in range(52):
                cast.order(lines=[("BUDGET-LIST", 1), ("BUDGET-0", 3)])

    cast.made(make)


def _load(page: Page, url: str) -> list[Response]:
    """Everything that came for a page."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", note)
    return answers
