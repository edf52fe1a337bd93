"""The list of orders in real windows: by keyboard, with filters, with many orders at once, on a phone, in Chinese."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from logistics.orders.filtering import Flag
from logistics.orders.holding import hold
from logistics.orders.models import HoldReason
from tests.browser.furnishing import shelve
from tests.browser.words import Words
from tests.cast import Cast

# Of each item: whether its words begin at the right of its icon, on the same height.
BESIDE = """items => items.map(item => {
  const words = document.createRange();
  words.selectNodeContents(item.lastChild);
  const [text, icon] = [words.getClientRects()[0], item.querySelector(".icon").getBoundingClientRect()];
  return text.left >= icon.right && icon.top >= text.top - 2 && icon.bottom <= text.bottom + 4;
})"""


def place(cast: Cast, sku: str, count: int, **facts: str) -> list[str]:
    """So many orders for one product of their own, the newest first."""
    return cast.made(lambda: (shelve(cast, sku, 200, **facts), [cast.order(lines=[(sku, 1)]).number for _order in range(count)])[1])[::-1]


def ticked(page: Page) -> Locator:
    """The ticked rows."""
    return page.locator("tbody input[form=bulk]:checked")


def test_rows_are_walked_ticked_held_and_opened_by_keyboard_alone(cast: Cast, open_browser: Callable[..., Page]) -> None:
    first, second, third = place(cast, "WALK-1", 3)
    page = open_browser("clerk")
    page.goto("/orders/?sku=WALK-1")

    for key in ("j", "x", "j", "j", "x", "k"):
        page.keyboard.press(key)
    expect(ticked(page)).to_have_count(2)
    expect(page.locator("[data-selected]")).to_have_text("2")
    expect(page.get_by_role("link", name=second)).to_be_focused()
    page.get_by_role("button", name="Hold").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Hold 2 orders?")
    expect(dialog).to_contain_text("2 orders stay in the house")
    dialog.get_by_role("combobox", name="Reason").select_option("fraud")
    dialog.get_by_role("button", name="Hold").press("Enter")

    report = page.locator("#report")
    expect(report).to_contain_text("2 orders are on hold.")
    expect(dialog).to_be_hidden()
    for number in (first, third):
        expect(page.get_by_role("row", name=number)).to_contain_text("On hold")
    expect(page.get_by_role("row", name=second)).not_to_contain_text("On hold")
    report.get_by_role("button", name="Dismiss").click()
    expect(report).to_be_empty()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/orders/({first}|{second}|{third})$"))


def test_what_is_refused_is_told_and_can_be_tried_again(cast: Cast, open_browser: Callable[..., Page]) -> None:
    place(cast, "MIXED-1", 1)
    gone = cast.made(lambda: cast.shipment(lines=[("MIXED-1", 1)], state="shipped").order.number)
    page = open_browser("manager")
    page.goto("/orders/?sku=MIXED-1")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("button", name="Cancel orders").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 order is cancelled for good")
    expect(dialog).to_contain_text("1 order was shipped or cancelled before")
    dialog.get_by_role("button", name="Cancel orders").click()

    report = page.locator("#report")
    expect(report).to_contain_text("1 order is cancelled.")
    expect(report).to_contain_text(f"{gone} Order {gone} has been shipped")
    report.get_by_role("button", name="Try these again").click()
    expect(report).not_to_contain_text("1 order is cancelled.")
    expect(report).to_contain_text("1 order was refused:")


def test_on_a_phone_each_consequence_stands_beside_its_sign(cast: Cast, open_browser: Callable[..., Page]) -> None:
    place(cast, "SIGN-1", 1)
    cast.made(lambda: cast.shipment(lines=[("SIGN-1", 1)], state="shipped"))
    page = open_browser("manager", phone=True)
    page.goto("/orders/?sku=SIGN-1")
    for box in page.locator("tbody input[form=bulk]").all():
        box.check()
    page.get_by_role("button", name="Hold").click()
    consequences = page.get_by_role("dialog", name="Hold 2 orders?").locator("li")

    expect(consequences).to_have_count(2)
    assert consequences.evaluate_all(BESIDE) == [True, True]


def test_the_menu_of_views_shuts_behind_what_was_chosen(cast: Cast, open_browser: Callable[..., Page]) -> None:
    place(cast, "SHUT-1", 1)
    page = open_browser("clerk")
    page.goto("/orders/?sku=SHUT-1")
    page.locator("#views-menu summary").click()
    page.get_by_role("link", name="Keep this view").click()
    expect(page.get_by_role("dialog", name="Keep this view")).to_be_visible()

    expect(page.locator("#views-menu")).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator("#views-menu summary")).to_be_focused()


@pytest.mark.parametrize("phone", [False, True])
def test_the_filters_fit_where_they_stand(cast: Cast, open_browser: Callable[..., Page], phone: bool) -> None:
    sku = f"FITS-{int(phone)}"
    place(cast, sku, 1)
    page = open_browser("clerk", phone=phone)
    page.goto(f"/orders/?sku={sku}")
    page.locator("#orders-filters summary").click()
    expect(page.get_by_label("From", exact=True)).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    right = page.locator("#filter-days").bounding_box()
    for box in (page.get_by_label("To", exact=True).bounding_box(), page.locator("#filter-product").bounding_box()):
        assert right
        assert box
        assert box["x"] + box["width"] <= right["x"] + right["width"] + 0.5


def test_ticks_go_by_ranges_and_stay_while_the_list_takes_in_news(cast: Cast, open_browser: Callable[..., Page]) -> None:
    numbers = place(cast, "RANGE-1", 6)
    page = open_browser("clerk")
    page.goto("/orders/?sku=RANGE-1")
    page.get_by_role("checkbox", name=numbers[1]).check()
    page.get_by_role("checkbox", name=numbers[4]).click(modifiers=["Shift"])
    expect(ticked(page)).to_have_count(4)
    expect(page.get_by_role("checkbox", name="Select all on this page")).to_have_js_property("indeterminate", True)

    newest = cast.made(lambda: cast.order(lines=[("RANGE-1", 1)]).number)
    expect(page.get_by_role("link", name=newest)).to_be_visible()
    expect(ticked(page)).to_have_count(4)
    assert [box.get_attribute("value") for box in ticked(page).all()] == numbers[1:5]
    page.get_by_role("button", name="Select nothing").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_all_that_fit_are_held_beyond_the_page(cast: Cast, open_browser: Callable[..., Page]) -> None:
    place(cast, "MANY-1", 53)
    page = open_browser("clerk")
    page.goto("/orders/?sku=MANY-1")
    page.get_by_role("checkbox", name="Select all on this page").check()
    page.get_by_role("checkbox", name="All that fit").check()
    page.locator(".bulk").get_by_role("button", name="Hold").click()
    dialog = page.get_by_role("dialog", name="Hold 53 orders?")
    dialog.get_by_role("button", name="Hold").click()
    expect(page.locator("#report")).to_contain_text("53 orders are on hold.")


def test_filters_stand_in_the_address_and_back_leads_to_them(cast: Cast, open_browser: Callable[..., Page]) -> None:
    numbers = place(cast, "KEEP-1", 3, name="Keepsake box")
    cast.made(lambda: hold(cast.session, number=numbers[1], reason=HoldReason.FRAUD, by=cast.actor()))
    page = open_browser("clerk")
    page.goto("/orders/?sort=newest")
    page.get_by_text("Filters", exact=True).click()
    box = page.get_by_role("combobox", name="Product")
    box.press_sequentially("keepsake", delay=20)
    page.locator(".listbox [role=option]:visible").click()
    expect(page).to_have_url(re.compile(r"/orders/\?sku=KEEP-1$"))
    page.get_by_role("checkbox", name="On hold").check()
    expect(page).to_have_url(re.compile(r"/orders/\?flags=held&sku=KEEP-1$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("#filter-count")).to_have_text("2")
    page.keyboard.press("Escape")

    page.get_by_role("link", name=numbers[1]).click()
    expect(page.locator("h1")).to_contain_text(numbers[1])
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name=re.compile("On hold")).click()
    expect(page).to_have_url(re.compile(r"/orders/\?sku=KEEP-1$"))
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_text("Filters", exact=False).first.click()
    expect(page.get_by_role("checkbox", name="On hold")).not_to_be_checked()
    page.get_by_label("Sort by").select_option("oldest")
    expect(page.locator("tbody tr").first).to_contain_text(numbers[2])
    page.go_back()
    expect(page).to_have_url(re.compile(r"flags=held"))


def test_a_view_is_kept_opened_and_shown_first(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = place(cast, "VIEW-1", 2)[0]
    cast.made(lambda: hold(cast.session, number=number, reason=HoldReason.OTHER, by=cast.actor()))
    page = open_browser("manager")
    page.goto("/orders/?sku=VIEW-1&flags=held")
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="Keep this view").click()
    dialog = page.get_by_role("dialog", name="Keep this view")
    dialog.get_by_role("textbox", name="Name").fill("Held things")
    dialog.get_by_role("checkbox", name="Show it first").check()
    dialog.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("is kept.")).to_be_visible()

    page.goto("/")
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Orders").click()
    expect(page).to_have_url(re.compile(r"/orders/\?flags=held&sku=VIEW-1$"))
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("#views-menu summary").click()
    page.get_by_role("link", name="Arrange views").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("#views")).to_contain_text("None yet.")
    page.goto("/orders/")
    expect(page).to_have_url(re.compile(r"/orders/$"))


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_a_phone_shows_cards_that_can_be_ticked(cast: Cast, open_browser: Callable[..., Page], language: str) -> None:
    sku = f"PHONE-{language[:2].upper()}"
    first, second = place(cast, sku, 2)
    page = open_browser("clerk", phone=True, language=language, dark=language != "en")
    page.goto(f"/orders/?sku={sku}")
    page.locator(f'input[value="{first}"]').tap()
    bar = page.locator(".bulk")
    expect(bar).to_be_in_viewport()
    page.locator("[data-select-page]").tap()
    expect(page.locator("[data-selected]")).to_have_text("2")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar.locator("button[value=hold]").tap()
    expect(page.locator("#asked")).to_be_visible()
    page.locator("#asked form button[type=submit]").tap()
    expect(page.locator("#report")).not_to_be_empty()
    expect(page.locator("tbody tr", has_text=second).locator(".badge")).to_have_count(2)


def test_chinese_words_and_whole_numbers_find_orders_while_one_types(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = place(cast, "TEA-1", 1, name="西湖龙井茶")[0]
    place(cast, "TEA-2", 1, name="Black tea")
    words = Words("zh_Hans")
    page = open_browser("clerk", language="zh_Hans")
    page.goto("/orders/?sort=newest")
    box = page.get_by_role("searchbox", name=words("Search orders"))
    box.press_sequentially("龙井", delay=30)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text(number)
    box.fill(number.replace("-", "").lower())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/orders/{number}$"))


def test_without_javascript_orders_are_filtered_and_held_all_the_same(cast: Cast, open_browser: Callable[..., Page]) -> None:
    first, second = place(cast, "STILL-1", 2)
    page = open_browser("clerk", script=False)
    page.goto("/orders/?sku=STILL-1")
    page.get_by_role("checkbox", name=first).check()
    page.locator(".bulk button[value=hold]").click()
    expect(page.locator("h1")).to_have_text("Hold 1 order?")
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("1 order is on hold.")).to_be_visible()
    page.goto("/orders/?sku=STILL-1")
    page.locator("#orders-filters summary").click()
    page.locator(f"#flag-{Flag.HELD}").check()
    page.locator("#orders-filters").get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("row", name=second)).to_have_count(0)
