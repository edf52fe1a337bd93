"""Money that a shop platform takes and gives back for us: booked as the shop says, in sums that only ever follow it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.payments.booking import book
from logistics.payments.capturing import new_payment
from logistics.payments.events import PaymentRefunded, PaymentTaken
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState


def note_shop_money(
    session: Session, *, order_id: int, currency: str, provider: str, reference: str, captured: int, authorised: int, by: Actor
) -> bool:
    """Book what a shop says it has taken in all, and what its customer's bank promised besides; minor units. Whether anything was new.

    Only the difference to what is booked already is written, so that the same news twice, or older news, changes nothing.
    Locks the payments; the order must be locked or new.
    """
    payments = _of_shop(lock_payments(session, order_id))
    before = sum(payment.captured for payment in payments)
    _capture_promised(session, payments, captured - before, provider, by)
    missing = captured - sum(payment.captured for payment in payments)
    if missing > 0:
        payment, part = new_payment(session, order_id, Method.SHOP, currency, None), _next(reference, payments)
        _promise(session, payment, missing, provider, part, by)
        _capture(session, payment, missing, provider, part, by)
        payments = [*payments, payment]
    promise = authorised - sum(payment.open_authorisation for payment in payments)
    if promise > 0 and not captured:
        _promise(session, new_payment(session, order_id, Method.SHOP, currency, None), promise, provider, _next(reference, payments), by)
    session.flush()
    return missing > 0 or captured > before or promise > 0


def void_shop_money(session: Session, *, order_id: int, by: Actor) -> int:
    """Take back what the shop only had promised; how much, in minor units. Locks the payments; the order must be locked."""
    return sum(void_promise(session, payment, by) for payment in _of_shop(lock_payments(session, order_id)))


def void_promise(session: Session, payment: Payment, by: Actor) -> int:
    """Void what is left of a locked payment's authorisation; how much, in minor units."""
    amount = payment.open_authorisation
    if amount:
        if not payment.captured:
            move(payment, PaymentState.VOIDED)
        book(session, payment, MoveKind.VOID, amount, provider=_provider(payment), by=by)
        session.flush()
    return amount


def give_back_at_shop(session: Session, payment: Payment, by: Actor) -> int:
    """Book that the shop gives back all it took by a locked payment, and void the rest; what is given back, in minor units."""
    void_promise(session, payment, by)
    amount = payment.refundable
    if amount:
        give_back_part_at_shop(session, payment, amount, by)
    return amount


def give_back_part_at_shop(session: Session, payment: Payment, amount: int, by: Actor) -> None:
    """Book that the shop gives back `amount` minor units of what it took by a locked payment, at most all of it."""
    move(payment, PaymentState.REFUNDED if amount == payment.refundable else PaymentState.PART_REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider=_provider(payment), by=by)
    session.flush()
    publish(session, PaymentRefunded(payment.order_id, payment.id, payment.method, amount, payment.currency, to="shop"), by=by)


def _of_shop(payments: Sequence[Payment]) -> list[Payment]:
    return [payment for payment in payments if payment.method == Method.SHOP]


def _capture_promised(session: Session, payments: Sequence[Payment], amount: int, provider: str, by: Actor) -> None:
    """Capture `amount` from what was authorised; capturing less than that voids the rest at once."""
    for payment in payments:
        part = min(amount, payment.open_authorisation)
        if part > 0:
            _capture(session, payment, part, provider, payment.moves[0].reference, by)
            amount -= part
            void_promise(session, payment, by)


def _promise(session: Session, payment: Payment, amount: int, provider: str, reference: str, by: Actor) -> None:
    move(payment, PaymentState.AUTHORISED)
    book(session, payment, MoveKind.AUTHORISE, amount, provider=provider, reference=reference, by=by)


def _capture(session: Session, payment: Payment, amount: int, provider: str, reference: str, by: Actor) -> None:
    move(payment, PaymentState.CAPTURED)
    book(session, payment, MoveKind.CAPTURE, amount, provider=provider, reference=reference, by=by)
    session.flush()
    publish(session, PaymentTaken(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)


def _next(reference: str, payments: Sequence[Payment]) -> str:
    """The shop's reference; later parts are counted, for a reference is booked once."""
    return f"{reference}#{len(payments) + 1}" if payments else reference


def _provider(payment: Payment) -> str:
    return payment.moves[0].provider
