"""An order that entries and payments can name; how one is placed is no business of the rooms below."""

from sqlalchemy import select

from logistics.core import clock
from logistics.orders.models import Order
from tests.cast import Cast


def bare_order(cast: Cast, number: str = "K7M2-9QXF") -> Order:
    """Mina Park's order of this number, without lines; the same one the next time."""
    found = cast.session.scalar(select(Order).where(Order.number == number))
    if found:
        return found
    order = Order(number=number, channel=cast.channel(), customer=cast.customer(), currency="USD", name="Mina Park", placed_at=clock.now())
    cast.session.add(order)
    cast.session.flush()
    return order
