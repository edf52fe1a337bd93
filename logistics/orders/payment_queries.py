"""Reads for the list of payments, as a bookkeeper wants them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, Select, select, tuple_
from sqlalchemy.orm import Session

from logistics.core import clock, parsing
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import BadValue, Invalid
from logistics.orders.models import Order
from logistics.payments.models import Method, Payment, PaymentState

PAGE = 50
AT_A_TIME = 1000


@dataclass(frozen=True)
class PaymentSearch:
    """Which payments are wanted; empty texts leave a filter open. Days are the shop's, both included."""

    method: str = ""
    state: str = ""
    first_day: date | None = None
    last_day: date | None = None
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "PaymentSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        method, state = query.get("method", ""), query.get("state", "")
        if method not in ("", *Method) or state not in ("", *PaymentState):
            raise Invalid(_("This list cannot be shown in that way."))
        try:
            return cls(method, state, _day(query.get("from", "")), _day(query.get("to", "")), query.get("cursor", ""))
        except BadValue as error:
            raise Invalid(error.message) from error

    @property
    def is_open(self) -> bool:
        """Whether nothing is filtered."""
        return replace(self, cursor="") == PaymentSearch()

    def url(self, **changes: Any) -> str:
        """The query for a link, with some of it changed; it starts from the first page unless `cursor` is given."""
        wanted = replace(self, **{"cursor": "", **changes})
        named = {"method": wanted.method, "state": wanted.state, "from": wanted.first_day, "to": wanted.last_day, "cursor": wanted.cursor}
        return "?" + urlencode({name: value for name, value in named.items() if value})


def find_payments(session: Session, search: PaymentSearch, *, timezone: str, size: int = PAGE) -> Slice[Row[Any]]:
    """Payments as searched for, the newest first.

    Columns: id, created_at, method, state, currency, authorised, captured, voided, refunded (minor units), number, name.
    """
    rows = _narrow(_ask(), search, timezone)
    if search.cursor:
        rows = rows.where(tuple_(Payment.created_at, Payment.id) < tuple_(*read_cursor(search.cursor, datetime, int)))
    rows = rows.order_by(Payment.created_at.desc(), Payment.id.desc()).limit(size + 1)
    return cut_page(session.execute(rows).all(), size, "created_at", "id")


def all_payments(session: Session, search: PaymentSearch, *, timezone: str, most: int) -> Iterator[Row[Any]]:
    """Every payment as find_payments gives them. Raises Invalid for more than `most`."""
    count = 0
    cursor: str | None = ""
    while cursor is not None:
        found = find_payments(session, replace(search, cursor=cursor), timezone=timezone, size=AT_A_TIME)
        count, cursor = count + len(found.rows), found.next
        if count > most:
            raise Invalid(_("More than %(most)s payments fit. Narrow the list first, for example by days.", most=most))
        yield from found.rows


def _ask() -> Select[*tuple[Any, ...]]:
    amounts = (Payment.authorised, Payment.captured, Payment.voided, Payment.refunded)
    shown = (Payment.id, Payment.created_at, Payment.method, Payment.state, Payment.currency, *amounts, Order.number, Order.name)
    return select(*shown).join(Order, Order.id == Payment.order_id)


def _narrow(rows: Select[*tuple[Any, ...]], search: PaymentSearch, timezone: str) -> Select[*tuple[Any, ...]]:
    if search.method:
        rows = rows.where(Payment.method == search.method)
    if search.state:
        rows = rows.where(Payment.state == search.state)
    if search.first_day:
        rows = rows.where(Payment.created_at >= clock.start_of_day(search.first_day, timezone))
    if search.last_day:
        rows = rows.where(Payment.created_at < clock.start_of_day(search.last_day + timedelta(days=1), timezone))
    return rows


def _day(text: str) -> date | None:
    return parsing.parse_day(text, first=1990) if text else None
