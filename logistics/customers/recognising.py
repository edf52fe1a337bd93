"""Recognising a customer by what a shop or a program says of them."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.addresses import dialled
from logistics.core.search import matches
from logistics.customers.models import Customer

_MOST_LOOKED_AT = 50


def recognise(session: Session, *, reference: str = "", email: str = "", phone: str = "", country: str = "") -> Customer | None:
    """The customer with this reference; else the oldest with this e-mail address, whatever its case; else with this phone number.

    `phone` is compared as it is dialled from `country`, wherever it is theirs. None where nobody fits.
    """
    if reference:
        return session.scalar(select(Customer).where(func.lower(Customer.reference) == reference.lower()))
    if email:
        # The search column narrows it down by its index first.
        known = select(Customer).where(matches(Customer.search, email), func.lower(Customer.email) == email.lower())
        if customer := session.scalars(known.order_by(Customer.id).limit(1)).first():
            return customer
    number = dialled(phone, country) if phone else ""
    if not number:
        return None
    near = select(Customer).where(matches(Customer.search, number)).order_by(Customer.id).limit(_MOST_LOOKED_AT)
    return next((one for one in session.scalars(near) if dialled(one.phone, one.country) == number), None)
