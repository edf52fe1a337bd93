"""Reads for programs: stock, product by product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.api.schemas.stock import StockQuery
from logistics.catalog.models import Product
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.search import matches
from logistics.inventory.models import StockLevel, Warehouse
from logistics.inventory.queries import AVAILABLE


@dataclass(frozen=True)
class ProductStock:
    """A product's stock: a level per warehouse (warehouse, active, on_hand, reserved, available, quarantined)."""

    sku: str
    name: str
    levels: Sequence[Row[Any]]


def find_stock(session: Session, query: StockQuery) -> tuple[list[ProductStock], str | None]:
    """Products by SKU with their stock, and the cursor of the next page."""
    products = _find_products(session, query)
    levels = find_levels(session, [row.id for row in products.rows], warehouse=query.warehouse)
    return [ProductStock(row.sku, row.name, levels.get(row.id, [])) for row in products.rows], products.next


def find_levels(session: Session, product_ids: Sequence[int], *, warehouse: str | None = None) -> dict[int, list[Row[Any]]]:
    """The levels of these products by product id, in the order in which warehouses are chosen; of one warehouse if asked."""
    shown = (StockLevel.on_hand, StockLevel.reserved, AVAILABLE.label("available"), StockLevel.quarantined)
    levels = (
        select(StockLevel.product_id, Warehouse.code.label("warehouse"), Warehouse.active, *shown)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(StockLevel.product_id == any_(literal(list(product_ids), ARRAY(BigInteger))))
        .order_by(Warehouse.priority, Warehouse.id)
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(levels.where(Warehouse.code == warehouse) if warehouse is not None else levels):
        found.setdefault(row.product_id, []).append(row)
    return found


def _find_products(session: Session, query: StockQuery) -> Slice[Row[Any]]:
    by_sku = func.lower(Product.sku)
    products = select(Product.id, Product.sku, Product.name, by_sku.label("sorted_by")).order_by(by_sku, Product.id).limit(query.limit + 1)
    if query.q:
        products = products.where(matches(Product.search, query.q))
    if query.warehouse is not None:
        here = select(StockLevel.id).join(Warehouse, Warehouse.id == StockLevel.warehouse_id).where(StockLevel.product_id == Product.id)
        products = products.where(here.where(Warehouse.code == query.warehouse).exists())
    if query.cursor:
        sku, product_id = read_cursor(query.cursor, str, int)
        products = products.where((by_sku > sku) | ((by_sku == sku) & (Product.id > product_id)))
    return cut_page(session.execute(products).all(), query.limit, "sorted_by", "id")
