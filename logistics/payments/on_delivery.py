"""Cash on delivery: promised when the order is approved, received when whoever delivered it hands the money over."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.payments.booking import book
from logistics.payments.capturing import new_payment
from logistics.payments.events import PaymentAuthorised, PaymentTaken, PaymentVoided
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState

_PROVIDER = "cod"


def promise_cod(session: Session, *, order_id: int, currency: str, amount: int, by: Actor, at: datetime | None = None) -> Payment:
    """Note that `amount` minor units are to be paid when the order is handed over. The order must be locked or new."""
    payment = new_payment(session, order_id, Method.COD, currency, at)
    move(payment, PaymentState.AUTHORISED)
    book(session, payment, MoveKind.AUTHORISE, amount, provider=_PROVIDER, by=by, at=at)
    session.flush()
    publish(session, PaymentAuthorised(order_id, payment.id, payment.method, amount, currency), by=by, at=at)
    return payment


def collect_cod(session: Session, payment: Payment, amount: int, *, reference: str, by: Actor) -> int:
    """Book what was handed over, `amount` minor units, for a locked payment; what is left of the promise is void. How much that is.

    More than was promised is booked as well: it came.
    """
    more = amount - payment.open_authorisation
    if more > 0:
        book(session, payment, MoveKind.AUTHORISE, more, provider=_PROVIDER, by=by)
    if amount:
        move(payment, PaymentState.CAPTURED)
        book(session, payment, MoveKind.CAPTURE, amount, provider=_PROVIDER, reference=reference, by=by)
        session.flush()
        publish(session, PaymentTaken(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)
    return void_cod(session, payment, payment.open_authorisation, by=by)


def void_cod(session: Session, payment: Payment, amount: int, *, by: Actor) -> int:
    """Take `amount` minor units off what is to be paid on delivery, at most what is open; how much. The payment must be locked."""
    amount = min(amount, payment.open_authorisation)
    if amount <= 0:
        return 0
    if amount == payment.open_authorisation and not payment.captured:
        move(payment, PaymentState.VOIDED)
    book(session, payment, MoveKind.VOID, amount, provider=_PROVIDER, by=by)
    session.flush()
    publish(session, PaymentVoided(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)
    return amount


def lock_cod(session: Session, order_id: int) -> list[Payment]:
    """Lock the payments of an order: those of which something is still to be paid on delivery. The order must be locked."""
    return [payment for payment in lock_payments(session, order_id) if payment.method == Method.COD and payment.open_authorisation]
