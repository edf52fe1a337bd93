"""Lists that follow what happens elsewhere, and rows that are edited where they stand."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.cast import Cast


def test_an_order_placed_elsewhere_appears_without_moving_what_one_looks_at(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: [shelve(cast, "LIVE-1", 99), *(cast.order(lines=[("LIVE-1", 1)]) for _order in range(30))])
    list_window, other = open_browser("clerk"), open_browser("manager")
    list_window.goto("/orders/")
    row = list_window.get_by_role("region", name="Orders").get_by_role("row").nth(20)
    row.scroll_into_view_if_needed()
    row.get_by_role("cell").first.click()
    expect(list_window.locator("#preview").get_by_role("link", name="Open the order")).to_be_visible()
    selected, place = row.get_attribute("id"), _top(row)

    _place(other, "Nina New", "live-1")

    appeared = list_window.get_by_role("row").filter(has_text="Nina New")
    expect(appeared).to_have_count(1)
    row = list_window.locator(f"#{selected}")
    expect(row).to_have_class("open")
    assert abs(_top(row) - place) <= 2, "the row stands where it stood"
    assert list_window.evaluate("document.activeElement.closest('tr')?.id") == selected


def test_a_list_that_follows_leaves_typed_text_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: (shelve(cast, "TYPED-2", 9), cast.order(lines=[("TYPED-2", 1)])))
    list_window, other = open_browser("clerk"), open_browser("manager")
    list_window.goto("/orders/")
    box = list_window.get_by_role("searchbox", name="Search orders")
    box.press_sequentially("typed-2")
    rows = list_window.get_by_role("region", name="Orders").get_by_role("row")
    expect(rows).to_have_count(2)

    _place(other, "Tina Typed", "typed-2")
    list_window.wait_for_timeout(6_000)
    expect(box).to_be_focused()
    expect(box).to_have_value("typed-2")
    box.press("Tab")

    expect(rows.filter(has_text="Tina Typed")).to_have_count(1)
    expect(rows).to_have_count(3)
    expect(box).to_have_value("typed-2")


def test_stock_is_corrected_in_its_row(cast: Cast, open_browser: Callable[..., Page]) -> None:
    cast.made(lambda: shelve(cast, "ROW-1", 7))
    page = open_browser("picker")
    page.goto("/stock/?q=row-1")
    row = page.get_by_role("row").filter(has_text="ROW-1")
    row.get_by_role("link", name="Adjust").click()
    form = page.get_by_role("form", name="Adjust ROW-1 in LEEDS")
    expect(form.get_by_role("textbox", name="Change by")).to_be_focused()

    page.keyboard.type("-2")
    form.get_by_role("combobox", name="Reason").select_option("Damaged")
    form.get_by_role("textbox", name="Change by").press("Enter")

    expect(row.get_by_role("cell").nth(1)).to_have_text("5")
    expect(page.get_by_role("status")).to_contain_text("ROW-1 in LEEDS: 5 on hand.")
    assert page.url.endswith("/stock/?q=row-1")
    expect(form).to_have_count(0)


def test_a_correction_below_what_is_reserved_names_the_order_and_keeps_what_was_typed(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "HELD-1", 4), cast.order(lines=[("HELD-1", 3)]))[1].number)
    page = open_browser("picker")
    page.goto("/stock/?q=held-1")
    page.get_by_role("row").filter(has_text="HELD-1").get_by_role("link", name="Adjust").click()
    form = page.get_by_role("form", name="Adjust HELD-1 in LEEDS")
    form.get_by_role("textbox", name="Change by").fill("-2")
    form.get_by_role("combobox", name="Reason").select_option("Damaged")

    with page.expect_response(lambda response: response.request.method == "POST") as answer:
        form.get_by_role("button", name="Save").click()

    assert answer.value.status == 409
    expect(form.get_by_role("alert")).to_contain_text("3 units are reserved.")
    expect(form.get_by_role("link", name=number)).to_be_visible()
    expect(form.get_by_role("textbox", name="Change by")).to_have_value("-2")
    form.get_by_role("textbox", name="Change by").fill("-1")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="HELD-1").get_by_role("cell").nth(1)).to_have_text("3")


def _place(page: Page, name: str, sku: str) -> None:
    type_order(page, name, sku)
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#order-status")).to_have_text("Unpaid")


def _top(row: Locator) -> float:
    box = row.bounding_box()
    assert box is not None
    return box["y"]
