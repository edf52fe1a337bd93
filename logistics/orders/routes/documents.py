"""Every invoice and credit note, for whoever keeps the books."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import structlog
from flask import Response, make_response, request
from sqlalchemy import Row

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.money import plain
from logistics.core.pages import page
from logistics.core.refusals import Invalid
from logistics.orders.routes.blueprint import documents
from logistics.orders.wording import DOCUMENT_KINDS
from logistics.payments.document_queries import DocumentSearch, find_documents
from logistics.payments.models import DocumentKind

MOST_ROWS = 20_000
AT_A_TIME = 500
EXPORTS = "5/hour"
COLUMNS = ("number", "kind", "issued_on", "order", "buyer", "country", "currency", "net", "tax", "total")

log = structlog.get_logger(__name__)


@documents.get("/")
@needs("documents.read")
def list_documents() -> Response:
    """Documents, the latest first, filtered by number, kind and day."""
    search = DocumentSearch.from_query(request.args)
    found = find_documents(session(), search)
    return page("orders/documents.html", fragment="documents_table", search=search, documents=found, kinds=DOCUMENT_KINDS)


@documents.get("/export.csv")
@needs("documents.read")
def export_documents() -> Response:
    """The documents that the list finds, all pages of it; credit notes with negative amounts. At most MOST_ROWS, and a few times an hour."""
    search = replace(DocumentSearch.from_query(request.args), cursor="")
    count_try(EXPORTS, "documents", str(current_actor().id))
    rows = [_written(row) for row in _all_pages(search)]
    log.info("documents_exported", rows=len(rows))
    answer = make_response("".join(csv_lines([COLUMNS, *rows])))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="documents-{clock.now():%Y-%m-%d}.csv"'
    return answer


def _all_pages(search: DocumentSearch) -> Iterator[Row[Any]]:
    """Every row. Raises Invalid for too many."""
    count = 0
    cursor: str | None = ""
    while cursor is not None:
        found = find_documents(session(), replace(search, cursor=cursor), size=AT_A_TIME)
        count, cursor = count + len(found.rows), found.next
        if count > MOST_ROWS:
            raise Invalid(_("More than %(most)s documents fit. Narrow the list first, for example by days.", most=MOST_ROWS))
        yield from found.rows


def _written(row: Row[Any]) -> list[str]:
    sign = 1 if row.kind == DocumentKind.INVOICE else -1
    amounts = [plain(sign * amount, row.currency) for amount in (row.total - row.tax, row.tax, row.total)]
    return [row.number, row.kind, row.issued_on.isoformat(), row.order, row.buyer, row.country, row.currency, *amounts]
