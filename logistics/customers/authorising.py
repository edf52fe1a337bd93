"""Promising a customer's money to an order before it is taken: authorised, then captured or voided. Each is one entry, under the account's lock.

What is authorised stays on the balance and can be spent on nothing else.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import Refusal
from logistics.customers.crediting import insufficient
from logistics.customers.entering import check_amount, enter
from logistics.customers.events import BalanceSpent, MoneyAuthorised, MoneyVoided
from logistics.customers.locks import lock_account
from logistics.customers.models import Account, Entry, EntryKind


class InsufficientCredit(Refusal):
    """The credit limit does not reach that far. Facts, in minor units: `credit` that is left, `limit`, `needed`; and the `currency`."""

    code = "insufficient_credit"


class NoTerms(Refusal):
    """The customer pays before delivery: nobody granted them terms in this currency."""

    code = "no_terms"


class NotAuthorised(Refusal):
    """Less is authorised on the account than was to be captured or voided. Facts, in minor units: `authorised`, `needed`."""

    code = "not_authorised"


def authorise(
    session: Session, *, account_id: int, amount: int, order_id: int, reference: str, by: Actor, on_terms: bool = False, at: datetime | None = None
) -> Entry:
    """Set `amount` minor units of an account aside for an order: of the balance, or `on_terms` of the credit too. Locks the account.

    Raises InsufficientBalance; on terms NoTerms and InsufficientCredit; Invalid for an amount that is not positive; NotFound.
    """
    check_amount(amount)
    account = lock_account(session, account_id)
    if on_terms:
        _check_terms(account, amount)
    elif account.spendable < amount:
        raise insufficient(account, amount)
    entry = enter(session, account, EntryKind.AUTHORISE, authorised=amount, reference=reference, order_id=order_id, by=by, at=at)
    publish(session, MoneyAuthorised(account.customer_id, account.id, entry.id, amount, account.currency, order_id), by=by, at=at)
    return entry


def capture(session: Session, *, account_id: int, amount: int, order_id: int, reference: str, by: Actor, at: datetime | None = None) -> Entry:
    """Take `amount` minor units of what is authorised; on terms the balance may fall below zero by it. Locks the account.

    Whose authorisation it is, is the caller's to check. Raises NotAuthorised, Invalid and NotFound.
    """
    account = _hold_authorised(session, account_id, amount)
    entry = enter(session, account, EntryKind.CAPTURE, balance=-amount, authorised=-amount, reference=reference, order_id=order_id, by=by, at=at)
    publish(session, BalanceSpent(account.customer_id, account.id, entry.id, amount, account.currency, order_id), by=by, at=at)
    return entry


def void(session: Session, *, account_id: int, amount: int, order_id: int, reference: str, by: Actor, at: datetime | None = None) -> Entry:
    """Let go of `amount` minor units of what is authorised: they can be spent again. Locks the account. Raises as capture."""
    account = _hold_authorised(session, account_id, amount)
    entry = enter(session, account, EntryKind.VOID, authorised=-amount, reference=reference, order_id=order_id, by=by, at=at)
    publish(session, MoneyVoided(account.customer_id, account.id, entry.id, amount, account.currency, order_id), by=by, at=at)
    return entry


def _check_terms(account: Account, amount: int) -> None:
    if not account.terms_days:
        message = _("This customer has no terms in %(currency)s. A manager can grant them on the customer's page.", currency=account.currency)
        raise NoTerms(message, currency=account.currency)
    if account.credit < amount:
        raise _beyond_credit(account, amount)


def _beyond_credit(account: Account, needed: int) -> InsufficientCredit:
    message = _(
        "The customer can buy for %(credit)s %(currency)s on terms, and %(needed)s are needed. A manager can raise the credit limit.",
        credit=plain(account.credit, account.currency),
        needed=plain(needed, account.currency),
        currency=account.currency,
    )
    return InsufficientCredit(message, credit=account.credit, limit=account.credit_limit, needed=needed, currency=account.currency)


def _hold_authorised(session: Session, account_id: int, amount: int) -> Account:
    check_amount(amount)
    account = lock_account(session, account_id)
    if account.authorised < amount:
        authorised = plain(account.authorised, account.currency)
        message = _("Only %(authorised)s %(currency)s are authorised on this account.", authorised=authorised, currency=account.currency)
        raise NotAuthorised(message, authorised=account.authorised, needed=amount)
    return account
