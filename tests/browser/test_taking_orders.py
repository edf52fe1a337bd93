"""Taking an order in the form: by keyboard, with mistakes and with impatience; and seeing it in the list of a colleague."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.orders.models import Order
from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.browser.waiting import until
from tests.cast import Cast


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


def test_what_is_wrong_is_said_where_it_is_and_what_was_typed_stays(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "RARE-1", 2))
    page = open_browser("clerk")
    type_order(page, "Wanda Wrong", "rare-1", quantity="5")
    page.get_by_role("textbox", name="Postcode").fill("nowhere")
    page.get_by_role("textbox", name="Note for the warehouse and the desk").fill("ring twice")

    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("alert")).to_contain_text("Please check what is marked below.")
    postcode = page.get_by_role("textbox", name="Postcode")
    expect(postcode).to_have_attribute("aria-invalid", "true")
    expect(postcode).to_have_value("nowhere")
    assert _count(cast, "Wanda Wrong") == (0, 0)
    postcode.fill("LS1 5HD")
    page.get_by_role("button", name="Place order").click()

    quantity = page.get_by_role("textbox", name="Quantity").first
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_value("5")
    expect(page.locator("#order-lines")).to_contain_text("5 wanted, 2 available")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Wanda Wrong")
    expect(page.get_by_role("textbox", name="Note for the warehouse and the desk")).to_have_value("ring twice")
    assert _count(cast, "Wanda Wrong") == (0, 0)
    quantity.fill("2")
    page.get_by_role("button", name="Place order").click()

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-note")).to_contain_text("ring twice")
    assert _count(cast, "Wanda Wrong") == (1, 1)


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_places_one_order(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    sku = f"TWICE-{script}".upper()
    cast.made(lambda: shelve(cast, sku, 9))
    page, name = open_browser("clerk", script=script), f"Dora Double {script}"
    type_order(page, name, sku)

    page.get_by_role("button", name="Place order").dblclick(no_wait_after=True)

    # Without a script the second click may come while the first is still being saved, and is told so.
    expect(page.locator("#order-status").or_(page.get_by_text("This is being saved already."))).to_be_visible()
    if page.locator("#order-status").count():
        expect(page.locator("#order-status")).to_have_text("Unpaid")
    until(page, lambda: _count(cast, name) != (0, 0))
    assert _count(cast, name) == (1, 1)


def test_going_back_and_sending_again_places_no_second_order(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "BACK-1", 9))
    page = open_browser("clerk", script=False)
    type_order(page, "Boris Back", "back-1")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")
    placed = page.url

    page.go_back()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("")
    again = page.request.post(sent.value.url, data=sent.value.post_data or "", headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert (again.status, again.url) == (200, placed), "the same form leads to the same order"
    page.go_forward()
    page.reload()
    assert _count(cast, "Boris Back") == (1, 1)


def test_an_order_placed_elsewhere_appears_without_moving_what_one_looks_at(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: [shelve(cast, "LIVE-1", 99), *(cast.order(lines=[("LIVE-1", 1)]) for _order in range(30))])
    list_window, other = open_browser("clerk"), open_browser("manager")
    list_window.goto("/orders/")
    row = list_window.get_by_role("region", name="Orders").get_by_role("row").nth(20)
    row.scroll_into_view_if_needed()
    row.get_by_role("cell").nth(1).click()
    expect(list_window.locator("#preview").get_by_role("link", name="Open the order")).to_be_visible()
    selected, place = row.get_attribute("id"), _top(row)

    type_order(other, "Nina New", "live-1")
    other.get_by_role("button", name="Place order").click()

    appeared = list_window.get_by_role("row").filter(has_text="Nina New")
    expect(appeared).to_have_count(1)
    row = list_window.locator(f"#{selected}")
    expect(row).to_have_class("open")
    until(list_window, lambda: abs(_top(row) - place) <= 2)
    assert list_window.evaluate("document.activeElement.closest('tr')?.id") == selected


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


def _count(cast: Cast, name: str) -> tuple[int, int]:
    """How many orders and customers of this name there are."""
    counts = [select(func.count()).select_from(kind).where(kind.name == name) for kind in (Order, Customer)]
    orders, customers = cast.made(lambda: [cast.session.scalar(count) for count in counts])
    return orders, customers


def _top(row: Locator) -> float:
    box = row.bounding_box()
    assert box is not None
    return box["y"]
