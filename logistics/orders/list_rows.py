"""The rows of the list of orders: the orders in which they can stand, where a page begins, and what is shown of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, false, func, literal_column, select, true, tuple_

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.paging import read_cursor
from logistics.orders.filtering import OrderSearch, Sort
from logistics.orders.list_conditions import SOON, Condition, has_money, waits
from logistics.orders.models import OPEN, Order, OrderLine, OrderStatus
from logistics.orders.models.orders import CLOSED, EXPIRY, NOT_UNPAID

Orders = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Way:
    """A way of sorting: by these values, all of them up or all of them down. The last of them is the id, so no two are the same."""

    keys: tuple[Any, ...]
    kinds: tuple[type, ...]
    down: bool = False

    @property
    def names(self) -> list[str]:
        """What the values are called in a row."""
        return [f"sort_{at}" for at in range(len(self.keys))]

    def sort(self, orders: Orders, keys: Sequence[Any] = ()) -> Orders:
        """Put them into order; `keys` are the values as they are called in a subquery."""
        return orders.order_by(*(key.desc() if self.down else key for key in keys or self.keys))


WAYS: dict[Sort, Way] = {
    Sort.NEWEST: Way((Order.placed_at, Order.id), (datetime, int), down=True),
    Sort.OLDEST: Way((Order.placed_at, Order.id), (datetime, int)),
    Sort.PRIORITY: Way((literal_column(CLOSED), -Order.priority, Order.placed_at, Order.id), (bool, int, datetime, int)),
    Sort.EXPIRES: Way((literal_column(NOT_UNPAID), literal_column(EXPIRY), Order.id), (bool, datetime, int)),
    # Amounts of different currencies cannot be compared.
    Sort.TOTAL: Way((Order.currency, -Order.total, Order.id), (str, int, int)),
    Sort.NAME: Way((func.lower(Order.name), Order.id), (str, int)),
}
BY_TIME = (WAYS[Sort.NEWEST], WAYS[Sort.OLDEST])
_SHOWN = (
    Order.id, Order.number, Order.placed_at, Order.status, Order.version, Order.name, Order.city, Order.country, Order.currency, Order.total,
    Order.hold_reason, Order.priority, Order.expires_at, Order.shipping, Order.discount, Order.tax, Order.tax_included, Order.surplus, Order.owed,
)  # fmt: skip


def way_of(search: OrderSearch) -> Way:
    """The way a search wants them sorted."""
    # Only what is unpaid expires: of the others those that came last are as good as any.
    expires = search.sort != Sort.EXPIRES or search.status in ("", OrderStatus.UNPAID)
    return WAYS[search.sort if expires else Sort.NEWEST]


def sort_all(orders: Orders, way: Way) -> Orders:
    """All of them in order. Materialized, or an index would be walked that has them in order already, however few of all they are."""
    every = orders.cte("every").prefix_with("MATERIALIZED")
    return way.sort(select(*every.c), [every.c[name] for name in way.names])


def ask(way: Way) -> Orders:
    """Orders with what is shown of them, and what they are sorted by."""
    return ask_keys(way).add_columns(*_SHOWN[1:])


def ask_keys(way: Way) -> Orders:
    """Orders with nothing but their id and what they are sorted by."""
    return select(Order.id, *(key.label(name) for key, name in zip(way.keys, way.names, strict=True)))


def after_page(search: OrderSearch, way: Way) -> list[Condition]:
    """What comes after the page before."""
    if not search.cursor:
        return []
    here, last = tuple_(*way.keys), tuple_(*read_cursor(search.cursor, *way.kinds))
    return [here < last if way.down else here > last]


def dress(wanted: Orders, way: Way) -> Orders:
    """The page that was chosen, with what is shown of its lines, payments and promises."""
    order = wanted.subquery()
    line_of = OrderLine.order_id == order.c.id
    # A sum of whole numbers is a decimal to the database.
    units, shipped = (
        cast(func.sum(column), BigInteger).label(name) for name, column in (("units", OrderLine.ordered), ("shipped", OrderLine.shipped))
    )
    sums = select(units, shipped, func.count().label("lines"))
    goods = select(Product.name.label("goods")).join(OrderLine, OrderLine.product_id == Product.id).where(line_of)
    sums_of, first = sums.where(line_of).lateral(), goods.order_by(OrderLine.position).limit(1).lateral()
    unpaid = order.c.status == OrderStatus.UNPAID.value
    expires = unpaid & (order.c.hold_reason == "") & (order.c.expires_at < clock.now() + SOON)
    dressed = (
        select(
            *order.c,
            sums_of.c.units,
            sums_of.c.shipped,
            sums_of.c.lines,
            first.c.goods,
            case((unpaid, has_money(order.c.id)), else_=false()).label("part_paid"),
            case((order.c.status.in_(OPEN), waits(order.c.id)), else_=false()).label("waiting"),
            func.coalesce(expires, false()).label("expiring"),
        )
        .select_from(order)
        .join(sums_of, true())
        .outerjoin(first, true())
    )
    return way.sort(dressed, [order.c[name] for name in way.names])
