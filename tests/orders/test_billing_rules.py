"""What is printed adds up to what is due, whatever was discounted, cancelled and allowed, and in how many parts it was billed."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from logistics.orders import rules
from logistics.orders.billing_rules import difference, entries_of, taxes_of, totals_of, turned

RATES = some.sampled_from([0, 700, 1900, 825])


@some.composite
def orders(draw: Any) -> Any:
    """An order as the rules see it."""
    lines = [_line(draw, at) for at in range(draw(some.integers(1, 4)))]
    return SimpleNamespace(
        lines=lines,
        shipping=draw(some.integers(0, 2000)),
        shipping_tax_bp=draw(RATES),
        tax_included=draw(some.booleans()),
        allowance=draw(some.sampled_from([0, 1, 99, 1000, 10**9])),
    )


def _line(draw: Any, at: int) -> Any:
    ordered = draw(some.integers(1, 7))
    return SimpleNamespace(
        id=at + 1,
        product=SimpleNamespace(sku=f"S{at}", name=f"Thing {at}"),
        ordered=ordered,
        cancelled=draw(some.integers(0, ordered)),
        unit_price=draw(some.integers(0, 99_999)),
        discount_bp=draw(some.sampled_from([0, 333, 10_000])),
        discount_share=draw(some.integers(0, 500)),
        tax_bp=draw(RATES),
    )


@given(orders())
def test_entries_add_up_to_what_is_due(order: Any) -> None:
    entries = entries_of(order)

    assert totals_of(entries)["total"] == rules.due(order)
    assert sum(rate["gross"] for rate in taxes_of(entries)) == rules.due(order)
    assert all(rate["net"] + rate["tax"] == rate["gross"] and rate["gross"] >= 0 for rate in taxes_of(entries))


@given(orders(), orders())
def test_what_was_billed_and_the_difference_are_what_is_there(before: Any, now: Any) -> None:
    billed, wanted = entries_of(before), entries_of(now)
    change = difference(wanted, billed)

    assert difference(wanted, [*billed, *change]) == []
    assert totals_of(turned(change))["total"] == rules.due(before) - rules.due(now)
    assert difference(wanted, [*billed, *turned(turned(change))]) == []


def test_an_allowance_takes_its_tax_with_it_rate_by_rate() -> None:
    line = {"ordered": 1, "cancelled": 0, "discount_bp": 0, "discount_share": 0}
    goods = [
        SimpleNamespace(id=1, product=SimpleNamespace(sku="A", name="A"), unit_price=11_900, tax_bp=1900, **line),
        SimpleNamespace(id=2, product=SimpleNamespace(sku="B", name="B"), unit_price=10_700, tax_bp=700, **line),
    ]
    order: Any = SimpleNamespace(lines=goods, shipping=0, shipping_tax_bp=0, tax_included=True, allowance=2260)

    assert taxes_of(entries_of(order)) == [
        {"tax_bp": 1900, "net": 9000, "tax": 1710, "gross": 10_710},
        {"tax_bp": 700, "net": 9000, "tax": 630, "gross": 9630},
    ]
