"""Orders that wait, in real windows: held and let go on, given more time, swept when nobody pays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from logistics.core import clock
from logistics.orders.models import Order
from logistics.orders.tasks import expire_unpaid
from tests.browser.furnishing import shelve
from tests.cast import Cast


@pytest.mark.parametrize("phone", [False, True])
def test_a_hold_stops_a_parcel_until_it_is_resumed(cast: Cast, open_browser: Callable[..., Page], phone: bool) -> None:
    sku = f"HOLD-{phone:d}"
    cast.made(cast.carrier)
    number, reference = cast.made(lambda: _packed(cast, sku))
    clerk, picker = open_browser("clerk"), open_browser("picker", phone=phone)
    picker.goto(f"/shipments/{reference}")
    expect(picker.get_by_role("button", name="Dispatch the parcel")).to_be_visible()

    clerk.goto(f"/orders/{number}")
    clerk.locator("summary", has_text="Hold").click()
    dialog = clerk.get_by_role("dialog")
    dialog.get_by_label("Reason").select_option("address")
    dialog.get_by_role("textbox", name="Note").fill("The street is missing")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(clerk.locator("#order-status")).to_contain_text("On hold")
    expect(clerk.get_by_text("This order is on hold: The address must be checked.")).to_be_visible()
    expect(dialog).to_be_hidden()

    picker.get_by_role("textbox", name="Tracking number").fill(f"JD{sku}")
    picker.get_by_role("button", name="Dispatch the parcel").click()
    expect(picker.get_by_role("alert")).to_contain_text("is on hold. Resume it first.")
    expect(picker.get_by_role("textbox", name="Tracking number")).to_have_value(f"JD{sku}")
    picker.reload()
    expect(picker.get_by_text("The street is missing")).to_be_visible()
    expect(picker.get_by_role("textbox", name="Tracking number")).to_be_hidden()

    clerk.get_by_role("button", name="Resume").click()
    expect(clerk.locator("#order-status")).not_to_contain_text("On hold")
    expect(clerk.locator("summary", has_text="Hold")).to_be_visible()
    expect(picker.get_by_role("textbox", name="Tracking number")).to_be_visible()


def test_more_time_is_given_in_place_and_a_wrong_day_is_said_beside_its_box(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "TIME-1", 5), cast.order(lines=[("TIME-1", 1)]).number)[1])
    page = open_browser("clerk")
    page.goto(f"/orders/{number}")
    day = (clock.now() + timedelta(days=40)).date().isoformat()

    page.locator("summary", has_text="More time").click()
    page.get_by_label("Keep its stock until").fill("2026-01-01")
    page.get_by_role("button", name="Give it more time").click()
    expect(page.get_by_text("Choose a later day")).to_be_visible()
    page.get_by_label("Keep its stock until").fill(day)
    page.get_by_role("button", name="Give it more time").click()

    expect(page.get_by_text(f"If it is not paid by {day} 23:59")).to_be_visible()
    expect(page.get_by_label("Keep its stock until")).to_be_hidden()


def test_an_order_left_unpaid_is_swept_before_ones_eyes(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "TIME-2", 5), cast.order(lines=[("TIME-2", 1)]).number)[1])
    page = open_browser("clerk")
    page.goto(f"/orders/{number}")
    expect(page.locator("#order-deadline")).to_be_visible()

    cast.made(lambda: _run_out(cast, number))
    expire_unpaid()

    expect(page.get_by_text("This order was cancelled.")).to_be_visible()
    expect(page.locator("#order-history")).to_contain_text("It was not paid in time")


def _packed(cast: Cast, sku: str) -> tuple[str, str]:
    shelve(cast, sku, 5)
    shipment = cast.shipment(lines=[(sku, 1)], state="packed")
    return shipment.order.number, shipment.reference


def _run_out(cast: Cast, number: str) -> None:
    cast.session.execute(update(Order).where(Order.number == number).values(expires_at=clock.now()))
