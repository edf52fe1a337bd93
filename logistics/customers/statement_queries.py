"""An account's statement: what moved its balance between two days, with the balance before, after, and at each step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, tuple_
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.language import _
from logistics.core.money import currencies
from logistics.core.paging import cut_page, read_cursor
from logistics.core.parsing import parse_day
from logistics.core.refusals import BadValue, Invalid
from logistics.customers.models import Account, Entry
from logistics.staff.models import Staff

PAGE = 50


@dataclass(frozen=True)
class StatementSearch:
    """Which account, and which days of the shop, both included; what was typed and is no day stands in `wrong_days`."""

    currency: str
    first: date | None = None
    last: date | None = None
    wrong_days: tuple[str, ...] = ()
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], currency: str) -> "StatementSearch":
        """As the URL says; `currency` is what it means where it says none. Raises Invalid for one that is none."""
        days, wrong = {}, []
        for name, end in (("from", "first"), ("to", "last")):
            try:
                days[end] = parse_day(query[name], first=1990) if query.get(name) else None
            except BadValue:
                wrong.append(name)
        asked = query.get("currency") or currency
        if asked not in currencies():
            raise Invalid(_("“%(code)s” is not a currency code. Use one like USD or EUR.", code=asked[:80]))
        return cls(asked, wrong_days=tuple(wrong), cursor=query.get("cursor", ""), **days)

    @property
    def days(self) -> dict[str, str]:
        """What of it stands in a URL, without the page."""
        return {"currency": self.currency} | {name: str(day) for name, day in (("from", self.first), ("to", self.last)) if day}


@dataclass(frozen=True)
class Line:
    """One entry and the balance after it, in minor units."""

    entry: Row[Any]
    balance: int


@dataclass(frozen=True)
class Statement:
    """A page of a statement. Amounts in minor units: `opening` before the first day, `carried` before this page, `closing` after the last day."""

    opening: int
    carried: int
    closing: int
    lines: list[Line]
    next: str | None


def read_statement(session: Session, account: Account | None, search: StatementSearch, *, timezone: str, size: int = PAGE) -> Statement:
    """A page of what moved the balance, the oldest first. An account that nobody has opened yet has had no money.

    Entries have: id, at, kind, delta, reference, reason, order_id, actor (a name or None). They stand by their day, history that was
    entered later too, so the balance beside one is the sum up to it. What is only authorised moves no balance.
    """
    if account is None:
        return Statement(0, 0, 0, [], None)
    begins = clock.start_of_day(search.first, timezone) if search.first else None
    ends = clock.start_of_day(search.last + timedelta(days=1), timezone) if search.last else None
    place = read_cursor(search.cursor, datetime, int) if search.cursor else None
    opening, carried, closing = _balances(session, account.id, begins, place, ends)
    page = cut_page(_entries(session, account.id, begins, place, ends, size), size, "at", "id")
    lines, balance = [], carried
    for entry in page.rows:
        balance += entry.delta
        lines.append(Line(entry, balance))
    return Statement(opening, carried, closing, lines, page.next)


def read_whole_statement(session: Session, account: Account | None, search: StatementSearch, *, timezone: str, most: int) -> Statement:
    """The same without pages, for paper and files. Raises Invalid for more than `most` lines."""
    whole = read_statement(session, account, replace(search, cursor=""), timezone=timezone, size=most)
    if whole.next:
        raise Invalid(_("More than %(most)s lines fit. Choose fewer days.", most=most))
    return whole


def _balances(session: Session, account_id: int, begins: datetime | None, place: list[Any] | None, ends: datetime | None) -> list[int]:
    """The balance before the first day, before this page, and after the last day."""
    before = Entry.at < begins if begins else None
    until = tuple_(Entry.at, Entry.id) <= tuple_(*place) if place else before
    upto = Entry.at < ends if ends else Entry.id > 0
    sums = [_sum_where(condition) for condition in (before, until, upto)]
    return [int(value or 0) for value in session.execute(select(*sums).where(Entry.account_id == account_id)).one()]


def _sum_where(condition: ColumnElement[bool] | None) -> Any:
    # Without a day before which anything could be, nothing was.
    return func.sum(Entry.balance_delta).filter(Entry.id < 0 if condition is None else condition)


def _entries(session: Session, account_id: int, begins: datetime | None, place: list[Any] | None, ends: datetime | None, size: int) -> Any:
    columns = (Entry.id, Entry.at, Entry.kind, Entry.balance_delta.label("delta"), Entry.reference, Entry.reason, Entry.order_id)
    wanted = (
        select(*columns, Staff.name.label("actor"))
        .outerjoin(Staff, and_(Staff.id == Entry.actor_id, Entry.actor_kind == "staff"))
        .where(Entry.account_id == account_id, Entry.balance_delta != 0)
        .order_by(Entry.at, Entry.id)
        .limit(size + 1)
    )
    if begins:
        wanted = wanted.where(Entry.at >= begins)
    if ends:
        wanted = wanted.where(Entry.at < ends)
    if place:
        wanted = wanted.where(tuple_(Entry.at, Entry.id) > tuple_(*place))
    return session.execute(wanted).all()
