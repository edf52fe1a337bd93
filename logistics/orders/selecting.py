"""What would become of several orders that are to be held, resumed or cancelled together: told before anybody says yes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from logistics.core.bulk import MOST
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.refusals import Invalid
from logistics.orders.models import OPEN, Order, OrderLine, OrderStatus
from logistics.payments.queries import refundable_of


@dataclass(frozen=True)
class Selection:
    """Orders as they are now: rows of id, number, name, status, hold_reason, currency, units (not yet sent), shipped, picked."""

    orders: Sequence[Row[*tuple[Any, ...]]]

    @property
    def can_hold(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Those of which something is left to be shipped."""
        return [order for order in self.orders if order.status in OPEN]

    @property
    def held(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Those that somebody holds."""
        return [order for order in self.orders if order.hold_reason]

    @property
    def can_cancel(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Those of which nothing has left the house."""
        return [order for order in self.orders if order.status in (OrderStatus.UNPAID, OrderStatus.PAID) and not order.shipped]

    @property
    def picked(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Those that can be cancelled, and of which something is picked already."""
        return [order for order in self.can_cancel if order.picked]


def read_numbers(typed: Sequence[str]) -> list[str]:
    """The order numbers that were ticked, each once. Raises Invalid for none of them, or too many."""
    numbers = list(dict.fromkeys(number for text in typed if (number := read_code(text))))
    if not numbers or len(numbers) > MOST:
        raise Invalid(_("Tick 1 to %(most)s orders first.", most=MOST))
    return numbers


def read_selection(session: Session, numbers: Sequence[str]) -> Selection:
    """These orders, those that there are, in the order given."""
    units = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
    # A sum of whole numbers is a decimal to the database.
    sums = [
        cast(func.sum(each), BigInteger).label(name)
        for name, each in (("units", units), ("shipped", OrderLine.shipped), ("picked", OrderLine.picked))
    ]
    shown = (Order.id, Order.number, Order.name, Order.status, Order.hold_reason, Order.currency)
    chosen = Order.number == any_(literal(list(numbers), ARRAY(String)))
    rows = session.execute(select(*shown, *sums).join(OrderLine, OrderLine.order_id == Order.id).where(chosen).group_by(Order.id)).all()
    place = {number: at for at, number in enumerate(numbers)}
    return Selection(sorted(rows, key=lambda row: place[row.number]))


def money_back(session: Session, selection: Selection, *, with_picked: bool) -> dict[str, int]:
    """What cancelling those that can be would give back to the customers' accounts, by currency, in minor units."""
    picked = set() if with_picked else {order.id for order in selection.picked}
    return refundable_of(session, [order.id for order in selection.can_cancel if order.id not in picked])
