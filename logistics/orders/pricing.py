"""What an order costs: the discount of the whole order shared out over its lines, and the tax of the country it goes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from logistics.catalog.models import TaxClass
from logistics.catalog.taxing import rates_in
from logistics.core.language import _
from logistics.core.money import decimals, parse_money, plain
from logistics.core.parsing import parse_percent
from logistics.core.refusals import BadValue
from logistics.orders.rules import tax_of


@dataclass(frozen=True)
class Discount:
    """What is taken off the goods of a whole order: an amount in minor units, or a part of what they cost in basis points."""

    amount: int = 0
    points: int = 0

    def off(self, goods: int) -> int:
        """What it takes off goods that cost so many minor units. A part is rounded half up."""
        return self.amount + (2 * goods * self.points + 10_000) // 20_000


NO_DISCOUNT = Discount()


@dataclass(frozen=True)
class Tariff:
    """The taxes an order is placed under: rates in basis points by tax class, and whether its prices hold them already."""

    rates: Mapping[str, int] = field(default_factory=dict)
    included: bool = True

    def rate_of(self, tax_class: str) -> int:
        """What goods of a class are taxed with."""
        return self.rates.get(tax_class, 0)

    @property
    def shipping_rate(self) -> int:
        """What the shipping charge is taxed with: as most goods are."""
        return self.rate_of(TaxClass.STANDARD)


NO_TAXES = Tariff()


@dataclass(frozen=True)
class Goods:
    """A line before the order's discount: `amount` is what it costs with its own discount taken off, in minor units."""

    amount: int
    tax_class: str


@dataclass(frozen=True)
class LineCost:
    """What a line comes to, in minor units: its share of the order's discount, what is left, and the tax in or on that."""

    share: int
    net: int
    tax_bp: int
    tax: int


@dataclass(frozen=True)
class Cost:
    """What an order comes to, in minor units. `merchandise` is what the lines cost with the discount taken off."""

    lines: Sequence[LineCost]
    discount: int
    merchandise: int
    shipping: int
    tax: int
    tax_included: bool

    @property
    def total(self) -> int:
        """What is to be paid."""
        return self.merchandise + self.shipping + (0 if self.tax_included else self.tax)


def find_tariff(session: Session, *, country: str, included: bool) -> Tariff:
    """The taxes of today on what goes to this country (ISO 3166; none while nobody knows it); `included` as the channel's prices are."""
    return Tariff(rates_in(session, country) if country else {}, included)


def reckon(goods: Sequence[Goods], *, discount: Discount, shipping: int, tariff: Tariff) -> Cost:
    """Add an order up, its tax rounded line by line. A discount takes off what the goods cost at most. Minor units."""
    amounts = [one.amount for one in goods]
    off = min(discount.off(sum(amounts)), sum(amounts))
    lines = [_cost(one, share, tariff) for one, share in zip(goods, spread(off, amounts), strict=True)]
    tax = sum(line.tax for line in lines) + tax_of(shipping, tariff.shipping_rate, included=tariff.included)
    return Cost(lines, off, sum(line.net for line in lines), shipping, tax, tariff.included)


def spread(amount: int, over: Sequence[int]) -> list[int]:
    """Share an amount out in proportion to others, to the unit: what is left after rounding down goes to the largest remainders.

    The amount is at most their sum, so that no share is more than what it is taken off. Of equal remainders the first is served first.
    """
    whole = sum(over)
    if not whole:
        return [0] * len(over)
    shares = [amount * one // whole for one in over]
    by_remainder = sorted(range(len(over)), key=lambda at: -(amount * over[at] % whole))
    for at in by_remainder[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def parse_discount(text: str, currency: str) -> Discount:
    """Read "5.00" as an amount, in the currency's decimals, and "10%" as a part of the goods. Raises BadValue."""
    written = text.strip(" ")
    if written.endswith("%"):
        return Discount(points=parse_percent(written.removesuffix("%")))
    try:
        return Discount(amount=parse_money(written, currency))
    except BadValue as error:
        if error.code != "bad_amount":
            raise
        example = plain(5 * 10 ** decimals(currency), currency)
        message = _("Write the discount as an amount like %(amount)s, or in percent like %(percent)s.", amount=example, percent="10%")
        raise BadValue("bad_discount", message) from error


def write_discount(discount: Discount, currency: str) -> str:
    """A discount as parse_discount reads it; nothing for none."""
    if discount.points:
        return f"{discount.points / 100:.2f}".rstrip("0").rstrip(".") + "%"
    return plain(discount.amount, currency) if discount.amount else ""


def _cost(goods: Goods, share: int, tariff: Tariff) -> LineCost:
    net, rate = goods.amount - share, tariff.rate_of(goods.tax_class)
    return LineCost(share, net, rate, tax_of(net, rate, included=tariff.included))
