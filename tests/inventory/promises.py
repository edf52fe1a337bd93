"""Order lines to promise stock to, written plainly: how an order is placed is told by the rooms above."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.core.codes import new_code
from logistics.inventory.models import Reservation
from logistics.inventory.reserving import Sourcing, reserve
from logistics.inventory.rules import Demand
from logistics.orders.models import Channel, Order, OrderLine
from tests.cast import Cast

LEEDS = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")


def demands(session: Session, cast: Cast, *wanted: tuple[str, int]) -> list[Demand]:
    """A fresh order with a line for each (sku, quantity), as demands."""
    moment = clock.now()
    channel = session.scalar(select(Channel).where(Channel.code == "test"))
    if channel is None:
        channel = Channel(code="test", name="Test", kind="desk")
        session.add(channel)
        session.flush()
    order = Order(
        number=new_code(),
        channel_id=channel.id,
        customer_id=cast.customer().id,
        status="unpaid",
        currency="USD",
        name="Mina Park",
        placed_at=moment,
    )
    session.add(order)
    session.flush()
    lines = [
        OrderLine(order_id=order.id, position=at, product_id=cast.product(sku).id, ordered=quantity, unit_price=0, net=0)
        for at, (sku, quantity) in enumerate(wanted)
    ]
    session.add_all(lines)
    session.flush()
    return [Demand(line.id, line.product_id, line.ordered) for line in lines]


def source(session: Session, cast: Cast, *wanted: tuple[str, int], reference: str = "K7M2-9QXF", **terms: Any) -> Sourcing:
    """Reserve for a fresh order, for Mina in Leeds unless `terms` say otherwise."""
    given = {"placed_at": clock.now(), "destination": LEEDS, "by": cast.actor("clerk"), **terms}
    return reserve(session, demands=demands(session, cast, *wanted), reference=reference, **given)


def promise(session: Session, cast: Cast, *wanted: tuple[str, int], **terms: Any) -> list[Reservation]:
    """The same; the reservations."""
    return list(source(session, cast, *wanted, **terms).reservations)


def line_ids(reservations: Sequence[Reservation]) -> list[int]:
    """The order lines that reservations were made for."""
    return sorted({row.order_line_id for row in reservations})
