"""The second person who decides on a correction of a balance: approving, rejecting; and withdrawing what one asked for oneself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor, Forbidden
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, Invalid, NotFound, Refusal
from logistics.customers.adjusting import carry_out, check_left
from logistics.customers.events import BalanceAdjustmentApproved, BalanceAdjustmentRejected, BalanceAdjustmentWithdrawn
from logistics.customers.locks import lock_account
from logistics.customers.models import Account, AdjustmentRequest, RequestState


class OwnAdjustment(Forbidden):
    """Who asked for a correction may not decide on it."""

    code = "own_request"


class AdjustmentNotPossible(Refusal):
    """The account has changed since the correction was asked for, so that it cannot be done any more."""

    code = "adjustment_not_possible"


def approve(session: Session, *, request_id: int, by: Actor) -> AdjustmentRequest:
    """Agree to a correction that somebody else asked for, and do it. Locks the account. A no-op when it is approved already.

    Raises OwnAdjustment, AdjustmentNotPossible when not so much is left to take off, IllegalMove when it was decided otherwise, NotFound.
    """
    account, asked = _take_up(session, request_id)
    if asked.asked_by == by.id:
        raise OwnAdjustment(_("You asked for this yourself. Somebody else has to approve it."))
    if asked.state == RequestState.APPROVED:
        return asked
    _refuse_unless_pending(asked)
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
    if asked.asked_by == by.id:
        raise OwnAdjustment(_("You asked for this yourself. Withdraw it instead."))
    if asked.state != RequestState.REJECTED:
        _close(session, asked, RequestState.REJECTED, by)
        publish(session, BalanceAdjustmentRejected(account.customer_id, account.id, asked.id, asked.change, account.currency), by=by)
    return asked


def withdraw(session: Session, *, request_id: int, by: Actor) -> AdjustmentRequest:
    """Not want any more what one asked for oneself. Locks the account. A no-op when it is withdrawn already.

    Raises Forbidden for somebody else's, IllegalMove when it was decided, NotFound.
    """
    account, asked = _take_up(session, request_id)
    if asked.asked_by != by.id:
        raise Forbidden(_("Only who asked for it can withdraw it."))
    if asked.state != RequestState.WITHDRAWN:
        _close(session, asked, RequestState.WITHDRAWN, by)
        publish(session, BalanceAdjustmentWithdrawn(account.customer_id, account.id, asked.id, asked.change, account.currency), by=by)
    return asked


def _take_up(session: Session, request_id: int) -> tuple[Account, AdjustmentRequest]:
    """A request and its account, which is locked: whoever writes requests holds it, so the request is read anew under its lock."""
    account_id = session.scalar(select(AdjustmentRequest.account_id).where(AdjustmentRequest.id == request_id))
    if account_id is None:
        raise NotFound(_("There is no such request."))
    account = lock_account(session, account_id)
    anew = select(AdjustmentRequest).where(AdjustmentRequest.id == request_id).execution_options(populate_existing=True)
    return account, session.scalars(anew).one()


def _refuse_unless_pending(asked: AdjustmentRequest) -> None:
    if not asked.is_pending:
        raise IllegalMove(_("This request was decided already."))


def _close(session: Session, asked: AdjustmentRequest, state: RequestState, by: Actor) -> None:
    _refuse_unless_pending(asked)
    asked.state, asked.decided_at, asked.decided_by = state.value, clock.now(), by.id
    session.flush()
