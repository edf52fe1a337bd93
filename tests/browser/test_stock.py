"""Stock in real windows: corrected in its row, explained over the page, received by a scanner on a phone; and all of it without JavaScript."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Reason, StockLevel
from tests.browser.furnishing import shelve
from tests.browser.waiting import note_flashes, until
from tests.cast import Cast


def test_stock_is_corrected_in_its_row_and_the_row_keeps_the_keyboard(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "ROW-1", 9, name="Rowing lamp"), cast.order(lines=[("ROW-1", 4)]))[1].number)
    page = open_browser("picker")
    page.goto("/stock/?q=rowing")
    row = page.locator("#stock-table tbody tr")

    row.get_by_role("link", name="Adjust").click()
    change = page.get_by_label("Change by")
    expect(change).to_be_focused()
    page.keyboard.type("-6")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Say why.")).to_be_visible()
    expect(change).to_have_value("-6")
    page.get_by_label("Reason").select_option("lost")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("4 units are reserved.")
    expect(page.get_by_role("link", name=number)).to_have_attribute("href", f"/orders/{number}")
    change.fill("-2")
    is_lit_up = note_flashes(page)
    page.keyboard.press("Enter")

    expect(page.locator("#toast")).to_contain_text("ROW-1 in LEEDS: 7 on hand.")
    expect(row.locator("td[data-label='On hand']")).to_have_text("7")
    until(page, lambda: is_lit_up(row.get_attribute("id") or ""))
    expect(row).to_be_focused()


def test_two_rows_may_be_open_at_once_and_one_is_left_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "TWO-1", 9, name="Twofold A"), shelve(cast, "TWO-2", 9, name="Twofold B")))
    page = open_browser("picker")
    page.goto("/stock/?q=twofold")
    for _row in range(2):
        page.get_by_role("link", name="Adjust").first.click()
        expect(page.locator("tr.editing")).to_have_count(_row + 1)
    second = page.locator("tr.editing").nth(1)

    second.get_by_label("or counted").fill("5")
    page.locator("tr.editing").nth(0).get_by_role("link", name="Cancel").click()
    expect(page.locator("tr.editing")).to_have_count(1)
    page.locator("tr.editing").get_by_role("button", name="Save").click()

    expect(page.locator("#stock-table tbody tr").nth(1)).to_contain_text("5")
    expect(page.locator("#stock-table tbody tr").nth(0).locator("td[data-label='On hand']")).to_have_text("9")


def test_a_number_opens_the_rows_that_make_it_and_closing_gives_the_keyboard_back(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "WHY-1", 9, name="Why lamp"), cast.order(lines=[("WHY-1", 3)]))[1].number)
    page = open_browser("clerk")
    page.goto("/stock/?q=why")
    available = page.locator("td[data-label='Available'] a")

    available.click()

    dialog = page.get_by_role("dialog", name="Why this number?")
    expect(dialog).to_contain_text(number)
    expect(dialog.locator("tfoot")).to_contain_text("6")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(available).to_be_focused()


def test_the_table_follows_the_others_and_waits_for_who_is_writing(cast: Cast, town: object, open_browser: Callable[..., Page]) -> None:
    level_id = cast.made(lambda: (shelve(cast, "LIVE-1", 9, name="Lively lamp"), _level(cast, "LIVE-1"))[1])
    page, writer = open_browser("clerk"), open_browser("picker")
    for window in (page, writer):
        window.goto("/stock/?q=lively")
    writer.get_by_role("link", name="Adjust").click()
    writer.get_by_label("or counted").fill("8")

    cast.made(lambda: adjust(db.session(), level_id=level_id, change=-4, reason=Reason.LOST, by=SYSTEM))

    expect(page.locator("td[data-label='On hand']")).to_have_text("5")
    expect(page.get_by_role("searchbox", name="Search stock")).to_have_value("lively")
    expect(writer.get_by_label("or counted")).to_have_value("8")
    writer.get_by_role("button", name="Save").click()
    expect(writer.get_by_role("alert")).to_contain_text("5 are on hand now. Count again.")


def test_goods_are_received_on_a_phone_scan_after_scan(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "BEEP-1", 1, name="Beeping lamp", gtin="4056489644163"), shelve(cast, "BEEP-2", 1, name="Beeping shade")))
    page = open_browser("picker", phone=True)
    page.goto("/receipts/new")
    box = page.get_by_role("combobox", name="Product")
    expect(box).to_be_focused()

    for code, rows in (("4056489644163", 1), ("BEEP-2", 2), ("4056489644163", 2)):
        page.keyboard.type(code)  # a scanner types at once and ends with Enter
        page.keyboard.press("Enter")
        expect(box).to_have_value("")
        expect(page.locator("#receipt-lines > li")).to_have_count(rows)
    expect(page.locator("#receipt-lines > li").first).to_contain_text("Beeping lamp")
    expect(page.get_by_role("textbox", name="Quantity").first).to_have_value("2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("textbox", name="Quantity").nth(1).fill("12")
    page.get_by_role("button", name="Take into stock").click()

    expect(page.get_by_text("14 units are in stock now.")).to_be_visible()
    expect(page).to_have_url(re.compile("/receipts/$"))


def test_without_script_stock_is_received_corrected_and_explained_all_the_same(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "PLAIN-1", 5, name="Plain lamp"))
    page = open_browser("manager", script=False)
    page.goto("/receipts/new")
    page.get_by_role("combobox", name="Product").fill("plain-1")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Quantity").fill("7")
    page.get_by_role("button", name="Take into stock").click()
    expect(page.locator("#receipts-table")).to_contain_text("Plain lamp")

    page.goto("/stock/PLAIN-1")
    page.get_by_role("link", name="Adjust").click()
    page.get_by_label("or counted").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/stock/PLAIN-1$"))
    page.locator("td[data-label='On hand'] a").click()

    expect(page.get_by_text("10 units are on hand")).to_be_visible()


def _level(cast: Cast, sku: str) -> int:
    return cast.session.query(StockLevel.id).filter_by(product_id=cast.product(sku).id).scalar()
