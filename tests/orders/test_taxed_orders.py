"""Orders with discounts and taxes, placed in currencies of 0, 2 and 3 decimals, compared with a reckoning of their own in decimals."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from logistics.catalog.taxing import RateFacts, change_tax_rate
from logistics.core.actors import SYSTEM
from logistics.core.money import plain
from logistics.core.refusals import Invalid
from logistics.orders import rules
from logistics.orders.invariants import INVARIANTS
from logistics.orders.lifecycle import open_order, recompute
from logistics.orders.models import Order
from logistics.orders.paying import amount_open
from logistics.orders.placing import place
from logistics.orders.pricing import Discount
from logistics.orders.validating import LineRequest, OrderRequest, OverDiscountLimit
from tests.cast import Cast

DECIMALS = {"JPY": 0, "USD": 2, "KWD": 3}


@dataclass(frozen=True)
class Wanted:
    """A line as it is reckoned here: amounts in whole units of the currency, rates in percent."""

    units: int
    price: Decimal
    discount: Decimal
    tax: Decimal


@pytest.fixture(autouse=True)
def _rates(session: Session, cast: Cast) -> None:
    cast.taxes("GB", 2000, 550)
    for sku, tax_class in (("LAMP", "standard"), ("TEA", "reduced"), ("FLOUR", "zero"), ("STAMP", "exempt")):
        cast.stock(sku, 50, price=1234, tax_class=tax_class)


def request(cast: Cast, *lines: LineRequest, **values: Any) -> OrderRequest:
    mina = cast.customer()
    given = {"channel": "desk", "name": mina.name, "address": cast.address_of(mina), "currency": "USD", "any_price": True, **values}
    return OrderRequest(customer_id=mina.id, lines=lines, **given)


@pytest.mark.parametrize("included", [True, False], ids=["tax in the prices", "tax on the prices"])
@pytest.mark.parametrize("currency", DECIMALS)
def test_an_order_costs_what_a_reckoning_in_decimals_says_and_less_when_parts_are_cancelled(
    session: Session, cast: Cast, currency: str, included: bool
) -> None:
    cast.channel("desk", tax_included=included)
    places = DECIMALS[currency]
    minor = Decimal(10) ** places
    lines = [
        Wanted(7, Decimal(1999) / minor, Decimal("12.5"), Decimal(20)),
        Wanted(3, Decimal(3333) / minor, Decimal(0), Decimal("5.5")),
        Wanted(2, Decimal(101) / minor, Decimal(0), Decimal(0)),
    ]
    shipping, off = Decimal(777) / minor, Decimal(1003) / minor
    skus = ("LAMP", "TEA", "FLOUR")
    asked = [LineRequest(sku, one.units, int(one.price * minor), int(one.discount * 100)) for sku, one in zip(skus, lines, strict=True)]
    charges = {"shipping": int(shipping * minor), "discount": Discount(int(off * minor))}

    order = place(session, request(cast, *asked, currency=currency, **charges), by=cast.actor())

    reckoned = Reckoning(places, included, lines, shipping, off)
    assert plain(order.total, currency) == f"{reckoned.total([7, 3, 2]):.{places}f}"
    assert plain(order.tax, currency) == f"{reckoned.tax():.{places}f}"
    assert (order.discount, sum(line.discount_share for line in order.lines)) == (1003, 1003)
    assert [line.tax_bp for line in order.lines] == [2000, 550, 0]
    assert amount_open(session, order) == order.total
    for kept in ([6, 3, 2], [6, 1, 0], [1, 0, 0], [0, 0, 0]):
        _cancel_down_to(session, order, kept)
        assert plain(rules.due(order), currency) == f"{reckoned.total(kept):.{places}f}", kept
    assert _offenders(session) == []


@dataclass(frozen=True)
class Reckoning:
    """What an order costs, by Decimal alone: nothing of the house's own rules."""

    places: int
    included: bool
    lines: list[Wanted]
    shipping: Decimal
    off: Decimal

    def total(self, kept: list[int]) -> Decimal:
        """What is due with so many units left of each line."""
        if not any(kept):
            return Decimal(0)
        nets = [self._round(net * units / line.units) for net, units, line in zip(self._nets(), kept, self.lines, strict=True)]
        return sum((self._gross(net, line.tax) for net, line in zip(nets, self.lines, strict=True)), Decimal(0)) + self._gross(
            self.shipping, self.lines[0].tax
        )

    def tax(self) -> Decimal:
        """The tax of everything."""
        pairs = [*zip(self._nets(), [line.tax for line in self.lines], strict=True), (self.shipping, self.lines[0].tax)]
        return sum((self._tax(amount, rate) for amount, rate in pairs), Decimal(0))

    def _nets(self) -> list[Decimal]:
        amounts = [self._round(line.units * line.price * (100 - line.discount) / 100) for line in self.lines]
        unit = Decimal(1).scaleb(-self.places)
        exact = [self.off * amount / sum(amounts) for amount in amounts]
        shares = [(one / unit).to_integral_value("ROUND_FLOOR") * unit for one in exact]
        while sum(shares) < self.off:
            at = max(range(len(shares)), key=lambda at: (exact[at] - shares[at], -at))
            shares[at] += unit
        return [amount - share for amount, share in zip(amounts, shares, strict=True)]

    def _gross(self, amount: Decimal, rate: Decimal) -> Decimal:
        return amount if self.included else amount + self._tax(amount, rate)

    def _tax(self, amount: Decimal, rate: Decimal) -> Decimal:
        return amount - self._round(amount / (1 + rate / 100)) if self.included else self._round(amount * rate / 100)

    def _round(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


def test_an_order_keeps_the_taxes_it_was_placed_with(session: Session, cast: Cast) -> None:
    order = place(session, request(cast, LineRequest("LAMP", 2), shipping=600), by=cast.actor())
    rate = session.execute(text("SELECT id FROM tax_rates WHERE country = 'GB' AND tax_class = 'standard'")).scalar_one()

    change_tax_rate(session, rate_id=rate, facts=RateFacts(2500, "VAT"), version=1, by=SYSTEM)
    later = place(session, request(cast, LineRequest("LAMP", 2), shipping=600), by=cast.actor())

    assert (order.total, order.tax, order.tax_included, order.shipping_tax_bp, order.lines[0].tax_bp) == (3068, 511, True, 2000, 2000)
    assert (later.total, later.tax, later.shipping_tax_bp, later.lines[0].tax_bp) == (3068, 614, 2500, 2500)
    assert _offenders(session) == []


def test_where_there_is_no_rate_nothing_is_taxed(session: Session, cast: Cast) -> None:
    cast.channel("desk", tax_included=False)
    lines = [LineRequest(sku, 1) for sku in ("LAMP", "TEA", "FLOUR", "STAMP")]
    elsewhere = cast.customer("Otto Tax", line1="Hauptstr. 1", city="Berlin", postcode="10115", country="DE", phone="")

    taxed = place(session, request(cast, *lines), by=cast.actor())
    untaxed = place(session, request(cast, *lines, address=cast.address_of(elsewhere)), by=cast.actor())

    assert [(line.tax_bp, line.tax) for line in taxed.lines] == [(2000, 247), (550, 68), (0, 0), (0, 0)]
    assert (taxed.total, untaxed.total, untaxed.tax, untaxed.tax_included) == (4936 + 315, 4936, 0, False)


def test_a_shops_own_sums_and_imported_history_are_left_alone(session: Session, cast: Cast) -> None:
    cast.channel("desk", tax_included=False)

    shop = place(session, request(cast, LineRequest("LAMP", 1), taxed=False), by=SYSTEM)
    past = place(session, request(cast, LineRequest("LAMP", 1), imported_at=shop.placed_at), by=SYSTEM)

    for order in (shop, past):
        assert (order.total, order.tax, order.tax_included, order.shipping_tax_bp, order.lines[0].tax_bp) == (1234, 0, True, 0, 0)


def test_a_part_is_taken_off_the_goods_and_not_off_the_shipping(session: Session, cast: Cast) -> None:
    asked = request(cast, LineRequest("LAMP", 1), LineRequest("TEA", 2, discount_bp=5000), shipping=500, discount=Discount(points=1000))

    order = place(session, asked, by=cast.actor())

    assert [(line.discount_share, line.net) for line in order.lines] == [(124, 1110), (123, 1111)]
    assert (order.discount, order.merchandise, order.total) == (247, 2221, 2721)


@pytest.mark.parametrize(
    ("discount", "code"),
    [
        (Discount(2469), "discount_too_large"),
        (Discount(-1), "bad_discount"),
        (Discount(points=10_001), "bad_discount"),
        (Discount(points=-1), "bad_discount"),
    ],
)
def test_a_discount_that_is_more_than_the_goods_is_refused_with_both_numbers(session: Session, cast: Cast, discount: Discount, code: str) -> None:
    """B18."""
    with pytest.raises(Invalid) as refusal:
        place(session, request(cast, LineRequest("LAMP", 2), shipping=5000, discount=discount), by=cast.actor())

    (error,) = refusal.value.errors
    assert (error.pointer, error.code) == ("discount", code)
    if code == "discount_too_large":
        assert error.facts == {"discount": "24.69", "merchandise": "24.68"}
        assert "24.69" in error.message
        assert "24.68" in error.message
    assert session.query(Order).count() == 0
    assert place(session, request(cast, LineRequest("LAMP", 2), shipping=5000, discount=Discount(2468)), by=cast.actor()).total == 5000


def test_another_total_than_ours_is_refused_with_both_numbers(session: Session, cast: Cast) -> None:
    """B17."""
    cast.channel("desk", tax_included=False)

    with pytest.raises(Invalid) as refusal:
        place(session, request(cast, LineRequest("LAMP", 1), agreed_total=1234), by=cast.actor())
    order = place(session, request(cast, LineRequest("LAMP", 1), agreed_total=1481), by=cast.actor())

    (error,) = refusal.value.errors
    assert (error.pointer, error.code, error.facts) == ("total", "total_differs", {"total": "14.81", "given": "12.34"})
    assert order.total == 1481
    assert session.query(Order).count() == 1


def test_the_orders_discount_counts_for_what_a_clerk_may_give_away(session: Session, cast: Cast) -> None:
    cast.stock("SOFA", 9, price=100_000)

    for lines, discount in (
        ([LineRequest("SOFA", 1)], Discount(20_001)),
        ([LineRequest("SOFA", 1)], Discount(points=2001)),
        ([LineRequest("SOFA", 1, discount_bp=1000)], Discount(10_001)),
        ([LineRequest("SOFA", 1, unit_price=90_000)], Discount(10_001)),
    ):
        with pytest.raises(OverDiscountLimit):
            place(session, request(cast, *lines, discount=discount, any_price=False), by=cast.actor())
    order = place(session, request(cast, LineRequest("SOFA", 1, discount_bp=1000), discount=Discount(10_000), any_price=False), by=cast.actor())

    assert order.merchandise == 80_000


def test_taxes_cost_placing_one_statement(session: Session, cast: Cast, queries: Any) -> None:
    asked = request(cast, LineRequest("LAMP", 1), LineRequest("TEA", 1), LineRequest("FLOUR", 1))
    by = cast.actor()
    place(session, asked, by=by)
    session.expunge_all()
    queries.count = 0
    queries.statements.clear()

    place(session, asked, by=by)

    assert sum("tax_rates" in statement for statement in queries.statements) == 1
    assert queries.count <= 19, queries.statements


def _cancel_down_to(session: Session, order: Order, kept: list[int]) -> None:
    locked = open_order(session, order.id)
    for line, units in zip(locked.lines, kept, strict=True):
        line.cancelled = line.ordered - units
    locked.cancel_reason = "customer" if not any(kept) else ""
    recompute(session, locked, by=SYSTEM)


def _offenders(session: Session) -> list[tuple[str, Any]]:
    session.flush()
    checked = [one for one in INVARIANTS if one.code in ("I-F4", "I-O1", "I-O2", "I-O4", "I-M4")]
    return [(one.code, row) for one in checked for row in one.offenders(session.connection())]
