"""The filters of the list of orders in SQL.

What an index says of itself has to stand in the text of a condition: a value that is sent along could be any. And what hangs on an order
is asked for in two ways, of which the caller takes the cheaper: all orders it leaves, or whether it holds for one order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select, true, union_all
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.search import matches
from logistics.inventory.models import Reservation, StockLevel, Warehouse
from logistics.orders.filtering import Flag, OrderSearch
from logistics.orders.models import Channel, Order, OrderLine
from logistics.payments.models import Payment

SOON = timedelta(hours=24)
# So many ids at most are read of what hangs on orders; two lines of an order give the same one twice.
MOST_READ = 4000
WAITING: ColumnElement[str] = literal_column("'waiting'")
_UNPAID: ColumnElement[str] = literal_column("'unpaid'")
_ACTIVE: ColumnElement[str] = literal_column("'active'")
_CONSUMED: ColumnElement[str] = literal_column("'consumed'")
_LATER: tuple[ColumnElement[str], ...] = (literal_column("'cod'"), literal_column("'terms'"))
_NOTHING: ColumnElement[str] = literal_column("''")

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Related:
    """A filter by what hangs on an order: the ids of the orders it leaves (`order_id`, some of them twice), or a question to one of them."""

    ids: Select[*tuple[Any, ...]]
    holds: Condition


@dataclass(frozen=True)
class Conditions:
    """The filters of a search: those that have an index by time, the days, those by other columns, and those by what hangs on orders."""

    by_time: list[Condition] = field(default_factory=list)
    days: list[Condition] = field(default_factory=list)
    by_columns: list[Condition] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)

    @property
    def plain(self) -> list[Condition]:
        """All that can be seen in the order's row."""
        return self.by_time + self.days + self.by_columns

    @property
    def of_one(self) -> list[Condition]:
        """All of them, as questions to one order."""
        return self.plain + [related.holds for related in self.related]

    @property
    def of_all(self) -> list[Condition]:
        """All of them, to find all orders that fit."""
        return self.plain + [Order.id.in_(related.ids) for related in self.related]

    def beside(self, first: list[Condition]) -> list[Condition]:
        """All but these, as questions to one order."""
        return [condition for condition in self.of_one if not any(condition is other for other in first)]


def conditions_of(session: Session, search: OrderSearch, timezone: str) -> Conditions:
    """The filters of a search. The status is one of those with an index by time."""
    found = Conditions(days=_placed_between(search, timezone), related=_related(session, search))
    # The first of those by time is the one whose index is walked: the rarer, the earlier.
    if search.customer:
        found.by_time.append(Order.customer_id == search.customer)
    found.by_time.extend(_COLUMNS[flag]() for flag in search.flags if flag in _COLUMNS)
    if search.channel:
        found.by_time.append(Order.channel_id == select(Channel.id).where(Channel.code == search.channel).scalar_subquery())
    if search.status:
        found.by_time.append(Order.status == search.status)
    if search.q:
        found.by_columns.append(matches(Order.search, search.q))
    found.by_columns.extend(_totals(search))
    if Flag.EXPIRING in search.flags:
        found.by_columns.append(_is_expiring())
    if Flag.PART_PAID in search.flags:
        found.by_columns.append(_is_part_paid())
    return found


def _totals(search: OrderSearch) -> list[Condition]:
    # By the negative, as the index has it.
    bounds = [Order.currency == search.currency] if search.currency else []
    bounds += [-Order.total <= -search.least] if search.least is not None else []
    return bounds + ([-Order.total >= -search.most] if search.most is not None else [])


def has_money(order_id: Any) -> Condition:
    """Whether money came in for an order, or was authorised."""
    covered = Payment.authorised - Payment.voided - Payment.refunded
    return _asked_of_one(select(Payment.id).where(Payment.order_id == order_id, covered > 0))


def waits(order_id: Any) -> Condition:
    """Whether a line of an order waits for stock."""
    return _asked_of_one(_promises().where(OrderLine.order_id == order_id, Reservation.state == WAITING))


def _placed_between(search: OrderSearch, timezone: str) -> list[Condition]:
    first, last = search.span(clock.now().astimezone(ZoneInfo(timezone)).date())
    begins = [Order.placed_at >= clock.start_of_day(first, timezone)] if first else []
    return begins + ([Order.placed_at < clock.start_of_day(last + timedelta(days=1), timezone)] if last else [])


def _related(session: Session, search: OrderSearch) -> list[Related]:
    related = []
    if Flag.WAITING in search.flags:
        related.append(Related(_waiting(), waits(Order.id)))
    if Flag.ATTENTION in search.flags:
        related.append(_needing_attention())
    if search.sku:
        # Looked up first: how often it was ordered the planner knows of a product, not of whatever a subquery finds.
        product = session.scalar(select(Product.id).where(func.lower(Product.sku) == search.sku.lower())) or 0
        of_it = select(OrderLine.order_id).where(OrderLine.product_id == product)
        related.append(Related(of_it, _asked_of_one(of_it.where(OrderLine.order_id == Order.id))))
    if search.warehouse:
        related.append(_served_from(session.scalar(select(Warehouse.id).where(Warehouse.code == search.warehouse)) or 0))
    return related


def _served_from(warehouse: int) -> Related:
    """Anything of it is promised at a warehouse, or was sent from there."""
    at_it = select(StockLevel.id).where(StockLevel.warehouse_id == warehouse).subquery()
    halves = []
    # Each half has an index of its own, and the limit makes sure that it is asked level by level.
    for states in ((_ACTIVE, WAITING), (_CONSUMED,)):
        promise = select(Reservation.order_line_id).where(Reservation.stock_level_id == at_it.c.id, Reservation.state.in_(states))
        each = promise.limit(MOST_READ + 1).lateral()
        halves.append(select(OrderLine.order_id).select_from(at_it).join(each, true()).join(OrderLine, OrderLine.id == each.c.order_line_id))
    both = union_all(*halves).subquery()
    one = _promises().join(StockLevel, StockLevel.id == Reservation.stock_level_id)
    here = (OrderLine.order_id == Order.id, StockLevel.warehouse_id == warehouse, Reservation.state.in_((_ACTIVE, WAITING, _CONSUMED)))
    return Related(select(both.c.order_id), _asked_of_one(one.where(*here)))


def _needing_attention() -> Related:
    held, expiring = select(Order.id.label("order_id")).where(_is_held()), select(Order.id.label("order_id")).where(_is_expiring())
    every = union_all(held, expiring, _waiting()).subquery()
    return Related(select(every.c.order_id), _is_held() | _is_expiring() | waits(Order.id))


def _waiting() -> Select[*tuple[Any, ...]]:
    return _promises().with_only_columns(OrderLine.order_id).where(Reservation.state == WAITING)


def _promises() -> Select[*tuple[Any, ...]]:
    return select(Reservation.id).join(OrderLine, OrderLine.id == Reservation.order_line_id)


def _asked_of_one(rows: Select[*tuple[Any, ...]]) -> Condition:
    """Whether there is such a row. With an offset the planner asks it of each order, and turns it into no join with all of them."""
    return rows.offset(literal_column("0")).exists()


def _is_held() -> Condition:
    return Order.hold_reason != _NOTHING


def _is_expiring() -> Condition:
    return and_(Order.status == _UNPAID, Order.expires_at < clock.now() + SOON, Order.hold_reason == _NOTHING)


def _is_part_paid() -> Condition:
    return and_(Order.status == _UNPAID, has_money(Order.id))


_COLUMNS: dict[Flag, Callable[[], Condition]] = {
    Flag.HELD: _is_held,
    Flag.URGENT: lambda: Order.priority > literal_column("0"),
    Flag.OVERPAID: lambda: Order.surplus > literal_column("0"),
    # The literals, or the plan could not know that the partial index holds them.
    Flag.COD: lambda: Order.owed == literal_column("'cod'"),
    Flag.TERMS: lambda: Order.owed == literal_column("'terms'"),
    Flag.NOTE: lambda: Order.note != _NOTHING,
    Flag.IMPORTED: lambda: Order.imported_at.is_not(None),
}
