"""Asking a provider for money: an attempt is opened and committed, then the provider is called, then the attempt is closed.

While one is open nobody may change what it is about, for nobody knows yet what the provider did.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.keys import new_key
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.payments.models import AttemptKind, AttemptState, Payment, PaymentAttempt


class PaymentInFlight(Refusal):
    """The provider was asked for money of this order and has not answered yet."""

    code = "payment_in_flight"


def open_attempt(
    session: Session, payment: Payment, kind: AttemptKind, amount: int, *, by: Actor, asked: dict[str, Any] | None = None
) -> PaymentAttempt:
    """Open an attempt of `amount` minor units on a locked (or new) payment of a locked order. Raises PaymentInFlight where one is open."""
    refuse_if_in_flight(session, payment.order_id)
    attempt = PaymentAttempt(
        payment_id=payment.id,
        order_id=payment.order_id,
        kind=kind.value,
        amount=amount,
        key=new_key(),
        state=AttemptState.OPEN.value,
        asked=asked or {},
        answer={},
        actor_kind=by.kind,
        actor_id=by.id,
        opened_at=clock.now(),
    )
    session.add(attempt)
    session.flush()
    return attempt


def close_attempt(attempt: PaymentAttempt, state: AttemptState, answer: dict[str, Any]) -> None:
    """Note what the provider answered to an open attempt of a locked order. What a repetition would have needed is forgotten."""
    attempt.state, attempt.answer, attempt.asked, attempt.closed_at = state.value, answer, {}, clock.now()


def refuse_if_in_flight(session: Session, order_id: int) -> None:
    """Raise PaymentInFlight for a locked order of which an attempt is open."""
    if session.scalar(select(PaymentAttempt.id).where(PaymentAttempt.order_id == order_id, PaymentAttempt.state == AttemptState.OPEN.value)):
        raise PaymentInFlight(_("A payment of this order is being worked on. Try again in a minute."))


def is_given_up(session: Session, payment_id: int) -> bool:
    """Whether the provider of a locked payment was asked to give it up and has not answered yet."""
    voids = (PaymentAttempt.kind == AttemptKind.VOID.value, PaymentAttempt.state == AttemptState.OPEN.value)
    return session.scalar(select(PaymentAttempt.id).where(PaymentAttempt.payment_id == payment_id, *voids)) is not None
