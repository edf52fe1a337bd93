"""Customers: taken into the books, and changed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.contacts import dialled
from logistics.core.events import publish, publish_all
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, Stale
from logistics.core.search import search_vector
from logistics.customers.events import CustomerChanged, CustomerRegistered
from logistics.customers.locks import lock_customer
from logistics.customers.models import Customer
from logistics.customers.rules import CustomerDetails, find_problems


def create_customer(session: Session, *, details: CustomerDetails, by: Actor, verify: bool = True) -> Customer:
    """Take somebody into the books.

    Raises Invalid when the reference (in whatever case) belongs to another customer, whom it names, or, unless `verify` is off
    (old data is what it is), when address, phone or e-mail cannot be right.
    """
    moment = clock.now()
    customer = Customer(**details.as_columns(), created_at=moment, updated_at=moment)
    _check(details, verify)
    _save(session, customer, details)
    publish(session, CustomerRegistered(customer.id), by=by)
    return customer


def create_customers(session: Session, *, many: Sequence[CustomerDetails], by: Actor) -> list[Customer]:
    """Take many people into the books at once: for files, whose references were looked at before; old data is what it is.

    Raises Invalid, which names all of those whose reference belongs to another customer; nothing is written then.
    """
    moment = clock.now()
    customers = [Customer(**details.as_columns(), created_at=moment, updated_at=moment, search=_search(details)) for details in many]
    try:
        with session.begin_nested():
            session.add_all(customers)
    except IntegrityError:
        taken = [refusal for details in many if (refusal := _find_taken(session, details))]
        if not taken:
            raise
        raise Invalid(taken[0].message, errors=[error for refusal in taken for error in refusal.errors]) from None
    publish_all(session, [CustomerRegistered(customer.id) for customer in customers], by=by)
    return customers


def update_customer(session: Session, *, customer_id: int, details: CustomerDetails, version: int, by: Actor, verify: bool = True) -> Customer:
    """Change a customer from what they were at `version`. A no-op when they are like that already. Locks the customer.

    Raises Stale when somebody has changed them since, Invalid as create_customer does, and NotFound.
    """
    customer = lock_customer(session, customer_id)
    changed = find_changes(customer, details)
    if changed and customer.version != version:
        raise Stale(_("Somebody else has changed this customer since you opened it. Compare, then save again."), version=customer.version)
    return _change(session, customer, details, changed, by, verify)


def put_customer(session: Session, *, customer_id: int, details: CustomerDetails, by: Actor, verify: bool = True) -> Customer:
    """Make a customer be like this, whatever they were: for files, which have seen no version. Otherwise as update_customer."""
    customer = lock_customer(session, customer_id)
    return _change(session, customer, details, find_changes(customer, details), by, verify)


def find_changes(customer: Customer, details: CustomerDetails) -> tuple[str, ...]:
    """The names of the columns in which they differ."""
    return tuple(name for name, value in details.as_columns().items() if getattr(customer, name) != value)


def _change(session: Session, customer: Customer, details: CustomerDetails, changed: tuple[str, ...], by: Actor, verify: bool) -> Customer:
    if changed:
        _check(details, verify)
        _save(session, customer, details, changed)
        publish(session, CustomerChanged(customer.id, changed), by=by)
    return customer


def _check(details: CustomerDetails, verify: bool) -> None:
    problems = find_problems(details) if verify else []
    if problems:
        raise Invalid(problems[0].message, errors=problems)


def _save(session: Session, customer: Customer, details: CustomerDetails, changed: tuple[str, ...] = ()) -> None:
    try:
        with session.begin_nested():
            columns = details.as_columns()
            for name in changed:
                setattr(customer, name, columns[name])
            if changed:
                customer.version += 1
                customer.updated_at = clock.now()
            customer.search = _search(details)
            session.add(customer)
    except IntegrityError:
        # The unique index is the rule; who holds the reference is looked up only to say so.
        if not (taken := _find_taken(session, details)):
            raise
        raise taken from None


def _find_taken(session: Session, details: CustomerDetails) -> Invalid | None:
    other = session.scalar(select(Customer).where(func.lower(Customer.reference) == details.reference.lower()))
    if other is None:
        return None
    message = _("This reference is taken by %(name)s.", name=other.name)
    return Invalid(message, errors=[FieldError("reference", "duplicate_reference", message, {"customer_id": other.id})])


def _search(details: CustomerDetails) -> ColumnElement[Any]:
    # As typed and as dialled, so that both endings are found: 0113 496 0001 and +44 113 496 0001.
    phones = (details.phone, dialled(details.phone, details.address.country))
    return search_vector(details.name, details.reference, details.email, phones=phones)
