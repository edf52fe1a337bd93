"""Forms as people fill them in."""

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
