"""Looking after card payments of orders: what was asked and never answered, pages nobody came back from, authorisations that end, and
money of cancelled orders that the provider has still to give back. Every step is begin, call, finish; each may be done twice.
"""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.transactions import in_transaction
from logistics.orders.alerting import open_incident
from logistics.orders.finishing import LookUp, Step, give_up, look_up_of, take_step
from logistics.orders.locks import lock_order
from logistics.orders.models import IncidentKind, Order, OrderStatus, PaymentIncident
from logistics.payments import by_card
from logistics.payments.answering import lost_in_disputes
from logistics.payments.asking import question_of
from logistics.payments.models import AttemptKind, AttemptState, Payment, PaymentAttempt, PaymentState
from logistics.payments.scheduling import WARN_BEFORE, look_after

# Whoever asked may be waiting for the answer still.
UNANSWERED = timedelta(seconds=60)
PAGE_AT_MOST = timedelta(hours=24)
# A provider may have forgotten a key after a day: asked again, it could do it twice.
KEYS_LAST = timedelta(hours=23)
STEPS = 8


def find_unsettled(session: Session, *, limit: int) -> list[int]:
    """The orders, by id, of which the cards are to be looked after by now. Read without a lock, so ask settle_order."""
    now = clock.now()
    unanswered = select(PaymentAttempt.order_id)
    unanswered = unanswered.where(PaymentAttempt.state == AttemptState.OPEN.value, PaymentAttempt.opened_at <= now - UNANSWERED)
    waiting = select(Payment.order_id).where(Payment.settle_at <= now)
    both = unanswered.union_all(waiting).subquery()
    # In no order: a few that are never answered keep nobody else waiting.
    return list(dict.fromkeys(session.scalars(select(both.c.order_id).order_by(func.random()).limit(limit))))


def settle_order(order_id: int, *, now: bool = False) -> bool:
    """Bring the cards of an order to where their providers say they are; False where a provider does not answer.

    With `now` its pages and authorisations are looked up whether or not it is time for that. Owns its transactions.
    """
    seen: frozenset[int] = frozenset()
    for _step in range(STEPS):
        step = in_transaction(partial(next_step, order_id=order_id, now=now, seen=seen))
        if step is None:
            return True
        if isinstance(step, LookUp):
            seen |= {step.payment_id}
        if not take_step(step):
            return False
    return True


def next_step(session: Session, order_id: int, *, now: bool, seen: frozenset[int] = frozenset()) -> Step | None:
    """What is to be asked next for an order, of those not looked up yet (`seen`); None when all is settled. Locks the order and its payments."""
    order = lock_order(session, order_id=order_id)
    payments = by_card.cards_among(by_card.hold_payments(session, order_id))
    if attempt := _open_attempt(session, order_id):
        if attempt.opened_at <= clock.now() - KEYS_LAST or _is_overtaken(session, attempt):
            return give_up(session, order, attempt)
        mine = attempt.kind in (AttemptKind.VOID, AttemptKind.REFUND)
        return question_of(attempt) if mine or attempt.opened_at <= clock.now() - UNANSWERED else None
    for payment in payments:
        is_time = payment.settle_at is not None and payment.settle_at <= clock.now()
        step = _step(session, order, payment, now=now, seen=seen) if is_time or now or payment.id in seen else None
        if step and not (isinstance(step, LookUp) and payment.id in seen):
            return step
    return None


def _is_overtaken(session: Session, attempt: PaymentAttempt) -> bool:
    """Whether the cardholder took back meanwhile what a refund would give: asked once more, the provider might pay it twice."""
    payment = attempt.payment
    if attempt.kind != AttemptKind.REFUND:
        return False
    return payment.state == PaymentState.DISPUTED or (attempt.amount > payment.refundable and lost_in_disputes(session, payment) > 0)


def _step(session: Session, order: Order, payment: Payment, *, now: bool, seen: frozenset[int]) -> Step | None:
    if by_card.is_page(payment):
        # It may have been paid on: closing it then would give the money up.
        useless = order.status == OrderStatus.CANCELLED or (payment.id in seen and _is_useless(order, payment))
        return question_of(by_card.begin_void(session, payment, SYSTEM)) if useless else look_up_of(payment)
    if order.status == OrderStatus.CANCELLED and payment.settle_at is not None:
        return _give_back(session, payment)
    if payment.state != PaymentState.AUTHORISED or payment.authorised_until is None:
        payment.settle_at = None
        return None
    if now or payment.authorised_until <= clock.now():
        return look_up_of(payment)
    _warn(session, order, payment, payment.authorised_until)
    look_after(session, payment, is_open=order.can_pay, is_cancelled=False)
    return None


def _give_back(session: Session, payment: Payment) -> Step | None:
    if payment.open_authorisation:
        return question_of(by_card.begin_void(session, payment, SYSTEM))
    if payment.refundable:
        return question_of(by_card.begin_refund(session, payment, payment.refundable, SYSTEM))
    payment.settle_at = None
    return None


def _is_useless(order: Order, payment: Payment) -> bool:
    """Whether nobody ought to pay on this page any more."""
    now = clock.now()
    if not order.can_pay or payment.created_at <= now - PAGE_AT_MOST:
        return True
    return order.is_overdue(now) and not by_card.is_young(payment)


def _warn(session: Session, order: Order, payment: Payment, until: datetime) -> None:
    """Say once that an authorisation ends: we keep no token, so it cannot be renewed without the customer."""
    told = select(PaymentIncident.id).where(PaymentIncident.order_id == order.id, PaymentIncident.opened_at >= until - WARN_BEFORE)
    if session.scalar(told.where(PaymentIncident.kind == IncidentKind.AUTHORISATION_ENDING.value)) is None:
        open_incident(session, order, IncidentKind.AUTHORISATION_ENDING, payment.open_authorisation, by=SYSTEM)


def _open_attempt(session: Session, order_id: int) -> PaymentAttempt | None:
    return session.scalar(select(PaymentAttempt).where(PaymentAttempt.order_id == order_id, PaymentAttempt.state == AttemptState.OPEN.value))
