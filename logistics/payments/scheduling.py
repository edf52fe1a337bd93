"""When a card payment is looked after next: `settle_at` is its place in the worker's queue."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.payments.models import AttemptKind, AttemptState, Payment, PaymentAttempt, PaymentState

# Hooks and return pages come first; this is for those that never came.
PAGE_EVERY = timedelta(minutes=5)
AGAIN = timedelta(minutes=5)
WARN_BEFORE = timedelta(hours=24)


def look_after(session: Session, payment: Payment, *, is_open: bool, is_cancelled: bool) -> None:
    """Say when a locked payment is looked after next; `is_open`: its order waits for money."""
    payment.settle_at = _next(session, payment, is_open, is_cancelled)
    session.flush()


def _next(session: Session, payment: Payment, is_open: bool, is_cancelled: bool) -> datetime | None:
    now, state = clock.now(), payment.state
    if state == PaymentState.CREATED and payment.pay_url:
        return now + PAGE_EVERY if is_open or was_refused(session, payment) else now
    if is_cancelled and (payment.open_authorisation or (state != PaymentState.DISPUTED and payment.refundable)):
        # What the provider will not give back is for a person: it has its incident.
        return None if was_refused(session, payment) else now
    if state == PaymentState.AUTHORISED and payment.authorised_until:
        warn = payment.authorised_until - WARN_BEFORE
        return warn if warn > now else max(payment.authorised_until, now + AGAIN)
    return None


def was_refused(session: Session, payment: Payment) -> bool:
    """Whether the provider has said no to giving it back."""
    kinds = (AttemptKind.VOID.value, AttemptKind.REFUND.value)
    no = select(PaymentAttempt.id).where(PaymentAttempt.payment_id == payment.id, PaymentAttempt.state == AttemptState.REFUSED.value)
    return session.scalar(no.where(PaymentAttempt.kind.in_(kinds)).limit(1)) is not None
