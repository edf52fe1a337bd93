"""Reads for the list of orders: one page of it, sorted and filtered, and how many there are of each status.

However many orders there are, a page costs about the same. Where few orders fit, they are found first and sorted then; where many do, an
index is walked in the order wanted. The planner alone goes wrong there: he cannot know how rare a word's beginning is, nor that the orders
that fit all stand at the other end of the index (tests/bench/order_list.py asks for all the combinations).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Row, Select, any_, case, cast, false, func, literal, literal_column, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock, parsing
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import BadValue, Invalid
from logistics.orders.filtering import SHOWN, OrderSearch, Sort
from logistics.orders.list_conditions import MOST_READ, SOON, Condition, Conditions, conditions_of, has_money, waits
from logistics.orders.models import OPEN, Order, OrderLine, OrderStatus
from logistics.orders.models.orders import CLOSED, EXPIRY, NOT_UNPAID

PAGE = 50
NEWEST = 8
# Closed orders only ever become more: beyond this they are not counted on every page.
COUNTED_AT_MOST = 1000
FEW = 1000
# So far an index is walked past orders that do not fit, before all that fit are sorted instead.
WALKED_AT_MOST = 8000

Orders = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class OrderList:
    """A page of the list, and how many orders fit by status: exact for open ones and where filters leave few, else to COUNTED_AT_MOST.

    With filters that leave many there are no counts: to find them would cost more the more orders there are.
    """

    orders: Slice[Row[Any]]
    counts: dict[str, int] | None


@dataclass(frozen=True)
class _Way:
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


_WAYS: dict[Sort, _Way] = {
    Sort.NEWEST: _Way((Order.placed_at, Order.id), (datetime, int), down=True),
    Sort.OLDEST: _Way((Order.placed_at, Order.id), (datetime, int)),
    Sort.PRIORITY: _Way((literal_column(CLOSED), -Order.priority, Order.placed_at, Order.id), (bool, int, datetime, int)),
    Sort.EXPIRES: _Way((literal_column(NOT_UNPAID), literal_column(EXPIRY), Order.id), (bool, datetime, int)),
    # Amounts of different currencies cannot be compared.
    Sort.TOTAL: _Way((Order.currency, -Order.total, Order.id), (str, int, int)),
    Sort.NAME: _Way((func.lower(Order.name), Order.id), (str, int)),
}
_IS_CLOSED: Condition = literal_column(CLOSED, Boolean)
_IS_OPEN = ~_IS_CLOSED
_BY_TIME = (_WAYS[Sort.NEWEST], _WAYS[Sort.OLDEST])
_SHOWN = (
    Order.id, Order.number, Order.placed_at, Order.status, Order.version, Order.name, Order.city, Order.country, Order.currency, Order.total,
    Order.hold_reason, Order.priority, Order.expires_at,
)  # fmt: skip


def read_list(session: Session, search: OrderSearch, *, timezone: str) -> OrderList:
    """A page of the list with its counts. Rows have the columns of find_orders."""
    if not search.is_narrow:
        return OrderList(find_orders(session, search, timezone=timezone), count_by_status(session))
    few = _find_few(session, conditions_of(session, replace(search, status=""), timezone))
    if few is None:
        return OrderList(_find_page(session, search, conditions_of(session, search, timezone), PAGE), None)
    return OrderList(_sort_few(session, search, few, PAGE), _count_among(session, few))


def find_orders(session: Session, search: OrderSearch, *, timezone: str, size: int = PAGE) -> Slice[Row[Any]]:
    """Orders as searched for.

    Columns: id, number, placed_at, status, version, name, city, country, currency, total, hold_reason, priority, expires_at, units, shipped,
    lines, goods (a product's name), and whether it is part_paid, waiting, expiring.
    """
    conditions = conditions_of(session, search, timezone)
    # Whole statuses have an index by time only.
    narrow = search.is_narrow or (search.status and _way_of(search) not in _BY_TIME)
    few = _find_few(session, conditions) if narrow else None
    return _find_page(session, search, conditions, size) if few is None else _sort_few(session, search, few, size)


def find_orders_of(session: Session, customer_id: int) -> Sequence[Row[Any]]:
    """A customer's newest orders, as find_orders gives them."""
    way = _WAYS[Sort.NEWEST]
    return session.execute(_dressed(way.sort(_asked(way).where(Order.customer_id == customer_id)).limit(NEWEST), way)).all()


def find_newest(session: Session) -> Sequence[Row[Any]]:
    """The newest orders of all, as find_orders gives them."""
    way = _WAYS[Sort.NEWEST]
    return session.execute(_dressed(way.sort(_asked(way)).limit(NEWEST), way)).all()


def count_by_status(session: Session) -> dict[str, int]:
    """How many orders there are of each status: exact for open ones, at most COUNTED_AT_MOST + 1 for the others."""
    counts = [_count(status, capped=status not in OPEN).label(status.value) for status in SHOWN]
    return dict(session.execute(select(*counts)).one()._mapping)


def count_unpaid(session: Session) -> int:
    """How many orders wait for money, counted to COUNTED_AT_MOST."""
    return int(session.scalar(select(_count(OrderStatus.UNPAID, capped=True))) or 0)


def _find_few(session: Session, conditions: Conditions) -> Sequence[int] | None:
    """The ids of all orders that fit, or None where they are more than FEW."""
    for related in conditions.related:
        found = session.scalars(related.ids.limit(MOST_READ + 1)).all()
        ids = list(set(found))
        if len(found) <= MOST_READ and len(ids) <= FEW:
            return session.scalars(select(Order.id).where(_is_among(ids), *conditions.of_one)).all()
    if not conditions.plain:
        return None
    # Materialized, so that it is planned for all its rows and the limit only stops it.
    fitting = select(Order.id).where(*conditions.plain).cte("fitting").prefix_with("MATERIALIZED")
    ids = list(session.scalars(select(fitting.c.id).limit(FEW + 1)))
    if len(ids) > FEW:
        return None
    return session.scalars(select(Order.id).where(_is_among(ids), *conditions.of_one)).all() if conditions.related else ids


def _sort_few(session: Session, search: OrderSearch, ids: Sequence[int], size: int) -> Slice[Row[Any]]:
    way = _way_of(search)
    wanted = _asked(way).where(_is_among(ids), *_after(search, way))
    if search.status:
        wanted = wanted.where(Order.status == search.status)
    return _cut(session, way, _sort_all(wanted, way), size)


def _find_page(session: Session, search: OrderSearch, conditions: Conditions, size: int) -> Slice[Row[Any]]:
    """Walk an index, if need be past orders that do not fit; where too many of these come first, sort all that fit."""
    way = _way_of(search)
    first = _beginning(search, conditions)
    others, after = conditions.beside(first), _after(search, way)
    if not others:
        return _cut(session, way, way.sort(_asked(way).where(*first, *after)), size)
    walk = way.sort(_keys(way).where(*first, *after))
    # Orders lie on disk as they were placed: in any other order each step is another page of it.
    most = WALKED_AT_MOST if way in _BY_TIME else WALKED_AT_MOST // 2
    near = walk.limit(most).subquery("near")
    fitting = _asked(way).join(near, near.c.id == Order.id).where(*others)
    page = _cut(session, way, way.sort(fitting, [near.c[name] for name in way.names]), size)
    if page.next or session.execute(walk.offset(most).limit(1)).first() is None:
        return page
    # What is rare is known only with the values at hand.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return _cut(session, way, _sort_all(_asked(way).where(*conditions.of_all, *after), way), size)


def _way_of(search: OrderSearch) -> _Way:
    # Only what is unpaid expires: of the others those that came last are as good as any.
    expires = search.sort != Sort.EXPIRES or search.status in ("", OrderStatus.UNPAID)
    return _WAYS[search.sort if expires else Sort.NEWEST]


def _beginning(search: OrderSearch, conditions: Conditions) -> list[Condition]:
    """What says where in the index to begin."""
    if _way_of(search) in _BY_TIME:
        return [*conditions.by_time[:1], *conditions.days]
    if search.status and search.sort == Sort.PRIORITY:
        return [_IS_OPEN if search.status in OPEN else _IS_CLOSED]
    return []


def _cut(session: Session, way: _Way, orders: Orders, size: int) -> Slice[Row[Any]]:
    return cut_page(session.execute(_dressed(orders.limit(size + 1), way)).all(), size, *way.names)


def _sort_all(orders: Orders, way: _Way) -> Orders:
    """All of them in order. Materialized, or an index would be walked that has them in order already, however few of all they are."""
    every = orders.cte("every").prefix_with("MATERIALIZED")
    return way.sort(select(*every.c), [every.c[name] for name in way.names])


def _asked(way: _Way) -> Orders:
    return _keys(way).add_columns(*_SHOWN[1:])


def _keys(way: _Way) -> Orders:
    return select(Order.id, *(key.label(name) for key, name in zip(way.keys, way.names, strict=True)))


def _is_among(ids: Sequence[int]) -> Condition:
    return Order.id == any_(literal(list(ids), ARRAY(BigInteger)))


def _after(search: OrderSearch, way: _Way) -> list[Condition]:
    """What comes after the page before."""
    if not search.cursor:
        return []
    here, last = tuple_(*way.keys), tuple_(*_read_place(search.cursor, way))
    return [here < last if way.down else here > last]


def _dressed(wanted: Orders, way: _Way) -> Orders:
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


def _count(status: OrderStatus, *, capped: bool) -> Any:
    found = select(literal(1)).where(Order.status == status.value)
    counted = found.limit(COUNTED_AT_MOST + 1) if capped else found
    return select(func.count()).select_from(counted.subquery()).scalar_subquery()


def _count_among(session: Session, ids: Sequence[int]) -> dict[str, int]:
    counted = select(Order.status, func.count()).where(_is_among(ids)).group_by(Order.status)
    found: dict[str, int] = {row.status: row[1] for row in session.execute(counted)}
    return {status.value: found.get(status, 0) for status in SHOWN}


def _read_place(cursor: str, way: _Way) -> list[Any]:
    values = read_cursor(cursor, *(str if kind is datetime else kind for kind in way.kinds))
    try:
        return [parsing.parse_instant(value, first=1900) if kind is datetime else value for value, kind in zip(values, way.kinds, strict=True)]
    except BadValue as error:
        raise Invalid(_("This page of the list does not exist. Start from its beginning.")) from error
