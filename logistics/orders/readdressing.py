"""Correcting where an order goes, as long as nothing of it is packed (T10)."""

import hashlib

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.addresses import Address, check_address
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid, Stale
from logistics.orders.events import OrderReaddressed
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.orders.searching import add_search_words


def correct_address(session: Session, *, number: str, address: Address, by: Actor, seen: str = "") -> Order:
    """Send an order to another address in the same country. Locks it. A no-op when it goes there already.

    `seen`: the mark_of the address that whoever corrects it was shown, if they were. Prices and taxes stay: they are the country's.
    Raises Invalid, which names every field that is wrong; IllegalMove once something is packed, and for an order that is sent, cancelled or
    history; Stale when it goes to another address than was seen; NotFound.
    """
    order = lock_order(session, number=number)
    if order.address == address:
        return order
    if not order.can_readdress:
        raise IllegalMove(_("Order %(number)s is packed or closed, so its address cannot be changed any more.", number=order.number))
    if seen and seen != mark_of(order.address):
        raise Stale(_("Somebody else has changed this address since you opened it. Compare, then save again."))
    _refuse_wrong(order, address)
    for part, text in address.as_columns().items():
        setattr(order, part, text)
    order.version += 1
    session.flush()
    # The words of the old address find it as well, as those of an old tracking number do.
    add_search_words(session, order_id=order.id, words=[text for name, text in address.as_columns().items() if name != "country"])
    publish(session, OrderReaddressed(order.id, order.number), by=by)
    return order


def mark_of(address: Address) -> str:
    """Another one for another address: a form holds the mark of the one it was filled from."""
    return hashlib.sha256(repr(address).encode()).hexdigest()[:32]


def _refuse_wrong(order: Order, address: Address) -> None:
    problems = check_address(address)
    if address.country != order.country:
        problems.append(FieldError("country", "other_country", _("To another country it costs something else. Write to the shop.")))
    if problems:
        raise Invalid(_("The address cannot be right yet. Mend the marked fields."), errors=problems)
