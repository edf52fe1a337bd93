"""Who is meant by what a program or a file says about a customer."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.contacts import dialled
from logistics.core.search import matches
from logistics.customers.models import Customer
from logistics.customers.rules import CustomerDetails

# Of many who share a telephone and a name nobody can say who is meant.
_MOST = 20


def find_by_reference(session: Session, reference: str) -> Customer | None:
    """The customer with this reference, in whatever case."""
    return session.scalar(select(Customer).where(func.lower(Customer.reference) == reference.lower()))


def find_match(session: Session, details: CustomerDetails) -> Customer | None:
    """The customer whom these details mean: who has the reference; without one, who has this name and this e-mail address or phone.

    Case does not matter, nor how a number is dialled. Where a reference is given nobody else is looked for. None where nobody
    fits, or more than one.
    """
    if details.reference:
        return find_by_reference(session, details.reference)
    fitting = _with_email(session, details) or _with_phone(session, details)
    return fitting[0] if len(fitting) == 1 else None


def _with_email(session: Session, details: CustomerDetails) -> list[Customer]:
    return [found for found in _called(session, details.name, details.email) if found.email.lower() == details.email.lower()]


def _with_phone(session: Session, details: CustomerDetails) -> list[Customer]:
    asked = dialled(details.phone, details.address.country)
    return [found for found in _called(session, details.name, asked) if dialled(found.phone, found.country) == asked]


def _called(session: Session, name: str, found_by: str) -> list[Customer]:
    """Those of this name whom the search finds by an e-mail address or a phone number; nobody by none."""
    if not found_by:
        return []
    called = select(Customer).where(matches(Customer.search, found_by), func.lower(Customer.name) == name.lower())
    return list(session.scalars(called.order_by(Customer.id).limit(_MOST)))
