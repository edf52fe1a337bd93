"""The headline and what is due, as rules on plain values."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.money import net_of_discount
from logistics.orders.models import OrderStatus
from logistics.orders.rules import due, headline, tax_of


@dataclass
class Line:
    ordered: int = 2
    cancelled: int = 0
    shipped: int = 0
    delivered: int = 0
    bounced: int = 0
    lost: int = 0
    returned: int = 0
    unit_price: int = 1000
    discount_bp: int = 0
    discount_share: int = 0
    tax_bp: int = 0


@dataclass
class Charged:
    lines: list[Line]
    shipping: int = 0
    shipping_tax_bp: int = 0
    tax_included: bool = True
    allowance: int = 0


@pytest.mark.parametrize(
    ("lines", "covered", "expected"),
    [
        ([Line()], False, "unpaid"),
        ([Line()], True, "paid"),
        ([Line(cancelled=1)], True, "paid"),
        ([Line(cancelled=2)], True, "cancelled"),
        ([Line(cancelled=2), Line()], False, "unpaid"),
        ([Line(shipped=1)], True, "partially_shipped"),
        ([Line(shipped=2), Line()], True, "partially_shipped"),
        ([Line(shipped=1, cancelled=1)], True, "shipped"),
        ([Line(shipped=2)], True, "shipped"),
        ([Line(shipped=2, delivered=1)], True, "shipped"),
        ([Line(shipped=2, delivered=2)], True, "delivered"),
        ([Line(shipped=1, delivered=1)], True, "partially_shipped"),
        ([Line(shipped=2, delivered=2, returned=1)], True, "delivered"),
        ([Line(shipped=2, delivered=2, returned=2)], True, "returned"),
        ([Line(shipped=2, bounced=2)], True, "returned"),
        ([Line(shipped=2, lost=2)], True, "returned"),
        ([Line(shipped=2, lost=1)], True, "shipped"),
        ([Line(shipped=2, delivered=1, lost=1)], True, "delivered"),
        ([Line(shipped=2)], False, "shipped"),
    ],
)
def test_the_first_rule_that_matches_names_the_headline(lines: list[Line], covered: bool, expected: str) -> None:
    assert headline(lines, covered=covered) == OrderStatus(expected)


@pytest.mark.parametrize(
    ("lines", "shipping", "expected"),
    [
        ([Line()], 0, 2000),
        ([Line()], 500, 2500),
        ([Line(cancelled=1)], 500, 1500),
        ([Line(cancelled=2)], 500, 0),
        ([Line(cancelled=2), Line()], 500, 2500),
        ([Line(ordered=3, unit_price=333, discount_bp=1500)], 0, 849),
        ([Line(ordered=1, unit_price=50, discount_bp=100)], 0, 50),
        ([Line(discount_bp=10_000)], 0, 0),
    ],
)
def test_what_is_due_leaves_out_what_was_cancelled_and_with_everything_the_shipping(lines: list[Line], shipping: int, expected: int) -> None:
    assert due(Charged(lines, shipping)) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Charged([Line(discount_share=500)]), 1500),
        (Charged([Line(discount_share=500, cancelled=1)]), 750),
        (Charged([Line(ordered=3, unit_price=1, discount_share=2, cancelled=1)]), 1),
        (Charged([Line(tax_bp=2000)], 500, 2000), 2500),
        (Charged([Line(tax_bp=2000)], 500, 2000, tax_included=False), 3000),
        (Charged([Line(ordered=1, unit_price=33, tax_bp=750), Line(ordered=1, unit_price=33, tax_bp=750)], tax_included=False), 70),
        (Charged([Line(tax_bp=2000, cancelled=1)], tax_included=False), 1200),
        (Charged([Line()], 500, allowance=700), 1800),
        (Charged([Line(cancelled=1), Line(cancelled=2)], allowance=5000), 0),
    ],
)
def test_what_is_due_takes_off_discounts_and_allowances_and_adds_tax_that_prices_do_not_hold(order: Charged, expected: int) -> None:
    assert due(order) == expected


@pytest.mark.parametrize(
    ("amount", "rate", "included", "expected"),
    [(1200, 2000, True, 200), (1000, 2000, False, 200), (100, 1900, True, 16), (5, 1000, False, 1), (4, 1000, False, 0), (0, 2000, True, 0)],
)
def test_tax_is_rounded_half_up(amount: int, rate: int, included: bool, expected: int) -> None:
    assert tax_of(amount, rate, included=included) == expected


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_the_tax_in_a_price_is_the_tax_on_what_is_left_within_a_unit(amount: int, rate: int) -> None:
    inside = tax_of(amount, rate, included=True)

    assert 0 <= inside <= amount
    assert abs(tax_of(amount - inside, rate, included=False) - inside) <= 1


@given(st.integers(1, 999_999), st.integers(0, 10**8), st.integers(0, 10_000))
def test_a_lines_net_is_rounded_half_up_to_the_minor_unit(quantity: int, price: int, discount: int) -> None:
    exact_times_ten_thousand = quantity * price * (10_000 - discount)
    net = net_of_discount(quantity, price, discount)
    assert -5_000 < net * 10_000 - exact_times_ten_thousand <= 5_000
