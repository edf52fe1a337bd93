"""A customer's money with us: deposited, spent on orders, given back. Every change is one entry, under the account's lock."""

from datetime import datetime

from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import parse_currency, plain
from logistics.core.refusals import BadValue, FieldError, Invalid, NotFound, Refusal
from logistics.customers.entering import check_amount, enter
from logistics.customers.events import BalanceSpent, MoneyDeposited, MoneyGivenBack
from logistics.customers.locks import lock_account
from logistics.customers.models import Account, Customer, Entry, EntryKind
from logistics.customers.rules import RECORDED_LATELY, check_recording


class InsufficientBalance(Refusal):
    """The balance does not cover it. Facts, in minor units: `balance` that can be spent, `needed`; and the `currency`."""

    code = "insufficient_balance"


def account_for(session: Session, customer_id: int, currency: str) -> Account:
    """The customer's account in this currency, opened on first mention. Takes no lock. Raises NotFound and Invalid."""
    _check_currency(currency)
    account = session.scalar(_account(customer_id, currency))
    if account is None:
        _open(session, customer_id, currency)
        account = session.scalar(_account(customer_id, currency))
    if account is None:
        raise NotFound(_("This customer does not exist."))
    return account


def hold_account(session: Session, customer_id: int, currency: str) -> Account:
    """The customer's account in this currency, locked and read anew, for whoever is going to move money in it. Raises as account_for."""
    return lock_account(session, account_for(session, customer_id, currency).id)


def deposit(
    session: Session,
    *,
    customer_id: int,
    currency: str,
    amount: int,
    reference: str,
    by: Actor,
    any_amount: bool = True,
    at: datetime | None = None,
) -> Entry:
    """Book money that came in; `amount` in minor units, `reference` is the paper it came with. Locks the account.

    Without `any_amount` only so much in a day: parts of one deposit count together. Raises OverRecordingLimit then, Invalid for an
    amount that is not positive or too large, and NotFound.
    """
    check_amount(amount)
    account = lock_account(session, account_for(session, customer_id, currency).id)
    check_recording(amount + _deposited_lately(session, account, by), currency, any_amount=any_amount)
    entry = enter(session, account, EntryKind.DEPOSIT, balance=amount, reference=reference, by=by, at=at)
    publish(session, MoneyDeposited(customer_id, account.id, entry.id, amount, currency), by=by, at=at)
    return entry


def withdraw_for_payment(
    session: Session, *, account_id: int, amount: int, order_id: int, reference: str, by: Actor, at: datetime | None = None
) -> Entry:
    """Pay an order from the balance; `amount` in minor units. Locks the account.

    Raises InsufficientBalance when less can be spent, Invalid for an amount that is not positive, and NotFound.
    """
    check_amount(amount)
    account = lock_account(session, account_id)
    if account.spendable < amount:
        raise insufficient(account, amount)
    entry = enter(session, account, EntryKind.PAYMENT, balance=-amount, reference=reference, order_id=order_id, by=by, at=at)
    publish(session, BalanceSpent(account.customer_id, account.id, entry.id, amount, account.currency, order_id), by=by, at=at)
    return entry


def give_back(session: Session, *, account_id: int, amount: int, order_id: int, reference: str, by: Actor, at: datetime | None = None) -> Entry:
    """Put an order's money back on the balance; `amount` in minor units. Locks the account.

    How much of the order was paid is the caller's to check. Raises Invalid for an amount that is not positive, and NotFound.
    """
    check_amount(amount)
    account = lock_account(session, account_id)
    entry = enter(session, account, EntryKind.REFUND, balance=amount, reference=reference, order_id=order_id, by=by, at=at)
    publish(session, MoneyGivenBack(account.customer_id, account.id, entry.id, amount, account.currency, order_id), by=by, at=at)
    return entry


def insufficient(account: Account, needed: int) -> InsufficientBalance:
    """The refusal for a balance that is too small, in words."""
    message = _(
        "The balance is %(balance)s %(currency)s, and %(needed)s are needed. Record a deposit first, or choose another way to pay.",
        balance=plain(account.spendable, account.currency),
        needed=plain(needed, account.currency),
        currency=account.currency,
    )
    return InsufficientBalance(message, balance=account.spendable, needed=needed, currency=account.currency)


def _deposited_lately(session: Session, account: Account, by: Actor) -> int:
    own = (Entry.account_id == account.id, Entry.kind == EntryKind.DEPOSIT.value, Entry.actor_kind == by.kind, Entry.actor_id == by.id)
    recorded = select(func.coalesce(func.sum(Entry.balance_delta), 0)).where(*own, Entry.at > clock.now() - RECORDED_LATELY)
    return int(session.scalar(recorded) or 0)


def _account(customer_id: int, currency: str) -> Select[Account]:
    return select(Account).where(Account.customer_id == customer_id, Account.currency == currency)


def _open(session: Session, customer_id: int, currency: str) -> None:
    # Selecting the customer inside the insert makes an unknown one add no row; two who open at once get one account.
    nothing = [literal(0).label(name) for name in ("balance", "authorised", "credit_limit", "terms_days")]
    opened = select(Customer.id, literal(currency), *nothing).where(Customer.id == customer_id)
    columns = ["customer_id", "currency", "balance", "authorised", "credit_limit", "terms_days"]
    session.execute(insert(Account).from_select(columns, opened).on_conflict_do_nothing(index_elements=["customer_id", "currency"]))


def _check_currency(currency: str) -> None:
    try:
        parse_currency(currency)
    except BadValue as error:
        raise Invalid(error.message, errors=[FieldError("currency", error.code, error.message)]) from error
