"""Reads for the screens of one order: itself, its history, and what its forms choose from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from logistics.core.codes import read_code
from logistics.core.events import EventLog
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.core.search import is_called, matches
from logistics.customers.models import Account, Customer, CustomerAddress
from logistics.customers.queries import find_address
from logistics.orders import rules
from logistics.orders.list_queries import find_orders_of
from logistics.orders.models import Channel, Order, OrderLine, OrderStatus
from logistics.payments.document_queries import documents_of
from logistics.staff.models import Staff

SHORTEST_CODE = 6


def find_order(session: Session, typed: str) -> Order:
    """The order of a typed number, with its lines, products, customer and channel. Raises NotFound."""
    number = read_code(typed)
    order = number and session.scalar(
        select(Order)
        .where(Order.number == number)
        .options(joinedload(Order.customer), joinedload(Order.channel), selectinload(Order.lines).joinedload(OrderLine.product))
    )
    if not order:
        raise NotFound(_("There is no such order."))
    return order


def id_of(session: Session, number: str) -> int:
    """The id of the order with this number. Raises NotFound."""
    found = session.scalar(select(Order.id).where(Order.number == number))
    if found is None:
        raise NotFound(_("There is no such order."))
    return found


def find_called(session: Session, typed: str) -> str | None:
    """The number of the one order that has exactly this number, external number, or tracking number; None where none or several have.

    Codes of less than SHORTEST_CODE letters and digits, and mere words, are no such thing.
    """
    number = read_code(typed)
    if number and session.scalar(select(Order.id).where(Order.number == number)):
        return number
    if sum(char.isalnum() for char in typed) < SHORTEST_CODE or not any(char.isdigit() for char in typed):
        return None
    found = session.scalars(select(Order.number).where(is_called(Order.search, typed)).limit(2)).all()
    return found[0] if len(found) == 1 else None


def find_history(session: Session, order_id: int) -> Sequence[Row[Any]]:
    """What happened to an order, the latest first: at, name, data, actor_kind, actor (a name or None)."""
    log = EventLog
    return session.execute(
        select(log.at, log.name, log.data, log.actor_kind, Staff.name.label("actor"))
        .outerjoin(Staff, and_(Staff.id == log.actor_id, log.actor_kind == "staff"))
        .where(log.subject == "order", log.subject_id == order_id)
        .order_by(log.id.desc())
    ).all()


def names_of_staff(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The names of these members of staff, by id."""
    return {row.id: row.name for row in session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))} if ids else {}


def account_of(session: Session, customer_id: int, currency: str) -> Account | None:
    """A customer's account in this currency, None where nobody has opened one."""
    return session.scalar(select(Account).where(Account.customer_id == customer_id, Account.currency == currency))


def find_channels(session: Session) -> Sequence[Row[str, str, str]]:
    """The ways orders come in: code, name, kind."""
    return session.execute(select(Channel.code, Channel.name, Channel.kind).order_by(Channel.id)).all()


def find_channel(session: Session, code: str) -> Channel | None:
    """One way orders come in."""
    return session.scalar(select(Channel).where(Channel.code == code))


def find_customer(session: Session, customer_id: int) -> Customer | None:
    """One customer."""
    return session.get(Customer, customer_id) if customer_id else None


def find_address_of(session: Session, customer_id: int, address_id: int) -> CustomerAddress:
    """One of the addresses that this customer's orders went to. Raises NotFound, for somebody else's too."""
    address = find_address(session, customer_id, address_id)
    if address is None:
        raise NotFound(_("This address is not remembered any more."))
    return address


def find_customers_called(session: Session, text: str) -> Sequence[Customer]:
    """The customers, at most two, whose reference, e-mail address or whole name this is, in whatever case."""
    asked = text.lower()
    exactly = (func.lower(Customer.reference) == asked) | (func.lower(Customer.email) == asked) | (func.lower(Customer.name) == asked)
    # The search column narrows it down by its index first.
    return session.scalars(select(Customer).where(matches(Customer.search, text), exactly).limit(2)).all()


def load_documents_panel(session: Session, order: Order) -> dict[str, Any]:
    """For the page of an order: its invoices and credit notes, what it costs now, and by how much that is another sum than was invoiced."""
    documents, due = documents_of(session, order.id), rules.due(order)
    change = due - sum(document.change for document in documents)
    return {"order": order, "documents": documents, "due": due, "change": change if order.status != OrderStatus.DRAFT else 0}


def load_customer_panel(session: Session, customer: Customer) -> dict[str, Any]:
    """For the page of a customer: their newest orders."""
    return {"customer": customer, "orders": find_orders_of(session, customer.id)}
