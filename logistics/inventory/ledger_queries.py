"""Reads of the movement ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, any_, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core.clock import start_of_day
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.parsing import parse_day
from logistics.core.refusals import BadValue
from logistics.core.search import matches, read_question
from logistics.inventory.models import Movement, MovementKind, StockLevel, Warehouse
from logistics.staff.models import Staff

PAGE = 50
_FEW_LEVELS = 200


@dataclass(frozen=True)
class MovementSearch:
    """Which movements are wanted: of products that answer `q`, or of the one with this SKU.

    Days are the shop's, both included; what was typed and is no day stands in `wrong_days`.
    """

    q: str = ""
    sku: str = ""
    warehouse: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    wrong_days: tuple[str, ...] = ()
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "MovementSearch":
        """As the URL says. Raises Invalid for what no keyboard types."""
        days, wrong = {}, []
        for name, end in (("from", "first"), ("to", "last")):
            try:
                days[end] = parse_day(query[name], first=1990) if query.get(name) else None
            except BadValue:
                wrong.append(name)
        kind = query.get("kind", "")
        return cls(
            q=read_question(query.get("q", "")),
            sku=query.get("sku", "").strip()[:64],
            warehouse=query.get("warehouse", "")[:20],
            kind=kind if kind in set(MovementKind) else "",
            wrong_days=tuple(wrong),
            cursor=query.get("cursor", ""),
            **days,
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return replace(self, cursor="") == MovementSearch()


def find_movements(session: Session, search: MovementSearch, *, timezone: str) -> Slice[Row[Any]]:
    """Movements, the latest first, with their product, warehouse and whoever made them (`actor`, a name or None)."""
    movements = _movements().limit(PAGE + 1)
    if search.q or search.sku:
        movements = movements.where(_of_products(session, search))
    if search.warehouse:
        movements = movements.where(Warehouse.code == search.warehouse)
    if search.kind:
        movements = movements.where(Movement.kind == search.kind)
    if search.first:
        movements = movements.where(Movement.at >= start_of_day(search.first, timezone))
    if search.last:
        movements = movements.where(Movement.at < start_of_day(search.last + timedelta(days=1), timezone))
    return _page(session, movements, search.cursor)


def _of_products(session: Session, search: MovementSearch) -> ColumnElement[bool]:
    by_question = matches(Product.search, search.q) if search.q else true()
    by_sku = func.lower(Product.sku) == search.sku.lower() if search.sku else true()
    asked = and_(by_question, by_sku)
    levels = session.scalars(select(StockLevel.id).join(Product, Product.id == StockLevel.product_id).where(asked).limit(_FEW_LEVELS + 1)).all()
    # The rows of few levels are found by their index; those of many are met soon by whoever walks back from the ledger's end.
    return asked if len(levels) > _FEW_LEVELS else _of_levels(levels)


def find_movements_of(session: Session, level_ids: Sequence[int], *, cursor: str = "", size: int = PAGE) -> Slice[Row[Any]]:
    """The movements of some stock levels, the latest first; as find_movements gives them."""
    return _page(session, _movements().where(_of_levels(level_ids)).limit(size + 1), cursor, size)


def find_receipts(session: Session, *, cursor: str = "", reference: str = "") -> Slice[Row[Any]]:
    """What came in, line by line, the latest first; as find_movements gives them."""
    receipts = _movements().where(Movement.kind == MovementKind.RECEIPT.value).limit(PAGE + 1)
    if reference:
        receipts = receipts.where(Movement.reference == reference)
    return _page(session, receipts, cursor)


def _of_levels(level_ids: Sequence[int]) -> ColumnElement[bool]:
    return Movement.stock_level_id == any_(literal(list(level_ids), ARRAY(BigInteger)))


def _movements() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Movement.id,
            Movement.at,
            Movement.quantity,
            Movement.balance_after,
            Movement.bucket,
            Movement.kind,
            Movement.reason,
            Movement.reference,
            Movement.actor_kind,
            Staff.name.label("actor"),
            Product.sku,
            Product.name,
            Warehouse.code.label("warehouse"),
        )
        .join(StockLevel, StockLevel.id == Movement.stock_level_id)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .outerjoin(Staff, and_(Staff.id == Movement.actor_id, Movement.actor_kind == "staff"))
        .order_by(Movement.id.desc())
    )


def _page(session: Session, movements: Select[*tuple[Any, ...]], cursor: str, size: int = PAGE) -> Slice[Row[Any]]:
    if cursor:
        movements = movements.where(Movement.id < read_cursor(cursor, int)[0])
    return cut_page(session.execute(movements).all(), size, "id")
