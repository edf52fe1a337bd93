"""Forms as people fill them in, and codes as scanners type them."""

import time

from playwright.sync_api import Page


def type_order(page: Page, name: str, sku: str, *, quantity: str = "1") -> None:
    """Type an order of somebody new, up to the button that places it."""
    page.goto("/orders/new")
    page.get_by_role("textbox", name="Name", exact=True).fill(name)
    page.get_by_role("textbox", name="Street and number").fill("12 Park Row")
    page.get_by_role("textbox", name="Postcode").fill("LS1 5HD")
    page.get_by_role("textbox", name="City").fill("Leeds")
    page.get_by_role("combobox", name="Country").select_option("GB")
    page.get_by_role("combobox", name="Product", exact=True).first.fill(sku)
    page.get_by_role("textbox", name="Quantity").first.fill(quantity)


def scan(page: Page, code: str) -> None:
    """Type a code and Enter as a scanner does: a hundredth of a second for each key, however long the browser takes over them."""
    keyboard, moment = page.context.new_cdp_session(page), time.time()
    for number, key in enumerate((*code, "Enter")):
        text, number_of_key = ("\r", 13) if key == "Enter" else (key, ord(key.upper()))
        pressed = {"key": key, "timestamp": moment + number / 100, "windowsVirtualKeyCode": number_of_key}
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **pressed})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})
    keyboard.detach()
