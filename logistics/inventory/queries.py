"""Reads for the screens of stock: levels, and why a number is what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, SQLColumnExpression, and_, any_, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import NotFound
from logistics.core.search import matches, read_question
from logistics.inventory.models import Movement, Reservation, ReservationState, StockLevel, Warehouse

PAGE = 50
MOST_PROMISES = 200

AVAILABLE = StockLevel.on_hand - StockLevel.reserved
# As StockLevel.is_low; what is not to be bought again needs no warning.
IS_LOW = and_(StockLevel.reorder_point > 0, StockLevel.reorder_point >= AVAILABLE, Product.discontinued.is_(False))
_SORTS: dict[str, tuple[SQLColumnExpression[Any], type]] = {
    "sku": (func.lower(Product.sku), str),
    "on_hand": (StockLevel.on_hand, int),
    "reserved": (StockLevel.reserved, int),
    "available": (AVAILABLE, int),
}
_LEVEL: tuple[Any, ...] = (
    StockLevel.id,
    StockLevel.on_hand,
    StockLevel.reserved,
    StockLevel.waiting,
    AVAILABLE.label("available"),
    StockLevel.quarantined,
    StockLevel.reorder_point,
    StockLevel.bin,
    StockLevel.version,
    StockLevel.warehouse_id,
    Warehouse.code.label("warehouse"),
    Warehouse.name.label("warehouse_name"),
    Warehouse.active,
    Product.id.label("product_id"),
    Product.sku,
    Product.name,
    Product.discontinued,
    IS_LOW.label("is_low"),
)


@dataclass(frozen=True)
class StockSearch:
    """Which stock is wanted. `sort` is sku, on_hand, reserved or available, with a minus before it for the largest first."""

    q: str = ""
    warehouse: str = ""
    low: bool = False
    sort: str = "sku"
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "StockSearch":
        """As the URL says; an unknown sort is by SKU. Raises Invalid for what no keyboard types."""
        sort = query.get("sort", "sku")
        return cls(
            q=read_question(query.get("q", "")),
            warehouse=query.get("warehouse", "")[:20],
            low=query.get("low") == "1",
            sort=sort if sort.removeprefix("-") in _SORTS else "sku",
            cursor=query.get("cursor", ""),
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.q or self.warehouse or self.low)


@dataclass(frozen=True)
class Explanation:
    """Why a level's numbers are what they are: the movements that make what is on hand, the orders that reserve, and those that wait."""

    level: Row[Any]
    by_kind: Sequence[Row[str, int, int]]
    movements: Sequence[Row[Any]]
    promises: Sequence[Row[str, int, int, datetime, str]]
    waiting: Sequence[Row[str, int, int, datetime, str]]


def find_stock(session: Session, search: StockSearch) -> Slice[Row[Any]]:
    """Stock levels, with their product and warehouse: the columns of _LEVEL."""
    key, kind = _SORTS[search.sort.removeprefix("-")]
    down = search.sort.startswith("-")
    levels = _filtered(_levels().add_columns(key.label("sorted_by")), search).limit(PAGE + 1)
    if search.cursor:
        after = tuple_(*read_cursor(search.cursor, kind, int))
        here = tuple_(key, StockLevel.id)
        levels = levels.where(here < after if down else here > after)
    levels = levels.order_by(key.desc(), StockLevel.id.desc()) if down else levels.order_by(key, StockLevel.id)
    return cut_page(session.execute(levels).all(), PAGE, "sorted_by", "id")


def count_low(session: Session) -> int:
    """How many stock levels have come down to their reorder point."""
    return int(session.scalar(low_levels()) or 0)


def low_levels() -> Select[Any]:
    """The query of that number."""
    return select(func.count()).select_from(StockLevel).join(Product, Product.id == StockLevel.product_id).where(IS_LOW)


def find_level(session: Session, level_id: int) -> Row[Any]:
    """One stock level, as find_stock gives it. Raises NotFound."""
    level = session.execute(_levels().where(StockLevel.id == level_id)).first()
    if level is None:
        raise NotFound(_("This stock does not exist."))
    return level


def find_product(session: Session, sku: str) -> Product:
    """The product of this SKU, in whatever case. Raises NotFound."""
    product = session.scalar(select(Product).where(func.lower(Product.sku) == sku.lower()))
    if product is None:
        raise NotFound(_("There is no product “%(sku)s”.", sku=sku[:80]))
    return product


def find_levels_of(session: Session, product_id: int) -> Sequence[Row[Any]]:
    """A product's stock in every warehouse that ever had any, in order of priority; as find_stock gives it."""
    return session.execute(_levels().where(StockLevel.product_id == product_id).order_by(Warehouse.priority, Warehouse.id)).all()


def find_promises(session: Session, level_ids: Sequence[int]) -> Sequence[Row[str, int, int, datetime, str]]:
    """What is reserved, one row per order and warehouse, the oldest first: reference, quantity, picked, placed_at, warehouse."""
    return session.execute(_by_order(level_ids, ReservationState.ACTIVE).order_by(func.min(Reservation.placed_at), Reservation.reference)).all()


def find_waiting(session: Session, level_ids: Sequence[int]) -> Sequence[Row[str, int, int, datetime, str]]:
    """What waits for stock, as find_promises gives it, in the order in which it is served."""
    urgent, first = func.max(Reservation.priority).desc(), func.min(Reservation.placed_at)
    return session.execute(_by_order(level_ids, ReservationState.WAITING).order_by(urgent, first, Reservation.reference)).all()


def count_waiting(session: Session, order_line_ids: Sequence[int]) -> dict[int, int]:
    """How many units of these order lines wait for stock, by line; lines that do not wait are left out."""
    waits = (Reservation.order_line_id == any_(literal(list(order_line_ids), ARRAY(BigInteger))), Reservation.state == ReservationState.WAITING.value)
    units = select(Reservation.order_line_id, func.sum(Reservation.quantity)).where(*waits).group_by(Reservation.order_line_id)
    return {line: int(total) for line, total in session.execute(units)}


def sum_movements(session: Session, level_id: int) -> Sequence[Row[str, int, int]]:
    """What makes a level's units on hand: kind, quantity (signed sum), times; in the order of the kinds' first movement."""
    return session.execute(
        select(Movement.kind, func.sum(Movement.quantity).label("quantity"), func.count().label("times"))
        .where(Movement.stock_level_id == level_id, Movement.bucket == "sellable")
        .group_by(Movement.kind)
        .order_by(func.min(Movement.id))
    ).all()


def find_warehouses(session: Session, *, only_active: bool = False) -> Sequence[Warehouse]:
    """The warehouses, in order of priority."""
    warehouses = select(Warehouse).order_by(Warehouse.priority, Warehouse.id)
    return session.scalars(warehouses.where(Warehouse.active) if only_active else warehouses).all()


def sum_units(session: Session) -> dict[int, int]:
    """How many units lie in each warehouse, by its id."""
    units = select(StockLevel.warehouse_id, func.sum(StockLevel.on_hand)).group_by(StockLevel.warehouse_id)
    return {warehouse: int(total) for warehouse, total in session.execute(units)}


def get_warehouse(session: Session, warehouse_id: int) -> Warehouse:
    """One warehouse. Raises NotFound."""
    warehouse = session.get(Warehouse, warehouse_id)
    if warehouse is None:
        raise NotFound(_("There is no such warehouse."))
    return warehouse


def _by_order(level_ids: Sequence[int], state: ReservationState) -> Select[str, int, int, datetime, str]:
    return (
        select(
            Reservation.reference,
            func.sum(Reservation.quantity).label("quantity"),
            func.sum(Reservation.picked).label("picked"),
            func.min(Reservation.placed_at).label("placed_at"),
            Warehouse.code.label("warehouse"),
        )
        .join(StockLevel, StockLevel.id == Reservation.stock_level_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(Reservation.stock_level_id == any_(literal(list(level_ids), ARRAY(BigInteger))), Reservation.state == state.value)
        .group_by(Reservation.reference, Warehouse.code)
        .limit(MOST_PROMISES)
    )


def _levels() -> Select[*tuple[Any, ...]]:
    return (
        select(*_LEVEL)
        .select_from(StockLevel)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
    )


def _filtered(levels: Select[*tuple[Any, ...]], search: StockSearch) -> Select[*tuple[Any, ...]]:
    if search.q:
        levels = levels.where(matches(Product.search, search.q))
    if search.warehouse:
        levels = levels.where(Warehouse.code == search.warehouse)
    if search.low:
        levels = levels.where(IS_LOW)
    return levels
