"""Billing orders: an invoice of what an order costs, then documents of whatever changes about that.

What is printed is written down when a document is issued, and read from there ever after.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core.actors import Actor
from logistics.core.addresses import Address
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.orders import rules
from logistics.orders.billing_rules import Entry, as_facts, difference, entries_of, taxes_of, totals_of, turned
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order, OrderStatus
from logistics.payments.company import get_company
from logistics.payments.document_queries import documents_of
from logistics.payments.invoicing import issue
from logistics.payments.models import Company, Document, DocumentKind, Method, Payment
from logistics.payments.queries import payments_of


def bill(session: Session, *, order_id: int, by: Actor) -> Document | None:
    """Issue what is to be issued for an order by now: its invoice, or a document of what has changed since; None where nothing has.

    Locks the order, then the series of numbers. Raises IllegalMove for a draft, PrefixTaken, NotFound.
    """
    return bill_difference(session, open_order(session, order_id), by=by)


def bill_difference(session: Session, order: Order, *, by: Actor) -> Document | None:
    """As bill, of an order that is locked already.

    An invoice where the order costs more than was billed, a credit note to the latest invoice where it costs less.
    """
    if order.status == OrderStatus.DRAFT:
        raise IllegalMove(_("This order is a draft: there is nothing to invoice yet."))
    earlier = documents_of(session, order.id)
    load_products(session, order)
    entries = difference(entries_of(order), _billed(earlier))
    change = sum(entry.gross for entry in entries)
    if not change:
        return None
    invoices = [document for document in earlier if document.kind == DocumentKind.INVOICE]
    if change > 0:
        return issue(session, kind=DocumentKind.INVOICE, order_id=order.id, content=content_of(session, order, entries), by=by)
    content = content_of(session, order, turned(entries))
    return issue(session, kind=DocumentKind.CREDIT_NOTE, order_id=order.id, content=content, by=by, refers_to=invoices[-1])


def is_billed_otherwise(session: Session, order: Order) -> bool:
    """Whether an invoice was issued and the order costs something else by now. Locks nothing."""
    documents = documents_of(session, order.id)
    return bool(documents) and sum(document.change for document in documents) != rules.due(order)


def content_of(session: Session, order: Order, entries: Sequence[Entry]) -> dict[str, Any]:
    """All that a document of these entries prints, as plain values: amounts in minor units, addresses by their parts, days as ISO 8601."""
    customer = order.customer
    address = customer.address if customer.line1 else order.address
    return {
        "seller": _seller(get_company(session)),
        "buyer": {"name": customer.name, "reference": customer.reference or "", "tax_number": customer.tax_number, **address.as_columns()},
        "deliver_to": {"name": order.name, **order.address.as_columns()},
        "order": {"number": order.number, "external_id": order.external_id or "", "placed_at": order.placed_at.isoformat()},
        "language": order.language,
        "currency": order.currency,
        "tax_included": order.tax_included,
        "entries": as_facts(entries),
        "taxes": taxes_of(entries),
        "totals": totals_of(entries),
        "due": rules.due(order),
        "payments": [_payment(payment) for payment in payments_of(session, order.id) if payment.authorised],
    }


def load_products(session: Session, order: Order) -> None:
    """Read the products of an order's lines in one statement."""
    wanted = any_(literal([line.product_id for line in order.lines], ARRAY(BigInteger)))
    session.scalars(select(Product).where(Product.id == wanted)).all()


def paid_of(payments: Sequence[Mapping[str, Any]]) -> int:
    """What was paid of a content's payments, less what was given back; minor units. What is on terms is owed, and not paid."""
    return sum(payment["captured"] - payment["refunded"] for payment in payments if payment["method"] != Method.TERMS)


def _billed(documents: Sequence[Document]) -> list[Entry]:
    billed: list[Entry] = []
    for document in documents:
        entries = [Entry.read(facts) for facts in document.content["entries"]]
        billed += entries if document.kind == DocumentKind.INVOICE else turned(entries)
    return billed


def _seller(company: Company) -> dict[str, str]:
    said = {name: getattr(company, name) for name in ("name", "tax_number", "email", "phone", "bank")}
    return said | company.address.as_columns()


def _payment(payment: Payment) -> dict[str, Any]:
    due_on: date | None = payment.due_on
    amounts = {"captured": payment.captured, "refunded": payment.refunded, "promised": payment.open_authorisation}
    return {"method": payment.method, **amounts, "due_on": due_on.isoformat() if due_on else ""}


def address_of(facts: Mapping[str, str]) -> Address:
    """The address of a seller, a buyer or a recipient in a content."""
    return Address(**{name: facts[name] for name in Address.__dataclass_fields__})
