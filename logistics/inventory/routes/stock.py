"""What lies where, and why the numbers are what they are."""

import hashlib
from typing import Any

from flask import Response, request

from logistics.catalog.models import Product
from logistics.core.actors import needs
from logistics.core.database import session
from logistics.core.pages import page, polled
from logistics.inventory import ledger_queries, queries
from logistics.inventory.queries import Explanation, StockSearch
from logistics.inventory.routes.blueprint import bp

_FEW = 10


@bp.get("/stock/")
@needs("stock.read")
def list_stock() -> Response:
    """Every stock level; the table looks for changes by itself."""
    search = StockSearch.from_query(request.args)
    levels = queries.find_stock(session(), search)
    low = queries.count_low(session())
    tag = tag_of(search, levels, low)
    shown = page(
        "inventory/stock.html",
        fragment="stock_table",
        search=search,
        levels=levels,
        low=low,
        tag=tag,
        warehouse_choices=warehouse_choices(),
    )
    return polled(tag, shown)


@bp.get("/stock/<int:level_id>/row")
@needs("stock.read")
def show_level(level_id: int) -> Response:
    """One row of a table of stock: what stands there again when nobody edits it any more."""
    return page("inventory/_level.html", level=queries.find_level(session(), level_id), place=place_of_row(), saved=False)


@bp.get('/stock/<int:level_id>/<any("on-hand", reserved, available):number>')
@needs("stock.read")
def show_explanation(level_id: int, number: str) -> Response:
    """Why one number of a stock level is what it is."""
    why = Explanation(
        level=queries.find_level(session(), level_id),
        by_kind=queries.sum_movements(session(), level_id),
        movements=ledger_queries.find_movements_of(session(), [level_id], size=_FEW).rows,
        promises=queries.find_promises(session(), [level_id]),
        waiting=queries.find_waiting(session(), [level_id]),
    )
    return page("inventory/explanation.html", fragment="explanation", why=why, number=number)


@bp.get("/stock/<path:sku>")
@needs("stock.read")
def show_product_stock(sku: str) -> Response:
    """One product's stock: how much, where, for whom, and every movement that made it so."""
    product = queries.find_product(session(), sku)
    shown = product_stock(product)
    tag = tag_of(shown["levels"], shown["promises"], shown["waiting"], shown["movements"])
    return polled(tag, page("inventory/product.html", fragment="product_stock", tag=tag, **shown))


def product_stock(product: Product) -> dict[str, Any]:
    """What the page of a product's stock shows: the product, its levels, totals, promises, who waits, and a page of movements."""
    levels = queries.find_levels_of(session(), product.id)
    chosen = [level for level in levels if level.warehouse == request.args.get("warehouse", "")]
    ids = [level.id for level in chosen or levels]
    return {
        "product": product,
        "levels": levels,
        "totals": {name: sum(getattr(level, name) for level in levels) for name in ("on_hand", "reserved", "waiting", "available", "quarantined")},
        "warehouse": chosen[0].warehouse if chosen else "",
        "promises": queries.find_promises(session(), [level.id for level in levels]),
        "waiting": queries.find_waiting(session(), [level.id for level in levels if level.waiting]),
        "movements": ledger_queries.find_movements_of(session(), ids, cursor=request.args.get("cursor", "")),
    }


def warehouse_choices() -> list[tuple[str, str]]:
    """The warehouses as a filter offers them."""
    return [(warehouse.code, warehouse.code) for warehouse in queries.find_warehouses(session())]


def place_of_row() -> str:
    """Which table a row stands in, as its links say: the `list` of all stock, or that of one `product`."""
    return "product" if request.values.get("in") == "product" else "list"


def tag_of(*facts: Any) -> str:
    """A short name for what a page shows: another one as soon as any of the facts differs."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
