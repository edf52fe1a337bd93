"""The only row locks of orders. Orders, and drafts that become one, come before accounts, payments, stock levels and shipments.

A channel is locked when it is edited.
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.orders.models import Channel, Order, OrderDraft


def lock_order(session: Session, *, order_id: int | None = None, number: str | None = None) -> Order:
    """Lock an order and re-read it with its lines. Raises NotFound."""
    wanted = Order.id == order_id if order_id is not None else Order.number == number
    query = select(Order).where(wanted).options(selectinload(Order.lines))
    order = session.scalar(query.with_for_update(key_share=True, of=Order).execution_options(populate_existing=True))
    if order is None:
        raise NotFound(_("There is no such order."))
    return order


def claim_order(session: Session, order_id: int) -> bool:
    """Lock an order unless somebody is at work on it: whether we have it. For the sweep, whose orders are a queue; read it after that."""
    free = select(Order.id).where(Order.id == order_id).with_for_update(key_share=True, skip_locked=True)
    return session.scalar(free) is not None


def lock_channel(session: Session, code: str) -> Channel | None:
    """Lock a channel and re-read it; None where there is none of this code."""
    rows = select(Channel).where(Channel.code == code).with_for_update(key_share=True)
    return session.scalar(rows.execution_options(populate_existing=True))


def lock_draft(session: Session, *which: ColumnElement[bool]) -> OrderDraft | None:
    """Lock the draft of which this holds and re-read it; None where there is none."""
    query = select(OrderDraft).where(*which)
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))
