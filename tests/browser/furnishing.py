"""Goods and customers as people make them, so that they are found as one types."""

from typing import Any

from logistics.catalog.listing import create_product
from logistics.catalog.models import Product
from logistics.catalog.rules import ProductFacts
from logistics.core.actors import SYSTEM
from logistics.inventory.models import Place
from logistics.inventory.receiving import receive
from tests.cast import Cast


def shelve(cast: Cast, sku: str, units: int, *, at: str = "LEEDS", **facts: Any) -> Product:
    """A product with this many units of it in a warehouse, for USD 18.00 unless told."""
    given = {"name": f"{sku.title()} thing", "price": 1800, "currency": "USD", **facts}
    product = create_product(cast.session, facts=ProductFacts(sku=sku, **given), by=SYSTEM)
    if units:
        receive(cast.session, place=Place(cast.warehouse(at).id, product.id), quantity=units, by=SYSTEM, reference="opening")
    return product
