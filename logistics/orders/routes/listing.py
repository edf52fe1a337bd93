"""The list of orders: the desk's home."""

import hashlib
from typing import Any

from flask import Response, request

from logistics.core.actors import needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import current_locale
from logistics.core.pages import page, polled
from logistics.orders import queries
from logistics.orders.queries import OrderSearch
from logistics.orders.routes.blueprint import bp
from logistics.orders.wording import channel_text


@bp.get("/")
@needs("orders.read")
def list_orders() -> Response:
    """Orders, the newest first: searched, filtered, and kept up to date while somebody looks at them."""
    search = OrderSearch.from_query(request.args)
    orders = queries.find_orders(session(), search, timezone=settings().timezone)
    counts = queries.count_by_status(session())
    tag = _tag(orders.rows, counts, current_locale())
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    answer = page(
        "orders/orders.html",
        fragment="orders_table",
        search=search,
        orders=orders,
        counts=counts,
        most=queries.COUNTED_AT_MOST,
        channels=[(row.code, channel_text(row.code, row.name)) for row in queries.find_channels(session())],
        customer=queries.find_customer(session(), search.customer),
        tag=tag,
    )
    return polled(tag, answer)


def _tag(*shown: Any) -> str:
    """Another one as soon as anything shown is another."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
