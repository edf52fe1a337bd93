"""Disputes: a cardholder takes back what they paid. Opened, it is for a person; won, all is as it was; lost, the money is gone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.orders.alerting import open_incident
from logistics.orders.finishing import lock_payment
from logistics.orders.lifecycle import recompute
from logistics.orders.models import IncidentKind, Order, OrderStatus
from logistics.payments.answering import DISPUTE, LONGEST_REFERENCE
from logistics.payments.booking import book
from logistics.payments.events import PaymentDisputed
from logistics.payments.gateways.gateway import NewsKind
from logistics.payments.lifecycle import move
from logistics.payments.models import MoveKind, Payment, PaymentNews, PaymentState
from logistics.payments.scheduling import look_after

_DISPUTABLE = (PaymentState.CAPTURED, PaymentState.PART_REFUNDED)
_CLOSED = (NewsKind.DISPUTE_WON.value, NewsKind.DISPUTE_LOST.value)


def hear_dispute(session: Session, order_id: int, payment_id: int, news: PaymentNews) -> None:
    """Do what a dispute's news says, in whatever order it comes. Locks the order, then its payments."""
    order, payment = lock_payment(session, order_id, payment_id)
    if news.kind == NewsKind.DISPUTE_OPENED:
        if payment.state in _DISPUTABLE and not _was_closed(session, news):
            _open(session, order, payment, news.amount or payment.refundable)
    elif news.kind == NewsKind.DISPUTE_WON:
        if payment.state == PaymentState.DISPUTED:
            _win(session, order, payment)
    elif payment.state == PaymentState.DISPUTED or (payment.state in _DISPUTABLE and not _was_closed(session, news)):
        if payment.state != PaymentState.DISPUTED:
            _open(session, order, payment, news.amount or payment.refundable)
        _lose(session, order, payment, news)
    recompute(session, order, by=SYSTEM)


def _open(session: Session, order: Order, payment: Payment, amount: int) -> None:
    move(payment, PaymentState.DISPUTED)
    session.flush()
    _tell(session, payment, amount, "opened")
    open_incident(session, order, IncidentKind.DISPUTED, amount, by=SYSTEM)


def _win(session: Session, order: Order, payment: Payment) -> None:
    move(payment, PaymentState.PART_REFUNDED if payment.refunded else PaymentState.CAPTURED)
    look_after(session, payment, is_open=order.can_pay, is_cancelled=order.status == OrderStatus.CANCELLED)
    _tell(session, payment, payment.refundable, "won")


def _lose(session: Session, order: Order, payment: Payment, news: PaymentNews) -> None:
    """What is gone is no debt of the customer's for goods that have left; goods that have not are not sent for nothing."""
    amount = min(news.amount or payment.refundable, payment.refundable)
    move(payment, PaymentState.REFUNDED if amount == payment.refundable else PaymentState.PART_REFUNDED)
    reference = f"{DISPUTE}{news.news_id[:LONGEST_REFERENCE]}"
    book(session, payment, MoveKind.REFUND, amount, provider=payment.provider, reference=reference, by=SYSTEM)
    if any(line.shipped for line in order.lines):
        order.allowance += amount
    session.flush()
    _tell(session, payment, amount, "lost")


def _tell(session: Session, payment: Payment, amount: int, outcome: str) -> None:
    told = PaymentDisputed(payment.order_id, payment.id, payment.method, amount, payment.currency, outcome)
    publish(session, told, by=SYSTEM)


def _was_closed(session: Session, news: PaymentNews) -> bool:
    """Whether the dispute is over already: news comes out of order."""
    over = select(PaymentNews.id).where(PaymentNews.provider == news.provider, PaymentNews.reference == news.reference)
    return session.scalar(over.where(PaymentNews.kind.in_(_CLOSED), PaymentNews.worked_at.is_not(None)).limit(1)) is not None
