"""Stock, read by programs."""

from flask import Response

from logistics.api.document import documented
from logistics.api.queries import stock as queries
from logistics.api.queries.stock import ProductStock
from logistics.api.representing import stock_answer
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import answer, reads, scope
from logistics.api.schemas.stock import StockAnswer, StockPage, StockQuery
from logistics.core.database import session
from logistics.inventory.queries import find_product


@bp.get("/api/v1/stock")
@documented("Stock", {200: StockPage})
@scope("stock")
@reads(StockQuery)
def list_stock(query: StockQuery) -> Response:
    """What there is of each product, warehouse by warehouse, by SKU."""
    found, following = queries.find_stock(session(), query)
    return answer(StockPage(items=[stock_answer(stock) for stock in found], next=following))


@bp.get("/api/v1/stock/<path:sku>")
@documented("Stock", {200: StockAnswer})
@scope("stock")
def show_stock(sku: str) -> Response:
    """What there is of one product, warehouse by warehouse."""
    product = find_product(session(), sku)
    levels = queries.find_levels(session(), [product.id]).get(product.id, [])
    return answer(stock_answer(ProductStock(product.sku, product.name, levels)))
