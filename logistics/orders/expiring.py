"""Time-outs: an unpaid order keeps its stock for as long as its channel says, then it is cancelled by itself (T6)."""

from datetime import UTC, datetime

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.orders.cancelling import take_back
from logistics.orders.locks import claim_order, lock_order
from logistics.orders.models import CancelReason, Order, OrderStatus

Place = tuple[datetime, int]
BEGINNING: Place = (datetime(1, 1, 1, tzinfo=UTC), 0)


def expire(session: Session, *, order_id: int, by: Actor = SYSTEM) -> bool:
    """Cancel an order whose time to pay is over: its stock is free, and what was paid in part goes to the customer's account.

    Locks the order, the account, the payments, then the stock rows. False, and nothing has changed, for one that was covered once, that
    has time left, that is on hold or not waiting for money: a payment before it wins. Raises NotFound.
    """
    order = lock_order(session, order_id=order_id)
    if not order.is_overdue(clock.now()):
        return False
    take_back(session, order, reason=CancelReason.PAYMENT_TIMEOUT, by=by)
    return True


def expire_unless_busy(session: Session, order_id: int) -> bool:
    """As expire, for the sweep: an order that somebody is at work on is left for the next one."""
    return claim_order(session, order_id) and expire(session, order_id=order_id)


def find_overdue(session: Session, *, after: Place, limit: int) -> list[Place]:
    """The orders behind this place whose time is over by now, the longest first: expires_at, id. Read without a lock, so ask expire."""
    overdue = (
        select(Order.expires_at, Order.id)
        # Written out, or the plan of a prepared statement could not know that the partial index holds them.
        .where(Order.status == literal(OrderStatus.UNPAID.value, literal_execute=True))
        .where(Order.expires_at <= clock.now(), Order.covered_at.is_(None), Order.hold_reason == "")
        .where(tuple_(Order.expires_at, Order.id) > tuple_(*after))
    )
    rows = session.execute(overdue.order_by(Order.expires_at, Order.id).limit(limit))
    return [(moment, order_id) for moment, order_id in rows if moment]
