"""Reads about products, for boxes that find them and for their own page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, any_, case, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product, has_gtin
from logistics.core.language import _
from logistics.core.search import matches
from logistics.inventory.models import StockLevel, Warehouse
from logistics.inventory.queries import AVAILABLE, find_levels_of

MOST_OPTIONS = 10


def find_products_to_receive(session: Session, question: str) -> Sequence[Row[int, str, str, bool]]:
    """At most ten products for a box that finds as one types: id, sku, name, exact (a scanned barcode or a whole SKU, first)."""
    if not question:
        return []
    code = func.lower(Product.sku) == question.lower()
    digits = question.replace(" ", "")
    exact = (code | has_gtin(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= 14 else code
    found = select(Product.id, Product.sku, Product.name, exact.label("exact")).where(exact | matches(Product.search, question))
    return session.execute(found.order_by(case((exact, 0), else_=1), func.lower(Product.sku)).limit(MOST_OPTIONS)).all()


def find_products_by_id(session: Session, ids: Sequence[int]) -> dict[int, Row[int, str, str]]:
    """Products (id, sku, name) by their id, those that there are."""
    found = select(Product.id, Product.sku, Product.name).where(Product.id == any_(literal(list(ids), ARRAY(BigInteger))))
    return {product.id: product for product in session.execute(found)}


def load_product_panel(session: Session, product: Product) -> dict[str, Any]:
    """For the page of a product: its levels and their totals."""
    levels = find_levels_of(session, product.id)
    totals = {name: sum(getattr(level, name) for level in levels) for name in ("on_hand", "reserved", "waiting", "available")}
    return {"product": product, "levels": levels, "totals": totals}


def load_option_texts(session: Session, product_ids: Sequence[int]) -> dict[str, dict[int, str]]:
    """For boxes that find products: how many of each can be promised."""
    there = (
        select(StockLevel.product_id, func.sum(AVAILABLE))
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(StockLevel.product_id == any_(literal(list(product_ids), ARRAY(BigInteger))), Warehouse.active)
        .group_by(StockLevel.product_id)
    )
    units = {product: int(total) for product, total in session.execute(there)}
    return {"texts": {product: _("%(count)s available", count=units.get(product, 0)) for product in product_ids}}
