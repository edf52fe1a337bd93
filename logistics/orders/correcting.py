"""Taking back what somebody recorded by mistake."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid
from logistics.orders.alerting import watch_cover
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.giving_back import take_off_transfer


def correct_transfer(session: Session, *, number: str, payment_id: int, reason: str, by: Actor) -> Order:
    """Take a transfer off that was recorded by mistake, and say why: its reference can be recorded again. Locks the order, the payments.

    The order may wait for money again; where goods are out already, a payment incident says what is missing. A no-op when it was taken off.
    Raises Invalid without a reason, IllegalMove for other money and for what went back to the account, PaymentInFlight, NotFound.
    """
    order = lock_order(session, number=number)
    if not reason:
        message = _("Say in a sentence what was wrong.")
        raise Invalid(message, errors=[FieldError("reason", "required", message)])
    refuse_if_in_flight(session, order.id)
    if take_off_transfer(session, order_id=order.id, payment_id=payment_id, reason=reason, by=by):
        recompute(session, order, by=by)
        watch_cover(session, order, by=by)
    return order
