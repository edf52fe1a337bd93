"""The list of payments, and as a file."""

from typing import Any

import structlog
from flask import Response, make_response, request
from sqlalchemy import Row

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.limits import count_try
from logistics.core.money import plain
from logistics.core.pages import page
from logistics.orders.payment_queries import PaymentSearch, all_payments, find_payments
from logistics.orders.routes.blueprint import payments
from logistics.payments.models import Method, PaymentState

MOST_ROWS = 20_000
EXPORTS = "5/hour"

log = structlog.get_logger(__name__)

_AMOUNTS = ("authorised", "captured", "voided", "refunded")


@payments.get("/")
@needs("payments.read")
def list_payments() -> Response:
    """Payments of all orders, the newest first."""
    search = PaymentSearch.from_query(request.args)
    found = find_payments(session(), search, timezone=settings().timezone)
    return page("payments/payments.html", fragment="payments_table", search=search, payments=found, methods=list(Method), states=list(PaymentState))


@payments.get("/export.csv")
@needs("payments.export")
def export_payments() -> Response:
    """The payments that the list finds, all pages of it. At most MOST_ROWS, and a few times an hour (SEC48)."""
    search = PaymentSearch.from_query(request.args)
    count_try(EXPORTS, "export", str(current_actor().id))
    rows = [_written(row) for row in all_payments(session(), search, timezone=settings().timezone, most=MOST_ROWS)]
    log.info("payments_exported", rows=len(rows), query=search.url())
    answer = make_response("".join(csv_lines([["order", "name", "created_at", "method", "state", "currency", *_AMOUNTS], *rows])))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="payments-{clock.now():%Y-%m-%d}.csv"'
    return answer


def _written(row: Row[Any]) -> list[str]:
    amounts = [plain(getattr(row, name), row.currency) for name in _AMOUNTS]
    return [row.number, row.name, row.created_at.isoformat(timespec="seconds"), row.method, row.state, row.currency, *amounts]
