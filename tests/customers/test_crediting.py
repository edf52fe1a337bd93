"""A customer's money: every change is an entry, and nobody spends more than there is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound
from logistics.core.transactions import in_transaction
from logistics.customers.crediting import InsufficientBalance, account_for, deposit, give_back, withdraw_for_payment
from logistics.customers.models import Account, Customer, Entry
from logistics.orders.models import Channel, Order
from tests.cast import Cast


def test_a_deposit_raises_the_balance_by_an_entry_and_tells_it(session: Session, cast: Cast) -> None:
    mina = cast.customer()

    entry = deposit(session, customer_id=mina.id, currency="USD", amount=5000, reference="BANK-7", by=cast.actor())

    account = account_for(session, mina.id, "USD")
    assert (account.balance, entry.balance_delta, entry.balance_after, entry.kind) == (5000, 5000, 5000, "deposit")
    assert entry.actor_id == cast.person().id
    told = session.scalars(select(EventLog).where(EventLog.name == "MoneyDeposited")).one()
    assert told.subject_id == mina.id
    assert told.data["amount"] == 5000


def test_money_spent_on_an_order_and_given_back_leaves_the_balance_as_it_was(session: Session, cast: Cast) -> None:
    order_id, account = _order(session, cast), _account_with(session, cast, 5000)

    withdraw_for_payment(session, account_id=account.id, amount=5000, order_id=order_id, reference="K7M2-9QXF", by=SYSTEM)
    assert account.balance == 0
    give_back(session, account_id=account.id, amount=5000, order_id=order_id, reference="K7M2-9QXF", by=SYSTEM)

    assert account.balance == 5000
    entries = session.execute(select(Entry.kind, Entry.balance_after, Entry.order_id).order_by(Entry.id)).all()
    assert [tuple(row) for row in entries] == [("deposit", 5000, None), ("payment", 0, order_id), ("refund", 5000, order_id)]


def test_more_than_the_balance_is_refused_with_both_numbers(session: Session, cast: Cast) -> None:
    account = _account_with(session, cast, 1799)

    with pytest.raises(InsufficientBalance) as refusal:
        withdraw_for_payment(session, account_id=account.id, amount=1800, order_id=_order(session, cast), reference="", by=SYSTEM)

    assert refusal.value.status == 409
    assert refusal.value.facts == {"balance": 1799, "needed": 1800, "currency": "USD"}
    assert "17.99" in refusal.value.message
    assert account.balance == 1799


def test_authorised_money_cannot_be_spent_a_second_time(session: Session, cast: Cast) -> None:
    account = _account_with(session, cast, 5000)
    account.authorised = 4000
    session.flush()

    with pytest.raises(InsufficientBalance):
        withdraw_for_payment(session, account_id=account.id, amount=1001, order_id=_order(session, cast), reference="", by=SYSTEM)


@pytest.mark.parametrize("amount", [0, -1, 10**15])
def test_an_amount_that_is_nothing_or_absurd_is_refused(session: Session, cast: Cast, amount: int) -> None:
    with pytest.raises(Invalid) as refusal:
        deposit(session, customer_id=cast.customer().id, currency="USD", amount=amount, reference="", by=SYSTEM)
    assert refusal.value.errors[0].pointer == "amount"


def test_currencies_have_their_own_accounts_and_unknown_ones_are_refused(session: Session, cast: Cast) -> None:
    mina = cast.customer()
    deposit(session, customer_id=mina.id, currency="USD", amount=100, reference="", by=SYSTEM)
    deposit(session, customer_id=mina.id, currency="JPY", amount=700, reference="", by=SYSTEM)

    assert account_for(session, mina.id, "JPY").balance == 700
    assert account_for(session, mina.id, "USD").balance == 100
    with pytest.raises(Invalid):
        account_for(session, mina.id, "usd")


def test_a_customer_who_is_not_there_gets_no_account(session: Session) -> None:
    with pytest.raises(NotFound):
        account_for(session, 987654, "USD")
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_entries_cannot_be_rewritten(session: Session, cast: Cast) -> None:
    _account_with(session, cast, 5000)
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(update(Entry).values(balance_delta=9000))


def test_twenty_who_spend_the_last_money_at_once_spend_it_once_each_while_it_lasts(town: Flask) -> None:
    with town.app_context():
        cast = Cast(town)
        account_id, order_id = _account_with(db.session(), cast, 500).id, _order(db.session(), cast)
        db.session().commit()

    def spend(_turn: int) -> str:
        with town.app_context():
            try:
                in_transaction(
                    lambda session: withdraw_for_payment(session, account_id=account_id, amount=100, order_id=order_id, reference="", by=SYSTEM)
                )
                return "spent"
            except InsufficientBalance:
                return "refused"

    with ThreadPoolExecutor(20) as threads:
        answers = sorted(threads.map(spend, range(20)))

    with town.app_context():
        assert answers == ["refused"] * 15 + ["spent"] * 5
        assert db.session().scalar(select(Account.balance)) == 0
        afters = db.session().scalars(select(Entry.balance_after).order_by(Entry.id)).all()
        assert list(afters) == [500, 400, 300, 200, 100, 0]


def test_two_who_open_the_same_account_at_once_get_one(town: Flask) -> None:
    with town.app_context():
        mina_id = Cast(town).customer().id
        db.session().commit()

    def open_it(_turn: int) -> int:
        with town.app_context():
            return in_transaction(lambda session: account_for(session, mina_id, "USD").id)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(open_it, range(8)))) == 1


def _account_with(session: Session, cast: Cast, balance: int) -> Account:
    customer: Customer = cast.customer()
    deposit(session, customer_id=customer.id, currency="USD", amount=balance, reference="", by=SYSTEM)
    return account_for(session, customer.id, "USD")


def _order(session: Session, cast: Cast) -> int:
    """An order that entries can name; how it is placed is no business of this room."""
    channel = session.scalar(select(Channel)) or Channel(code="desk", name="Desk", kind="desk")
    order = Order(number="K7M2-9QXF", channel=channel, customer=cast.customer(), currency="USD", name="Mina Park", placed_at=clock.now())
    session.add(order)
    session.flush()
    return order.id
