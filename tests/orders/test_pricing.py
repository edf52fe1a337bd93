"""What an order costs: discounts shared out, taxes rounded line by line; every sum exact to the minor unit."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.money import net_of_discount
from logistics.core.refusals import BadValue
from logistics.orders.pricing import Discount, Goods, Tariff, parse_discount, reckon, spread, write_discount
from logistics.orders.rules import due, line_net

RATES = {"standard": 2000, "reduced": 500}
CLASSES = ["standard", "reduced", "zero", "exempt"]
AMOUNTS = st.integers(0, 10**9)
GOODS = st.lists(st.builds(Goods, AMOUNTS, st.sampled_from(CLASSES)), min_size=1, max_size=8)
TARIFFS = st.builds(Tariff, st.fixed_dictionaries({"standard": st.integers(0, 10_000), "reduced": st.integers(0, 10_000)}), st.booleans())
DISCOUNTS = st.builds(Discount, amount=AMOUNTS) | st.builds(Discount, points=st.integers(0, 10_000))


@dataclass
class Line:
    """A line of an order as due() sees it."""

    ordered: int
    unit_price: int
    discount_bp: int
    discount_share: int = 0
    tax_bp: int = 0
    cancelled: int = 0


@dataclass
class Order:
    """An order as due() sees it."""

    lines: list[Line]
    shipping: int
    shipping_tax_bp: int
    tax_included: bool
    allowance: int = 0
    paid: list[int] = field(default_factory=list)


@pytest.mark.parametrize(
    ("amount", "over", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [333, 333, 334], [33, 33, 34]),
        (1, [1, 99], [0, 1]),
        (5, [5, 0], [5, 0]),
        (0, [7, 8], [0, 0]),
        (0, [0, 0], [0, 0]),
        (7, [10, 10, 10], [3, 2, 2]),
        (50, [10, 30, 60], [5, 15, 30]),
    ],
)
def test_a_discount_is_shared_out_by_the_largest_remainder(amount: int, over: list[int], shares: list[int]) -> None:
    assert spread(amount, over) == shares


@given(st.lists(AMOUNTS, min_size=1, max_size=12), st.data())
def test_shares_add_up_and_none_is_more_than_its_line_or_a_unit_off(over: list[int], data: st.DataObject) -> None:
    amount = data.draw(st.integers(0, sum(over)))

    shares = spread(amount, over)

    assert sum(shares) == amount
    for share, one in zip(shares, over, strict=True):
        assert 0 <= share <= one
        assert abs(share - (Fraction(amount * one, sum(over)) if amount else 0)) < 1


@given(GOODS, DISCOUNTS, AMOUNTS, TARIFFS)
def test_an_order_adds_up(goods: list[Goods], discount: Discount, shipping: int, tariff: Tariff) -> None:
    cost = reckon(goods, discount=discount, shipping=shipping, tariff=tariff)

    before = sum(one.amount for one in goods)
    assert cost.merchandise == before - cost.discount
    assert cost.discount == min(before, discount.off(before)) == sum(line.share for line in cost.lines)
    assert min((cost.merchandise, cost.tax, cost.total, *(value for line in cost.lines for value in (line.net, line.share, line.tax)))) >= 0
    assert cost.tax == sum(line.tax for line in cost.lines) + _tax(shipping, tariff.rates["standard"], tariff.included)
    assert cost.total == cost.merchandise + shipping + (0 if tariff.included else cost.tax)
    for one, line in zip(goods, cost.lines, strict=True):
        rate = tariff.rates.get(one.tax_class, 0)
        assert (line.tax_bp, line.tax) == (rate, _tax(line.net, rate, tariff.included))


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 10**6), st.integers(0, 10_000), st.sampled_from(CLASSES)), min_size=1, max_size=4),
    DISCOUNTS,
    st.integers(0, 10**5),
    TARIFFS,
    st.randoms(use_true_random=False),
)
def test_cancelling_unit_by_unit_never_costs_more_and_ends_where_all_at_once_ends(
    lines: list[tuple[int, int, int, str]], discount: Discount, shipping: int, tariff: Tariff, chance: object
) -> None:
    """So that no cancellation ever makes a paid order unpaid."""
    goods = [Goods(net_of_discount(units, price, points), tax_class) for units, price, points, tax_class in lines]
    cost = reckon(goods, discount=discount, shipping=shipping, tariff=tariff)
    placed = [Line(units, price, points, line.share, line.tax_bp) for (units, price, points, _class), line in zip(lines, cost.lines, strict=True)]
    order = Order(placed, shipping, tariff.shipping_rate, tariff.included)
    assert due(order) == cost.total

    left = [line for line in placed for _unit in range(line.ordered)]
    chance.shuffle(left)  # type: ignore[attr-defined]
    before = cost.total
    for line in left:
        line.cancelled += 1
        assert 0 <= due(order) <= before
        before = due(order)
    assert before == 0


def test_a_line_at_a_deep_discount_never_costs_more_with_fewer_units() -> None:
    """Rounding the two discounts apart made two units of this cost 1 and three of it nothing."""
    line = Line(ordered=10, unit_price=1, discount_bp=7000, discount_share=2)

    nets = [line_net(line, units) for units in range(11)]

    assert nets == sorted(nets)
    assert (nets[0], nets[10]) == (0, 1)


@pytest.mark.parametrize(
    ("typed", "currency", "discount"),
    [
        ("5", "USD", Discount(500)),
        (" 5.25 ", "USD", Discount(525)),
        ("500", "JPY", Discount(500)),
        ("1.125", "KWD", Discount(1125)),
        ("10%", "USD", Discount(points=1000)),
        ("12.5 %", "JPY", Discount(points=1250)),
        ("100%", "USD", Discount(points=10_000)),
        ("0", "USD", Discount()),
    ],
)
def test_a_discount_is_an_amount_or_a_part(typed: str, currency: str, discount: Discount) -> None:
    assert parse_discount(typed, currency) == discount
    assert parse_discount(write_discount(discount, currency) or "0", currency) == discount


@pytest.mark.parametrize(
    ("typed", "code"),
    [("-5", "bad_discount"), ("101%", "bad_percent"), ("%", "bad_percent"), ("5,00", "bad_discount"), ("0.001", "too_many_decimals")],
)
def test_what_is_no_discount_is_refused_with_what_would_be_right(typed: str, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_discount(typed, "USD")
    assert refusal.value.code == code
    if code == "bad_discount":
        assert "5.00" in refusal.value.message
        assert "10%" in refusal.value.message


def _tax(amount: int, rate: int, included: bool) -> int:
    """The tax in or on an amount, reckoned in decimals."""
    part = Decimal(rate) / 10_000
    exact = amount - (amount / (1 + part)).quantize(Decimal(1), ROUND_HALF_UP) if included else (amount * part).quantize(Decimal(1), ROUND_HALF_UP)
    return int(exact)
