"""Correcting a customer's balance by hand, with a reason: at once within a limit, above it by a second person (SEC43)."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import decimals, plain
from logistics.core.refusals import FieldError, Invalid
from logistics.core.second_person import RequestState
from logistics.customers.crediting import hold_account
from logistics.customers.entering import check_amount, enter
from logistics.customers.events import BalanceAdjusted, BalanceAdjustmentRequested
from logistics.customers.models import Account, AdjustmentRequest, EntryKind

LONGEST_REASON = 200
# By how much one person may correct one account in LATELY, up and down counted together, in whole units of the currency.
ADJUSTMENT_LIMIT = 200
LATELY = timedelta(hours=24)
_COUNTED = (RequestState.PENDING, RequestState.APPROVED, RequestState.DIRECT)


def adjust(session: Session, *, customer_id: int, currency: str, change: int, reason: str, by: Actor) -> AdjustmentRequest:
    """Correct a balance by so many minor units, up or down: `direct` when it is done, `pending` when a second person has to approve.

    That is above ADJUSTMENT_LIMIT for all that this person corrected and asked for on this account in LATELY. Locks the account. Raises
    Invalid without a reason, for a change of 0 and for one that takes off more than is left with the credit limit; NotFound.
    """
    check_amount(abs(change))
    if not reason or len(reason) > LONGEST_REASON:
        message = _("Say why, in %(count)s characters at most.", count=LONGEST_REASON)
        raise Invalid(message, errors=[FieldError("reason", "required" if not reason else "too_long", message)])
    account = hold_account(session, customer_id, currency)
    check_left(account, change)
    within = _adjusted_lately(session, account, by) + abs(change) <= ADJUSTMENT_LIMIT * 10 ** decimals(currency)
    asked = AdjustmentRequest(account_id=account.id, change=change, reason=reason, state=RequestState.PENDING.value, asked_at=clock.now())
    asked.asked_by = by.id if by.kind == "staff" else None
    if within or by == SYSTEM:
        carry_out(session, account, asked, RequestState.DIRECT, by)
    session.add(asked)
    session.flush()
    if asked.is_pending:
        publish(session, BalanceAdjustmentRequested(customer_id, account.id, asked.id, change, currency), by=by)
    return asked


def check_left(account: Account, change: int) -> None:
    """Raise Invalid (`amount`) for a change that takes more off a locked account than is left with the credit limit."""
    if account.credit + change < 0:
        most = f"{account.currency} {plain(account.credit, account.currency)}"
        message = _("At most %(most)s can be taken off: the rest is spent, authorised, or beyond the credit limit.", most=most)
        raise Invalid(message, errors=[FieldError("amount", "more_than_left", message, {"most": account.credit})])


def carry_out(session: Session, account: Account, asked: AdjustmentRequest, state: RequestState, by: Actor) -> None:
    """Do what was asked for on a locked account. Whether it may be done, the caller has asked."""
    entry = enter(session, account, EntryKind.ADJUSTMENT, balance=asked.change, reason=asked.reason, by=by)
    asked.state, asked.decided_at, asked.entry_id = state.value, clock.now(), entry.id
    session.flush()
    publish(session, BalanceAdjusted(account.customer_id, account.id, entry.id, asked.change, account.currency), by=by)


def _adjusted_lately(session: Session, account: Account, by: Actor) -> int:
    """By how much this person corrected the account in LATELY, or asked to, in minor units; programs count together."""
    of_account = (AdjustmentRequest.account_id == account.id, AdjustmentRequest.asked_by.is_not_distinct_from(by.id if by.kind == "staff" else None))
    lately = (AdjustmentRequest.asked_at > clock.now() - LATELY, AdjustmentRequest.state.in_(_COUNTED))
    return int(session.scalar(select(func.coalesce(func.sum(func.abs(AdjustmentRequest.change)), 0)).where(*of_account, *lately)) or 0)
