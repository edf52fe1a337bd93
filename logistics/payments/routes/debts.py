"""Pages about what customers owe. They stand among the customers'."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from flask import Blueprint, Response, make_response, request
from sqlalchemy import Row

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.money import plain
from logistics.core.pages import page
from logistics.core.refusals import Invalid
from logistics.payments.overdue_queries import OverdueSearch, find_overdue

bp = Blueprint("debts", __name__, url_prefix="/customers")
MOST_ROWS = 20_000
EXPORTS = "5/hour"
_COLUMNS = ("reference", "name", "email", "phone", "currency", "owed", "overdue", "since")

log = structlog.get_logger(__name__)


@bp.get("/overdue")
@needs("customers.read")
def list_overdue() -> Response:
    """Who owes what was to be paid before today, the longest overdue first."""
    search = OverdueSearch.from_query(request.args)
    today = _today()
    return page("payments/overdue.html", fragment="overdue_table", search=search, today=today, rows=find_overdue(session(), search, today=today))


@bp.get("/overdue.csv")
@needs("customers.export")
def export_overdue() -> Response:
    """The same as a file, all of it; a few times an hour (SEC48)."""
    count_try(EXPORTS, "export", str(current_actor().id))
    found = find_overdue(session(), OverdueSearch.from_query({"sort": request.args.get("sort", "")}), today=_today(), size=MOST_ROWS)
    if found.next:
        raise Invalid(_("More than %(most)s lines fit.", most=MOST_ROWS))
    log.info("overdue_exported", rows=len(found.rows))
    answer = make_response("".join(csv_lines([_COLUMNS, *map(_written, found.rows)])))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="overdue-{clock.now():%Y-%m-%d}.csv"'
    return answer


def _written(row: Row[Any]) -> list[str]:
    amounts = [plain(amount, row.currency) for amount in (row.owed, row.overdue)]
    return [row.reference or "", row.name, row.email, row.phone, row.currency, *amounts, str(row.since or "")]


def _today() -> date:
    """The day it is in the shop."""
    return clock.now().astimezone(ZoneInfo(settings().timezone)).date()
