"""Orders in real windows: the form by keyboard, scanner and without JavaScript; the list that keeps itself up to date."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from logistics.core.actors import SYSTEM
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from tests.browser.furnishing import shelve
from tests.browser.waiting import look_for_news
from tests.cast import Cast


def test_an_order_is_taken_by_keyboard_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(
        lambda: (
            shelve(cast, "KEYS-1", 9, name="Brass keyhole"),
            shelve(cast, "KEYS-2", 9, price=250, name="Velvet ribbon"),
            known(cast, "Kay Board"),
        )
    )
    page = open_browser("clerk")
    page.goto("/orders/new")

    page.keyboard.type("kay b", delay=20)
    expect(offered(page)).to_contain_text("Kay Board")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Street and number", exact=True)).to_have_value("12 Park Row")

    page.get_by_role("combobox", name="Product").first.focus()
    page.keyboard.type("keyhole", delay=20)
    expect(offered(page)).to_contain_text("9 available")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Quantity").first).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Product").nth(1)).to_be_focused()
    page.keyboard.type("ribbon", delay=20)
    expect(offered(page)).to_contain_text("Velvet ribbon")
    page.keyboard.press("Enter")
    expect(page.locator("#totals")).to_contain_text("USD 56.50")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("is placed.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/orders/[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    expect(page.locator("#order-goods")).to_contain_text("Velvet ribbon")


def test_scanned_codes_fill_line_after_line_and_the_last_line_makes_another(cast: Cast, open_browser: Callable[..., Page]) -> None:
    codes = ["4006381333931", "5901234123457", "4012345678901", "9780201379624"]
    cast.made(lambda: [shelve(cast, f"SCAN-{at}", 9, name=f"Scanned {at}", gtin=code) for at, code in enumerate(codes)])
    page = open_browser("clerk")
    page.goto("/orders/new")

    page.get_by_role("combobox", name="Product").first.focus()
    for at, code in enumerate(codes):
        expect(page.get_by_role("combobox", name="Product").nth(at)).to_be_focused()
        page.keyboard.type(code)  # a scanner types at once and ends with Enter
        page.keyboard.press("Enter")
        expect(page.get_by_role("combobox", name="Product").nth(at)).to_have_value(f"Scanned {at}")

    expect(page.get_by_role("combobox", name="Product")).to_have_count(5)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Shipping")).to_be_focused()


def test_a_shortage_is_told_while_typing_and_at_the_line_when_it_is_sent_all_the_same(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "SHORT-1", 2, name="Rare thing"), known(cast, "Sho Rt")))
    page = open_browser("clerk")
    page.goto("/orders/new")
    page.get_by_role("combobox", name="Who orders?").fill("Sho Rt")
    offered(page).click()
    box = page.get_by_role("combobox", name="Product").first
    box.press_sequentially("rare th")
    offered(page).click()
    quantity = page.get_by_role("textbox", name="Quantity").first
    quantity.fill("3")

    expect(page.locator("#line-0-facts")).to_contain_text("3 wanted, 2 available")
    page.get_by_role("button", name="Place order").click()
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_be_focused()
    expect(quantity).to_have_value("3")

    quantity.fill("2")
    expect(page.locator("#line-0-facts")).to_contain_text("2 available")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")


def test_without_javascript_an_order_is_taken_paid_and_cancelled(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "PLAIN-1", 9, name="Plain thing"), known(cast, "Pla In")))
    page = open_browser("manager", script=False)
    page.goto("/orders/new")
    page.get_by_role("textbox", name="Who orders?").or_(page.get_by_role("combobox", name="Who orders?")).fill("Pla In")
    page.locator("[name=lines-0-product]").fill("plain-1")
    page.locator("[name=lines-2-product]").fill("NONE")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("There is no product “NONE”.")).to_be_visible()
    page.locator("[name=lines-2-product]").fill("")
    page.get_by_role("button", name="More lines, and add up").click()
    expect(page.locator("#totals")).to_contain_text("USD 18.00")
    expect(page.locator("#order-lines > li")).to_have_count(6)
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")

    page.get_by_role("textbox", name="Reference on the bank statement").fill("PLAIN")
    page.get_by_role("button", name="Record a transfer").click()
    expect(page.locator("#order-status")).to_have_text("Paid")
    page.locator("#cancel-order summary").click()
    page.locator("#cancel-order").get_by_role("button", name="Cancel order").click()
    expect(page.locator("#order-status")).to_have_text("Cancelled")


def test_the_list_takes_in_what_happens_and_keeps_place_panel_and_typing(cast: Cast, open_browser: Callable[..., Page]) -> None:
    first = cast.made(lambda: (shelve(cast, "LIVE-1", 90), cast.order(lines=[("LIVE-1", 1)]).number, cast.order(lines=[("LIVE-1", 1)]).number))[1]
    page = open_browser("clerk")
    page.set_viewport_size({"width": 1440, "height": 420})
    page.goto("/orders/?sku=LIVE-1")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=first)).to_be_focused()
    page.get_by_role("cell", name="Mina Park").nth(1).click()
    expect(page.locator("#preview")).to_contain_text(first)
    page.evaluate("scrollTo(0, 40)")
    place = page.evaluate("scrollY")

    number = cast.made(lambda: cast.order(lines=[("LIVE-1", 2)]).number)

    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert page.evaluate("scrollY") == place
    expect(page.get_by_role("link", name=first).first).to_be_focused()
    expect(page.locator("#preview")).to_contain_text(first)
    expect(page.locator("tr.open")).to_contain_text(first)

    box = page.get_by_role("searchbox", name="Search orders")
    box.fill(number.lower())
    expect(page.get_by_role("row")).to_have_count(2)
    box.press_sequentially("x")
    expect(page).to_have_url(re.compile(f"q={number.lower()}x"))
    with page.expect_response(lambda answer: "x-polling" in answer.request.headers) as looked:
        look_for_news(page)
    looked.value.finished()
    expect(box).to_have_value(f"{number.lower()}x")
    expect(page).to_have_url(re.compile("q="))


def test_two_who_look_at_one_order_see_the_same(cast: Cast, open_browser: Callable[..., Page]) -> None:
    order_id, number = cast.made(lambda: (shelve(cast, "TWO-1", 9), placed(cast, "TWO-1")))[1]
    clerk, manager = open_browser("clerk"), open_browser("manager")
    for page in (clerk, manager):
        page.goto(f"/orders/{number}")
    clerk.get_by_role("textbox", name="Reference on the bank statement").fill("half typed")

    manager.get_by_role("textbox", name="Reference on the bank statement").fill("BANK TWO")
    manager.get_by_role("button", name="Record a transfer").click()
    expect(manager.locator("#order-status")).to_have_text("Paid")

    # Who is typing is left in peace, and sees it as soon as they stop.
    assert look_for_news(clerk)[f"order-{order_id}"] is False
    expect(clerk.get_by_role("textbox", name="Reference on the bank statement")).to_have_value("half typed")
    clerk.locator("h1").click()
    expect(clerk.locator("#order-status")).to_have_text("Paid")


def placed(cast: Cast, sku: str) -> tuple[int, str]:
    """The id and the number of an order of one."""
    order = cast.order(lines=[(sku, 1)])
    return order.id, order.number


def offered(page: Page) -> Locator:
    """What a box shows below it."""
    return page.locator(".listbox [role=option]:visible")


def known(cast: Cast, name: str) -> int:
    """A customer who is found by search."""

    details = CustomerDetails(name, address=cast.address_of(cast.customer()))
    return create_customer(cast.session, details=details, by=SYSTEM).id
