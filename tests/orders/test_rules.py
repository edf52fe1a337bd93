"""The headline and what is due, as rules on plain values."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.money import net_of_discount
from logistics.orders.models import OrderStatus
from logistics.orders.rules import due, headline


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
    assert due(lines, shipping) == expected


@given(st.integers(1, 999_999), st.integers(0, 10**8), st.integers(0, 10_000))
def test_a_lines_net_is_rounded_half_up_to_the_minor_unit(quantity: int, price: int, discount: int) -> None:
    exact_times_ten_thousand = quantity * price * (10_000 - discount)
    net = net_of_discount(quantity, price, discount)
    assert -5_000 < net * 10_000 - exact_times_ten_thousand <= 5_000
