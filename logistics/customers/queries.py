"""Reads for the pages about customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.search import matches, read_question
from logistics.customers.models import Account, Customer, CustomerAddress, Entry
from logistics.customers.rules import address_digest
from logistics.staff.models import Staff

PAGE = 50
MOST_OPTIONS = 10
MOST_ADDRESSES = 8


@dataclass(frozen=True)
class CustomerSearch:
    """Which customers are wanted."""

    q: str = ""
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "CustomerSearch":
        """As the URL says."""
        return cls(read_question(query.get("q", "")), query.get("cursor", ""))


def find_customers(session: Session, search: CustomerSearch) -> Slice[Row[Any]]:
    """Customers by name: id, reference, name, email, phone, city, country."""
    order = func.lower(Customer.name)
    customers = _columns(order.label("sorted_by")).order_by(order, Customer.id).limit(PAGE + 1)
    if search.q:
        customers = customers.where(matches(Customer.search, search.q))
    if search.cursor:
        name, customer_id = read_cursor(search.cursor, str, int)
        customers = customers.where((order > name) | and_(order == name, Customer.id > customer_id))
    return cut_page(session.execute(customers).all(), PAGE, "sorted_by", "id")


def find_customer(session: Session, customer_id: int) -> Customer | None:
    """One customer."""
    return session.get(Customer, customer_id)


def find_options(session: Session, question: str) -> Sequence[Row[Any]]:
    """At most ten customers, for a box that finds as one types: the same columns, and `exact` for a whole reference, which comes first.

    Nothing typed finds nothing.
    """
    if not question:
        return []
    exact = func.coalesce(func.lower(Customer.reference) == question.lower(), False)
    customers = _columns(exact.label("exact")).where(exact | matches(Customer.search, question))
    return session.execute(customers.order_by(case((exact, 0), else_=1), func.lower(Customer.name)).limit(MOST_OPTIONS)).all()


def find_addresses(session: Session, customer: Customer, *, most: int = MOST_ADDRESSES) -> Sequence[CustomerAddress]:
    """Where the customer's orders went, the latest first, without the address that is usual for them."""
    usual = address_digest(customer.name, customer.address)
    remembered = select(CustomerAddress).where(CustomerAddress.customer_id == customer.id, CustomerAddress.digest != usual)
    return session.scalars(remembered.order_by(CustomerAddress.last_used_at.desc(), CustomerAddress.id.desc()).limit(most)).all()


def find_address(session: Session, customer_id: int, address_id: int) -> CustomerAddress | None:
    """One of this customer's remembered addresses."""
    return session.scalar(select(CustomerAddress).where(CustomerAddress.id == address_id, CustomerAddress.customer_id == customer_id))


def find_accounts(session: Session, customer_id: int) -> Sequence[Account]:
    """The customer's accounts, by currency."""
    return session.scalars(select(Account).where(Account.customer_id == customer_id).order_by(Account.currency)).all()


def find_entries(session: Session, customer_id: int, cursor: str = "") -> Slice[Row[Any]]:
    """What moved the customer's money or promised it, the latest first.

    Columns: id, at, kind, delta, authorised (what changed of it), after, currency, reference, reason, order_id, actor (a name or None).
    """
    entries: Select[*tuple[Any, ...]] = (
        select(
            Entry.id,
            Entry.at,
            Entry.kind,
            Entry.balance_delta.label("delta"),
            Entry.authorised_delta.label("authorised"),
            Entry.balance_after.label("after"),
            Account.currency,
            Entry.reference,
            Entry.reason,
            Entry.order_id,
            Staff.name.label("actor"),
        )
        .join(Account, Account.id == Entry.account_id)
        .outerjoin(Staff, and_(Staff.id == Entry.actor_id, Entry.actor_kind == "staff"))
        .where(Account.customer_id == customer_id)
        .order_by(Entry.id.desc())
        .limit(PAGE + 1)
    )
    if cursor:
        entries = entries.where(Entry.id < read_cursor(cursor, int)[0])
    return cut_page(session.execute(entries).all(), PAGE, "id")


def _columns(more: ColumnElement[Any]) -> Select[Any]:
    shown = (Customer.id, Customer.reference, Customer.name, Customer.email, Customer.phone, Customer.city, Customer.country)
    return select(*shown, more)
