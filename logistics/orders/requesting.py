"""Asking a customer to pay by card."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.orders.events import PaymentRequested
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.payments.by_card import offered


def request_payment(session: Session, *, number: str, by: Actor) -> Order:
    """Publish that the customer is asked to pay. Locks the order.

    Raises CardsNotOffered, IllegalMove for an order that takes no money, Invalid where it has no e-mail address, NotFound.
    """
    order = lock_order(session, number=number)
    offered()
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))
    if not order.email:
        message = _("This order has no e-mail address. Copy the link and send it another way.")
        raise Invalid(message, errors=[FieldError("email", "required", message)])
    publish(session, PaymentRequested(order.id, order.number), by=by)
    return order
