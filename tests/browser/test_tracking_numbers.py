"""The tracking number at dispatch, and a carrier's answer taken by hand, in real windows."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_parcels import a_shipment
from tests.cast import Cast

GOOD, WRONG = "1Z5R89390357567127", "1Z5R89390357567128"


def furnish(cast: Cast) -> None:
    """Two carriers whose numbers are checked."""
    cast.made(lambda: cast.carrier("UPS", name="UPS", number_form="ups"))
    cast.made(lambda: cast.carrier("RM", name="Royal Mail", number_form="s10"))


def test_the_carrier_is_chosen_while_the_number_is_typed(cast: Cast, open_browser: Callable[..., Page]) -> None:
    furnish(cast)
    reference, _number = a_shipment(cast, "NUM-1", 1, state="packed")
    page = open_browser("picker", phone=True)
    page.goto(f"/shipments/{reference}")
    carrier, number = page.get_by_label("Carrier"), page.get_by_label("Tracking number")

    number.fill("RB123456785GB")
    expect(page.locator("#number-hint")).to_have_text("This is a number of Royal Mail.")
    expect(carrier).to_have_value("RM")
    number.fill(GOOD)
    expect(page.locator("#number-hint")).to_have_text("This is a number of UPS.")
    expect(carrier).to_have_value("UPS")
    carrier.select_option("DHL")
    number.fill("RB123456785GB")
    expect(page.locator("#number-hint")).to_have_text("This is a number of Royal Mail.")
    expect(carrier).to_have_value("DHL")


def test_a_wrong_number_leaves_only_when_somebody_says_so(cast: Cast, open_browser: Callable[..., Page]) -> None:
    furnish(cast)
    reference, _number = a_shipment(cast, "NUM-2", 1, state="packed")
    page = open_browser("picker", phone=True)
    page.goto(f"/shipments/{reference}")

    page.get_by_label("Carrier").select_option("UPS")
    page.get_by_label("Tracking number").fill(WRONG)
    page.get_by_label("Tracking number").press("Enter")
    expect(page.get_by_text("its check digit is wrong")).to_be_visible()
    expect(page.get_by_label("Tracking number")).to_have_value(WRONG)
    page.get_by_label("Tracking number").press("Enter")
    expect(page.get_by_text("its check digit is wrong")).to_be_visible()
    page.get_by_role("button", name="Dispatch it all the same").tap()
    expect(page.get_by_text(f"Shipment {reference} is on its way.")).to_be_visible()


def test_an_answer_is_looked_over_then_taken(cast: Cast, open_browser: Callable[..., Page]) -> None:
    reference, _number = a_shipment(cast, "ANS-1", 1, state="packed")
    cast.made(lambda: cast.carrier("laposte", name="La Poste"))
    picker, clerk = open_browser("picker"), open_browser("clerk")
    picker.goto(f"/shipments/{reference}")
    picker.get_by_label("Carrier").select_option("laposte")
    picker.get_by_label("Tracking number").fill("EW112720413FR")
    picker.get_by_role("button", name="Dispatch the parcel").click()
    expect(picker.get_by_text(f"Shipment {reference} is on its way.")).to_be_visible()
    events = [{"code": code, "label": "Votre colis avance.", "date": f"2026-11-2{day}T08:00:00+01:00"} for day, code in ((2, "MD2"), (1, "ET1"))]

    clerk.goto(f"/shipments/{reference}")
    clerk.get_by_role("link", name="Take the carrier’s answer").click()
    clerk.get_by_label("Answer", exact=True).fill(json.dumps({"shipment": {"idShip": "EW112720413FR", "event": events}}))
    clerk.get_by_role("button", name="Show what it says").click()
    expect(clerk.get_by_role("cell", name="Out for delivery")).to_be_visible()
    expect(clerk.get_by_role("link", name=reference)).to_have_count(2)
    clerk.get_by_role("button", name="Take it").click()
    expect(clerk.get_by_text("2 events are new.")).to_be_visible()
    clerk.goto(f"/shipments/{reference}")
    expect(clerk.locator("#tracking").get_by_role("strong").filter(has_text="Out for delivery")).to_be_visible()
