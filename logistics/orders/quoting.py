"""What an order would cost and whether there is enough for it, told while it is being typed. Nothing is promised by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.inventory.models import StockLevel, Warehouse
from logistics.inventory.queries import AVAILABLE
from logistics.orders.pricing import NO_DISCOUNT, NO_TAXES, Cost, Discount, Goods, Tariff, reckon
from logistics.orders.validating import LineRequest, amount_of, find_products, price_of


@dataclass(frozen=True)
class LineQuote:
    """A line as far as it is known. `there` and `wanted` count the product's units: those that can be promised, by warehouse code, the
    first choice first; and those asked for over all of the order's lines. `net` is what it costs before the order's discount.
    """

    product: Product | None = None
    there: Mapping[str, int] = field(default_factory=dict)
    wanted: int = 0
    quantity: int = 0
    unit_price: int | None = None
    net: int | None = None

    @property
    def available(self) -> int:
        """The units that can be promised in all."""
        return sum(self.there.values())

    @property
    def is_short(self) -> bool:
        """Whether there is not enough."""
        return self.product is not None and self.wanted > self.available


@dataclass(frozen=True)
class Quote:
    """What the order would cost, in minor units, as far as its lines are known; line by line."""

    lines: Sequence[LineQuote]
    cost: Cost

    @property
    def merchandise(self) -> int:
        """The lines' sum before the order's discount."""
        return sum(line.net or 0 for line in self.lines)

    @property
    def total(self) -> int:
        """What would be to be paid."""
        return self.cost.total

    @property
    def is_priced(self) -> bool:
        """Whether each of its lines has a price."""
        return all(line.net is not None for line in self.lines)

    @property
    def units(self) -> int:
        """How many units in all."""
        return sum(line.quantity for line in self.lines if line.product)


def quote(
    session: Session,
    lines: Sequence[LineRequest | None],
    *,
    currency: str,
    shipping: int,
    discount: Discount = NO_DISCOUNT,
    tariff: Tariff = NO_TAXES,
) -> Quote:
    """What these lines would cost in `currency`, and how much of each product can be promised; None is a line nobody can read yet.

    A discount takes off what the goods cost at most. A product priced in another currency has no price of its own here. Amounts in minor units.
    """
    products = find_products(session, [line.sku for line in lines if line])
    there = find_available(session, [product.id for product in products.values()])
    wanted = _wanted(line for line in lines if line)
    quoted = [_quote(line, products, there, wanted, currency) for line in lines]
    goods = [Goods(line.net, line.product.tax_class) for line in quoted if line.product and line.net is not None]
    return Quote(quoted, reckon(goods, discount=discount, shipping=shipping, tariff=tariff))


def find_available(session: Session, product_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many units of each of these products can be promised, by the code of each open warehouse that has any, the first choice first."""
    there = (
        select(StockLevel.product_id, Warehouse.code, AVAILABLE.label("units"))
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(StockLevel.product_id == any_(literal(list(product_ids), ARRAY(BigInteger))), Warehouse.active, AVAILABLE > 0)
        .order_by(Warehouse.priority, Warehouse.code)
    )
    found: dict[int, dict[str, int]] = {}
    for row in session.execute(there):
        found.setdefault(row.product_id, {})[row.code] = row.units
    return found


def _wanted(lines: Iterable[LineRequest]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.sku.lower()] = wanted.get(line.sku.lower(), 0) + line.quantity
    return wanted


def _quote(
    line: LineRequest | None, products: Mapping[str, Product], there: Mapping[int, Mapping[str, int]], wanted: Mapping[str, int], currency: str
) -> LineQuote:
    product = products.get(line.sku.lower()) if line else None
    if line is None or product is None:
        return LineQuote()
    price = price_of(line, product) if line.unit_price is not None or product.currency == currency else None
    return LineQuote(
        product=product,
        there=there.get(product.id, {}),
        wanted=wanted[line.sku.lower()],
        quantity=line.quantity,
        unit_price=price,
        net=None if price is None else amount_of(line, product),
    )
