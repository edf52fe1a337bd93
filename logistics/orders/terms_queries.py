"""Reads about orders that are paid after they were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.config import settings
from logistics.customers.models import Customer
from logistics.orders.models import Order
from logistics.payments.models import Payment
from logistics.payments.overdue_queries import find_unpaid_charges


@dataclass(frozen=True)
class Terms:
    """What is left of an order's charges on terms, by payment, in minor units, and the day it is in the shop."""

    today: date
    owed: Mapping[int, int] = field(default_factory=dict)


def read_terms(session: Session, order: Order, payments: Sequence[Payment]) -> Terms:
    """The same of one order; `payments` are those of it that may be seen."""
    charged = any(payment.due_on for payment in payments)
    owed = {row.payment_id: row.left for row in find_unpaid_charges(session, order.customer_id)} if charged else {}
    return Terms(today_here(), owed)


def load_charges_panel(session: Session, customer: Customer) -> dict[str, Any]:
    """For the page of a customer: what they still owe for orders on terms, with the numbers of these."""
    charges = find_unpaid_charges(session, customer.id)
    numbers = dict[int, str]()
    if charges:
        among = Order.id == any_(literal([row.order_id for row in charges], ARRAY(BigInteger)))
        numbers = {row.id: row.number for row in session.execute(select(Order.id, Order.number).where(among))}
    return {"charges": charges, "numbers": numbers, "today": today_here()}


def today_here() -> date:
    """The day it is in the shop."""
    return clock.now().astimezone(ZoneInfo(settings().timezone)).date()
