"""The addresses that a customer's orders went to, remembered so that nobody types them twice."""

from datetime import datetime

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.addresses import Address
from logistics.core.events import publish
from logistics.customers.events import AddressForgotten
from logistics.customers.models import CustomerAddress
from logistics.customers.rules import address_digest


def remember_address(session: Session, *, customer_id: int, name: str, phone: str, address: Address, at: datetime) -> None:
    """Remember that something was sent there, in one statement: once more where it is known, as it was written this time.

    Holds the remembered row until the caller's transaction ends, so call it last: it comes after all other locks.
    """
    written = {"name": name, "phone": phone, **address.as_columns()}
    row = {"customer_id": customer_id, "digest": address_digest(name, address), **written, "times_used": 1, "last_used_at": at}
    again = {
        **written,
        "times_used": CustomerAddress.times_used + 1,
        "last_used_at": func.greatest(CustomerAddress.last_used_at, at),
    }
    session.execute(insert(CustomerAddress).values(row).on_conflict_do_update(index_elements=["customer_id", "digest"], set_=again))


def forget_address(session: Session, *, customer_id: int, address_id: int, by: Actor) -> None:
    """Forget one of a customer's addresses; orders keep theirs. A no-op when it is not remembered, or is somebody else's."""
    theirs = delete(CustomerAddress).where(CustomerAddress.id == address_id, CustomerAddress.customer_id == customer_id)
    if session.scalar(theirs.returning(CustomerAddress.id)):
        publish(session, AddressForgotten(customer_id, address_id), by=by)
