"""Taking back in real windows: lines in a dialog that keeps what was typed, a refund that a second person approves, goods put back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.furnishing import shelve
from tests.cast import Cast

LOOKS = {"desk-light-en": {}, "phone-dark-en": {"phone": True, "dark": True}}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in LOOKS.items()])
def test_lines_are_cancelled_and_goods_put_back(
    cast: Cast, open_browser: Callable[..., Page], look: Callable[[Page, str], None], way: dict[str, bool]
) -> None:
    sku = f"CUT-{len(way)}"
    number = cast.made(lambda: (shelve(cast, sku, 5), cast.shipment(lines=[(sku, 3)], state="packed").order.number)[1])
    manager, picker = open_browser("manager", **way), open_browser("picker", **way)
    manager.goto(f"/orders/{number}")
    look(manager, "order")
    manager.get_by_role("link", name="Cancel lines").click()
    dialog = manager.locator("#asked")
    units = dialog.get_by_role("textbox", name=sku.title())
    units.fill("4")
    dialog.get_by_role("button", name="Cancel these units").click()
    expect(dialog.get_by_text("Of this line 3 units can still be cancelled.")).to_be_visible()
    expect(units).to_have_value("4")
    look(manager, "wrong")
    assert violations(manager) == []
    units.fill("1")
    dialog.get_by_role("button", name="Cancel these units").click()
    expect(dialog).to_be_hidden()
    expect(manager.get_by_text("1 unit cancelled, its stock is free again")).to_be_visible()
    look(manager, "cut")

    picker.goto("/fulfilment/")
    goods = picker.locator("#to-put-back li", has_text=sku)
    expect(goods).to_be_visible()
    look(picker, "board")
    assert violations(picker) == []
    goods.get_by_role("button", name="It is back").click()
    expect(goods).to_be_hidden()


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in LOOKS.items()])
def test_a_clerk_asks_and_a_manager_approves(
    cast: Cast, open_browser: Callable[..., Page], look: Callable[[Page, str], None], way: dict[str, bool]
) -> None:
    sku = f"GIVE-{len(way)}"
    number = cast.made(lambda: (shelve(cast, sku, 5), cast.order(lines=[(sku, 3)], pay="transfer").number)[1])
    clerk, manager = open_browser("clerk", **way), open_browser("manager", **way)
    clerk.goto(f"/orders/{number}")
    clerk.get_by_role("link", name="Refund", exact=True).click()
    dialog = clerk.locator("#asked")
    dialog.get_by_label("Amount").fill("99")
    dialog.get_by_role("button", name="Ask for it").click()
    expect(dialog.locator("[aria-invalid=true]")).to_have_value("99")
    dialog.get_by_label("Amount").fill("12.50")
    dialog.get_by_label("Reason").select_option("damaged")
    dialog.get_by_role("textbox", name="Note").fill("The shade is scratched")
    look(clerk, "ask")
    assert violations(clerk) == []
    dialog.get_by_role("button", name="Ask for it").click()
    expect(clerk.get_by_text("Waits for approval")).to_be_visible()
    look(clerk, "asked")

    manager.goto("/refunds/")
    row = manager.get_by_role("row", name=number) if not way else manager.locator("tr", has_text=number)
    look(manager, "list")
    assert violations(manager) == []
    row.locator("summary", has_text="Approve").click()
    manager.get_by_role("dialog").get_by_role("button", name="Approve").click()
    expect(manager.locator("tr", has_text=number)).to_be_hidden()
    manager.goto(f"/orders/{number}")
    expect(manager.get_by_text("Approved by a second person")).to_be_visible()
    look(manager, "approved")
    assert violations(manager) == []
