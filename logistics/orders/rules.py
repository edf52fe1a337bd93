"""The headline, what is due, and what an order's lines cost: plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from logistics.core.money import net_of_discount
from logistics.orders.models import Order, OrderStatus

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
    """What a line costs: `discount_bp` and `tax_bp` in basis points, `discount_share` is its part of the order's discount."""

    ordered: int
    cancelled: int
    unit_price: int
    discount_bp: int
    discount_share: int
    tax_bp: int


class Charged(Protocol):
    """What an order costs beside its lines. `tax_included`: prices and shipping hold their tax already."""

    shipping: int
    shipping_tax_bp: int
    tax_included: bool
    allowance: int

    @property
    def lines(self) -> Sequence[Priced]:
        """Its lines."""


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


def line_net(line: Priced, units: int) -> int:
    """What so many units of a line cost with the line's discount and its share of the order's discount taken off; minor units.

    All units cost that exactly, fewer their part of it, rounded half up: so fewer never cost more, and cancelling one makes nothing due.
    Tax is not looked at: where prices hold it, this holds it too.
    """
    whole = max(0, net_of_discount(line.ordered, line.unit_price, line.discount_bp) - line.discount_share)
    return (2 * whole * units + line.ordered) // (2 * line.ordered)


def tax_of(amount: int, rate_bp: int, *, included: bool) -> int:
    """The tax in (`included`) or on an amount of minor units at a rate in basis points, rounded half up to a minor unit."""
    if included:
        return amount - (2 * amount * 10_000 + 10_000 + rate_bp) // (2 * (10_000 + rate_bp))
    return (2 * amount * rate_bp + 10_000) // 20_000


def with_tax(amount: int, rate_bp: int, *, included: bool) -> int:
    """An amount of minor units as it is to be paid."""
    return amount if included else amount + tax_of(amount, rate_bp, included=False)


def due(order: Charged) -> int:
    """What the order costs in minor units, less what was cancelled and allowed; with everything cancelled nothing, shipping included."""
    if all(line.cancelled == line.ordered for line in order.lines):
        return 0
    included = order.tax_included
    goods = sum(_cost(order, line, line.ordered - line.cancelled) for line in order.lines)
    return max(0, goods + with_tax(order.shipping, order.shipping_tax_bp, included=included) - order.allowance)


def gone(order: Order) -> int:
    """What the units cost that were sent and are lost, or came back unwanted; minor units. With nothing else left, shipping too."""
    lines = [line for line in order.lines if line.ordered > line.cancelled]
    if all(line.bounced + line.lost == line.ordered - line.cancelled for line in lines):
        return due(order)
    kept = sum(_cost(order, line, line.ordered - line.cancelled - line.bounced - line.lost) for line in lines)
    return sum(_cost(order, line, line.ordered - line.cancelled) for line in lines) - kept


def _cost(order: Charged, line: Priced, units: int) -> int:
    return with_tax(line_net(line, units), line.tax_bp, included=order.tax_included)


def in_units(minutes: int) -> tuple[int, str]:
    """A time in the largest unit in which it is a whole number: 20160 is 14 days."""
    unit = next(unit for unit in ("days", "hours", "minutes") if minutes % MINUTES_IN[unit] == 0)
    return minutes // MINUTES_IN[unit], unit
