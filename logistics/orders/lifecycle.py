"""An order's life: the headline is recomputed after every change, and each change of it is published.

What orders may do in which status stands beside each capability; what features above report arrives through `advance`.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.orders import rules
from logistics.orders.events import OrderStatusChanged
from logistics.orders.locks import claim_order, lock_order
from logistics.orders.models import Order, OrderLine, OrderStatus, Owed
from logistics.payments.queries import Money, covered_amount, money_of

STEPS = ("assigned", "picked", "packed", "shipped", "delivered", "bounced", "lost", "returned")


def open_order(session: Session, order_id: int) -> Order:
    """Lock an order for a feature above that is going to change it, re-read with its lines. Raises NotFound."""
    return lock_order(session, order_id=order_id)


def open_free_order(session: Session, order_id: int) -> Order | None:
    """As open_order, for the sweep of a feature above: None for an order that somebody is at work on."""
    return lock_order(session, order_id=order_id) if claim_order(session, order_id) else None


def advance(line: OrderLine, **units: int) -> None:
    """Count units of a line of a locked order forward (or back): assigned=2, shipped=-1. Call recompute when all are counted."""
    for step, change in units.items():
        if step not in STEPS:
            raise KeyError(step)
        setattr(line, step, getattr(line, step) + change)


def is_covered(session: Session, order: Order) -> bool:
    """Whether money or authorisations reach what is due; an order that costs nothing is covered."""
    return covered_amount(session, order.id) >= rules.due(order)


def recompute(session: Session, order: Order, *, by: Actor, at: datetime | None = None) -> None:
    """Bring the headline of a locked order up to date, and publish OrderStatusChanged when it changed."""
    money, due = money_of(session, order.id), rules.due(order)
    covered = money.covered >= due
    before, after = order.status, rules.headline(order.lines, covered=covered).value
    # What a cancelled order holds still is on its way back.
    order.surplus = 0 if after == OrderStatus.CANCELLED else max(0, money.received - due)
    order.owed = _owed(money)
    # A cancelled order owes nothing, which does not make it one that was paid.
    if covered and order.covered_at is None and after != OrderStatus.CANCELLED:
        order.covered_at = at or clock.now()
    order.version += 1
    if before == after:
        session.flush()
        return
    order.status = after
    session.flush()
    reason = order.cancel_reason if after == OrderStatus.CANCELLED else order.owed if after == OrderStatus.PAID else ""
    publish(session, OrderStatusChanged(order.id, order.number, before, after, reason), by=by, at=at)


def _owed(money: Money) -> str:
    return Owed.COD.value if money.cod else Owed.TERMS.value if money.terms else ""
