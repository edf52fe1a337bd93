"""News of providers: kept once when it comes in, worked by the worker. It is believed for nothing but that something happened: how the
payment stands is looked up. Of a dispute, which cannot be looked up, the verified message itself counts.
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.transactions import in_transaction
from logistics.orders.disputing import hear_dispute
from logistics.orders.finishing import LookUp, look_up_of, take_step
from logistics.payments.gateways.gateway import News, NewsKind
from logistics.payments.models import Payment, PaymentNews

KEPT = timedelta(days=30)
UNWORKED = timedelta(seconds=60)
# A payment may be told of before our own transaction that knows its reference has ended.
UNKNOWN_FOR = timedelta(hours=1)


def note_news(session: Session, provider: str, news: News) -> int | None:
    """Keep a verified message; its id, or None where it came before."""
    told = {"news_id": news.id[:255], "kind": news.kind.value, "reference": news.reference[:255], "amount": max(0, news.amount)}
    row = insert(PaymentNews).values(provider=provider, received_at=clock.now(), **told)
    return session.scalar(row.on_conflict_do_nothing(index_elements=["provider", "news_id"]).returning(PaymentNews.id))


def find_waiting(session: Session, *, limit: int) -> list[int]:
    """What came in and was not worked by the job that should have, the oldest first."""
    waiting = select(PaymentNews.id).where(PaymentNews.worked_at.is_(None), PaymentNews.received_at <= clock.now() - UNWORKED)
    return list(session.scalars(waiting.order_by(PaymentNews.received_at).limit(limit)))


def work_news(news_id: int) -> bool:
    """Do what a message asks for; False where the provider does not answer. A no-op once it is worked. Owns its transactions."""
    step = in_transaction(lambda session: _begin(session, news_id))
    if isinstance(step, LookUp):
        if not take_step(step):
            return False
        in_transaction(lambda session: _worked(session, news_id))
    return True


def discard_old(session: Session) -> None:
    """Forget what was worked a month ago."""
    session.execute(delete(PaymentNews).where(PaymentNews.worked_at < clock.now() - KEPT))


def _begin(session: Session, news_id: int) -> LookUp | None:
    """What is to be looked up for a message; a dispute is dealt with at once."""
    news = session.get(PaymentNews, news_id)
    if news is None or news.worked_at:
        return None
    payment = session.scalar(select(Payment).where(Payment.provider == news.provider, Payment.provider_reference == news.reference))
    if payment is None:
        # Its own page or authorisation may be on its way; what nobody knows after an hour is not ours.
        if news.received_at < clock.now() - UNKNOWN_FOR:
            news.worked_at = clock.now()
        return None
    if news.kind == NewsKind.PAYMENT:
        return look_up_of(payment)
    hear_dispute(session, payment.order_id, payment.id, news)
    news.worked_at = clock.now()
    return None


def _worked(session: Session, news_id: int) -> None:
    session.get_one(PaymentNews, news_id).worked_at = clock.now()
