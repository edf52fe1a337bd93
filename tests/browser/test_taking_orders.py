"""Taking an order in the form: by keyboard and scanner, with mistakes, and with impatience."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.orders.models import Order
from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.cast import Cast

EAN = "4006381333931"


def test_an_order_is_taken_by_keyboard_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (_regular(cast, "Kim Keys"), shelve(cast, "KEY-1", 9), shelve(cast, "KEY-2", 9)))
    page = open_browser("clerk")
    page.goto("/orders/new")
    keys = page.keyboard

    keys.type("kim ke")
    expect(page.get_by_role("option", name="Kim Keys")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="City")).to_have_value("Leeds")
    _tab_to(page, "Product")
    keys.type("key-1")
    expect(page.get_by_role("option", name="Key-1 thing")).to_be_visible()
    keys.press("Enter")
    expect(page.get_by_role("textbox", name="Quantity").first).to_be_focused()
    keys.type("3")
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="Product", exact=True).nth(1)).to_be_focused()
    keys.type("key-2")
    expect(page.get_by_role("option", name="Key-2 thing")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#totals")).to_contain_text("USD 72.00")
    keys.press("Control+Enter")

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-goods")).to_contain_text("USD 72.00")
    expect(page.locator("#order-recipient")).to_contain_text("Kim Keys")


def test_a_scanner_adds_products_one_after_the_other(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (_regular(cast, "Sam Scan"), shelve(cast, "SCAN-1", 9, gtin=EAN), shelve(cast, "SCAN-2", 9, gtin="96385074")))
    page = open_browser("clerk")
    page.goto("/orders/new")
    boxes = page.get_by_role("combobox", name="Product", exact=True)
    boxes.first.focus()

    for code in (EAN, "96385074"):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Quantity")).not_to_have_count(0)
        expect(page.locator("#totals")).to_contain_text("1 unit" if code == EAN else "2 units")

    expect(boxes.nth(0)).to_have_value("Scan-1 thing")
    expect(boxes.nth(1)).to_have_value("Scan-2 thing")
    expect(boxes.nth(2)).to_be_focused()


def test_what_is_wrong_is_said_where_it_is_and_what_was_typed_stays(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "RARE-1", 2))
    before = _count(cast)
    page = open_browser("clerk")
    type_order(page, "Wanda Wrong", "rare-1", quantity="5")
    page.get_by_role("textbox", name="Postcode").fill("nowhere")
    page.get_by_role("textbox", name="Note for the warehouse and the desk").fill("ring twice")

    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("alert")).to_contain_text("Please check what is marked below.")
    postcode = page.get_by_role("textbox", name="Postcode")
    expect(postcode).to_have_attribute("aria-invalid", "true")
    expect(postcode).to_have_value("nowhere")
    assert _count(cast) == before
    postcode.fill("LS1 5HD")
    page.get_by_role("button", name="Place order").click()

    quantity = page.get_by_role("textbox", name="Quantity").first
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_value("5")
    expect(page.locator("#order-lines")).to_contain_text("5 wanted, 2 available")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Wanda Wrong")
    expect(page.get_by_role("textbox", name="Note for the warehouse and the desk")).to_have_value("ring twice")
    assert _count(cast) == before
    quantity.fill("2")
    page.get_by_role("button", name="Place order").click()

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-note")).to_contain_text("ring twice")
    assert _count(cast) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_places_one_order(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    sku = f"TWICE-{script}".upper()
    cast.made(lambda: shelve(cast, sku, 9))
    before = _count(cast)
    page = open_browser("clerk", script=script)
    type_order(page, f"Dora Double {script}", sku)

    page.get_by_role("button", name="Place order").dblclick(no_wait_after=True)

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    assert _count(cast) == (before[0] + 1, before[1] + 1)


def test_going_back_and_sending_again_places_no_second_order(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "BACK-1", 9))
    page = open_browser("clerk", script=False)
    type_order(page, "Boris Back", "back-1")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")
    placed, before = page.url, _count(cast)

    page.go_back()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("")
    again = page.request.post(sent.value.url, data=sent.value.post_data or "", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert (again.status, again.url) == (200, placed), "the same form leads to the same order"
    page.go_forward()
    page.reload()
    assert _count(cast) == before


def _regular(cast: Cast, name: str) -> Customer:
    details = CustomerDetails(name=name, email=f"{name.partition(' ')[0].lower()}@example.com", address=cast.address_of(cast.customer()))
    return create_customer(cast.session, details=details, by=cast.actor())


def _tab_to(page: Page, name: str) -> None:
    target = page.get_by_role("combobox", name=name, exact=True).first
    for _key in range(20):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by Tab")


def _count(cast: Cast) -> tuple[int, int]:
    """How many orders and customers there are."""
    return tuple(cast.made(lambda: [cast.session.scalar(select(func.count()).select_from(kind)) for kind in (Order, Customer)]))
