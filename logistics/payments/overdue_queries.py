"""What customers owe on terms: which charges are still to be paid, and who is late.

Nobody says which charge a deposit is for: it pays off the one that is due first. So what an account is below zero is owed for its charges
that are due last, and whatever of it is due before today is overdue. A balance below zero by a correction has no day and is owed first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, BigInteger, Row, Select, cast, func, select, tuple_
from sqlalchemy.orm import Session

from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.customers.models import Account, Customer
from logistics.payments.models import Payment

PAGE = 50
# Sorts as a day before every other.
_AT_ONCE = date(1970, 1, 1)


class Sort(StrEnum):
    """The orders in which the overdue list can stand: the longest overdue first, the largest amount of a currency first, by name."""

    SINCE = "since"
    AMOUNT = "amount"
    NAME = "name"


# Of what each order's places are made.
_PLACES: dict[Sort, tuple[type, ...]] = {Sort.SINCE: (date, int), Sort.AMOUNT: (str, int, int), Sort.NAME: (str, int)}


@dataclass(frozen=True)
class OverdueSearch:
    """How the list is wanted."""

    sort: Sort = Sort.SINCE
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "OverdueSearch":
        """As the URL says."""
        sort = query.get("sort", "")
        return cls(Sort(sort) if sort in set(Sort) else Sort.SINCE, query.get("cursor", ""))


def find_overdue(session: Session, search: OverdueSearch, *, today: date, size: int = PAGE) -> Slice[Row[Any]]:
    """Accounts that owe what was to be paid before `today`.

    Columns: account_id, customer_id, name, reference, email, phone, currency, owed (below zero in all), overdue, since (the oldest unpaid
    day; None for a correction). Amounts in minor units.
    """
    rows = _late(today).subquery("late")
    keys = {
        Sort.SINCE: (rows.c.sort_since, rows.c.account_id),
        Sort.AMOUNT: (rows.c.currency, -rows.c.overdue, rows.c.account_id),
        Sort.NAME: (rows.c.sort_name, rows.c.account_id),
    }[search.sort]
    named = [key.label(f"sort_{at}") for at, key in enumerate(keys)]
    wanted = select(*rows.c, *named).order_by(*keys).limit(size + 1)
    if search.cursor:
        wanted = wanted.where(tuple_(*keys) > tuple_(*read_cursor(search.cursor, *_PLACES[search.sort])))
    return cut_page(session.execute(wanted).all(), size, *(key.name for key in named))


def find_unpaid_charges(session: Session, customer_id: int) -> Sequence[Row[Any]]:
    """What a customer still owes for orders on terms, the earliest due first: payment_id, order_id, currency, due_on, amount, left."""
    charges = _charges(Payment.account_id.in_(select(Account.id).where(Account.customer_id == customer_id)))
    left = func.least(charges.c.amount, func.greatest(0, charges.c.owed - charges.c.newer)).label("left")
    shown = (charges.c.payment_id, charges.c.order_id, charges.c.currency, charges.c.due_on, charges.c.amount)
    unpaid: Select[Any] = select(*shown, left).where(charges.c.owed > charges.c.newer)
    return session.execute(unpaid.order_by(charges.c.due_on, charges.c.payment_id)).all()


def _late(today: date) -> Select[*tuple[Any, ...]]:
    charges = _charges(Payment.account_id.in_(select(Account.id).where(Account.balance < 0)))
    not_yet = func.coalesce(func.sum(charges.c.amount).filter(charges.c.due_on >= today), 0)
    since = func.min(charges.c.due_on).filter(charges.c.due_on < today, charges.c.owed > charges.c.newer)
    overdue = cast(-Account.balance - not_yet, BigInteger)
    shown = (Customer.name, Customer.reference, Customer.email, Customer.phone)
    return (
        select(
            Account.id.label("account_id"),
            Account.customer_id,
            *shown,
            Account.currency,
            (-Account.balance).label("owed"),
            overdue.label("overdue"),
            since.label("since"),
            func.coalesce(since, _AT_ONCE).label("sort_since"),
            func.lower(Customer.name).label("sort_name"),
        )
        .join(Customer, Customer.id == Account.customer_id)
        .outerjoin(charges, charges.c.account_id == Account.id)
        .where(Account.balance < 0)
        .group_by(Account.id, Customer.id)
        .having(overdue > 0)
    )


def _charges(*which: Any) -> CTE:
    """Charges on terms less what of them was given back, with what their account owes, and how much of that is for charges due later."""
    amount = Payment.captured - Payment.refunded
    of_account = func.sum(amount).over(partition_by=Payment.account_id, order_by=(Payment.due_on.desc(), Payment.id.desc()), rows=(None, -1))
    return (
        select(
            Payment.id.label("payment_id"),
            Payment.order_id,
            Payment.account_id,
            Payment.currency,
            Payment.due_on,
            amount.label("amount"),
            func.greatest(0, -Account.balance).label("owed"),
            cast(func.coalesce(of_account, 0), BigInteger).label("newer"),
        )
        .join(Account, Account.id == Payment.account_id)
        .where(Payment.due_on.is_not(None), amount > 0, *which)
        .cte("charges")
    )
