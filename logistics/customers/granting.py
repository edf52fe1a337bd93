"""Granting a customer credit: how far below zero an account may go by orders on terms, and within how many days they are paid."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import MAX_MINOR, plain
from logistics.core.refusals import FieldError, Invalid, Refusal, Stale
from logistics.customers.crediting import account_for
from logistics.customers.events import CreditGranted
from logistics.customers.locks import lock_account
from logistics.customers.models import Account
from logistics.customers.rules import MOST_TERMS_DAYS, Credit


class CreditInUse(Refusal):
    """More of the credit is used than the new limit would allow. Facts, in minor units: `used`, `limit`, `short`; and the `currency`."""

    code = "credit_in_use"


def grant_credit(session: Session, *, customer_id: int, currency: str, credit: Credit, seen: Credit, by: Actor) -> Account:
    """Give an account this credit limit and these terms, in place of those `seen`. Locks the account. A no-op when it has them already.

    Terms are for orders approved from then on; what was charged before keeps its day. Raises Stale when it had others than `seen`,
    CreditInUse for a limit below what is used, Invalid for one that is negative or absurd, NotFound.
    """
    _check(credit)
    account = lock_account(session, account_for(session, customer_id, currency).id)
    present = credit_of(account)
    if present == credit:
        return account
    if present != seen:
        raise Stale(_("Somebody else has changed this credit since you opened it. Compare, then save again."))
    if account.spendable + credit.limit < 0:
        raise _in_use(account, credit)
    account.credit_limit, account.terms_days = credit.limit, credit.days
    session.flush()
    publish(session, CreditGranted(customer_id, account.id, currency, credit.limit, credit.days, present.limit, present.days), by=by)
    return account


def credit_of(account: Account | None) -> Credit:
    """What an account may go below zero by; an account that nobody has opened yet has none."""
    return Credit(account.credit_limit, account.terms_days) if account else Credit()


def _check(credit: Credit) -> None:
    errors = []
    if not 0 <= credit.limit <= MAX_MINOR:
        errors.append(FieldError("limit", "bad_amount", _("The credit limit must be 0 or more.")))
    if not 0 <= credit.days <= MOST_TERMS_DAYS:
        errors.append(FieldError("days", "bad_days", _("Terms are 0 to %(most)s days.", most=MOST_TERMS_DAYS)))
    if errors:
        raise Invalid(errors[0].message, errors=errors)


def _in_use(account: Account, credit: Credit) -> CreditInUse:
    used = -account.spendable
    short = used - credit.limit
    message = _(
        "%(used)s %(currency)s of the credit are used: this limit is %(short)s too low.",
        used=plain(used, account.currency),
        short=plain(short, account.currency),
        currency=account.currency,
    )
    facts = {"used": used, "limit": credit.limit, "short": short, "currency": account.currency}
    return CreditInUse(message, errors=[FieldError("limit", CreditInUse.code, message, facts)], **facts)
