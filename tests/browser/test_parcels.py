"""Picking with thumbs and scanners, and parcels on their way, in real windows."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from logistics.fulfilment.models import Shipment, ShipmentLine
from tests.browser.forms import scan
from tests.browser.furnishing import shelve
from tests.browser.waiting import look_for_news, until
from tests.cast import Cast


def a_shipment(cast: Cast, sku: str, units: int, *, state: str = "pending") -> tuple[str, str]:
    """The reference of a shipment of one product, and the number of its order."""

    def make() -> tuple[str, str]:
        shelve(cast, sku, units, name=f"{sku.title()} thing")
        cast.carrier()
        shipment: Shipment = cast.shipment(lines=[(sku, units)], state=state)
        return shipment.reference, shipment.order.number

    reference, number = cast.made(make)
    return str(reference), str(number)


def test_taps_add_up_however_fast_they_come_and_whoever_taps(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, _number = a_shipment(cast, "TAP-1", 20)
    first, second = open_browser("picker", phone=True), open_browser("manager", phone=True)
    for page in (first, second):
        page.goto(f"/shipments/{reference}")

    for tap in range(6):
        first.get_by_role("button", name="One more of TAP-1").tap()
        second.get_by_role("button", name="One more of TAP-1").tap()
        if tap == 2:
            # Not as the last: on the way to twelve it would be eleven, too, before all the taps have come.
            second.get_by_role("button", name="One less of TAP-1").tap()

    expect(second.locator("#picking-count")).to_contain_text("of 20")
    # A reload would lose the taps that still queue in a window.
    until(first, lambda: _picked(cast, reference) == 11)
    first.reload()
    expect(first.locator("#picking-count")).to_have_text("11 of 20")
    first.get_by_role("textbox", name="Picked of TAP-1").fill("15")
    first.get_by_role("textbox", name="Picked of TAP-1").press("Enter")
    expect(first.locator("#picking-count")).to_have_text("15 of 20")


def test_a_scanner_never_loses_its_place(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, _number = a_shipment(cast, "SCAN-1", 5)
    page = open_browser("picker", phone=True)
    page.goto(f"/shipments/{reference}")

    for count in range(1, 5):
        page.keyboard.type("scan-1")
        page.keyboard.press("Enter")
        expect(page.locator("#picking-count")).to_have_text(f"{count} of 5")
        expect(page.locator("#scan")).to_be_focused()
        expect(page.locator("#scan")).to_have_value("")


def test_no_scan_is_lost_while_the_last_one_is_on_its_way_and_no_scan_answers_an_alarm(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, _number = a_shipment(cast, "FAST-1", 9)
    page = open_browser("picker", phone=True)
    page.goto(f"/shipments/{reference}")

    for _scan in range(7):
        page.keyboard.type("FAST-1")
        page.keyboard.press("Enter")
    expect(page.locator("#picking-count")).to_have_text("7 of 9")
    for code in ("NONE", "FAST-1", "FAST-1"):
        scan(page, code)
        expect(page.get_by_role("alertdialog", name="Wrong item")).to_be_visible()
    expect(page.locator("#picking-count")).to_have_text("7 of 9")
    page.wait_for_timeout(600)  # a person looks first, and is no scanner by that
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(page.locator("#scan")).to_be_focused()


def test_without_javascript_a_parcel_is_picked_packed_sent_and_delivered(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, number = a_shipment(cast, "BARE-1", 3)
    page = open_browser("manager", script=False)
    page.goto("/fulfilment/")
    page.locator("#to-pick").get_by_role("link", name=number).click()

    page.get_by_role("textbox", name="Scan what you take, one scan for each unit").fill("WRONG")
    page.get_by_role("button", name="Count").click()
    page.get_by_role("alertdialog").get_by_role("link", name="Understood").click()
    page.get_by_role("button", name="One more of BARE-1").click()
    expect(page.locator("#picking-count")).to_have_text("1 of 3")
    expect(page.get_by_text("2 units are not picked.")).to_be_visible()
    page.get_by_role("button", name="Pack 1 unit now, the rest later").click()
    page.get_by_role("textbox", name="Tracking number").fill(f"JD {reference}")
    page.get_by_role("button", name="Dispatch the parcel").click()
    expect(page.get_by_text("is on its way.")).to_be_visible()

    page.get_by_role("link", name="Record an event").click()
    page.get_by_role("textbox", name="Place").fill("Leeds")
    page.get_by_role("button", name="Record the event").click()
    expect(page.locator("#tracking")).to_contain_text("Leeds")
    page.get_by_role("link", name="Delivered, signed").click()
    page.get_by_role("textbox", name="Who signed").fill("M. Park")
    page.get_by_role("button", name="Record the delivery").click()
    expect(page.locator("#facts")).to_contain_text("Delivered")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Customer’s page").click()
    theirs = opened.value
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Part of your order is on its way, the rest follows.")
    expect(theirs.get_by_text("Handed to the recipient")).to_have_count(0)
    theirs.get_by_role("link", name="Do more").click()
    theirs.get_by_role("textbox", name="E-mail, postcode or the last 4 digits of your phone").fill("LS1 5HD")
    theirs.get_by_role("button", name="Go on").click()
    expect(theirs.get_by_text("Handed to the recipient")).to_be_visible()


def test_what_is_being_typed_survives_what_happens_meanwhile(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, number = a_shipment(cast, "TYPE-1", 1, state="shipped")
    clerk, other = open_browser("clerk"), open_browser("manager")
    clerk.goto(f"/orders/{number}")
    clerk.get_by_role("link", name="Record an event").click()
    clerk.get_by_role("textbox", name="Place").fill("Wakefield")

    other.goto(f"/shipments/{reference}/tracking-events/new")
    other.get_by_role("textbox", name="Place").fill("Bradford")
    other.get_by_role("button", name="Record the event").click()
    expect(other.locator("#tracking")).to_contain_text("Bradford")
    assert not any(look_for_news(clerk).values()), "it waits for who is writing"

    expect(clerk.get_by_role("textbox", name="Place")).to_have_value("Wakefield")
    clerk.get_by_role("button", name="Record the event").click()
    expect(clerk.locator("#tracking")).to_contain_text("Bradford")
    expect(clerk.locator("#shipments")).to_contain_text("In transit")


def _picked(cast: Cast, reference: str) -> int:
    picked = select(func.sum(ShipmentLine.picked)).join(Shipment).where(Shipment.reference == reference)
    return int(cast.made(lambda: cast.session.scalar(picked)) or 0)
