"""Giving money back: all of an order's, or a part of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, Invalid
from logistics.customers.crediting import account_for, give_back, hold_account
from logistics.payments.booking import book
from logistics.payments.by_card import refund_by_card
from logistics.payments.events import PaymentRefunded
from logistics.payments.lifecycle import move
from logistics.payments.locks import lock_payments
from logistics.payments.models import Method, MoveKind, Payment, PaymentState
from logistics.payments.on_account import ON_ACCOUNT, void_on_account
from logistics.payments.on_delivery import void_cod
from logistics.payments.shop_money import give_back_at_shop, give_back_part_at_shop

_TAKEN = (PaymentState.CAPTURED, PaymentState.PART_REFUNDED)


class Destination(StrEnum):
    """Where money goes that is given back."""

    ACCOUNT = "account"
    SHOP = "shop"
    CARD = "card"


@dataclass(frozen=True)
class GivenBack:
    """A part of a refund: `amount` minor units of one payment, and where they go."""

    payment_id: int
    method: str
    to: Destination
    amount: int


def refund(
    session: Session, *, order_id: int, customer_id: int, currency: str, amount: int, reference: str, by: Actor, to_account: bool = False
) -> list[GivenBack]:
    """Give back `amount` minor units of what was taken for an order; where each part goes. Nothing is given back for 0.

    What lies with us goes first, then what a shop took, then cards; of each the newest payment. Money of balance, transfer, delivery and
    terms goes to the customer's account, a shop gives back what it took, a card gets its own: with `to_account` the account gets that too.
    Locks the account, then the payments; the order must be locked. Raises Invalid for more than there is to give back.
    """
    if not amount:
        return []
    hold_account(session, customer_id, currency)
    payments = sorted(_refundable(lock_payments(session, order_id)), key=_first_to_pay, reverse=True)
    _refuse_more_than(sum(payment.refundable for payment in payments), amount, currency)
    given: list[GivenBack] = []
    for payment in payments:
        part = min(amount - sum(done.amount for done in given), payment.refundable)
        if part:
            given.append(_give_part(session, payment, part, customer_id, reference, by, to_account=to_account))
    return given


def refund_everything(session: Session, *, order_id: int, customer_id: int, reference: str, by: Actor) -> int:
    """Give back all that was taken for an order, to the customer's account, at once; how much, in minor units.

    What a shop took, the shop gives back: that is booked here and touches no account. What was only promised, there or on delivery, is
    voided. What a card paid goes back to the card by a job (orders.settling): it is left alone here.
    Locks the account, then the payments; the order must be locked. A no-op where nothing is left to give back.
    """
    total = 0
    for payment in _lock_refundable(session, order_id, customer_id):
        if payment.method == Method.SHOP:
            total += give_back_at_shop(session, payment, by)
            continue
        void_on_account(session, payment, reference=reference, by=by)
        void_cod(session, payment, payment.open_authorisation if payment.method == Method.COD else 0, by=by)
        if payment.refundable:
            total += _give_part(session, payment, payment.refundable, customer_id, reference, by).amount
    return total


def _lock_refundable(session: Session, order_id: int, customer_id: int) -> list[Payment]:
    """Lock the accounts and then the payments of an order from which money can be given back."""
    promised = and_(Payment.method.in_(ON_ACCOUNT), Payment.authorised > Payment.captured + Payment.voided)
    taken = and_(Payment.method.not_in((Method.SHOP.value, Method.CARD.value)), Payment.captured > Payment.refunded)
    ours = (Payment.order_id == order_id, or_(promised, taken))
    for currency in session.scalars(select(Payment.currency).where(*ours).distinct().order_by(Payment.currency)).all():
        hold_account(session, customer_id, currency)
    found = [payment for payment in lock_payments(session, order_id) if payment.method != Method.CARD]
    return [payment for payment in found if payment.refundable or payment.open_authorisation]


def _refundable(payments: Sequence[Payment]) -> list[Payment]:
    """Those of which money can be given back; a disputed one is for the provider to decide."""
    return [payment for payment in payments if payment.refundable and payment.state in _TAKEN]


def _first_to_pay(payment: Payment) -> tuple[bool, bool, int]:
    return payment.method != Method.CARD, payment.method != Method.SHOP, payment.id


def _refuse_more_than(most: int, amount: int, currency: str) -> None:
    if amount > most:
        message = _("Only %(amount)s of what was paid can be given back.", amount=f"{currency} {plain(most, currency)}")
        raise Invalid(message, errors=[FieldError("amount", "more_than_refundable", message, {"refundable": most})])


def _give_part(
    session: Session, payment: Payment, amount: int, customer_id: int, reference: str, by: Actor, *, to_account: bool = False
) -> GivenBack:
    if payment.method == Method.SHOP:
        give_back_part_at_shop(session, payment, amount, by)
        return GivenBack(payment.id, payment.method, Destination.SHOP, amount)
    if payment.method == Method.CARD and not to_account:
        refund_by_card(session, payment, amount, by)
        return GivenBack(payment.id, payment.method, Destination.CARD, amount)
    _give_to_account(session, payment, amount, customer_id, reference, by)
    return GivenBack(payment.id, payment.method, Destination.ACCOUNT, amount)


def _give_to_account(session: Session, payment: Payment, amount: int, customer_id: int, reference: str, by: Actor) -> None:
    account = account_for(session, customer_id, payment.currency)
    give_back(session, account_id=account.id, amount=amount, order_id=payment.order_id, reference=reference, by=by)
    move(payment, PaymentState.REFUNDED if amount == payment.refundable else PaymentState.PART_REFUNDED)
    book(session, payment, MoveKind.REFUND, amount, provider="account", by=by)
    session.flush()
    publish(session, PaymentRefunded(payment.order_id, payment.id, payment.method, amount, payment.currency), by=by)
