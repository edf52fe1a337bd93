"""Giving part of an order's money back to the customer's account, and taking a transfer off that never came."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, NotFound
from logistics.customers.crediting import account_for, give_back, hold_account
from logistics.payments.booking import book
from logistics.payments.events import PaymentRefunded, TransferCorrected
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState

_TO_ACCOUNT = (Method.BALANCE, Method.TRANSFER, Method.COD, Method.TERMS)


def give_to_account(session: Session, payment: Payment, amount: int, *, customer_id: int, reference: str, by: Actor) -> None:
    """Give `amount` minor units of a payment back to the customer's account. The account must be locked, and then the payment.

    How much may go back is the caller's to check.
    """
    account = account_for(session, customer_id, payment.currency)
    give_back(session, account_id=account.id, amount=amount, order_id=payment.order_id, reference=reference, by=by)
    move(payment, PaymentState.REFUNDED if amount == payment.refundable else PaymentState.PART_REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider="account", by=by)
    session.flush()
    publish(session, PaymentRefunded(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)


def give_latest_to_account(session: Session, *, order_id: int, customer_id: int, currency: str, amount: int, reference: str, by: Actor) -> int:
    """Give back `amount` minor units of what came for an order, the latest first, to its customer's account; how much could not go there.

    Money that came by card or at a shop goes back where it came from, not here. Locks the account, then the payments; the order must be locked.
    """
    hold_account(session, customer_id, currency)
    left = amount
    for payment in reversed(lock_payments(session, order_id)):
        part = min(left, payment.refundable) if payment.method in _TO_ACCOUNT else 0
        if part:
            give_to_account(session, payment, part, customer_id=customer_id, reference=reference, by=by)
            left -= part
    return left


def take_off_transfer(session: Session, *, order_id: int, payment_id: int, reason: str, by: Actor) -> bool:
    """Book that a transfer was recorded by mistake: a refund that goes nowhere, for the money never came. Whether it stood there still.

    Locks the payments; the order must be locked. A no-op when it was taken off already. Raises IllegalMove for any other money, and where
    some of it was given back: that is on the customer's account now; NotFound.
    """
    payment = next((payment for payment in lock_payments(session, order_id) if payment.id == payment_id), None)
    if payment is None:
        raise NotFound(_("There is no such payment."))
    if payment.method != Method.TRANSFER:
        raise IllegalMove(_("Only a transfer that somebody recorded can be taken off."))
    taken = payment.moves[-1]
    if taken.kind == MoveKind.REFUND and taken.provider == "bank":
        return False
    if payment.refunded:
        raise IllegalMove(_("This money was given back to the customer's account already. Correct it there."))
    amount, booked = payment.refundable, next(row for row in payment.moves if row.kind == MoveKind.CAPTURE)
    move(payment, PaymentState.REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider="bank", reference=booked.reference, reason=reason, by=by)
    session.flush()
    publish(session, TransferCorrected(payment.order_id, payment.id, amount, payment.currency), by=by)
    return True
