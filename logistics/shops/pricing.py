"""Writing what a shop charges for a line as quantity, unit price and discount of ours, so that the line costs exactly that."""

from logistics.core.money import net_of_discount
from logistics.orders.validating import LineRequest
from logistics.shops.shop_orders import ShopLine


def price(line: ShopLine, sku: str) -> list[LineRequest]:
    """One line, or two where no single price comes to the shop's amount: 3 for 10.00 are 2 at 3.33 and 1 at 3.34. Minor units.

    The shop's list price stays, with its discount, where that comes to the same. A line without an amount is at our own price.
    """
    if line.net is None or line.quantity == 0:
        return [LineRequest(sku, line.quantity, line.unit_price, note=line.note)]
    if listed := _as_listed(line, sku):
        return [listed]
    each, dearer = divmod(line.net, line.quantity)
    parts = [(line.quantity - dearer, each), (dearer, each + 1)]
    return [LineRequest(sku, quantity, unit_price, note=line.note) for quantity, unit_price in parts if quantity]


def _as_listed(line: ShopLine, sku: str) -> LineRequest | None:
    gross = line.quantity * (line.unit_price or 0)
    if line.unit_price is None or line.net is None or not 0 <= line.net <= gross:
        return None
    discount_bp = round(10_000 * (gross - line.net) / gross) if gross else 0
    if net_of_discount(line.quantity, line.unit_price, discount_bp) != line.net:
        return None
    return LineRequest(sku, line.quantity, line.unit_price, discount_bp, line.note)
