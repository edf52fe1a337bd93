"""Money of many orders that whoever delivered hands over, in real windows: ticked, asked for one reference, booked and reported."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import Shipment
from logistics.orders.collecting import approve_cod
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.browser.axe import violations
from tests.browser.furnishing import shelve
from tests.cast import Cast

LOOKS = {"desk-light-en": {}, "phone-dark-en": {"phone": True, "dark": True}}


def brought(cast: Cast, sku: str, units: int) -> str:
    """The number of an order that was paid at the door and whose money is still to be handed over."""
    order = approve_cod(cast.session, number=cast.order(lines=[(sku, units)]).number, by=SYSTEM)
    parcel = cast.work_on(cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one(), "shipped")
    moment = parcel.dispatched_at
    assert moment
    record_delivery(cast.session, reference=parcel.reference, signer="Mina", kind=ProofKind.COD, occurred_at=moment, by=SYSTEM)
    return str(order.number)


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in LOOKS.items()])
def test_the_money_of_many_orders_is_booked_at_once_and_what_is_refused_is_named(
    cast: Cast, open_browser: Callable[..., Page], look: Callable[[Page, str], None], way: dict[str, bool]
) -> None:
    sku = f"DOOR-{len(way)}"
    cast.made(lambda: shelve(cast, sku, 20))
    first, second, large, left = (cast.made(lambda units=units: brought(cast, sku, units)) for units in (1, 2, 12, 1))
    clerk = open_browser("clerk", **way)
    clerk.goto("/payments/collections")
    for number in (first, second, large):
        clerk.get_by_role("checkbox", name=number).check()
    expect(clerk.locator("[data-selected]")).to_have_text("3")
    look(clerk, "ticked")

    clerk.get_by_role("button", name="Record what was handed over").click()
    dialog = clerk.get_by_role("dialog", name="Record the money of 3 orders")
    expect(dialog.get_by_text("USD 270.00 in all.")).to_be_visible()
    reference = dialog.get_by_role("textbox")
    expect(reference).to_be_focused()
    clerk.keyboard.press("Enter")
    expect(reference).to_be_focused()
    expect(dialog).to_be_visible()
    look(clerk, "asked")

    reference.fill(f"LIST-{sku}")
    clerk.keyboard.press("Enter")
    report = clerk.locator("#report")
    expect(report).to_contain_text("The money of 2 orders is booked.")
    expect(report).to_contain_text(large)
    expect(dialog).to_be_hidden()
    # The list looks anew: what is booked has gone, what was refused and what nobody ticked is still there.
    rows = clerk.locator("#collections-table tbody tr")
    expect(rows.filter(has_text=first)).to_have_count(0)
    expect(rows.filter(has_text=second)).to_have_count(0)
    expect(rows.filter(has_text=large)).to_have_count(1)
    expect(rows.filter(has_text=left)).to_have_count(1)
    look(clerk, "booked")
    # Looked at last: it changes the window's width and colours.
    assert violations(clerk) == []


def test_without_script_the_same_is_a_page_of_its_own(cast: Cast, open_browser: Callable[..., Page]) -> None:
    number = cast.made(lambda: (shelve(cast, "DOOR-NOJS", 5), brought(cast, "DOOR-NOJS", 2))[1])
    clerk = open_browser("clerk", script=False)
    clerk.goto("/payments/collections")
    clerk.get_by_role("checkbox", name=number).check()
    clerk.get_by_role("button", name="Record what was handed over").click()
    expect(clerk.get_by_role("heading", name="Record the money of 1 order")).to_be_visible()
    clerk.get_by_role("textbox", name="Reference").fill("LIST-NOJS")
    clerk.get_by_role("button", name="Record what was handed over").click()
    expect(clerk.get_by_text("The money of 1 order is booked.")).to_be_visible()
