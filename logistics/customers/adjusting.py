"""Correcting a customer's balance by hand, with a reason: a deposit booked on the wrong account, a fee, a debt that is given up."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, Invalid
from logistics.customers.crediting import account_for
from logistics.customers.entering import check_amount, enter
from logistics.customers.events import BalanceAdjusted
from logistics.customers.locks import lock_account
from logistics.customers.models import Account, Entry, EntryKind

LONGEST_REASON = 200


def adjust(session: Session, *, customer_id: int, currency: str, change: int, reason: str, by: Actor, reference: str = "") -> Entry:
    """Change a balance by so many minor units, up or down, and keep the reason. Locks the account.

    Raises Invalid without a reason, for a change of 0 and for one that takes off more than is left with the credit limit; NotFound.
    """
    check_amount(abs(change))
    if not reason or len(reason) > LONGEST_REASON:
        message = _("Say why, in %(count)s characters at most.", count=LONGEST_REASON)
        raise Invalid(message, errors=[FieldError("reason", "required" if not reason else "too_long", message)])
    account = lock_account(session, account_for(session, customer_id, currency).id)
    if account.credit + change < 0:
        raise _too_much(account)
    entry = enter(session, account, EntryKind.ADJUSTMENT, balance=change, reference=reference, reason=reason, by=by)
    publish(session, BalanceAdjusted(customer_id, account.id, entry.id, change, currency), by=by)
    return entry


def _too_much(account: Account) -> Invalid:
    most = f"{account.currency} {plain(account.credit, account.currency)}"
    message = _("At most %(most)s can be taken off: the rest is spent, authorised, or beyond the credit limit.", most=most)
    return Invalid(message, errors=[FieldError("amount", "more_than_left", message, {"most": account.credit})])
