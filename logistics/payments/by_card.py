"""Paying by card: each step begins with an attempt, written before the provider is asked (asking.py); answering.py books what it says.

Orders are locked, or new, when these are called, and so are the payments.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, Refusal
from logistics.payments.asking import as_asked
from logistics.payments.attempting import open_attempt, refuse_if_in_flight
from logistics.payments.capturing import new_payment
from logistics.payments.events import RefundBegun
from logistics.payments.gateways import choosing
from logistics.payments.gateways.gateway import Ask, PaymentGateway
from logistics.payments.locks import lock_payments
from logistics.payments.models import AttemptKind, Method, Payment, PaymentAttempt, PaymentState

# How long a page keeps an order from running out of time, and is handed out again instead of a new one.
PAGE_LASTS = timedelta(minutes=30)


class CardsNotOffered(Refusal):
    """No provider of card payments is configured."""

    code = "cards_not_offered"


def is_offered() -> bool:
    """Whether cards can be paid with."""
    return choosing.gateway() is not None


def offered() -> PaymentGateway:
    """The provider new payments are made with. Raises CardsNotOffered."""
    found = choosing.gateway()
    if found is None:
        raise CardsNotOffered(_("Cards are not offered: no provider of card payments is set up."))
    return found


def hold_payments(session: Session, order_id: int) -> Sequence[Payment]:
    """All payments of an order, locked and read anew. Lock its order, and the customer's account, first."""
    return lock_payments(session, order_id)


def begin_payment(session: Session, *, order_id: int, ask: Ask, by: Actor) -> PaymentAttempt:
    """Begin a payment of an order: by the token in `ask`, or without one on a page of the provider. Raises CardsNotOffered, PaymentInFlight."""
    refuse_if_in_flight(session, order_id)
    payment = new_payment(session, order_id, Method.CARD, ask.currency, None)
    payment.provider = offered().name
    kind = AttemptKind.AUTHORISE if ask.token else AttemptKind.CHECKOUT
    return open_attempt(session, payment, kind, ask.amount, by=by, asked=as_asked(ask))


def begin_capture(session: Session, payment: Payment, amount: int, by: Actor) -> PaymentAttempt:
    """Begin to take `amount` minor units of what a locked payment authorises. Raises PaymentInFlight."""
    return open_attempt(session, payment, AttemptKind.CAPTURE, amount, by=by)


def begin_void(session: Session, payment: Payment, by: Actor) -> PaymentAttempt:
    """Begin to give up what a locked payment authorises, or the page on which nobody has paid. Raises PaymentInFlight."""
    return open_attempt(session, payment, AttemptKind.VOID, payment.open_authorisation or page_amount(session, payment), by=by)


def begin_refund(session: Session, payment: Payment, amount: int, by: Actor) -> PaymentAttempt:
    """Begin to give `amount` minor units of a locked payment back to the card. Raises PaymentInFlight, and IllegalMove for too much."""
    if not 0 < amount <= payment.refundable or payment.state == PaymentState.DISPUTED:
        raise IllegalMove(_("So much cannot be given back to this card."))
    return open_attempt(session, payment, AttemptKind.REFUND, amount, by=by)


def refund_by_card(session: Session, payment: Payment, amount: int, by: Actor) -> PaymentAttempt:
    """As begin_refund, and the worker asks the provider. The money is booked as given back once it agreed."""
    attempt = begin_refund(session, payment, amount, by)
    publish(session, RefundBegun(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)
    return attempt


def is_uncharged(session: Session, order_id: int) -> bool:
    """Whether an order has a card that is authorised and not charged yet."""
    open_money = Payment.authorised - Payment.captured - Payment.voided > 0
    cards = select(Payment.id).where(Payment.order_id == order_id, Payment.method == Method.CARD.value)
    return session.scalar(cards.where(open_money).limit(1)) is not None


def refuse_if_uncharged(session: Session, order_id: int) -> None:
    """Raise PaymentInFlight for a locked order whose provider has not answered, IllegalMove where a card has still to be charged."""
    refuse_if_in_flight(session, order_id)
    if is_uncharged(session, order_id):
        raise IllegalMove(_("The card of this order has to be charged before anything leaves."))


def page_amount(session: Session, payment: Payment) -> int:
    """What a payment's page, or token, was asked for; in minor units."""
    first = select(PaymentAttempt.amount).where(PaymentAttempt.payment_id == payment.id).order_by(PaymentAttempt.id).limit(1)
    return int(session.scalar(first) or 0)


def cards_among(payments: Sequence[Payment]) -> list[Payment]:
    """Those by card."""
    return [payment for payment in payments if payment.method == Method.CARD]


def is_page(payment: Payment) -> bool:
    """Whether the customer still can, or perhaps did, pay on a page of the provider."""
    return payment.method == Method.CARD and payment.state == PaymentState.CREATED and payment.pay_url != ""


def is_young(payment: Payment) -> bool:
    """Whether its page was made so lately that the customer may be at it."""
    return clock.now() - payment.created_at < PAGE_LASTS
