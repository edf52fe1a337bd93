"""Letting parked events be tried again once what they waited for is there: a product's code, or stock."""

import json

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.shops.models import CodeKind, InboxEvent, InboxState, Reason

_UNKNOWN = text(
    """
    UPDATE order_inbox SET state = 'waiting', enqueued_at = NULL
     WHERE channel_id = :channel_id AND state = 'parked' AND reason = 'unknown_product' AND facts -> 'unknown' @> CAST(:code AS jsonb)
    RETURNING id
    """
)
_SHORT = text(
    """
    UPDATE order_inbox SET state = 'waiting', enqueued_at = NULL
     WHERE state = 'parked' AND reason = 'insufficient_stock' AND facts -> 'missing' @> CAST(:sku AS jsonb)
    RETURNING id
    """
)


def wake_unknown(session: Session, channel_id: int, kind: CodeKind, code: str) -> int:
    """Let events wait for the worker again that were parked for a code of their shop; how many."""
    return len(session.execute(_UNKNOWN, {"channel_id": channel_id, "code": json.dumps([{"kind": kind.value, "code": code}])}).all())


def wake_short(session: Session, product_id: int) -> int:
    """Let events wait for the worker again that were parked because a product was short; how many."""
    sku = session.scalar(select(Product.sku).where(Product.id == product_id))
    return len(session.execute(_SHORT, {"sku": json.dumps([[sku]])}).all()) if sku else 0


def any_short(session: Session) -> bool:
    """Whether any event is parked because stock was short."""
    short = select(InboxEvent.id).where(InboxEvent.state == InboxState.PARKED.value, InboxEvent.reason == Reason.OUT_OF_STOCK.value)
    return session.scalar(short.limit(1)) is not None
