"""Everything works as plain links and forms: a browser without JavaScript."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.cast import Cast


def test_an_order_is_placed_paid_and_looked_after_without_script(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "PLAIN-1", 9), shelve(cast, "PLAIN-2", 9)))
    page = open_browser("clerk", script=False)
    type_order(page, "Paula Plain", "plain-1", quantity="2")
    page.get_by_role("button", name="More lines, and add up").click()
    expect(page.locator("#totals")).to_contain_text("USD 36.00")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Paula Plain")
    page.get_by_role("combobox", name="Product", exact=True).nth(1).fill("PLAIN-2")
    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("status")).to_contain_text(re.compile("Order .* is placed."))
    expect(page.locator("#order-status")).to_have_text("Unpaid")
    page.get_by_role("textbox", name="Reference on the bank statement").fill("PLAIN 1")
    page.get_by_role("button", name="Record a transfer").click()
    expect(page.locator("#order-status")).to_have_text("Paid")
    expect(page.locator("#shipments")).to_contain_text("Ready to pick")
    page.get_by_role("link", name="Customer’s page").evaluate("link => link.removeAttribute('target')")
    page.get_by_role("link", name="Customer’s page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We are preparing your order.")
    expect(page.get_by_role("region", name="Parcel")).to_contain_text("Plain-1 thing")


def test_a_mistake_comes_back_with_what_was_typed(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "PLAIN-3", 1))
    page = open_browser("clerk", script=False)
    type_order(page, "Paul Plain", "plain-3", quantity="2")
    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("textbox", name="Quantity").first).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#order-lines")).to_contain_text("2 wanted, 1 available")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Paul Plain")


def test_stock_is_corrected_without_script(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "PLAIN-5", 7), cast.order(lines=[("PLAIN-5", 6)])))
    page = open_browser("picker", script=False)
    page.goto("/stock/?q=plain-5")
    page.get_by_role("row").filter(has_text="PLAIN-5").get_by_role("link", name="Adjust").click()
    page.get_by_role("textbox", name="Change by").fill("-2")
    page.get_by_role("combobox", name="Reason").select_option("Damaged")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("6 units are reserved.")
    expect(page.get_by_role("textbox", name="Change by")).to_have_value("-2")
    page.get_by_role("textbox", name="Change by").fill("-1")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_contain_text("PLAIN-5 in LEEDS: 6 on hand.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stock")
