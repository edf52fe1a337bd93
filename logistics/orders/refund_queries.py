"""Reads about refunds and allowances: the list of them, and those of one order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.customers.models import Customer
from logistics.orders.models import Order, OrderCancellation, RefundRequest, RefundState
from logistics.staff.models import Staff

PAGE = 50
_PENDING = RefundState.PENDING.value


def pending_requests() -> Select[Any]:
    """The query of how many requests wait for a second person."""
    return select(func.count(RefundRequest.id)).where(RefundRequest.state == _PENDING)


def find_requests(session: Session, *, decided: bool, cursor: str = "") -> Slice[Row[Any]]:
    """What waits for a second person, the oldest first, or what was decided or done at once, the newest first.

    id, kind, amount, reason, note, destination, state, asked_at, asked_by, decided_at; asker, decider, customer (names); number, currency.
    """
    rows = _requests().add_columns(Order.number, Order.currency, Customer.name.label("customer"))
    rows = rows.join(Order, Order.id == RefundRequest.order_id).join(Customer, Customer.id == Order.customer_id)
    rows = rows.where(RefundRequest.state != _PENDING if decided else RefundRequest.state == _PENDING)
    if cursor:
        (after,) = read_cursor(cursor, int)
        rows = rows.where(RefundRequest.id < after if decided else RefundRequest.id > after)
    ordered = rows.order_by(RefundRequest.id.desc() if decided else RefundRequest.id).limit(PAGE + 1)
    return cut_page(session.execute(ordered).all(), PAGE, "id")


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
