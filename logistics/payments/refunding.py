"""Giving money back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.customers.crediting import account_for, give_back, hold_account
from logistics.payments.booking import book
from logistics.payments.events import PaymentRefunded
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState
from logistics.payments.shop_money import give_back_at_shop


def refund_everything(session: Session, *, order_id: int, customer_id: int, reference: str, by: Actor) -> int:
    """Give back all that was taken for an order, to the customer's account, at once; how much, in minor units.

    What a shop took, the shop gives back: that is booked here and touches no account, and what it was only promised is voided. What a
    card paid goes back to the card by a job (orders.settling): it is left alone here.
    Locks the account, then the payments; the order must be locked. A no-op where nothing is left to give back.
    """
    total = 0
    for payment in _lock_refundable(session, order_id, customer_id):
        if payment.method == Method.SHOP:
            total += give_back_at_shop(session, payment, by)
        else:
            total += _refund(session, payment, customer_id, reference, by)
    return total


def _lock_refundable(session: Session, order_id: int, customer_id: int) -> list[Payment]:
    """Lock the accounts and then the payments of an order from which money can be given back."""
    elsewhere = (Method.SHOP.value, Method.CARD.value)
    ours = (Payment.order_id == order_id, Payment.captured > Payment.refunded, Payment.method.not_in(elsewhere))
    for currency in session.scalars(select(Payment.currency).where(*ours).distinct().order_by(Payment.currency)).all():
        hold_account(session, customer_id, currency)
    found = [payment for payment in lock_payments(session, order_id) if payment.method != Method.CARD]
    return [payment for payment in found if payment.refundable or payment.open_authorisation]


def _refund(session: Session, payment: Payment, customer_id: int, reference: str, by: Actor) -> int:
    amount = payment.refundable
    account = account_for(session, customer_id, payment.currency)
    give_back(session, account_id=account.id, amount=amount, order_id=payment.order_id, reference=reference, by=by)
    move(payment, PaymentState.REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider="account", by=by)
    session.flush()
    publish(session, PaymentRefunded(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)
    return amount
