"""Reading the shops' bodies: amounts come out exactly, whatever taxes, discounts and fractions they are made of."""

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from logistics.core.money import net_of_discount
from logistics.shops import own_events, shopify, woocommerce
from logistics.shops.body_reading import Fields, round_to
from logistics.shops.pricing import price
from logistics.shops.shop_orders import ShopLine, ShopOrder, Unreadable
from tests.shops.platforms import own_event, shopify_order, woo_order


def read_shopify(**changes: Any) -> ShopOrder:
    order = shopify.read("orders/create", shopify_order(**changes)).order
    assert order is not None
    return order


def read_woo(**changes: Any) -> ShopOrder:
    order = woocommerce.read("order.created", woo_order(**changes)).order
    assert order is not None
    return order


def line(**values: Any) -> dict[str, Any]:
    return {**shopify_order()["line_items"][0], **values}


# --- Shopify ---


def test_taxes_come_on_top_where_prices_are_without_them(session: Session) -> None:
    lines = [line(quantity=3, price="10.00", tax_lines=[{"price": "4.75"}, {"price": "0.50"}])]
    order = read_shopify(line_items=lines, shipping_lines=[{"price": "5.00", "tax_lines": [{"price": "0.95"}]}], total_price="41.20")

    assert ([one.net for one in order.lines], order.charges, order.reckoned) == ([3525], 595, order.total)


def test_taxes_are_in_the_prices_where_the_shop_says_so(session: Session) -> None:
    order = read_shopify(line_items=[line(quantity=1, price="11.90", tax_lines=[{"price": "1.90"}])], taxes_included=True, total_price="11.90")

    assert (order.lines[0].net, order.reckoned) == (1190, 1190)


def test_discounts_of_the_whole_order_are_taken_off_its_lines(session: Session) -> None:
    lines = [
        line(quantity=2, price="18.00", total_discount="0.00", discount_allocations=[{"amount": "3.60"}, {"amount": "1.00"}]),
        line(quantity=1, price="5.00", total_discount="1.00", discount_allocations=[]),
    ]
    shipping = [{"price": "5.00", "discounted_price": "5.00", "discount_allocations": [{"amount": "5.00"}], "tax_lines": []}]
    order = read_shopify(line_items=lines, shipping_lines=shipping, total_price="35.40")

    assert ([one.net for one in order.lines], order.charges, order.reckoned) == ([3140, 400], 0, 3540)


def test_old_bodies_name_the_discounted_shipping_alone(session: Session) -> None:
    order = read_shopify(shipping_lines=[{"price": "5.00", "discounted_price": "2.00", "tax_lines": []}], total_price="38.00")

    assert order.charges == 200


def test_duties_fees_and_tips_are_counted(session: Session) -> None:
    duties = {"shop_money": {"amount": "4.00", "currency_code": "USD"}}
    order = read_shopify(original_total_duties_set=duties, total_tip_received="2.00", total_price="42.00")

    assert (order.charges, [(one.net, one.ships) for one in order.lines], order.reckoned) == (400, [(3600, True), (200, False)], 4200)


def test_currencies_without_decimals(session: Session) -> None:
    order = read_shopify(currency="JPY", line_items=[line(quantity=2, price="1800.00")], total_price="3600")

    assert (order.total, order.lines[0].net) == (3600, 3600)


def test_the_billing_address_stands_in(session: Session) -> None:
    body = shopify_order(shipping_address=None)
    body["billing_address"]["address1"] = "14 Park Row"
    order = shopify.read("orders/create", body).order

    assert order is not None
    assert order.recipient.address.line1 == "14 Park Row"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"currency": "dollar"}, "currency"),
        ({"currency": None}, "currency"),
        ({"total_price": "12,00"}, "total_price"),
        ({"total_price": True}, "total_price"),
        ({"total_price": "-1.00"}, "total_price"),
        ({"total_price": "1" * 30}, "total_price"),
        ({"total_price": "NaN"}, "total_price"),
        ({"total_price": "1_000"}, "total_price"),
        ({"total_price": "١٢"}, "total_price"),
        ({"line_items": "none"}, "line_items"),
        ({"line_items": [7]}, "line_items"),
        ({"line_items": [line(quantity=True)]}, "line_items/0/quantity"),
        ({"line_items": [line(quantity=-1)]}, "line_items/0/quantity"),
        ({"line_items": [line(quantity="2")]}, "line_items/0/quantity"),
        ({"line_items": [line(quantity=1_000_000)]}, "line_items/0/quantity"),
        ({"line_items": [line(price=[1])]}, "line_items/0/price"),
        ({"line_items": [line(sku=["x"])]}, "line_items/0/sku"),
        ({"line_items": [line(sku="x" * 101)]}, "line_items/0/sku"),
        ({"shipping_address": "12 Park Row"}, "shipping_address"),
        ({"shipping_address": {"address1": "x" * 201}}, "shipping_address/address1"),
        ({"shipping_address": {"address1": "a\x07b"}}, "shipping_address/address1"),
        ({"refunds": [{"id": 1, "transactions": {}}]}, "refunds/0/transactions"),
    ],
)
def test_what_is_wrong_is_named(session: Session, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        shopify.read("orders/create", shopify_order(**changes))

    assert pointer in {problem.pointer for problem in wrong.value.problems}
    assert all(problem.message for problem in wrong.value.problems)


# --- WooCommerce ---


def test_fractions_of_a_cent_add_up_to_the_total(session: Session) -> None:
    rows = [{**woo_order()["line_items"][0], "total": "1.00", "subtotal": "1.00", "total_tax": tax} for tax in ("0.075", "0.075", "0.0749")]
    order = read_woo(line_items=rows, total="3.22")

    assert (order.reckoned, sorted(one.net for one in order.lines if one.net)) == (322, [107, 107, 108])


def test_fees_go_to_the_charges_and_discounts_among_them_too(session: Session) -> None:
    fees = [{"total": "3.00", "total_tax": "0.30"}, {"total": "-1.00", "total_tax": "0.00"}]
    order = read_woo(fee_lines=fees, shipping_lines=[{"total": "10.00", "total_tax": "1.00"}], total="49.30")

    assert (order.charges, order.reckoned) == (1330, 4930)


def test_an_empty_delivery_address_means_the_billing_one(session: Session) -> None:
    order = read_woo(shipping={"first_name": "", "address_1": "", "city": "", "postcode": "", "country": ""})

    assert (order.recipient.name, order.recipient.address.line1, order.recipient.address.country) == ("Mina Park", "12 Park Row", "GB")


def test_signs_of_html_are_read(session: Session) -> None:
    row = {**woo_order()["line_items"][0], "name": "Lamp &ndash; Color: Black"}

    assert read_woo(line_items=[row]).lines[0].title == "Lamp – Color: Black"


# --- Our own ---


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"currency": "usd"}, "data/currency"),
        ({"priority": 10}, "data/priority"),
        ({"customer": {"nam": "x"}}, "data/customer/nam"),
        ({"lines": [{"sku": "A", "quantity": "1"}]}, "data/lines/0/quantity"),
        ({"payment": {"method": "card"}}, "data/payment/method"),
    ],
)
def test_our_own_format_is_strict(session: Session, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Unreadable) as wrong:
        own_events.read("order.placed", own_event(**changes))

    assert pointer in {problem.pointer for problem in wrong.value.problems}


# --- Whatever comes ---

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("read", "topic", "body"),
    [
        (shopify.read, "orders/create", shopify_order()),
        (shopify.read, "refunds/create", {"id": 1, "transactions": [{"kind": "refund"}]}),
        (woocommerce.read, "order.updated", woo_order()),
        (own_events.read, "order.placed", own_event()["data"]),
    ],
    ids=["shopify", "refund", "woocommerce", "own"],
)
def test_reading_gives_an_order_or_says_what_is_wrong(worker_app: Flask, read: Any, topic: str, body: dict[str, Any]) -> None:
    # The first example makes hypothesis build its tables of characters, which takes it a while.
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.dictionaries(st.sampled_from(sorted(body)), JSON, max_size=5))
    def never_breaks(changes: dict[str, Any]) -> None:
        changed, problems = {**body, **changes}, ["none"]
        try:
            read(topic, {"type": topic, "data": changed} if read is own_events.read else changed)
        except Unreadable as wrong:
            problems = [problem.message for problem in wrong.problems]
        assert all(problems)
        assert problems

    with worker_app.app_context():
        never_breaks()


@given(st.lists(st.decimals(0, 10_000, places=4), min_size=1, max_size=8))
def test_rounding_keeps_the_sum_and_stays_within_one(parts: list[Decimal]) -> None:
    total = round(sum(parts))
    rounded = round_to(parts, total)

    assert sum(rounded) == total
    assert all(abs(whole - part) <= 1 for whole, part in zip(rounded, parts, strict=True))


@pytest.mark.parametrize(
    ("parts", "total", "rounded"),
    [
        # Each rounded by itself, the shop's total once: 1.125, 0.225 and 0.9 of tax.
        (["1613", "323", "1290", "3000"], 6225, [1612, 323, 1290, 3000]),
        (["10.4", "20.4"], 31, [11, 20]),
        (["10.4", "20.4"], 33, [10, 20]),
        (["100"], 101, [100]),
        (["100", "0", "0"], 101, [100, 0, 0]),
        ([], 0, []),
    ],
)
def test_a_true_difference_is_not_rounded_away(parts: list[str], total: int, rounded: list[int]) -> None:
    assert round_to([Decimal(part) for part in parts], total) == rounded


@given(st.integers(1, 2000), st.integers(0, 10**7), st.none() | st.integers(0, 10**6))
def test_a_line_costs_exactly_what_the_shop_says(quantity: int, net: int, unit_price: int | None) -> None:
    parts = price(ShopLine(1, "A", "", "", quantity, unit_price, net), "A")

    assert sum(net_of_discount(part.quantity, part.unit_price or 0, part.discount_bp) for part in parts) == net
    assert sum(part.quantity for part in parts) == quantity
    assert len(parts) <= 2


def test_the_list_price_stays_where_its_discount_comes_out_even() -> None:
    (part,) = price(ShopLine(1, "A", "", "", 2, 1800, 3240), "A")

    assert (part.unit_price, part.discount_bp) == (1800, 1000)


def test_a_text_that_nothing_hangs_on_is_kept_short(session: Session) -> None:
    fields = Fields({"note": "a\x00b\u202e" + "x" * 3000})

    assert fields.words("note", longest=10) == "a b xxxxx…"
    assert fields.problems == []
