"""The headline, what is due, and what an order's lines cost: plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from logistics.core.money import net_of_discount
from logistics.orders.models import OrderStatus

MINUTES_IN = {"minutes": 1, "hours": 60, "days": 1440}


class Counts(Protocol):
    """How far the units of a line that carries stock have come."""

    ordered: int
    cancelled: int
    shipped: int
    delivered: int
    bounced: int
    lost: int
    returned: int


class Priced(Protocol):
    """What a line costs."""

    ordered: int
    cancelled: int
    unit_price: int
    discount_bp: int


def headline(lines: Iterable[Counts], *, covered: bool) -> OrderStatus:
    """The status people see, computed from the lines; the first rule that matches wins (domain.md)."""
    left = shipped = moving = kept = 0
    for line in lines:
        left += line.ordered - line.cancelled - line.shipped
        shipped += line.shipped
        moving += line.shipped - line.delivered - line.bounced - line.lost
        kept += line.delivered - line.returned
    if left == 0 and shipped == 0:
        return OrderStatus.CANCELLED
    if left > 0 and shipped > 0:
        return OrderStatus.PARTIALLY_SHIPPED
    if moving > 0:
        return OrderStatus.SHIPPED
    if kept > 0:
        return OrderStatus.DELIVERED
    if shipped > 0:
        return OrderStatus.RETURNED
    return OrderStatus.PAID if covered else OrderStatus.UNPAID


def due(lines: Sequence[Priced], shipping: int) -> int:
    """What the order costs in minor units, less what was cancelled; with everything cancelled nothing, shipping included."""
    if all(line.cancelled == line.ordered for line in lines):
        return 0
    return sum(net_of_discount(line.ordered - line.cancelled, line.unit_price, line.discount_bp) for line in lines) + shipping


def in_units(minutes: int) -> tuple[int, str]:
    """A time in the largest unit in which it is a whole number: 20160 is 14 days."""
    unit = next(unit for unit in ("days", "hours", "minutes") if minutes % MINUTES_IN[unit] == 0)
    return minutes // MINUTES_IN[unit], unit
