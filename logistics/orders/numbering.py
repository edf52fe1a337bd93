"""Order numbers: random, told apart from every other, a draft's included, for it becomes an order's."""

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from logistics.core.codes import new_code
from logistics.orders.models import Order, OrderDraft


def fresh_number(session: Session) -> str:
    """A number that no order and no draft has."""
    # 35 random bits meet each other now and then once there are a million orders.
    while True:
        number = new_code()
        taken = union_all(select(Order.id).where(Order.number == number), select(OrderDraft.id).where(OrderDraft.number == number))
        if session.scalar(taken) is None:
            return number
