"""Importing a file in real windows: mapped, looked at, mended, written with its progress shown, stopped; by phone and in Chinese."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.furnishing import shelve
from tests.browser.waiting import until
from tests.cast import Cast
from tests.imports.uploads import csv_file, order, xlsx_file

OWN = ["Order no", "Ship name", "Mail", "Wohin", "Town", "ZIP", "Country", "Item code", "Qty"]


def test_a_file_is_mapped_looked_at_mended_and_imported(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "FILE-1", 50))
    page = open_browser("clerk")
    wrong = [order("F-1", sku="FILE-1"), order("F-2", sku="FILE-9"), order("F-3", sku="FILE-1", quantity="0")]

    _choose(page, csv_file(wrong, OWN), "wrong.csv")
    expect(page.get_by_role("heading", level=1)).to_have_text("Columns of wrong.csv")
    expect(_column(page, "Order number")).to_have_value("0")
    expect(page.get_by_text("Not read from your file: Wohin")).to_be_visible()
    _column(page, "Street and number").select_option(label="Wohin")
    expect(page.get_by_text("12 Park Row")).to_be_visible()
    expect(page.get_by_text("Not read from your file")).to_have_count(0)
    page.get_by_role("button", name="Check the file").click()

    expect(page.get_by_text("2 things are wrong in this file")).to_be_visible()
    report = page.get_by_role("region", name="Report")
    expect(report).to_contain_text("There is no product “FILE-9”")
    expect(report.get_by_role("row", name="F-3")).to_contain_text("Quantity")
    page.get_by_role("link", name=re.compile("Refused")).click()
    expect(report.get_by_role("row")).to_have_count(3)
    expect(page).to_have_url(re.compile("show=refused"))

    page.get_by_role("link", name="Import another file").click()
    _send(page, csv_file([order(f"F-{at}", sku="FILE-1") for at in (1, 2, 3)], OWN), "mended.csv")
    expect(page.get_by_text("The columns are read as the last time.")).to_be_visible()
    page.get_by_role("button", name="Import everything").click()
    expect(page.get_by_role("link", name="See the orders")).to_be_visible()
    page.get_by_role("link", name="F-2").click()
    expect(page).to_have_url(re.compile(r"/orders/[0-9A-Z]{4}-[0-9A-Z]{4}$"))


def test_progress_is_shown_the_page_can_be_left_and_it_can_be_stopped(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "FILE-2", 3000))
    page = open_browser("manager")
    _choose(page, xlsx_file([order(f"P-{at}", sku="FILE-2") for at in range(1500)]), "many.xlsx")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Import everything").click()

    bar = page.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuemax", "1500")
    expect(bar).not_to_have_attribute("aria-valuenow", "0")
    page.get_by_role("link", name="Imports").first.click()
    expect(page.get_by_role("row", name="many.xlsx")).to_contain_text("Being imported")
    page.get_by_role("link", name="many.xlsx").click()
    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("It was stopped. What the report says is new is written")).to_be_visible()
    written = int(page.locator(".stat", has_text="New").locator(".value").inner_text())
    assert 0 < written < 1500
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_a_chinese_file_goes_in_by_phone_with_and_without_script(cast: Cast, open_browser: Callable[..., Page], script: bool) -> None:
    sku = f"CN-{script:d}"
    cast.made(lambda: shelve(cast, sku, 9))
    page = open_browser("clerk", phone=True, language="zh_Hans", script=script)
    heading = ["订单编号", "收货人", "联系电话", "收货地址", "商品编码", "数量"]
    text = csv_file([[f"{sku}-1", "张三", "13800138000", "浙江省杭州市西湖区文三路100号", sku, "2"]], heading).decode("utf-8-sig")

    page.goto("/imports/new")
    page.locator("[name=file]").set_input_files([{"name": "订单.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}])
    page.locator("form[enctype] button[type=submit]").click()
    # Without script nothing is remembered yet, or with it a second time.
    if "columns" in page.url:
        expect(page.locator("[name=encoding]")).to_have_value("gb18030")
        expect(page.locator("#columns-form")).to_contain_text("张三")
        page.locator("#columns-form .form-actions button").click()
    _until(page, script, page.locator("form[action$='/run'] button"))
    expect(page.locator("#import-state")).to_contain_text(f"{sku}-1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390 if script else True
    page.locator("form[action$='/run'] button").click()

    _until(page, script, page.get_by_role("link", name=f"{sku}-1"))
    page.get_by_role("link", name=f"{sku}-1").click()
    expect(page.get_by_role("main")).to_contain_text("文三路100号")


def _choose(page: Page, content: bytes, name: str) -> None:
    page.goto("/imports/new")
    _send(page, content, name)


def _send(page: Page, content: bytes, name: str) -> None:
    page.locator("[name=file]").set_input_files([{"name": name, "mimeType": "text/csv", "buffer": content}])
    page.get_by_role("button", name="Upload").click()


def _column(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


def _until(page: Page, script: bool, wanted: Locator) -> None:
    """Wait for something to come by itself; without script one has to look again."""
    if not script:
        until(page, lambda: wanted.count() or page.reload() is None)
    expect(wanted).to_be_visible()
