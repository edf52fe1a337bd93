"""Who owes what was to be paid by now: the oldest charge is paid off first."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.customers.adjusting import adjust
from logistics.customers.crediting import account_for, deposit
from logistics.customers.models import Customer
from logistics.payments.models import Method, Payment
from logistics.payments.on_account import authorise_on_account, capture_on_account
from logistics.payments.overdue_queries import OverdueSearch, Sort, find_overdue, find_unpaid_charges
from logistics.payments.refunding import refund_everything
from tests.cast import Cast
from tests.customers.bare import bare_order

TODAY = date(2026, 11, 26)
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_what_is_due_today_is_not_overdue_and_what_was_yesterday_is(session: Session, cast: Cast) -> None:
    _charge(cast, "AAAA-0001", 100, TODAY)
    assert _overdue(session) == []
    _charge(cast, "AAAA-0002", 30, TODAY - timedelta(days=1))
    assert _overdue(session) == [("Mina Park", 130, 30, TODAY - timedelta(days=1))]


def test_a_deposit_pays_off_the_oldest(session: Session, cast: Cast) -> None:
    first, second = TODAY - timedelta(days=40), TODAY - timedelta(days=10)
    _charge(cast, "AAAA-0002", 200, second)
    _charge(cast, "AAAA-0001", 100, first)
    _charge(cast, "AAAA-0003", 400, TODAY + timedelta(days=5))
    assert _overdue(session) == [("Mina Park", 700, 300, first)]
    assert _left(session, cast) == [(first, 100), (second, 200), (TODAY + timedelta(days=5), 400)]

    _pay(session, cast, 60)
    assert _overdue(session) == [("Mina Park", 640, 240, first)]
    _pay(session, cast, 90)
    assert _overdue(session) == [("Mina Park", 550, 150, second)]
    assert _left(session, cast) == [(second, 150), (TODAY + timedelta(days=5), 400)]
    _pay(session, cast, 150)
    assert _overdue(session) == []
    _pay(session, cast, 400)
    assert _left(session, cast) == []


def test_what_was_given_back_is_owed_no_longer(session: Session, cast: Cast) -> None:
    old, new = TODAY - timedelta(days=40), TODAY + timedelta(days=5)
    _charge(cast, "AAAA-0001", 100, old)
    _charge(cast, "AAAA-0002", 100, new)
    order = bare_order(cast, "AAAA-0002")

    refund_everything(session, order_id=order.id, customer_id=order.customer_id, reference=order.number, by=SYSTEM)

    assert _overdue(session) == [("Mina Park", 100, 100, old)]


def test_a_correction_below_zero_is_due_at_once(session: Session, cast: Cast) -> None:
    _charge(cast, "AAAA-0001", 100, TODAY + timedelta(days=5))
    adjust(session, customer_id=cast.customer().id, currency="USD", change=-70, reason="A fee", by=SYSTEM)
    assert _overdue(session) == [("Mina Park", 170, 70, None)]


def test_money_of_one_currency_pays_no_other(session: Session, cast: Cast) -> None:
    _charge(cast, "AAAA-0001", 100, TODAY - timedelta(days=1))
    deposit(session, customer_id=cast.customer().id, currency="EUR", amount=500, reference="", by=SYSTEM)
    assert len(_overdue(session)) == 1


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_in_every_order(session: Session, cast: Cast, sort: Sort) -> None:
    for number in range(23):
        customer = cast.customer(f"Customer {number % 5} {number}")
        _charge(cast, f"AAAA-{number:04}", 100 + number % 4, TODAY - timedelta(days=1 + number % 3), customer)
    adjusted = cast.customer("Customer 9")
    account_for(session, adjusted.id, "USD").credit_limit = 50
    adjust(session, customer_id=adjusted.id, currency="USD", change=-50, reason="x", by=SYSTEM)

    rows, cursor = [], ""
    while cursor is not None:
        page = find_overdue(session, OverdueSearch(sort, cursor), today=TODAY, size=5)
        rows += page.rows
        cursor = page.next  # type: ignore[assignment]

    assert len(rows) == len({row.account_id for row in rows}) == 24
    keys: dict[Sort, Any] = {
        Sort.SINCE: lambda row: (row.since or date(1970, 1, 1), row.account_id),
        Sort.AMOUNT: lambda row: (row.currency, -row.overdue, row.account_id),
        Sort.NAME: lambda row: (row.name.lower(), row.account_id),
    }
    assert rows == sorted(rows, key=keys[sort])


def test_the_page_names_who_owes_and_leads_to_them(cast: Cast, queries: SimpleNamespace) -> None:
    yesterday = clock.now().date() - timedelta(days=1)
    cast.made(lambda: [_charge(cast, f"AAAA-{at:04}", 100, yesterday, cast.customer(f"Customer <{at}>")) for at in range(60)])
    clerk = cast.client("clerk")
    clerk.get("/customers/overdue")
    queries.count = 0

    text = clerk.get("/customers/overdue", headers=PART).text

    assert queries.count <= 4, queries.statements
    assert len(re.findall(r"data-row-link", text)) == 50
    assert "Customer &lt;0&gt;" in text
    assert "1 day overdue" in text
    following = re.search(r'rel="next" href="([^"]+)"', text)
    assert following
    assert len(re.findall(r"data-row-link", clerk.get(following[1].replace("&amp;", "&")).text)) == 10
    assert "export" not in text
    assert 'href="/customers/overdue"' in clerk.get("/customers/").text


def test_nobody_who_pays_in_time_stands_there(cast: Cast) -> None:
    text = cast.client("clerk").get("/customers/overdue").text
    assert "Nothing is overdue" in text
    assert re.search(r'<a [^>]*href="/customers/"[^>]*aria-current', text), "it is a page of the customers"


def test_the_file_is_for_those_who_may_export(cast: Cast) -> None:
    cast.made(lambda: _charge(cast, "AAAA-0001", 12_345, clock.now().date() - timedelta(days=3), cast.customer("=cmd()")))
    answer = cast.client("manager").get("/customers/overdue.csv?sort=name")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [(row["name"], row["owed"], row["overdue"]) for row in rows] == [("'=cmd()", "123.45", "123.45")]
    assert rows[0]["since"] == str(clock.now().date() - timedelta(days=3))
    assert cast.client("clerk").get("/customers/overdue.csv").status_code == 403


@pytest.mark.parametrize("query", ["cursor=x", "cursor=WyJ4IiwxXQ", "sort=amount&cursor=WyIxOTcwLTAxLTAxIiwxXQ"])
def test_a_place_that_is_none_is_refused(cast: Cast, query: str) -> None:
    assert cast.client("clerk").get(f"/customers/overdue?{query}").status_code == 422


def _charge(cast: Cast, number: str, amount: int, due_on: date, customer: Customer | None = None) -> None:
    """An order on terms that has left, and is to be paid by this day."""
    order = bare_order(cast, number)
    order.customer = customer or cast.customer()
    cast.session.flush()
    account = account_for(cast.session, order.customer_id, "USD")
    account.credit_limit, account.terms_days = 10**6, 1
    cast.session.flush()
    asked: dict[str, Any] = {"order_id": order.id, "customer_id": order.customer_id, "currency": "USD", "reference": number, "by": SYSTEM}
    authorise_on_account(cast.session, method=Method.TERMS, amount=amount, **asked)
    capture_on_account(cast.session, due=amount, today=due_on - timedelta(days=1), at=datetime.now(UTC), **asked)
    assert cast.session.scalars(select(Payment.due_on).where(Payment.order_id == order.id)).one() == due_on


def _pay(session: Session, cast: Cast, amount: int) -> None:
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=amount, reference="", by=SYSTEM)


def _overdue(session: Session) -> list[tuple[str, int, int, date | None]]:
    return [(row.name, row.owed, row.overdue, row.since) for row in find_overdue(session, OverdueSearch(), today=TODAY).rows]


def _left(session: Session, cast: Cast) -> list[tuple[date, int]]:
    return [(row.due_on, row.left) for row in find_unpaid_charges(session, cast.customer().id)]
