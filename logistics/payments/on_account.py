"""Paying orders from a customer's account without taking the money yet: promised now, taken when the first parcel leaves.

By Method.BALANCE what is there is set aside. By Method.TERMS the account may go below zero by it, within the credit limit, and what was
taken is to be paid by a day. Account and payment always move together (I-M1).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import Event, publish
from logistics.customers.authorising import authorise, capture, void
from logistics.customers.crediting import account_for, hold_account
from logistics.payments.booking import book
from logistics.payments.capturing import new_payment
from logistics.payments.events import PaymentAuthorised, PaymentTaken, PaymentVoided, TermsCharged
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState

ON_ACCOUNT = (Method.BALANCE, Method.TERMS)
_PROVIDER = "account"


def authorise_on_account(
    session: Session,
    *,
    method: Method,
    order_id: int,
    customer_id: int,
    currency: str,
    amount: int,
    reference: str,
    by: Actor,
    at: datetime | None = None,
) -> Payment:
    """Promise `amount` minor units of the customer's account to an order, by balance or on terms. Locks the account; the order must be locked or new.

    Raises InsufficientBalance by balance, NoTerms and InsufficientCredit on terms, and then nothing has changed.
    """
    account = account_for(session, customer_id, currency)
    on_terms = method == Method.TERMS
    authorise(session, account_id=account.id, amount=amount, order_id=order_id, reference=reference, by=by, on_terms=on_terms, at=at)
    payment = new_payment(session, order_id, method, currency, at, account_id=account.id)
    move(payment, PaymentState.AUTHORISED)
    book(session, payment, MoveKind.AUTHORISE, amount, provider=_PROVIDER, by=by, at=at)
    session.flush()
    publish(session, PaymentAuthorised(order_id, payment.id, payment.method, amount, currency), by=by, at=at)
    return payment


def capture_on_account(
    session: Session,
    *,
    order_id: int,
    customer_id: int,
    currency: str,
    due: int,
    reference: str,
    today: date,
    by: Actor,
    at: datetime | None = None,
) -> int:
    """Take what an order still owes of its `due` minor units from its promises on the account, the oldest first; how much.

    What other payments took or promised counts before it; what is not needed is voided. What is taken on terms is to be paid the account's
    terms after `today`. Locks the account, then the payments; the order must be locked. A no-op where nothing is promised on the account.
    """
    # Payments change under their order's lock alone, so that there is none now stays true.
    if not _promises_on_account(session, order_id):
        return 0
    account = hold_account(session, customer_id, currency)
    payments = lock_payments(session, order_id)
    wanted = amount = _still_owed(payments, due)
    pay_by = today + timedelta(days=account.terms_days)
    for payment in _open_on_account(payments):
        if part := min(wanted, payment.open_authorisation):
            capture(session, account_id=account.id, amount=part, order_id=order_id, reference=reference, by=by, at=at)
            _book_capture(session, payment, part, pay_by, by, at)
        void_on_account(session, payment, reference=reference, by=by, at=at)
        wanted -= part
    return amount - wanted


def void_on_account(session: Session, payment: Payment, *, reference: str, by: Actor, at: datetime | None = None) -> int:
    """Let go of what a locked payment still promises of the account; how much, in minor units. Account and payment must be locked.

    A no-op for payments that promise nothing, or not from an account.
    """
    amount = payment.open_authorisation if payment.method in ON_ACCOUNT else 0
    if amount and payment.account_id:
        void(session, account_id=payment.account_id, amount=amount, order_id=payment.order_id, reference=reference, by=by, at=at)
        if not payment.captured:
            move(payment, PaymentState.VOIDED)
        book(session, payment, MoveKind.VOID, amount, provider=_PROVIDER, by=by, at=at)
        session.flush()
        publish(session, PaymentVoided(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by, at=at)
    return amount


def _promises_on_account(session: Session, order_id: int) -> bool:
    promised = (Payment.order_id == order_id, Payment.method.in_(ON_ACCOUNT), Payment.authorised > Payment.captured + Payment.voided)
    return session.scalar(select(Payment.id).where(*promised).limit(1)) is not None


def _open_on_account(payments: Sequence[Payment]) -> list[Payment]:
    return [payment for payment in payments if payment.method in ON_ACCOUNT and payment.open_authorisation]


def _still_owed(payments: Sequence[Payment], due: int) -> int:
    """What is due less what was taken, and what is promised elsewhere."""
    elsewhere = sum(payment.open_authorisation for payment in payments if payment.method not in ON_ACCOUNT)
    return max(0, due - elsewhere - sum(payment.refundable for payment in payments))


def _book_capture(session: Session, payment: Payment, amount: int, pay_by: date, by: Actor, at: datetime | None) -> None:
    move(payment, PaymentState.CAPTURED)
    book(session, payment, MoveKind.CAPTURE, amount, provider=_PROVIDER, by=by, at=at)
    taken: Event = PaymentTaken(payment.order_id, payment.id, payment.method, amount, payment.currency)
    if payment.method == Method.TERMS:
        payment.due_on = pay_by
        taken = TermsCharged(payment.order_id, payment.id, amount, payment.currency, pay_by.isoformat())
    session.flush()
    publish(session, taken, by=by, at=at)
