"""Reads about corrections of balances: the list of them, and what waits of one customer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from logistics.core.paging import Slice
from logistics.core.second_person import PAGE, RequestState, page_of
from logistics.customers.models import Account, AdjustmentRequest, Customer
from logistics.staff.models import Staff

_PENDING = RequestState.PENDING.value


def pending_adjustments() -> ScalarSelect[int]:
    """How many corrections wait for a second person, as a part of a statement."""
    return select(func.count(AdjustmentRequest.id)).where(AdjustmentRequest.state == _PENDING).scalar_subquery()


def find_adjustments(session: Session, *, decided: bool, cursor: str = "") -> Slice[Row[Any]]:
    """What waits for a second person, the oldest first, or what was decided or done at once, the newest first.

    id, change, reason, state, asked_at, asked_by, decided_at; asker, decider, customer (names); currency, customer_id.
    """
    return page_of(session, AdjustmentRequest, _requests(), decided=decided, cursor=cursor)


def find_waiting_adjustments(session: Session, customer_id: int) -> Sequence[Row[Any]]:
    """The corrections of a customer's accounts that wait for a second person, the oldest first; columns as find_adjustments."""
    waiting = _requests().where(Account.customer_id == customer_id, AdjustmentRequest.state == _PENDING)
    return session.execute(waiting.order_by(AdjustmentRequest.id).limit(PAGE)).all()


def _requests() -> Select[*tuple[Any, ...]]:
    asker, decider = aliased(Staff), aliased(Staff)
    asked = (AdjustmentRequest.id, AdjustmentRequest.change, AdjustmentRequest.reason, AdjustmentRequest.state)
    when = (AdjustmentRequest.asked_at, AdjustmentRequest.asked_by, AdjustmentRequest.decided_at)
    who = (asker.name.label("asker"), decider.name.label("decider"), Customer.name.label("customer"))
    rows = select(*asked, *when, *who, Account.currency, Account.customer_id).join(Account, Account.id == AdjustmentRequest.account_id)
    rows = rows.join(Customer, Customer.id == Account.customer_id).outerjoin(asker, asker.id == AdjustmentRequest.asked_by)
    return rows.outerjoin(decider, decider.id == AdjustmentRequest.decided_by)
