"""What people type is text, wherever it is shown: stored scripts, attributes and template braces do nothing (SEC6, SEC7).

The window fails the test by itself for a dialog, a foreign request or a breach of the content security policy.
"""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.inventory.arranging import set_bin
from logistics.inventory.models import StockLevel
from logistics.orders.holding import hold
from logistics.orders.linking import public_link
from logistics.orders.models import HoldReason, Order
from logistics.tracking.models import ProofKind, TrackingStatus
from logistics.tracking.recording import Report, record, record_delivery
from tests.browser.furnishing import shelve
from tests.cast import Cast

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=/xss onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "x onfocus=alert(1) autofocus=",
    '<div hx-get="/xss" hx-trigger="load">',
    '<b data-hx-get="/xss" data-hx-trigger="load">',
    '<i hx-on:click="alert(1)" hx-on::load="alert(1)">',
    '<hx-partial hx-target="#toast">xss</hx-partial>',
    '<a href="javascript:alert(1)">xss</a>',
    "</title></textarea></template><h1>xss",
    '<iframe src="/xss"></iframe><style>*{display:none}</style>',
    "{{7*7}} {% if x %} ${7*7} #{7*7}",
    "&lt;b&gt; &amp;amp;",
)
# Anything that such a text would have become.
TRACES = (
    "script:not([src])", "style", "iframe", "svg[onload]", "img[src*=xss]", "[onerror]", "[onmouseover]", "[onfocus]", "[hx-get*=xss]",
    "[data-hx-get]", "[hx-on\\:click]", "[hx-on\\:\\:load]", "hx-partial", "a[href^=javascript]", "h1 ~ h1",
)  # fmt: skip


@pytest.fixture(scope="module")
def planted(town: Flask) -> dict[str, str]:
    """Every text above in every field that takes one: where that can be seen."""
    cast = Cast(town)
    return dict(cast.made(lambda: _plant(cast)))


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
def test_hostile_text_is_shown_as_text_and_does_nothing(planted: dict[str, str], open_browser: Callable[..., Page], script: bool) -> None:
    page = open_browser("admin", script=script)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for url, shown in _places(planted).items():
        page.goto(url)
        texts = page.evaluate("document.body.textContent")
        assert [text for text in shown if text not in texts] == [], f"{url} does not show it as it was typed"
        _expect_no_traces(page)
    # By its path: what a page was asked for may stand in a query.
    assert [url for url in asked if url.partition("?")[0].endswith("/xss")] == []


def test_hostile_text_is_text_in_what_is_swapped_in(planted: dict[str, str], open_browser: Callable[..., Page]) -> None:
    page = open_browser("admin")
    page.goto("/orders/new")
    page.get_by_role("combobox", name="Who orders?").press_sequentially("onerror")
    expect(page.get_by_role("option", name=HOSTILE[1])).to_be_visible()
    page.get_by_role("option", name=HOSTILE[1]).click()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value(HOSTILE[1])
    product = page.get_by_role("combobox", name="Product", exact=True).first
    product.press_sequentially("onload")
    page.get_by_role("option", name=HOSTILE[2]).click()
    expect(product).to_have_value(HOSTILE[2])
    _expect_no_traces(page)
    page.goto("/orders/?q=hostile")
    page.get_by_role("region", name="Orders").get_by_role("row").nth(1).get_by_role("cell").nth(1).click()
    expect(page.locator("#preview")).to_contain_text(HOSTILE[0])
    _expect_no_traces(page)
    page.goto(planted["order"])
    page.get_by_role("link", name="Record an event").first.click()
    form = page.get_by_role("form", name="Record an event")
    form.get_by_role("textbox", name="Place").fill(HOSTILE[5])
    form.get_by_role("button", name="Record the event").click()
    expect(page.locator("#tracking")).to_contain_text(HOSTILE[5])
    _expect_no_traces(page)
    page.goto("/stock/?q=hostile")
    page.get_by_role("row").filter(has_text=HOSTILE[3]).get_by_role("link", name="Adjust").click()
    expect(page.locator("tr.editing")).to_contain_text(HOSTILE[3])
    _expect_no_traces(page)


def _expect_no_traces(page: Page) -> None:
    assert page.evaluate("traces => traces.filter(trace => document.querySelector(trace))", TRACES) == [], page.url


def _places(planted: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Where to look, and what must be read there."""
    return {
        "/": (planted["name"],),
        "/orders/?q=hostile": (planted["name"],),
        planted["order"]: HOSTILE,
        planted["shipment"]: (planted["name"], *HOSTILE),
        planted["shipment"] + "/slip": (planted["name"], *HOSTILE),
        planted["shipment"] + "/label": (planted["name"],),
        planted["track"]: HOSTILE,
        planted["customer"]: (HOSTILE[0],),
        "/customers/?q=hostile": HOSTILE,
        "/products/?q=hostile": HOSTILE,
        "/products/HOSTILE-0": (HOSTILE[0], HOSTILE[1]),
        "/stock/?q=hostile": HOSTILE,
        "/movements/?q=hostile": HOSTILE,
        "/receipts/": (),
        "/fulfilment/": (planted["waiting"],),
        "/settings/events": (),
        "/settings/carriers/": (HOSTILE[2],),
        "/settings/channels/": (HOSTILE[2],),
        "/settings/channels/hostile": (HOSTILE[2],),
        planted["held"]: (HOSTILE[3],),
        planted["held_parcel"]: (HOSTILE[3],),
        "/search?q=hostile": (),
        "/search?q=%3Cimg+src%3D%2Fxss+onerror%3Dalert(1)%3E%22%27": (),
        "/orders/?q=%22%3E%3Csvg+onload%3Dalert(1)%3E&status=paid": (),
        "/products/%3Cscript%3Ealert(1)%3C%2Fscript%3E": (),
    }


def _plant(cast: Cast) -> dict[str, Any]:
    text = cycle(HOSTILE)
    for number, hostile in enumerate(HOSTILE):
        shelve(cast, f"HOSTILE-{number}", 9, name=hostile, description=HOSTILE[(number + 1) % len(HOSTILE)])
    customers = []
    for number, hostile in enumerate(HOSTILE):
        details = CustomerDetails(name=hostile, reference=f"HOSTILE-{number}", address=Address(line1=next(text), city="Leeds", country="GB"))
        customers.append(create_customer(cast.session, details=details, by=cast.actor(), verify=False))
    level = cast.session.get_one(StockLevel, cast.stock("HOSTILE-0", 1).id)
    set_bin(cast.session, level_id=level.id, to="<b>A-1</b>", by=cast.actor("manager"))
    cast.carrier("HOSTILE", name=HOSTILE[2])
    name = "hostile " + "".join(HOSTILE[:3])
    address = Address(line1=HOSTILE[4], line2=HOSTILE[5], city="Leeds", postcode="LS1 5HD", country="GB")
    given = {"name": name, "address": address, "note": "\n".join(HOSTILE)}
    lines = [(f"HOSTILE-{number}", 1) for number in range(len(HOSTILE))]
    parcel = cast.work_on(cast.shipment(lines=lines, **given), "shipped")
    for hostile in HOSTILE:
        report = Report(TrackingStatus.IN_TRANSIT, clock.now(), text=hostile, place=hostile)
        record(cast.session, reference=parcel.reference, report=report, by=cast.actor())
    record_delivery(cast.session, reference=parcel.reference, signer=HOSTILE[0], kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor())
    waiting = f"<b>{name}"
    cast.channel("hostile", name=HOSTILE[2], kind="shopify")
    held = cast.shipment(lines=[("HOSTILE-1", 1)], **{**given, "name": waiting})
    hold(cast.session, number=held.order.number, reason=HoldReason.OTHER, note=HOSTILE[3], by=cast.actor())
    order = cast.session.get_one(Order, parcel.order_id)
    return {
        "name": name,
        "waiting": waiting,
        "order": f"/orders/{order.number}",
        "held": f"/orders/{held.order.number}",
        "held_parcel": f"/shipments/{held.reference}",
        "shipment": f"/shipments/{parcel.reference}",
        "track": "/track/" + public_link(order).rpartition("/")[2],
        "customer": f"/customers/{customers[0].id}",
    }
