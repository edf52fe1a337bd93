"""Nothing on any page keeps people out: axe finds no violation of WCAG 2.2 AA, and whatever opens can be used by keyboard."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.imports.models import ImportOutcome, ImportRow
from logistics.imports.uploading import upload
from logistics.orders.cancelling import cancel
from logistics.orders.collecting import approve_cod
from logistics.orders.correcting import correct_transfer
from logistics.orders.drafting import DraftContent, save_draft
from logistics.orders.holding import hold
from logistics.orders.importing import NEW_ORDERS
from logistics.orders.linking import public_link
from logistics.orders.models import CancelReason, HoldReason
from logistics.orders.paying import record_transfer
from logistics.orders.pricing import Discount
from logistics.payments.document_queries import documents_of
from logistics.payments.queries import payments_of
from logistics.shops.mapping import map_product
from logistics.shops.models import CodeKind
from logistics.shops.receiving import find_hook, receive
from logistics.staff.permissions import KEYED
from logistics.tracking.incidents import open_incident, resolve_incident
from logistics.tracking.models import CarrierCode, CarrierDelivery, ParcelIncidentKind, ProofKind, TrackingStatus
from logistics.tracking.recording import Report, record, record_delivery
from logistics.tracking.taking import take
from tests.api.programs import make_key
from tests.browser.axe import violations
from tests.browser.forms import type_order
from tests.browser.furnishing import shelve
from tests.cast import Cast
from tests.imports.uploads import csv_file
from tests.imports.uploads import order as import_line
from tests.shops.platforms import open_shop, shopify_order, work_off
from tests.tracking.carriers import open_hook, reading, said
from tests.tracking.pictures import drawn

# Every page of each room; what stands in braces is made by `things`.
ROOMS = {
    "the door": ["/sign-in", "{track_new}", "{track_sent}", "{track_delivered}", "/track/nothing"],
    # Behind a second fact they are looked at in test_customers_pages.py.
    "the customer's doors": [
        "/track",
        "/track/links",
        "{track_sent}/identity",
        "{track_sent}/receipt",
        "{track_delivered}/problem",
        "{track_new}/address",
        "{track_new}/updates",
        "{track_new}/updates/x",
    ],
    "home": ["/", "/search?q=axe", "/search?q=nothing-like-it", "/nowhere"],
    "orders": ["/orders/", "/orders/?q=nothing-like-it", "/orders/new", "/orders/new?customer_id={customer}"],
    "drafts": ["/orders/drafts", "/orders/drafts?q=nothing-like-it", "/orders/drafts/{draft}", "/orders/new?like={paid}"],
    "an order": ["/orders/{unpaid}", "/orders/{paid}", "/orders/{delivered}", "/orders/{cancelled}", "/orders/{held}", "/shipments/{held_parcel}"],
    "taxes": ["/settings/taxes/", "/settings/taxes/new", "/settings/taxes/{tax_rate}"],
    "money of an order": ["/orders/{overpaid}", "/orders/{on_delivery}", "/orders/{missed}"],
    "payments": [
        "/payments/",
        "/payments/?method=card",
        "/payments/collections?which=all",
        "/payments/collections/settlements?order={unpaid}",
        "/payments/incidents",
        "/payments/incidents?state=resolved",
    ],
    "documents": ["/documents/", "/documents/?q=nothing-like-it", "/orders/{paid}/confirmation", "/orders/{invoiced}/invoices/{invoice}"],
    "the company": ["/settings/company/"],
    "refunds": ["/refunds/", "/refunds/?tab=decided", "/orders/{paid}/lines/cancellation", "/orders/{paid}/refund", "/orders/{unpaid}/allowance"],
    "an address": ["/orders/{unpaid}/address", "/orders/{delivered}/address"],
    "corrections": ["/refunds/corrections/", "/refunds/corrections/?tab=decided"],
    "what is owed": ["/customers/overdue", "/customers/{customer}/statement", "/customers/{customer}/statement?print"],
    "channels": ["/settings/channels/", "/settings/channels/new", "/settings/channels/desk"],
    "the list": [
        "/orders/?flags=attention,note&days=30",
        "/orders/views/",
        "/orders/views/new?status=paid",
        "/orders/selection?do=cancel&order={paid}",
        "/fulfilment/sheets?what=slips&order={paid}",
    ],
    "fulfilment": ["/fulfilment/", "/settings/carriers/", "/settings/carriers/new", "/settings/carriers/DHL"],
    "a shipment": ["/shipments/{pending}", "/shipments/{picked}", "/shipments/{packed}", "/shipments/{sent}", "/shipments/{sent}/slip"],
    "the road": ["/shipments/", "/shipments/?tab=late&q=nothing-like-it", "/shipments/?tab=delivered", "/shipments/{sent}/journey"],
    "tracking": ["/shipments/{sent}/label", "/shipments/{sent}/tracking-events/new", "/shipments/{sent}/delivery/new"],
    "parcel incidents": ["/shipments/incidents", "/shipments/incidents?state=resolved", "/shipments/{sent}/dispute/new"],
    "proofs": ["/shipments/{sent}/proofs/new", "/shipments/{proved}/proofs/1/photo/new", "/shipments/{proved}"],
    "answers": ["/tracking/answers/new", "/tracking/answers/new?shipment={sent}"],
    "carrier news": [
        "/tracking/inbox/",
        "/tracking/inbox/?view=all",
        "/tracking/inbox/{unreadable}",
        "/tracking/inbox/{read}",
        "/tracking/inbox/parked",
        "/tracking/inbox/codes",
        "/tracking/inbox/codes/{carrier_code}",
        "/settings/carriers/HERMES",
        "/settings/carriers/HERMES/secret",
    ],
    "stock": ["/stock/", "/stock/?low=1&q=nothing-like-it", "/stock/AXE-1", "/stock/{level}/adjustments", "/stock/{level}/arrangement"],
    "numbers": ["/stock/{level}/on-hand", "/stock/{level}/reserved", "/stock/{level}/available", "/movements/"],
    "receipts": ["/receipts/", "/receipts/new", "/settings/warehouses/", "/settings/warehouses/new", "/settings/warehouses/{warehouse}"],
    "products": ["/products/", "/products/?q=nothing-like-it", "/products/new", "/products/AXE-1"],
    "intake": ["/channels/inbox/", "/channels/inbox/?view=all", "/channels/inbox/{unmapped}", "/channels/inbox/{misaddressed}"],
    "shops": ["/channels/web/products", "/settings/channels/web/secret", "/settings/channels/api/secret"],
    "customers": ["/customers/", "/customers/?q=nothing-like-it", "/customers/new", "/customers/{customer}"],
    "the API": ["/settings/keys/", "/settings/keys/?status=ended", "/settings/keys/new", "/api/docs"],
    "imports": ["/imports/", "/imports/new", "/imports/{imported}", "/imports/{imported}/columns", "/imports/{uploaded}", "/imports/{erased}"],
    "staff": ["/me", "/me/password", "/settings/people", "/settings/people/new", "/settings/people/{person}", "/settings/events"],
}
# They answer with a part of a page, a picture or a word.
NO_PAGES = {
    "api.show_openapi", "catalog.list_options", "customers.list_options", "fulfilment.show_code", "fulfilment.show_suggestion",
    "health.show_liveness", "health.show_readiness",
    "customers.export_statement", "debts.export_overdue", "documents.export_documents", "imports.show_blank", "imports.show_report",
    "orders.export_orders", "payments.export_payments", "tracking.export_parcels", "tracking.show_card_payment",
    "tracking.show_photo", "tracking.show_public_photo",
    "inventory.list_products_to_receive", "inventory.show_level", "inventory.show_lines", "static",
}  # fmt: skip


@pytest.fixture(scope="module")
def things(town: Flask) -> dict[str, Any]:
    """One of everything, by the names that ROOMS uses."""
    cast = Cast(town)
    return dict(cast.made(lambda: _make(cast)))


def test_every_page_is_looked_at(town: Flask) -> None:
    pages = {rule.endpoint for rule in town.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in KEYED}
    urls = [url.format_map(_Anything()) for room in ROOMS.values() for url in room]

    assert pages - NO_PAGES - {_endpoint(town, url) for url in urls} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_axe_finds_nothing_wrong_in(room: str, things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser(None if room.startswith("the door") or "customer's" in room else "admin")
    found = []
    for url in ROOMS[room]:
        page.goto(url.format_map(things))
        expect(page.get_by_role("heading", level=1)).to_be_attached()
        found += violations(page)

    assert not found, "\n".join(found)


def test_axe_finds_nothing_wrong_with_what_opens_on_an_order(things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    page.goto(f"/orders/{things['unpaid']}")
    found = []
    for opener in ("Cancel order", "Hold"):
        page.locator("summary", has_text=opener).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found += violations(page)
        page.keyboard.press("Escape")
    page.locator("summary", has_text="More time").click()
    expect(page.get_by_label("Keep its stock until")).to_be_visible()
    found += violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    found += violations(page)
    page.keyboard.press("Escape")
    page.locator("summary[aria-label^='Signed in as']").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    found += violations(page)
    page.goto("/orders/")
    page.get_by_role("region", name="Orders").get_by_role("row").nth(1).get_by_role("cell").nth(1).click()
    expect(page.locator("#preview").get_by_role("link", name="Open the order")).to_be_visible()
    found += violations(page)

    assert not found, "\n".join(found)


def test_axe_finds_nothing_wrong_with_the_list_at_work(things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    page.goto("/orders/?days=30")
    page.locator("#orders-filters summary").click()
    page.get_by_role("combobox", name="Customer").press_sequentially("axel")
    found = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Select all on this page").check()
    found += violations(page)
    page.locator(".bulk").get_by_role("button", name="Hold").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page)
    page.get_by_role("dialog").get_by_role("button", name="Hold").click()
    expect(page.locator("#report")).to_contain_text("on hold")
    found += violations(page)
    page.locator("#views-menu summary").click()
    page.get_by_role("link", name="Keep this view").click()
    expect(page.get_by_role("dialog", name="Keep this view")).to_be_visible()

    found += violations(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_wrong_with_the_order_form_at_work(things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    type_order(page, "Axel Axe", "axe-1", quantity="500000")
    page.get_by_role("combobox", name="Product", exact=True).nth(1).press_sequentially("axe")
    expect(page.get_by_role("option", name="Axe-1 thing")).to_be_visible()
    found = violations(page)
    page.locator("#lines-0-product").press("Escape")
    for opener in ("#paste-message summary", "#order-options summary", "[data-row-number='0'] summary"):
        page.locator(opener).first.click()
    page.get_by_role("textbox", name="Message").fill("three axes, 5 High Street, York. Nobody knows what this is.")
    page.get_by_role("button", name="Fill the form from it").click()
    expect(page.get_by_text("Not understood")).to_be_visible()
    expect(page.locator(".unsure input:focus")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")  # what is half under the bar at the top can be scrolled out
    found += violations(page)
    page.get_by_role("textbox", name="Postcode").fill("nowhere")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#postcode")).to_be_focused()
    page.evaluate("scrollTo(0, 0)")

    found += violations(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_wrong_with_stock_being_edited(things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    page.goto("/stock/?q=axe-1")
    page.get_by_role("row").filter(has_text="LEEDS").get_by_role("link", name="Adjust").click()
    form = page.get_by_role("form", name="Adjust AXE-1 in LEEDS")
    form.get_by_role("textbox", name="or counted").fill("0")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_be_visible()
    found = violations(page)
    page.goto("/stock/AXE-1")
    page.locator("a.why").first.click()
    expect(page.get_by_role("dialog", name="Why this number?")).to_be_visible()

    found += violations(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_wrong_with_the_alarm_and_toasts(things: dict[str, Any], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    page.goto(f"/shipments/{things['pending']}")
    page.get_by_role("textbox", name="Scan what you take, one scan for each unit").fill("AXE-9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    found = violations(page)
    page.keyboard.press("Enter")
    page.goto(f"/orders/{things['unpaid']}")
    page.get_by_role("textbox", name="Reference on the bank statement").fill("AXE")
    page.get_by_role("button", name="Record a transfer").click()
    expect(page.get_by_role("status")).to_contain_text("The money is booked.")

    found += violations(page)
    assert not found, "\n".join(found)


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "/track/x" if name.startswith("track") else "1"


def _endpoint(town: Flask, url: str) -> str | None:
    try:
        return str(town.url_map.bind("localhost").match(url.partition("?")[0])[0])
    except HTTPException:
        return None


def _make(cast: Cast) -> dict[str, Any]:
    product = shelve(cast, "AXE-1", 60, gtin="4006381333931", description="Two\nlines", weight_grams=800)
    cast.stock("AXE-1", 5, at="HANGZHOU", reorder_point=50)
    cast.carrier("DHL")
    rate = cast.taxes("GB", 2000)
    make_key(cast, "orders", "stock", label="Web shop")
    parcels = {state: cast.shipment(lines=[("AXE-1", 2)], state=state) for state in ("pending", "picked", "packed")}
    sent = cast.shipment(lines=[("AXE-1", 2), ("AXE-2", 1)], state="shipped", note="Ring twice")
    unpaid = cast.order(lines=[("AXE-1", 2)], note="Ring twice", discount=Discount(200))
    level = cast.stock("AXE-1", 1)
    held = cast.shipment(lines=[("AXE-1", 2)], state="packed")
    hold(cast.session, number=held.order.number, reason=HoldReason.ADDRESS, note="The street is missing", by=cast.actor())
    delivered = _deliver(cast)
    orders = {"unpaid": unpaid, "paid": parcels["pending"].order, "delivered": delivered.order, "cancelled": _cancel(cast)}
    links = {"track_new": unpaid, "track_sent": sent.order, "track_delivered": orders["delivered"]}
    return {
        **{name: order.number for name, order in orders.items()},
        **{state: parcel.reference for state, parcel in parcels.items()},
        **{name: "/track/" + public_link(order).rpartition("/")[2] for name, order in links.items()},
        **_intake(cast),
        **_money(cast),
        **_carrier_news(cast),
        "sent": sent.reference,
        "proved": delivered.reference,
        "invoiced": sent.order.number,
        "invoice": documents_of(cast.session, sent.order_id)[0].number,
        "held": held.order.number,
        "held_parcel": held.reference,
        "level": level.id,
        "tax_rate": rate.id,
        "product": product.id,
        "customer": cast.customer().id,
        "draft": _draft(cast),
        "warehouse": cast.warehouse().id,
        "person": cast.person("picker").id,
        **_imports(cast),
    }


def _money(cast: Cast) -> dict[str, str]:
    """An order of which too much came, one that is paid on delivery, and one of which nothing was handed over."""
    overpaid, missed = cast.order(lines=[("AXE-2", 1)]), cast.shipment(lines=[("AXE-2", 1)], state="shipped").order
    record_transfer(cast.session, number=overpaid.number, amount=999_00, reference="AXE", by=SYSTEM, with_surplus=True)
    transfer = payments_of(cast.session, missed.id)[0]
    correct_transfer(cast.session, number=missed.number, payment_id=transfer.id, reason="Another customer's", by=cast.actor("manager"))
    waiting = approve_cod(cast.session, number=cast.order(lines=[("AXE-2", 1)]).number, by=cast.actor())
    return {"overpaid": overpaid.number, "on_delivery": waiting.number, "missed": missed.number}


def _carrier_news(cast: Cast) -> dict[str, int]:
    """Something that a carrier sent and nobody can read, something that was read, an event without a parcel, and a code nobody knows."""
    carrier = open_hook(cast, code="HERMES").carrier
    given = {"carrier_id": carrier.id, "received_at": clock.now(), "attempts": 1}
    lost = CarrierDelivery(**given, event_id="1", digest="1", body={"events": [{"id": 1}]}, state="unreadable", reason="unreadable")
    lost.facts = {"problems": [["/events/0/at", "required"], ["/events/0/status", "required"]]}
    read = CarrierDelivery(**given, event_id="2", digest="2", body={"events": []}, state="worked", reason="told", repeats=3)
    read.facts, read.settled_at = {"new": 2, "known": 1, "parked": 1}, clock.now()
    cast.session.add_all([lost, read])
    cast.carrier("HERMES").aliases = "hermes-uk evri"
    parcel = cast.hand_over(cast.shipment(lines=[("AXE-2", 1)], state="packed"), number="H 1")
    parcel.carrier_id = carrier.id
    told = [said("H1", None, code="PUDO_LEFT", text="Left at the counter", place="Leeds"), said("H2", text="Sorted", place="Leipzig")]
    take(cast.session, carrier, reading(*told), SYSTEM)
    code = cast.session.scalars(select(CarrierCode)).one()
    return {"unreadable": lost.id, "read": read.id, "carrier_code": code.id}


def _draft(cast: Cast) -> str:
    content = DraftContent({"name": "Axel", "mark-name": "Please check.", "lines-0-product": "axe-1", "lines-0-note": "blue"}, "USD", name="Axel")
    return save_draft(cast.session, number="", version=0, form_key=new_key(), content=content, by=cast.actor("admin"))[0].number


def _intake(cast: Cast) -> dict[str, int]:
    shop = open_shop(cast, name="Lamp & Son online")
    misaddressed = shopify_order(("AXE-1", 1, "18.00"), id=3)
    misaddressed["shipping_address"] |= {"zip": "nowhere", "phone": "555-SHIP"}
    bodies = [shopify_order(("AXE-1", 1, "18.00"), id=1), shopify_order(("AXE-1", 1, "18.00"), ("XL-9", 2, "3.00"), id=2), misaddressed]
    for body in bodies:
        raw = json.dumps(body).encode()
        headers = {name.lower(): value for name, value in shop.headers(raw, "orders/create").items()}
        receive(cast.session, *find_hook(cast.session, "web"), headers, raw)
    map_product(cast.session, channel_id=shop.channel.id, kind=CodeKind.SKU, code="AXE-OLD", sku="AXE-1", by=cast.actor())
    _placed, unmapped, wrong = work_off(cast.session)
    return {"unmapped": unmapped.id, "misaddressed": wrong.id}


def _imports(cast: Cast) -> dict[str, int]:
    """One that nobody has looked at, one whose report has every kind of line, and one that was erased."""
    by, content = cast.actor("admin"), csv_file([import_line("W-1"), import_line("W-2", sku="NONE")])
    given: dict[str, Any] = {"channel": "import", "file_name": "orders.csv", "content": content, "language": "en", "by": by}
    runs = [upload(cast.session, NEW_ORDERS, **given)[0] for _run in range(3)]
    uploaded, imported, erased = runs
    imported.state, imported.new, imported.errors, imported.left_out = "checked", 1, 1, 1
    erased.state, erased.erased_at = "done", clock.now()
    for outcome in ImportOutcome:
        line = ImportRow(import_id=imported.id, pass_number=0, row=2, outcome=outcome.value, name="W-1", message="Something is said.")
        line.differences = [["City", "Leeds", "York"]] if outcome == ImportOutcome.CHANGED else []
        cast.session.add(line)
    cast.session.flush()
    return {"uploaded": uploaded.id, "imported": imported.id, "erased": erased.id}


def _deliver(cast: Cast) -> Any:
    shipment = cast.shipment(lines=[("AXE-1", 1)], state="shipped")
    given = {"reference": shipment.reference, "by": cast.actor()}
    record(cast.session, report=Report(TrackingStatus.HELD_UP, clock.now(), text="At the customs", place="Leeds"), **given)
    record_delivery(cast.session, signer="M. Park", kind=ProofKind.NEIGHBOUR, occurred_at=clock.now(), picture=drawn(), **given)
    incidents = [open_incident(cast.session, shipment=shipment, kind=kind, note="Ring\ntwice", by=SYSTEM) for kind in ParcelIncidentKind]
    resolve_incident(cast.session, incident_id=incidents[0].id, resolution="Behind the\nbins", by=cast.actor())
    return shipment


def _cancel(cast: Cast) -> Any:
    order = cast.order(lines=[("AXE-1", 1)], pay="balance")
    return cancel(cast.session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor(), even_if_picked=True)
