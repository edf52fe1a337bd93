"""Drafts in real windows: they save themselves, open as they were, and end with the order; and an order is taken once more."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from logistics.orders.models import Order, OrderDraft
from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.browser.waiting import until
from tests.cast import Cast

DRAFT = re.compile(r"/orders/drafts/\w{4}-\w{4}$")


def test_what_is_typed_saves_itself_and_opens_as_it_was(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "DRAFT-1", 5))
    page = open_browser("clerk")
    type_order(page, "Dana Draft", "draft-1", quantity="1,5")
    expect(page.get_by_text(re.compile(r"Draft saved \d\d:\d\d"))).to_be_visible()
    expect(page).to_have_url(DRAFT)
    page.get_by_role("textbox", name="E-mail").fill("dana@draft.example")
    with page.expect_response(lambda answer: "dana%40draft" in (answer.request.post_data or "") and answer.url.endswith("/orders/drafts")):
        page.get_by_role("textbox", name="E-mail").blur()

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Draft")
    expect(page.get_by_role("textbox", name="E-mail")).to_have_value("dana@draft.example")
    expect(page.locator("#lines-0-quantity")).to_have_value("1,5")
    expect(page.locator("[aria-invalid=true]")).to_have_count(0)
    number = page.url.rpartition("/")[2]
    page.locator("#lines-0-quantity").fill("2")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")
    assert page.url.endswith(f"/orders/{number}"), "it keeps its number"
    page.wait_for_load_state("networkidle")
    assert _drafts_of(cast, "Dana Draft") == 0


def test_whoever_leaves_in_the_middle_of_a_word_finds_it_again(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("clerk")
    page.goto("/orders/new")
    page.get_by_role("textbox", name="Name", exact=True).press_sequentially("Hasty Hann")
    page.goto("/orders/drafts")
    until(page, lambda: _drafts_of(cast, "Hasty Hann"))

    page.get_by_role("searchbox", name="Search drafts").fill("hasty")
    expect(page.get_by_role("row").filter(has_text="Hasty Hann")).to_have_count(1)
    page.get_by_role("row").filter(has_text="Hasty Hann").get_by_text("Discard", exact=True).click()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_text("The draft is discarded.")).to_be_visible()
    assert _drafts_of(cast, "Hasty Hann") == 0


def test_two_windows_on_one_draft_say_so_and_lose_nothing(cast: Cast, open_browser: Callable[..., Page]) -> None:
    first = open_browser("clerk")
    first.goto("/orders/new")
    first.get_by_role("textbox", name="Name", exact=True).fill("Twin One")
    expect(first.get_by_text("Draft saved")).to_be_visible()
    expect(first).to_have_url(DRAFT)
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_role("textbox", name="Name", exact=True).fill("Twin Two")
    expect(second.get_by_text("Draft saved")).to_be_visible()

    first.get_by_role("textbox", name="City").fill("Leeds")

    expect(first.get_by_text("Yours is now a draft of its own")).to_be_visible()
    expect(first.get_by_role("textbox", name="Name", exact=True)).to_have_value("Twin One")
    assert (_drafts_of(cast, "Twin One"), _drafts_of(cast, "Twin Two")) == (1, 1)


def test_a_discarded_draft_does_not_come_back(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("clerk")
    page.goto("/orders/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Gone Girl")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    expect(page).to_have_url(DRAFT)
    page.reload()
    page.get_by_role("textbox", name="City").press_sequentially("Le")
    page.get_by_text("Discard draft", exact=True).first.click()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Drafts")
    page.wait_for_load_state("networkidle")
    assert _drafts_of(cast, "Gone Girl") == 0


def test_an_order_is_taken_once_more(cast: Cast, open_browser: Callable[..., Page]) -> None:
    def make() -> str:
        shelve(cast, "AGAIN-1", 9)
        return cast.order(lines=[("AGAIN-1", 2)], customer=cast.customer("Ann Again")).number

    number = cast.made(make)
    page = open_browser("clerk")
    page.goto(f"/orders/{number}")
    page.get_by_role("link", name="Order again").click()
    expect(page.get_by_text(f"This is order {number} once more.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Ann Again")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    assert not page.url.endswith(number)
    assert _orders_of(cast, "Ann Again") == 2


def _drafts_of(cast: Cast, name: str) -> int:
    return int(cast.made(lambda: cast.session.scalar(select(func.count()).select_from(OrderDraft).where(OrderDraft.name == name))))


def _orders_of(cast: Cast, name: str) -> int:
    return int(cast.made(lambda: cast.session.scalar(select(func.count()).select_from(Order).where(Order.name == name))))
