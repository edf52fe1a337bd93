"""Reads for the pages about channels."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from logistics.orders.models import Channel, Order, OrderStatus


def find_channels_with_orders(session: Session, *, since: datetime) -> Sequence[Row[Channel, int]]:
    """Every channel, with how many orders came in by it since then: Channel, orders. The house's own first, closed ones last."""
    placed = (
        select(Order.channel_id, func.count().label("orders"))
        .where(Order.placed_at >= since, Order.status != OrderStatus.DRAFT.value)
        .group_by(Order.channel_id)
        .subquery()
    )
    channels = select(Channel, func.coalesce(placed.c.orders, 0).label("orders")).outerjoin(placed, placed.c.channel_id == Channel.id)
    return session.execute(channels.order_by(Channel.active.desc(), Channel.id)).all()
