"""A shop sends, the worker works, and a clerk decides about what the worker could not."""

import http.client
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.furnishing import shelve
from tests.browser.waiting import until
from tests.browser.windows import WAIT_MS
from tests.browser.words import Words
from tests.cast import Cast
from tests.house import House
from tests.shops.platforms import Shop, open_shop, shopify_order

_orders = itertools.count(7001)


@pytest.fixture
def shop(cast: Cast) -> Shop:
    def furnish() -> Shop:
        shelve(cast, f"LAMP-{next(_orders)}", 0)
        return open_shop(cast, code=f"web-{next(_orders)}", name="Lamp & Son online")

    return cast.made(furnish)


def deliver(house: House, shop: Shop, body: dict[str, Any], topic: str = "orders/create") -> int:
    """Send it as the shop does, over HTTP; the status."""
    raw = json.dumps(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=WAIT_MS / 1000)
    try:
        connection.request("POST", shop.door, raw, {**shop.headers(raw, topic), "Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_an_unknown_code_is_mapped_by_keyboard_and_the_order_is_there(
    cast: Cast, house: House, shop: Shop, open_browser: Callable[..., Page]
) -> None:
    sku = f"SHADE-{next(_orders)}"
    cast.made(lambda: shelve(cast, sku, 9))
    clerk = open_browser("clerk")
    clerk.goto(f"/channels/inbox/?channel={shop.channel.code}")
    number = next(_orders)
    assert deliver(house, shop, shopify_order((f"THEIRS-{number}", 2, "18.00"), id=number)) == 200

    clerk.get_by_role("link", name=f"#{number - 4000}").click()
    clerk.get_by_role("combobox", name="Our product").press_sequentially(sku)
    expect(clerk.get_by_role("option", name=f"{sku.title()} thing")).to_be_visible()
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    clerk.get_by_role("button", name="Save and try again").focus()
    clerk.keyboard.press("Enter")

    expect(clerk.get_by_role("status").filter(has_text="Done: see order")).to_be_visible()
    clerk.locator("#event-facts").get_by_role("link").click()
    expect(clerk.locator("#order-status")).to_have_text("Paid")
    expect(clerk.get_by_text("From the shop")).to_be_visible()


def test_a_wrong_address_is_corrected_on_a_phone(cast: Cast, house: House, shop: Shop, open_browser: Callable[..., Page]) -> None:
    sku, number = f"SHADE-{next(_orders)}", next(_orders)
    cast.made(lambda: shelve(cast, sku, 9))
    body = shopify_order((sku, 1, "18.00"), id=number)
    body["shipping_address"] |= {"zip": "nowhere"}
    deliver(house, shop, body)
    clerk = open_browser("clerk", phone=True)
    clerk.goto(f"/channels/inbox/?channel={shop.channel.code}")
    clerk.get_by_role("link", name=f"#{number - 4000}").tap()
    postcode = clerk.get_by_role("textbox", name="Postcode")
    expect(postcode).to_have_attribute("aria-invalid", "true")
    postcode.fill("LS1 5HD")
    clerk.get_by_role("button", name="Correct and try again").tap()

    expect(clerk.get_by_role("status").filter(has_text="Done: see order")).to_be_visible()
    assert clerk.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("language", "phone"), [("en", False), ("zh_Hans", True)], ids=["english-desk", "chinese-phone"])
def test_discarding_without_script_or_with_is_said_in_both_languages(
    cast: Cast, house: House, shop: Shop, open_browser: Callable[..., Page], language: str, phone: bool
) -> None:
    number, words = next(_orders), Words(language)
    deliver(house, shop, shopify_order(("NOTHING", 1, "1.00"), id=number))
    clerk = open_browser("clerk", phone=phone, language=language, script=False)
    clerk.goto(f"/channels/inbox/?channel={shop.channel.code}&view=all")
    parked = clerk.locator("#inbox-table tr", has_text=f"#{number - 4000}").filter(has_text=words("To decide"))
    until(clerk, lambda: parked.count() or clerk.reload() is None)
    parked.get_by_role("link").first.click()
    clerk.get_by_label(words("Why discard it?")).fill("x")
    clerk.get_by_role("button", name=words("Discard")).click()

    expect(clerk.get_by_role("button", name=words("Take it up again"))).to_be_visible()
