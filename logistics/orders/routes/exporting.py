"""The list of orders as a file."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import structlog
from flask import Response, make_response
from sqlalchemy import Row

from logistics.core import clock
from logistics.core.actors import current_actor, may, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.money import plain
from logistics.core.refusals import Invalid
from logistics.orders.filtering import OrderSearch
from logistics.orders.list_queries import find_orders
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.listing import asked_for

MOST_ROWS = 20_000
AT_A_TIME = 500
EXPORTS = "5/hour"

log = structlog.get_logger(__name__)

_COLUMNS = ("number", "placed_at", "status", "name", "city", "country", "units", "shipped", "priority", "hold_reason", "expires_at")
_PRICES = ("currency", "total", "shipping", "discount", "tax", "tax_included")


@bp.get("/export.csv")
@needs("orders.export")
def export_orders() -> Response:
    """The orders that the list finds, all pages of it, in its order. At most MOST_ROWS, and a few times an hour (SEC48)."""
    search = replace(asked_for(), cursor="")
    count_try(EXPORTS, "export", str(current_actor().id))
    priced = may("prices.read")
    rows = [_written(row, priced) for row in _all_pages(search)]
    log.info("orders_exported", rows=len(rows), query=search.text)
    answer = make_response("".join(csv_lines([[*_COLUMNS, *(_PRICES if priced else ())], *rows])))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="orders-{clock.now():%Y-%m-%d}.csv"'
    return answer


def _all_pages(search: OrderSearch) -> Iterator[Row[Any]]:
    """Every row. Raises Invalid for too many."""
    count = 0
    cursor: str | None = ""
    while cursor is not None:
        page = find_orders(session(), replace(search, cursor=cursor), timezone=settings().timezone, size=AT_A_TIME)
        count, cursor = count + len(page.rows), page.next
        if count > MOST_ROWS:
            raise Invalid(_("More than %(most)s orders fit. Narrow the list first, for example by days.", most=MOST_ROWS))
        yield from page.rows


def _written(row: Row[Any], priced: bool) -> list[str]:
    expires = row.expires_at.isoformat(timespec="seconds") if row.expires_at else ""
    shown = [row.number, row.placed_at.isoformat(timespec="seconds"), row.status, row.name, row.city, row.country]
    shown += [str(row.units), str(row.shipped), str(row.priority), row.hold_reason, expires]
    amounts = [plain(amount, row.currency) for amount in (row.total, row.shipping, row.discount, row.tax)]
    return [*shown, row.currency, *amounts, "yes" if row.tax_included else "no"] if priced else shown
