"""Asking a provider, outside of every transaction: the question an attempt stands for, and what came back."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog

from logistics.payments.gateways import choosing
from logistics.payments.gateways.gateway import Answer, Ask, GatewayUnreachable, PaymentGateway, Standing
from logistics.payments.models import AttemptKind, PaymentAttempt

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Question:
    """An open attempt as plain values, so that it outlives its transaction. Asked again it is the same question under the same key.

    `amount` in minor units; `reference`: what the provider calls the payment, empty before it knows it; `ask` for checkout and authorise.
    """

    attempt_id: int
    order_id: int
    payment_id: int
    kind: AttemptKind
    provider: str
    reference: str
    amount: int
    currency: str
    key: str
    ask: Ask | None = None


def question_of(attempt: PaymentAttempt) -> Question:
    """What an open attempt asks."""
    payment = attempt.payment
    return Question(
        attempt_id=attempt.id,
        order_id=attempt.order_id,
        payment_id=payment.id,
        kind=AttemptKind(attempt.kind),
        provider=payment.provider,
        reference=payment.provider_reference,
        amount=attempt.amount,
        currency=payment.currency,
        key=attempt.key,
        ask=Ask(**attempt.asked) if attempt.asked else None,
    )


def ask(question: Question) -> Answer | None:
    """Ask the provider; None where nobody knows what it did. No transaction may be open.

    An authorisation whose capture was refused is given up at once: it is of no use any more, and the customer has their money back.
    """
    gateway = _gateway_of(question.provider)
    if gateway is None:
        return None
    try:
        answer = _put(gateway, question)
        if question.kind is AttemptKind.CAPTURE and answer.refused and answer.standing is Standing.AUTHORISED:
            given_up = gateway.void(question.reference, key=f"{question.key}-void")
            answer = given_up if given_up.captured else replace(given_up, standing=Standing.FAILED, failure=answer.failure, refused=True)
        return answer
    except GatewayUnreachable:
        log.warning("provider_unreachable", provider=question.provider, kind=question.kind.value, attempt_id=question.attempt_id)
        return None


def look_up(provider: str, reference: str) -> Answer | None:
    """How a payment stands at its provider; None where it does not say. No transaction may be open."""
    gateway = _gateway_of(provider)
    try:
        return gateway.look_up(reference) if gateway and reference else None
    except GatewayUnreachable:
        log.warning("provider_unreachable", provider=provider, kind="look_up")
        return None


def as_asked(ask: Ask) -> dict[str, Any]:
    """What a repetition needs, as an attempt keeps it while it is open."""
    return asdict(ask)


def as_answer(answer: Answer) -> dict[str, Any]:
    """What an attempt keeps of the answer: no address of a page, which is the customer's."""
    kept = ("standing", "reference", "authorised", "captured", "refunded", "failure", "refused")
    return {name: getattr(answer, name) for name in kept}


def _gateway_of(provider: str) -> PaymentGateway | None:
    found = choosing.named(provider)
    if found is None:
        log.error("provider_not_configured", provider=provider)
    return found


def _put(gateway: PaymentGateway, question: Question) -> Answer:
    kind, reference, key = question.kind, question.reference, question.key
    if kind is AttemptKind.CAPTURE:
        return gateway.capture(reference, question.amount, currency=question.currency, key=key)
    if kind is AttemptKind.VOID:
        return gateway.void(reference, key=key)
    if kind is AttemptKind.REFUND:
        return gateway.refund(reference, question.amount, currency=question.currency, key=key)
    if question.ask is None:
        raise ValueError(f"attempt {question.attempt_id} has nothing to ask")
    return gateway.open_checkout(question.ask, key=key) if kind is AttemptKind.CHECKOUT else gateway.authorise(question.ask, key=key)
