"""Taking money for an order: from the customer's balance, or a transfer that somebody saw on the bank statement."""

from datetime import datetime

from sqlalchemy import Select, select
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

LONGEST_REFERENCE = 100


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
    if earlier := find_recorded(session, order_id=order_id, provider="bank", amount=amount, reference=reference):
        return earlier
    payment = new_payment(session, order_id, Method.TRANSFER, currency, at)
    named = _unused(session, order_id, "bank", reference)
    _capture(session, payment, amount, provider="bank", reference=named, by=by, at=at)
    return payment


def find_recorded(session: Session, *, order_id: int, provider: str, amount: int, reference: str) -> Payment | None:
    """The payment that somebody recorded under this reference; one that was taken off again as a mistake was none.

    Raises ReferenceUsed when it was booked with another amount.
    """
    earlier = _last_of(session, order_id, provider, reference) if reference else None
    if earlier is None or _was_mistake(session, earlier):
        return None
    if earlier.amount != amount:
        raise ReferenceUsed(_("Money with the reference “%(reference)s” is booked for this order already.", reference=reference))
    return earlier.payment


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


def _unused(session: Session, order_id: int, provider: str, reference: str) -> str:
    """The reference as it is booked: numbered where a mistake was booked under it before, for a reference is booked once."""
    number, name = 1, reference
    while name in _names(session, order_id, provider):
        number += 1
        name = _numbered(reference, number)
    return name


def _last_of(session: Session, order_id: int, provider: str, reference: str) -> PaymentMove | None:
    moves = {move.reference: move for move in session.scalars(_captures(order_id, provider))}
    names = [reference, *(_numbered(reference, number) for number in range(2, len(moves) + 1))]
    return next((moves[name] for name in reversed(names) if name in moves), None)


def _names(session: Session, order_id: int, provider: str) -> set[str]:
    return {move.reference for move in session.scalars(_captures(order_id, provider))}


def _captures(order_id: int, provider: str) -> Select[PaymentMove]:
    kind = PaymentMove.kind == MoveKind.CAPTURE.value
    return select(PaymentMove).where(PaymentMove.order_id == order_id, PaymentMove.provider == provider, kind)


def _numbered(reference: str, number: int) -> str:
    suffix = f"#{number}"
    return reference[: LONGEST_REFERENCE - len(suffix)] + suffix


def _was_mistake(session: Session, capture: PaymentMove) -> bool:
    """Whether the money was taken off where it was booked, which is not giving it back."""
    back = (PaymentMove.payment_id == capture.payment_id, PaymentMove.kind == MoveKind.REFUND.value, PaymentMove.provider == capture.provider)
    return session.scalar(select(PaymentMove.id).where(*back).limit(1)) is not None


def _capture(session: Session, payment: Payment, amount: int, *, provider: str, reference: str, by: Actor, at: datetime | None) -> None:
    move(payment, PaymentState.AUTHORISED)
    book(session, payment, MoveKind.AUTHORISE, amount, provider=provider, reference=reference, by=by, at=at)
    move(payment, PaymentState.CAPTURED)
    book(session, payment, MoveKind.CAPTURE, amount, provider=provider, reference=reference, by=by, at=at)
    session.flush()
    publish(session, PaymentTaken(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by, at=at)
