"""Booking what a provider says of a card payment. It says sums: only what is new in them is booked, so doubled and late answers change nothing."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.payments.booking import book
from logistics.payments.events import PaymentAuthorised, PaymentFailed, PaymentRefunded, PaymentReleased, PaymentTaken
from logistics.payments.gateways.gateway import Answer, Standing
from logistics.payments.lifecycle import move
from logistics.payments.models import MoveKind, Payment, PaymentMove, PaymentState

_OVER = {Standing.VOIDED: PaymentState.VOIDED, Standing.EXPIRED: PaymentState.EXPIRED, Standing.FAILED: PaymentState.FAILED}
# How a payment that nothing came of is told from one that was declined.
_UNSAID = {Standing.VOIDED: "page_closed", Standing.EXPIRED: "expired", Standing.FAILED: "declined"}
_TAKEN = (PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.PART_REFUNDED, PaymentState.DISPUTED)
DISPUTE = "dispute "
LONGEST_REFERENCE = 80


@dataclass(frozen=True)
class Booked:
    """What was new in an answer, in minor units."""

    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    released: int = 0


def take_answer(session: Session, payment: Payment, answer: Answer, *, by: Actor) -> Booked:
    """Bring a locked payment of a locked order to where its provider says it stands; what was new."""
    payment.provider_reference = answer.reference or payment.provider_reference
    authorised = _authorise(session, payment, answer, by)
    captured = _capture(session, payment, answer, by)
    refunded = _refund(session, payment, answer, by)
    released = _end(session, payment, answer, by)
    waiting = answer.standing is Standing.WAITING and payment.state == PaymentState.CREATED
    payment.pay_url = (answer.pay_url or payment.pay_url) if waiting else ""
    payment.authorised_until = (answer.authorised_until or payment.authorised_until) if payment.state == PaymentState.AUTHORISED else None
    session.flush()
    return Booked(authorised, captured, refunded, released)


def refunded_at_provider(session: Session, payment: Payment) -> int:
    """What was given back by the provider itself, in minor units: to an account of ours, or lost in a dispute, is another matter."""
    own = (PaymentMove.payment_id == payment.id, PaymentMove.kind == MoveKind.REFUND.value, PaymentMove.provider == payment.provider)
    total = select(func.coalesce(func.sum(PaymentMove.amount), 0)).where(*own, PaymentMove.reference.not_like(f"{DISPUTE}%"))
    return int(session.scalar(total) or 0)


def lost_in_disputes(session: Session, payment: Payment) -> int:
    """What the cardholder took back by way of their bank, in minor units."""
    lost = (PaymentMove.payment_id == payment.id, PaymentMove.kind == MoveKind.REFUND.value, PaymentMove.reference.like(f"{DISPUTE}%"))
    return int(session.scalar(select(func.coalesce(func.sum(PaymentMove.amount), 0)).where(*lost)) or 0)


def _authorise(session: Session, payment: Payment, answer: Answer, by: Actor) -> int:
    more = max(answer.authorised, answer.captured) - payment.authorised
    if more <= 0 or payment.state not in (PaymentState.CREATED, PaymentState.FAILED, PaymentState.AUTHORISED):
        return 0
    if payment.state != PaymentState.AUTHORISED:
        move(payment, PaymentState.AUTHORISED)
        payment.failure = ""
    _book(session, payment, MoveKind.AUTHORISE, more, payment.authorised + more, by)
    publish(session, PaymentAuthorised(payment.order_id, payment.id, payment.method, more, payment.currency), by=by)
    return more


def _capture(session: Session, payment: Payment, answer: Answer, by: Actor) -> int:
    more = min(answer.captured - payment.captured, payment.open_authorisation)
    if more <= 0 or payment.state not in _TAKEN:
        return 0
    if payment.state == PaymentState.AUTHORISED:
        move(payment, PaymentState.CAPTURED)
    _book(session, payment, MoveKind.CAPTURE, more, payment.captured + more, by)
    publish(session, PaymentTaken(payment.order_id, payment.id, payment.method, more, payment.currency), by=by)
    return more


def _refund(session: Session, payment: Payment, answer: Answer, by: Actor) -> int:
    there = refunded_at_provider(session, payment)
    more = min(answer.refunded - there, payment.refundable)
    if more <= 0:
        return 0
    move(payment, PaymentState.REFUNDED if more == payment.refundable else PaymentState.PART_REFUNDED)
    _book(session, payment, MoveKind.REFUND, more, there + more, by)
    publish(session, PaymentRefunded(payment.order_id, payment.id, payment.method, more, payment.currency), by=by)
    return more


def _end(session: Session, payment: Payment, answer: Answer, by: Actor) -> int:
    """What is over at the provider is over here: capturing less than was authorised gives up the rest as well."""
    over = _OVER.get(answer.standing)
    if over and payment.state == PaymentState.CREATED:
        move(payment, PaymentState.FAILED)
        payment.failure = (answer.failure or _UNSAID[answer.standing])[:60]
        publish(session, PaymentFailed(payment.order_id, payment.id, payment.method, payment.failure), by=by)
    rest = payment.open_authorisation
    if not rest or not (over or payment.captured):
        return 0
    if over and payment.state == PaymentState.AUTHORISED:
        move(payment, over)
        payment.failure = answer.failure[:60]
    _book(session, payment, MoveKind.VOID, rest, payment.voided + rest, by)
    publish(session, PaymentReleased(payment.order_id, payment.id, payment.method, rest, payment.currency, payment.state), by=by)
    return rest


def _book(session: Session, payment: Payment, kind: MoveKind, amount: int, so_far: int, by: Actor) -> None:
    """Under the provider's reference; what comes on top of something under the sum it makes as well, for a sum is reached once."""
    reference = payment.provider_reference[:LONGEST_REFERENCE]
    reference = reference if so_far == amount else f"{reference} {so_far}"
    book(session, payment, kind, amount, provider=payment.provider, reference=reference, by=by)
