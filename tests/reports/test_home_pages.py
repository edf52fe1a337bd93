"""The start page and the box that searches everything."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.catalog.listing import create_product
from logistics.catalog.rules import ProductFacts
from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Carrier, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.linking import public_link
from logistics.orders.models import Order
from logistics.tracking.models import EventSource, Problem, TrackingStatus
from logistics.tracking.recording import Report, record
from tests.cast import Cast
from tests.words import has_word

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_a_new_shop_is_told_its_first_steps_one_after_the_other(cast: Cast) -> None:
    browser = cast.client("manager")
    assert steps(browser) == [("Add a warehouse", True), ("Add a product", True), ("Receive stock", True), ("Take the first order", True)]
    cast.made(lambda: (cast.warehouse(), cast.product("LAMP")))
    assert steps(browser) == [("Add a warehouse", False), ("Add a product", False), ("Receive stock", True), ("Take the first order", True)]
    cast.made(cast.order)
    assert "four steps" not in browser.get("/").text.lower()


def test_nobody_is_sent_where_they_may_not_go(cast: Cast) -> None:
    page = cast.client("picker").get("/").text
    assert "Add a warehouse" in page
    assert 'href="/settings/warehouses/new"' not in page
    assert 'href="/orders/new"' not in page


def test_it_counts_what_waits_for_whom(cast: Cast) -> None:
    def make() -> None:
        cast.order()
        cast.order(pay="balance")
        for step in ("pick", "pack", "ship"):
            hand_on(cast, cast.order(pay="balance"), step)
        cast.stock("RARE", 3, reorder_point=5)

    cast.made(make)
    page = cast.client("manager").get("/")

    assert stats(page) == {"Unpaid": "1", "To pick": "1", "To pack": "1", "To ship": "1", "On the way": "1", "Low stock": "1"}
    for address in ("/orders/?status=unpaid", "/fulfilment/?tab=pick", "/shipments/", "/stock/?low=1"):
        assert f'href="{address}"' in page.text
    browser = cast.client("manager")
    for address in re.findall(r'<a class="stat card[^"]*" href="([^"]+)"', page.text):
        assert browser.get(address.replace("&amp;", "&")).status_code == 200


def test_late_and_quiet_parcels_are_counted_and_told_by_carrier(cast: Cast) -> None:
    def make() -> None:
        late, _on_time = cast.shipment(state="shipped"), cast.shipment(state="shipped")
        late.expected_from = late.expected_to = clock.today("UTC") - timedelta(days=1)
        late.expected_by = "history"
        with clock.replaying(clock.now() - timedelta(days=6)):
            cast.shipment(state="shipped")

    cast.made(make)
    page = cast.client("clerk").get("/").text
    assert "1 late, 1 quiet" in page
    assert 'href="/shipments/?tab=late"' in page
    table = page[page.index("Late parcels by carrier") :]
    assert re.search(r'href="/shipments/\?tab=late&amp;carrier=DHL"[^>]*>Dhl<.*?<td class="num"[^>]*>1<.*?<td class="num"[^>]*>3<', table, re.DOTALL)


def test_the_newest_orders_stand_below_and_prices_only_for_those_who_may_see_them(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    assert "USD 36.00" in cast.client("clerk").get("/").text
    page = cast.client("picker").get("/").text
    assert number in page
    for secret in ("USD", "36.00", "mina@", "0001"):
        assert secret not in page


def test_a_poll_is_answered_only_when_something_changed(cast: Cast) -> None:
    cast.made(cast.order)
    browser = cast.client("clerk")
    tag = browser.get("/", headers=PARTIAL).headers["HX-PTag"]
    assert browser.get("/", headers=PARTIAL | {"HX-PTag": tag}).status_code == 304
    cast.made(cast.order)
    assert browser.get("/", headers=PARTIAL | {"HX-PTag": tag}).status_code == 200


def test_the_outsider_is_sent_to_the_door(client: FlaskClient) -> None:
    assert client.get("/").status_code == 302
    assert client.get("/search?q=x").status_code == 302


def test_a_whole_number_leads_straight_to_its_page(cast: Cast) -> None:
    def make() -> dict[str, str]:
        cast.product("LMP-1", gtin="4006381333931")
        order = cast.order(lines=[("LMP-1", 1)], pay="balance")
        hand_on(cast, order, "ship")
        shipment = cast.session.scalars(select(Shipment)).one()
        customer = create_customer(cast.session, details=CustomerDetails("Jo Blank", "C-77", address=cast.address_of(cast.customer())), by=SYSTEM)
        return {
            order.number: f"/orders/{order.number}",
            order.number.lower().replace("-", " "): f"/orders/{order.number}",
            shipment.reference: f"/shipments/{shipment.reference}",
            shipment.tracking_number.lower(): f"/shipments/{shipment.reference}",
            "lmp-1": "/products/LMP-1",
            "4006381333931": "/products/LMP-1",
            "c-77": f"/customers/{customer.id}",
        }

    addresses = cast.made(make)
    browser = cast.client("clerk")
    for typed, address in addresses.items():
        answer = browser.get("/search", query_string={"q": typed})
        assert (typed, answer.status_code, answer.location) == (typed, 303, address)
    # The warehouse sees no customers, and cannot tell by the answer that there is one.
    assert cast.client("picker").get("/search?q=c-77").status_code == 200


def test_anything_else_finds_orders_customers_and_products(cast: Cast) -> None:
    def make() -> str:
        home = cast.address_of(cast.customer())
        create_customer(cast.session, details=CustomerDetails("Lampert Blank", "C-77", "lampert@example.com", address=home), by=SYSTEM)
        create_product(cast.session, facts=ProductFacts("PAP-1", "Paper lampion", 990, "USD"), by=SYSTEM)
        return str(cast.order(lines=[("LAMP", 1)]).number)

    number = cast.made(make)
    page = cast.client("clerk").get("/search?q=lamp")
    assert page.status_code == 303, "LAMP is a whole SKU"
    page = cast.client("clerk").get("/search?q=lam").text
    assert number in page
    assert "Lampert Blank" in page
    assert "lampert@example.com" in page
    assert "Paper lampion" in page

    warehouse = cast.client("picker").get("/search?q=lam").text
    assert number in warehouse
    assert "Lampert" not in warehouse
    assert "@example" not in warehouse
    assert not has_word(warehouse, "USD")


def test_where_is_my_order_is_answered_in_the_list_of_what_was_found(cast: Cast) -> None:
    def make() -> tuple[str, str]:
        shipment = cast.shipment(state="shipped")
        shipment.expected_from = shipment.expected_to = clock.today("UTC") - timedelta(days=2)
        shipment.expected_by = "history"
        told = Report(TrackingStatus.HELD_UP, clock.now(), place="Dover", problem=Problem.CUSTOMS, source=EventSource.CARRIER)
        record(cast.session, reference=shipment.reference, report=told, by=SYSTEM)
        cast.order()
        return shipment.order.number, public_link(shipment.order)

    number, link = cast.made(make)
    for typed in ("mina", "0001"):
        page = cast.client("clerk").get("/search", query_string={"q": typed}).text
        where = page[page.index("Where are they?") : page.index('id="found-orders"')]
        for said in (number, "Held up", "Late: it was expected by", "Dover", "customs are looking at it", f'data-copy="{link}"'):
            assert said in where, said
    assert "Held up" in cast.client("clerk").get(f"/orders/{number}").text


@pytest.mark.parametrize("typed", ["", "   ", "zzzzz", "' OR 1=1--", "%", "<script>alert(1)</script>", "{{7*7}}", "x" * 120])
def test_nothing_found_and_nothing_typed_say_what_to_do(cast: Cast, typed: str) -> None:
    answer = cast.client("clerk").get("/search", query_string={"q": typed})
    assert answer.status_code == 200
    assert "Type what you have" in answer.text or "Nothing fits" in answer.text
    assert "<script>alert" not in answer.text


def test_too_much_typed_is_refused(cast: Cast) -> None:
    assert cast.client("clerk").get("/search", query_string={"q": "x" * 121}).status_code == 422


def test_the_start_page_costs_few_queries(cast: Cast, queries: SimpleNamespace) -> None:
    cast.made(cast.order)
    browser = cast.client("clerk")
    queries.count = 0
    queries.statements.clear()
    browser.get("/", headers=PARTIAL)
    assert queries.count <= 6, queries.statements


def hand_on(cast: Cast, order: Order, step: str) -> None:
    """Take an order's parcel through the warehouse, to just after this step."""
    shipment = cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one()
    by = cast.actor("picker")
    pick(cast.session, reference=shipment.reference, picked={line.id: line.quantity for line in shipment.lines}, by=by)
    if step == "pick":
        return
    pack(cast.session, reference=shipment.reference, by=by)
    if step == "pack":
        return
    cast.session.add(Carrier(code="dhl", name="DHL"))
    cast.session.flush()
    dispatch(cast.session, reference=shipment.reference, carrier_code="dhl", tracking_number="JD0001", by=by)


def stats(answer: Any) -> dict[str, str]:
    """The numbers on the start page, by their label."""
    return dict(re.findall(r'<span class="label">([^<]+)</span><span class="value">([^<]+)</span>', answer.text))


def steps(browser: FlaskClient) -> list[tuple[str, bool]]:
    """The first steps, and whether each is still to be done."""
    page = browser.get("/").text
    rows = re.findall(r'<li>\s*<svg class="icon (success-text|muted)".*?<span class="strong">([^<]+)</span>', page, re.DOTALL)
    return [(title, sign == "muted") for sign, title in rows]
