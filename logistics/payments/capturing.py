"""Taking money for an order: from the customer's balance, or a transfer that somebody saw on the bank statement."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.customers.crediting import account_for, withdraw_for_payment
from logistics.payments.booking import book
from logistics.payments.events import PaymentTaken
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentMove, PaymentState


class ReferenceUsed(Refusal):
    """This reference was booked for the order already, with another amount."""

    code = "reference_used"


def take_from_balance(
    session: Session, *, order_id: int, customer_id: int, currency: str, amount: int, reference: str, by: Actor, at: datetime | None = None
) -> Payment:
    """Pay `amount` minor units of an order from the customer's account. Locks the account; the order must be locked or new.

    Raises InsufficientBalance, and then nothing has changed.
    """
    account = account_for(session, customer_id, currency)
    withdraw_for_payment(session, account_id=account.id, amount=amount, order_id=order_id, reference=reference, by=by, at=at)
    payment = new_payment(session, order_id, Method.BALANCE, currency, at, account_id=account.id)
    _capture(session, payment, amount, provider="account", reference="", by=by, at=at)
    return payment


def record_transfer(session: Session, *, order_id: int, currency: str, amount: int, reference: str, by: Actor, at: datetime | None = None) -> Payment:
    """Book a transfer of `amount` minor units under the bank's reference. The order must be locked or new.

    A no-op when the same transfer is booked already. Raises ReferenceUsed when it was booked with another amount.
    """
    lock_payments(session, order_id)
    if earlier := find_transfer(session, order_id=order_id, amount=amount, reference=reference):
        return earlier
    payment = new_payment(session, order_id, Method.TRANSFER, currency, at)
    _capture(session, payment, amount, provider="bank", reference=reference, by=by, at=at)
    return payment


def find_transfer(session: Session, *, order_id: int, amount: int, reference: str) -> Payment | None:
    """The payment of this transfer, when it is booked already. Raises ReferenceUsed when it was booked with another amount."""
    booked = select(PaymentMove).where(
        PaymentMove.order_id == order_id,
        PaymentMove.provider == "bank",
        PaymentMove.kind == MoveKind.CAPTURE.value,
        PaymentMove.reference == reference,
    )
    earlier = session.scalar(booked) if reference else None
    if earlier and earlier.amount != amount:
        raise ReferenceUsed(_("A transfer with the reference “%(reference)s” is booked for this order already.", reference=reference))
    return earlier.payment if earlier else None


def new_payment(session: Session, order_id: int, method: Method, currency: str, at: datetime | None, *, account_id: int | None = None) -> Payment:
    """A payment of which nothing has come yet, flushed. The order must be locked or new."""
    payment = Payment(
        order_id=order_id,
        method=method.value,
        state=PaymentState.CREATED.value,
        currency=currency,
        account_id=account_id,
        authorised=0,
        captured=0,
        voided=0,
        refunded=0,
        created_at=at or clock.now(),
    )
    session.add(payment)
    session.flush()
    return payment


def _capture(session: Session, payment: Payment, amount: int, *, provider: str, reference: str, by: Actor, at: datetime | None) -> None:
    move(payment, PaymentState.AUTHORISED)
    book(session, payment, MoveKind.AUTHORISE, amount, provider=provider, reference=reference, by=by, at=at)
    move(payment, PaymentState.CAPTURED)
    book(session, payment, MoveKind.CAPTURE, amount, provider=provider, reference=reference, by=by, at=at)
    session.flush()
    publish(session, PaymentTaken(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by, at=at)
