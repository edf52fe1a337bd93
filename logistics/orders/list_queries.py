"""Reads for the list of orders: one page of it, sorted and filtered, and how many there are of each status.

However many orders there are, a page costs about the same. Where few orders fit, they are found first and sorted then; where many do, an
index is walked in the order wanted. The planner alone goes wrong there: he cannot know how rare a word's beginning is, nor that the orders
that fit all stand at the other end of the index (tests/bench/order_list.py asks for all the combinations).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Boolean, Row, ScalarSelect, any_, func, literal, literal_column, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core.paging import Slice, count_to, cut_page
from logistics.orders.filtering import SHOWN, OrderSearch, Sort
from logistics.orders.list_conditions import MOST_READ, Condition, Conditions, conditions_of
from logistics.orders.list_rows import BY_TIME, WAYS, Orders, Way, after_page, ask, ask_keys, dress, sort_all, way_of
from logistics.orders.models import OPEN, Order, OrderStatus
from logistics.orders.models.orders import CLOSED

PAGE = 50
NEWEST = 8
# Closed orders only ever become more: beyond this they are not counted on every page.
COUNTED_AT_MOST = 1000
FEW = 1000
# So far an index is walked past orders that do not fit, before all that fit are sorted instead.
WALKED_AT_MOST = 8000


@dataclass(frozen=True)
class OrderList:
    """A page of the list, and how many orders fit by status: exact for open ones and where filters leave few, else to COUNTED_AT_MOST.

    With filters that leave many there are no counts: to find them would cost more the more orders there are.
    """

    orders: Slice[Row[Any]]
    counts: dict[str, int] | None


_IS_CLOSED: Condition = literal_column(CLOSED, Boolean)
_IS_OPEN = ~_IS_CLOSED


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

    Columns: id, number, placed_at, status, version, name, city, country, currency, total, hold_reason, priority, expires_at, surplus, owed,
    units, shipped, lines, goods (a product's name), and whether it is part_paid, waiting, expiring.
    """
    conditions = conditions_of(session, search, timezone)
    # Whole statuses have an index by time only.
    narrow = search.is_narrow or (search.status and way_of(search) not in BY_TIME)
    few = _find_few(session, conditions) if narrow else None
    return _find_page(session, search, conditions, size) if few is None else _sort_few(session, search, few, size)


def find_orders_of(session: Session, customer_id: int) -> Sequence[Row[Any]]:
    """A customer's newest orders, as find_orders gives them."""
    way = WAYS[Sort.NEWEST]
    return session.execute(dress(way.sort(ask(way).where(Order.customer_id == customer_id)).limit(NEWEST), way)).all()


def find_newest(session: Session) -> Sequence[Row[Any]]:
    """The newest orders of all, as find_orders gives them."""
    way = WAYS[Sort.NEWEST]
    return session.execute(dress(way.sort(ask(way)).limit(NEWEST), way)).all()


def count_by_status(session: Session) -> dict[str, int]:
    """How many orders there are of each status: exact for open ones, at most COUNTED_AT_MOST + 1 for the others."""
    counts = [_count(status, capped=status not in OPEN).label(status.value) for status in SHOWN]
    return dict(session.execute(select(*counts)).one()._mapping)


def unpaid_count() -> ScalarSelect[int]:
    """How many orders wait for money, counted to COUNTED_AT_MOST."""
    return _count(OrderStatus.UNPAID, capped=True)


def count_unpaid(session: Session) -> int:
    """As unpaid_count, asked at once."""
    return session.scalar(select(unpaid_count())) or 0


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
    way = way_of(search)
    wanted = ask(way).where(_is_among(ids), *after_page(search, way))
    if search.status:
        wanted = wanted.where(Order.status == search.status)
    return _cut(session, way, sort_all(wanted, way), size)


def _find_page(session: Session, search: OrderSearch, conditions: Conditions, size: int) -> Slice[Row[Any]]:
    """Walk an index, if need be past orders that do not fit; where too many of these come first, sort all that fit."""
    way = way_of(search)
    first = _beginning(search, conditions)
    others, begins = conditions.beside(first), after_page(search, way)
    if not others:
        return _cut(session, way, way.sort(ask(way).where(*first, *begins)), size)
    walk = way.sort(ask_keys(way).where(*first, *begins))
    # Orders lie on disk as they were placed: in any other order each step is another page of it.
    most = WALKED_AT_MOST if way in BY_TIME else WALKED_AT_MOST // 2
    near = walk.limit(most).subquery("near")
    fitting = ask(way).join(near, near.c.id == Order.id).where(*others)
    page = _cut(session, way, way.sort(fitting, [near.c[name] for name in way.names]), size)
    if page.next or session.execute(walk.offset(most).limit(1)).first() is None:
        return page
    # What is rare is known only with the values at hand.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return _cut(session, way, sort_all(ask(way).where(*conditions.of_all, *begins), way), size)


def _beginning(search: OrderSearch, conditions: Conditions) -> list[Condition]:
    """What says where in the index to begin."""
    if way_of(search) in BY_TIME:
        return [*conditions.by_time[:1], *conditions.days]
    if search.status and search.sort == Sort.PRIORITY:
        return [_IS_OPEN if search.status in OPEN else _IS_CLOSED]
    return []


def _cut(session: Session, way: Way, orders: Orders, size: int) -> Slice[Row[Any]]:
    return cut_page(session.execute(dress(orders.limit(size + 1), way)).all(), size, *way.names)


def _is_among(ids: Sequence[int]) -> Condition:
    return Order.id == any_(literal(list(ids), ARRAY(BigInteger)))


def _count(status: OrderStatus, *, capped: bool) -> ScalarSelect[int]:
    found = select(literal(1)).where(Order.status == status.value)
    return count_to(COUNTED_AT_MOST + 1, found) if capped else select(func.count()).select_from(found.subquery()).scalar_subquery()


def _count_among(session: Session, ids: Sequence[int]) -> dict[str, int]:
    counted = select(Order.status, func.count()).where(_is_among(ids)).group_by(Order.status)
    found: dict[str, int] = {row.status: row[1] for row in session.execute(counted)}
    return {status.value: found.get(status, 0) for status in SHOWN}
