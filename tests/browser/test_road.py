"""The list of parcels on their way and the carriers' form, in real windows."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.tracking.models import EventSource, TrackingStatus
from logistics.tracking.recording import Report, record
from tests.browser.furnishing import shelve
from tests.cast import Cast


def a_late_parcel(cast: Cast, sku: str, carrier: str) -> tuple[str, str]:
    """The references of a parcel that is two days late and of one that is not, both of this carrier."""

    def make() -> tuple[str, str]:
        shelve(cast, sku, 9, name=f"{sku.title()} thing")
        parcels = [cast.shipment(lines=[(sku, 1)], state="shipped") for _number in range(2)]
        for parcel, days in zip(parcels, (-2, 3), strict=True):
            parcel.carrier_id = cast.carrier(carrier).id
            parcel.expected_from = parcel.expected_to = clock.today("UTC") + timedelta(days=days)
            parcel.expected_by = "history"
        return parcels[0].reference, parcels[1].reference

    late, on_time = cast.made(make)
    return str(late), str(on_time)


def test_a_late_parcel_is_found_looked_at_and_seen_to_arrive(cast: Cast, open_browser: Callable[..., Page]) -> None:
    late, on_time = a_late_parcel(cast, "ROAD-1", "LATECO")
    page = open_browser("clerk")
    page.goto("/shipments/")
    page.get_by_label("Carrier", exact=True).select_option("LATECO")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("carrier=LATECO"))
    expect(page.locator("tbody tr").first).to_contain_text("Late by 2 days")

    page.get_by_role("link", name=re.compile("^Late")).first.click()
    expect(page.get_by_role("link", name=on_time)).to_have_count(0)
    page.get_by_role("link", name=late).click()
    expect(page.get_by_text("Late: it was expected by")).to_be_visible()
    expect(page.get_by_role("link", name="Open the shipment")).to_be_visible()

    cast.made(lambda: record(cast.session, reference=late, report=_delivered(), by=SYSTEM))
    page.goto("/shipments/?tab=delivered&carrier=LATECO")
    expect(page.get_by_role("link", name=late)).to_be_visible()


def test_the_list_is_cards_on_a_phone_and_whole_without_a_script(cast: Cast, open_browser: Callable[..., Page]) -> None:
    late, _on_time = a_late_parcel(cast, "ROAD-2", "CARDCO")
    page = open_browser("picker", phone=True, script=False)
    page.goto("/shipments/?carrier=CARDCO")
    page.get_by_label("State").select_option("shipped")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("state=shipped"))
    expect(page.get_by_text("Late by 2 days")).to_be_visible()
    page.get_by_role("link", name=late).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(late)


def test_services_of_a_carrier_come_and_go_and_are_saved(cast: Cast, open_browser: Callable[..., Page]) -> None:
    page = open_browser("manager")
    page.goto("/settings/carriers/new")
    page.locator("#name").fill("Rowan Parcel")
    page.locator("#code").fill("ROWAN")
    for code in ("express", "night"):
        page.get_by_role("button", name="Add a service").click()
        row = page.locator("#services > li").last
        row.get_by_label("Code").fill(code)
        row.get_by_label("Name").fill(code.title())
    page.locator("#services > li").first.get_by_role("button", name="Remove this service").click()
    expect(page.locator("#services > li")).to_have_count(1)
    page.get_by_label("Same region: Fewest days").fill("two")
    page.get_by_role("button", name="Add carrier").click()
    expect(page.get_by_text("Write whole days")).to_be_visible()
    page.get_by_label("Same region: Fewest days").fill("2")
    page.get_by_role("button", name="Add carrier").click()
    expect(page.get_by_text("Rowan Parcel takes parcels now.")).to_be_visible()

    page.get_by_role("link", name="Rowan Parcel").click()
    expect(page.locator("#services > li").get_by_label("Name")).to_have_value("Night")
    expect(page.get_by_label("Same region: Most days")).to_have_value("2")


def _delivered() -> Report:
    return Report(TrackingStatus.DELIVERED, clock.now(), source=EventSource.CARRIER)
