"""Reads about refunds and allowances: the list of them, and those of one order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from logistics.core.paging import Slice
from logistics.core.second_person import RequestState, page_of
from logistics.customers.adjustment_queries import pending_adjustments
from logistics.customers.models import Customer
from logistics.orders.models import Order, OrderCancellation, RefundRequest
from logistics.staff.models import Staff

_PENDING = RequestState.PENDING.value


@dataclass(frozen=True)
class Waiting:
    """How many requests wait for a second person, by what is asked for."""

    refunds: int
    adjustments: int


def find_waiting(session: Session) -> Waiting:
    """What waits for a second person: refunds and allowances, and corrections of balances."""
    return Waiting(*session.execute(select(_pending_refunds(), pending_adjustments())).one())


def pending_count() -> ScalarSelect[int]:
    """How many requests of either kind wait for a second person."""
    return select(_pending_refunds() + pending_adjustments()).scalar_subquery()


def _pending_refunds() -> ScalarSelect[int]:
    return select(func.count(RefundRequest.id)).where(RefundRequest.state == _PENDING).scalar_subquery()


def find_requests(session: Session, *, decided: bool, cursor: str = "") -> Slice[Row[Any]]:
    """What waits for a second person, the oldest first, or what was decided or done at once, the newest first.

    id, kind, amount, reason, note, destination, state, asked_at, asked_by, decided_at; asker, decider, customer (names); number, currency.
    """
    rows = _requests().add_columns(Order.number, Order.currency, Customer.name.label("customer"))
    rows = rows.join(Order, Order.id == RefundRequest.order_id).join(Customer, Customer.id == Order.customer_id)
    return page_of(session, RefundRequest, rows, decided=decided, cursor=cursor)


def requests_of(session: Session, order_id: int) -> Sequence[Row[Any]]:
    """The refunds and allowances of an order, the newest first; columns as find_requests, but for customer, number and currency."""
    return session.execute(_requests().where(RefundRequest.order_id == order_id).order_by(RefundRequest.id.desc())).all()


def notes_of(session: Session, order_id: int) -> dict[int, str]:
    """What staff noted when they cancelled an order or parts of it, by cancellation id."""
    noted = select(OrderCancellation.id, OrderCancellation.note).where(OrderCancellation.order_id == order_id, OrderCancellation.note != "")
    return {row.id: row.note for row in session.execute(noted)}


def _requests() -> Select[*tuple[Any, ...]]:
    asker, decider = aliased(Staff), aliased(Staff)
    shown = (RefundRequest.id, RefundRequest.kind, RefundRequest.amount, RefundRequest.reason, RefundRequest.note, RefundRequest.destination)
    when = (RefundRequest.state, RefundRequest.asked_at, RefundRequest.asked_by, RefundRequest.decided_at)
    who = (asker.name.label("asker"), decider.name.label("decider"))
    rows = select(*shown, *when, *who).outerjoin(asker, asker.id == RefundRequest.asked_by)
    return rows.outerjoin(decider, decider.id == RefundRequest.decided_by)
