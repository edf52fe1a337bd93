"""A customer's statement: on the screen, on paper and as a file."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, make_response, request
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import needs
from logistics.core.addressing import address_lines
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.money import plain
from logistics.core.pages import page
from logistics.customers import queries
from logistics.customers.models import Account, Customer
from logistics.customers.routes.blueprint import bp
from logistics.customers.routes.customer_page import currencies_of, found
from logistics.customers.statement_queries import Line, StatementSearch, read_statement, read_whole_statement

MOST_PRINTED, MOST_ROWS = 2_000, 20_000
_COLUMNS = ("at", "entry", "reference", "reason", "order", "currency", "in", "out", "balance", "owed")


@bp.get("/<int:customer_id>/statement")
@needs("customers.read")
def show_statement(customer_id: int) -> Response:
    """What moved the money of one account, page by page; with `?print` all of the days chosen, for paper."""
    shown = _asked(session(), customer_id)
    read: dict[str, Any] = {"timezone": settings().timezone}
    if "print" in request.args:
        statement = read_whole_statement(session(), shown["account"], shown["search"], **read, most=MOST_PRINTED)
        return page("customers/statement_print.html", statement=statement, today=_today(), **shown)
    statement = read_statement(session(), shown["account"], shown["search"], **read)
    return page("customers/statement.html", fragment="statement", statement=statement, months=_months(), **shown)


@bp.get("/<int:customer_id>/statement.csv")
@needs("customers.read")
def export_statement(customer_id: int) -> Response:
    """The same as a file; amounts are never negative there: `in` or `out`, `balance` or `owed`."""
    asked = _asked(session(), customer_id)
    search, customer = asked["search"], asked["customer"]
    whole = read_whole_statement(session(), asked["account"], search, timezone=settings().timezone, most=MOST_ROWS)
    answer = make_response("".join(csv_lines([_COLUMNS, *(_written(line, search.currency) for line in whole.lines)])))
    answer.mimetype = "text/csv"
    name = f"statement-{customer.id}-{search.currency}-{clock.now():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(session: Session, customer_id: int) -> dict[str, Any]:
    customer: Customer = found(queries.find_customer(session, customer_id))
    accounts = queries.find_accounts(session, customer.id)
    search = StatementSearch.from_query(request.args, _usual(accounts))
    account = next((account for account in accounts if account.currency == search.currency), None)
    offered = [(code, code) for code in dict.fromkeys([*currencies_of(accounts), search.currency])]
    address = address_lines(customer.address, customer.name)
    return {"customer": customer, "address": address, "account": account, "search": search, "currencies": offered}


def _usual(accounts: Any) -> str:
    """The account to show where none is named: the one in the house's currency, else the first."""
    held: list[Account] = list(accounts)
    house = settings().currency
    return house if not held or any(account.currency == house for account in held) else held[0].currency


def _months() -> dict[str, tuple[date, date]]:
    """The first and the last day of this month and of the one before, in the shop."""
    this = _today().replace(day=1)
    before = this - timedelta(days=1)
    return {"this": (this, _today()), "last": (before.replace(day=1), before)}


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(settings().timezone)).date()


def _written(line: Line, currency: str) -> list[str]:
    entry = line.entry
    order = entry.reference if entry.order_id else ""
    moved = [plain(max(0, entry.delta), currency), plain(max(0, -entry.delta), currency)]
    stands = [plain(max(0, line.balance), currency), plain(max(0, -line.balance), currency)]
    return [entry.at.isoformat(timespec="seconds"), entry.kind, entry.reference, entry.reason, order, currency, *moved, *stands]
