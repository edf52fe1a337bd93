"""The second person who decides on a correction of a balance: approving, rejecting; and withdrawing what one asked for oneself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import second_person
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Invalid, NotFound, Refusal
from logistics.core.second_person import RequestState, reread
from logistics.customers.adjusting import carry_out, check_left
from logistics.customers.events import BalanceAdjustmentApproved, BalanceAdjustmentRejected, BalanceAdjustmentWithdrawn
from logistics.customers.locks import lock_account
from logistics.customers.models import Account, AdjustmentRequest


class AdjustmentNotPossible(Refusal):
    """The account has changed since the correction was asked for, so that it cannot be done any more."""

    code = "adjustment_not_possible"


def approve(session: Session, *, request_id: int, by: Actor) -> AdjustmentRequest:
    """Agree to a correction that somebody else asked for, and do it. Locks the account. A no-op when it is approved already.

    Raises OwnRequest, AdjustmentNotPossible when not so much is left to take off, IllegalMove when it was decided otherwise, NotFound.
    """
    account, asked = _take_up(session, request_id)
    if not second_person.is_to_approve(asked, by):
        return asked
    try:
        check_left(account, asked.change)
    except Invalid as refusal:
        raise AdjustmentNotPossible(_("The account has changed since this was asked for. %(reason)s", reason=refusal.message)) from refusal
    asked.decided_by = by.id
    publish(session, BalanceAdjustmentApproved(account.customer_id, account.id, asked.id, asked.change, account.currency), by=by)
    carry_out(session, account, asked, RequestState.APPROVED, by)
    return asked


def reject(session: Session, *, request_id: int, by: Actor) -> AdjustmentRequest:
    """Do not agree to what somebody else asked for. Locks the account. A no-op when it is rejected already. Raises as approve."""
    account, asked = _take_up(session, request_id)
    if second_person.reject(asked, by):
        session.flush()
        publish(session, BalanceAdjustmentRejected(account.customer_id, account.id, asked.id, asked.change, account.currency), by=by)
    return asked


def withdraw(session: Session, *, request_id: int, by: Actor) -> AdjustmentRequest:
    """Not want any more what one asked for oneself. Locks the account. A no-op when it is withdrawn already.

    Raises Forbidden for somebody else's, IllegalMove when it was decided, NotFound.
    """
    account, asked = _take_up(session, request_id)
    if second_person.withdraw(asked, by):
        session.flush()
        publish(session, BalanceAdjustmentWithdrawn(account.customer_id, account.id, asked.id, asked.change, account.currency), by=by)
    return asked


def _take_up(session: Session, request_id: int) -> tuple[Account, AdjustmentRequest]:
    """A request and its account, which is locked: whoever writes requests holds it, so the request is read anew under its lock."""
    account_id = session.scalar(select(AdjustmentRequest.account_id).where(AdjustmentRequest.id == request_id))
    if account_id is None:
        raise NotFound(_("There is no such request."))
    account = lock_account(session, account_id)
    return account, reread(session, AdjustmentRequest, request_id)
