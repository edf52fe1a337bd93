"""Correcting where an order goes, in real windows: by keyboard, and on a phone in the dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.furnishing import shelve
from tests.cast import Cast

LOOKS = {"desk-light-en": {}, "phone-dark-en": {"phone": True, "dark": True}, "desk-dark-zh": {"dark": True, "language": "zh_Hans"}}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in LOOKS.items()])
def test_an_address_is_corrected_by_keyboard_and_a_wrong_one_keeps_what_was_typed(
    cast: Cast, open_browser: Callable[..., Page], look: Callable[[Page, str], None], way: dict[str, bool]
) -> None:
    sku = f"ADDR-{'-'.join(way)}"
    number = cast.made(lambda: (shelve(cast, sku, 5), cast.order(lines=[(sku, 1)]).number)[1])
    page = open_browser("clerk", **way)
    page.goto(f"/orders/{number}")
    card, dialog = page.locator("#order-recipient"), page.locator("#asked")
    card.locator("a[hx-get$='/address']").focus()
    page.keyboard.press("Enter")
    street = dialog.locator("#line1")
    expect(street).to_be_focused()
    expect(street).to_have_value("12 Park Row")
    look(page, "address")

    dialog.locator("#postcode").fill("NOWHERE")
    street.fill("7 Elm Close")
    page.keyboard.press("Enter")
    expect(dialog.locator("#postcode-errors")).to_be_visible()
    expect(street).to_have_value("7 Elm Close")
    look(page, "wrong")

    dialog.locator("#city").fill("York")
    dialog.locator("#postcode").fill("YO1 7HH")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text("7 Elm Close")
    expect(card.locator("a[hx-get$='/address']")).to_be_visible()
    look(page, "corrected")

    # Looked at last: it changes the window's width and colours.
    card.locator("a[hx-get$='/address']").click()
    dialog.locator("#postcode").fill("NOWHERE")
    page.keyboard.press("Enter")
    expect(dialog.locator("#postcode-errors")).to_be_visible()
    assert violations(page) == []
