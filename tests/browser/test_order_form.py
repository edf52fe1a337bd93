"""The order form at work: by keyboard from start to end, on a phone, with mistakes, with stock that vanishes, with a pasted message."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from logistics.core.addresses import Address
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.cast import Cast

MILL = Address("1 Mill Lane", "", "", "York", "", "YO1 6HS", "GB")


def test_a_known_customer_is_served_by_keyboard_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (regular(cast, "Phil Phone", "0113 496 0123"), shelve(cast, "SCAN-1", 9, gtin="4006381333931"), shelve(cast, "TYPED-1", 9)))
    page = open_browser("clerk")
    page.goto("/orders/new")
    keys = page.keyboard

    keys.type("0113 496 0123")
    expect(page.get_by_role("option", name="Phil Phone")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(product(page, 0)).to_be_focused()
    expect(page.get_by_role("textbox", name="City")).to_have_value("Leeds")
    keys.type("4006381333931")
    keys.press("Enter")
    expect(product(page, 1)).to_be_focused()
    expect(product(page, 0)).to_have_value("Scan-1 thing")
    keys.type("typed-1")
    expect(page.get_by_role("option", name="Typed-1 thing")).to_be_visible()
    keys.press("Enter")
    expect(page.locator("#lines-1-quantity")).to_be_focused()
    keys.type("2")
    for _box in ("price", "discount", "note"):
        keys.press("Tab")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Gift <wrap>")
    keys.press("Control+Enter")

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-recipient")).to_contain_text("Phil Phone")
    expect(page.locator("#order-goods")).to_contain_text("Gift <wrap>")
    expect(page.locator("#order-goods")).to_contain_text("USD 54.00")


def test_somebody_new_is_served_by_keyboard_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "NEW-1", 9))
    page = open_browser("clerk")
    page.goto("/orders/new")
    keys = page.keyboard
    typed = ("Nora New", "+44 113 496 0055", "12 Park Row", "", "LS1 5HD", "Leeds", "", "", "United K", "nora@new.example", "")

    for text in typed:
        keys.press("Tab")
        keys.type(text)
    keys.press("Tab")
    expect(product(page, 0)).to_be_focused()
    keys.type("new-1")
    expect(page.get_by_role("option", name="New-1 thing")).to_be_visible()
    keys.press("Enter")
    keys.press("Control+Enter")

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-recipient")).to_contain_text("nora@new.example")
    expect(page.locator("#order-recipient")).to_contain_text("12 Park Row")


def test_where_orders_went_is_chosen_by_keyboard(cast: Cast, open_browser: Callable[..., Page]) -> None:
    def make() -> None:
        twice = regular(cast, "Tina Twice", "0113 496 0222")
        shelve(cast, "TWO-1", 9)
        cast.order(lines=[("TWO-1", 1)], customer=twice, address=MILL, name="Tina at work")

    cast.made(make)
    page = open_browser("clerk")
    page.goto("/orders/new")
    page.keyboard.type("tina tw")
    expect(page.get_by_role("option", name="Tina Twice")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("combobox", name="Deliver to")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("textbox", name="Street and number")).to_have_value("1 Mill Lane")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("Tina at work")
    expect(page.get_by_role("combobox", name="Deliver to")).to_be_focused()
    page.keyboard.press("Enter")
    expect(product(page, 0)).to_be_focused()


def test_an_order_is_taken_on_a_phone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (regular(cast, "Fay Phone", "0113 496 0333"), shelve(cast, "TAP-1", 9)))
    page = open_browser("clerk", phone=True)
    page.goto("/orders/new")

    blank = page.locator("[data-row-number='1']")
    note, remove = blank.locator("summary").bounding_box(), blank.get_by_role("button", name="Remove this line").bounding_box()
    assert note
    assert remove
    assert abs(note["y"] - remove["y"]) < 4, "a line that nobody has begun has no empty row"
    page.get_by_role("combobox", name="Who orders?").fill("fay")
    page.get_by_role("option", name="Fay Phone").tap()
    expect(page.get_by_role("textbox", name="City")).to_have_value("Leeds")
    product(page, 0).fill("tap-1")
    page.get_by_role("option", name="Tap-1 thing").tap()
    page.locator("#lines-0-quantity").fill("3")
    page.locator("[data-row-number='0'] summary").tap()
    page.get_by_role("textbox", name="Note on this line").first.fill("blue")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs over the edge"
    assert _height(page.locator("#place-order")) >= 44
    page.locator("#place-order").tap()

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-goods")).to_contain_text("blue")


def test_a_discount_and_the_countrys_tax_are_told_while_one_types_on_a_phone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    def make() -> None:
        cast.taxes("NL", 2100)
        details = CustomerDetails(
            "Ties Tax", phone="+31 20 123 4567", address=Address("Damrak 1", city="Amsterdam", postcode="1012 LG", country="NL")
        )
        create_customer(cast.session, details=details, by=cast.actor())
        shelve(cast, "TAXED-1", 9)

    cast.made(make)
    page = open_browser("manager", phone=True)
    page.goto("/orders/new")
    keys, sums = page.keyboard, page.locator("#totals")

    product(page, 0).fill("taxed-1")
    page.get_by_role("option", name="Taxed-1 thing").tap()
    expect(sums).to_contain_text("USD 18.00")
    expect(sums).not_to_contain_text("Tax")
    page.get_by_role("combobox", name="Who orders?").focus()
    keys.type("ties")
    expect(page.get_by_role("option", name="Ties Tax")).to_be_visible()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(sums).to_contain_text("Tax included")
    expect(sums).to_contain_text("USD 3.12")
    page.get_by_role("textbox", name="Discount on all goods").focus()
    keys.type("12.5%")
    expect(sums).to_contain_text("−USD 2.25")
    expect(sums).to_contain_text("USD 15.75")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs over the edge"
    keys.press("Control+Enter")

    expect(page.locator("#order-status")).to_have_text("Unpaid")
    expect(page.locator("#order-goods")).to_contain_text("−USD 2.25")
    expect(page.locator("#order-goods")).to_contain_text("21% tax included: USD 2.73")


def test_every_mistake_is_shown_at_once_and_the_first_is_gone_to(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "WRONG-1", 9))
    page = open_browser("clerk")
    type_order(page, "Wim Wrong", "wrong-1", quantity="1,000")
    wrong = {"Phone": "12", "E-mail": "wim", "Postcode": "nowhere", "City": ""}
    for name, text in wrong.items():
        page.get_by_role("textbox", name=name, exact=True).fill(text)
    page.keyboard.press("Control+Enter")

    expect(page.get_by_role("textbox", name="Phone")).to_be_focused()
    for name in ("Phone", "E-mail", "Postcode", "City"):
        expect(page.get_by_role("textbox", name=name)).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_role("textbox", name=name)).to_have_value(wrong[name])
    expect(page.locator("#lines-0-quantity")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Addresses need this in the country you chose")).to_be_visible()
    expect(product(page, 0)).to_have_value("wrong-1")
    page.get_by_role("textbox", name="E-mail").fill("wim@wrong.example")
    page.locator("#lines-0-quantity").fill("1")
    page.get_by_role("textbox", name="Phone").fill("")
    page.get_by_role("textbox", name="Postcode").fill("LS1 5HD")
    page.get_by_role("textbox", name="City").fill("Leeds")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-status")).to_have_text("Unpaid")


def test_stock_that_vanishes_before_the_order_is_placed_loses_nothing(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "LAST-1", 2), shelve(cast, "MANY-1", 9)))
    page = open_browser("clerk")
    type_order(page, "Lena Late", "last-1", quantity="2")
    product(page, 1).fill("many-1")
    page.get_by_role("textbox", name="Note for the warehouse and the desk").fill("ring twice")
    expect(page.locator("#line-0-facts")).to_contain_text("2 available")
    cast.made(lambda: cast.order(lines=[("LAST-1", 1)]))

    page.get_by_role("button", name="Place order").click()

    expect(page.locator("#line-0-facts")).to_contain_text("2 wanted, 1 available")
    expect(page.locator("#lines-0-quantity")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#lines-0-quantity")).to_be_focused()
    expect(page.locator("#lines-1-quantity")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("textbox", name="Note for the warehouse and the desk")).to_have_value("ring twice")
    page.locator("#lines-0-quantity").fill("1")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")


@pytest.mark.parametrize("how", ["key", "paste", "without script"])
def test_a_message_becomes_an_order_that_only_needs_looking_at(cast: Cast, open_browser: Callable[..., Page], how: str) -> None:
    sku = f"TEA-{how[0]}".upper()
    cast.made(lambda: (shelve(cast, sku, 9, name=f"龙井茶 {sku}"), shelve(cast, f"{sku}-X", 9, name=f"Green tray {sku}")))
    page = open_browser("clerk", script=how != "without script")
    page.goto("/orders/new")
    message = f"老板你好，{sku} 两盒，3箱trays {sku}，寄到杭州市西湖区文三路9号301室，李四 139-0013-9000 <b>上次那个</b>还有吗"
    if how == "paste":
        _paste(page, message)
    else:
        page.locator("#paste-message summary").click()
        page.get_by_role("textbox", name="Message").fill(message)
        page.get_by_role("button", name="Fill the form from it").click()

    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("李四")
    expect(page.get_by_role("textbox", name="City")).to_have_value("杭州市")
    expect(page.locator("#lines-0-sku, [name=lines-0-sku]")).to_have_value(sku)
    expect(page.locator("#paste-message")).to_contain_text("<b>上次那个</b>还有吗")
    quantity = page.locator("#lines-1-quantity")
    mark = page.get_by_text("Is the number right?")
    expect(mark).to_be_visible()
    if how != "without script":
        expect(page.locator(".unsure input:focus")).to_have_count(1)
        quantity.fill("36")
        expect(mark).to_have_count(0)
        expect(page.locator(".field.unsure", has=quantity)).to_have_count(0)
        quantity.fill("3")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")


def test_the_message_box_opens_by_its_key(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("clerk")
    page.goto("/orders/new")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    page.keyboard.type("Jo Bloggs, 12 Park Row, Leeds LS1 5HD")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Postcode")).to_have_value("LS1 5HD")


def product(page: Page, line: int) -> Locator:
    """The box of a line's product."""
    return page.get_by_role("combobox", name="Product", exact=True).nth(line)


def regular(cast: Cast, name: str, phone: str) -> Customer:
    """A customer who is found by search."""
    address = cast.address_of(cast.customer())
    return create_customer(cast.session, details=CustomerDetails(name, phone=phone, address=address), by=cast.actor())


def _paste(page: Page, text: str) -> None:
    page.get_by_role("combobox", name="Who orders?").evaluate(
        """(box, text) => { const clipboardData = new DataTransfer(); clipboardData.setData("text", text);
        box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })); }""",
        text,
    )


def _height(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["height"]
