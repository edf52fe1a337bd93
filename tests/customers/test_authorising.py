"""Money of a customer promised to an order: set aside, then taken or let go, and never promised twice."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid
from logistics.customers.authorising import InsufficientCredit, NotAuthorised, NoTerms, authorise, capture, void
from logistics.customers.crediting import InsufficientBalance, account_for, deposit, withdraw_for_payment
from logistics.customers.granting import grant_credit
from logistics.customers.models import Account, Entry
from logistics.customers.rules import Credit
from tests.cast import Cast
from tests.customers.bare import bare_order


def test_what_is_authorised_stays_on_the_balance_and_is_spent_on_nothing_else(session: Session, cast: Cast) -> None:
    account, asked = _account(session, cast, 5000), _asked(cast)

    authorise(session, account_id=account.id, amount=3000, **asked)

    assert (account.balance, account.authorised, account.spendable) == (5000, 3000, 2000)
    for spend in (withdraw_for_payment, authorise):
        with pytest.raises(InsufficientBalance) as refusal:
            spend(session, account_id=account.id, amount=2001, **asked)
        assert refusal.value.facts == {"balance": 2000, "needed": 2001, "currency": "USD"}
    assert (account.balance, account.authorised) == (5000, 3000)


def test_captured_it_leaves_the_balance_and_voided_it_is_free_again(session: Session, cast: Cast) -> None:
    account, asked = _account(session, cast, 5000), _asked(cast)
    authorise(session, account_id=account.id, amount=3000, **asked)

    capture(session, account_id=account.id, amount=2500, **asked)
    void(session, account_id=account.id, amount=500, **asked)

    assert (account.balance, account.authorised) == (2500, 0)
    entries = session.execute(select(Entry.kind, Entry.balance_delta, Entry.authorised_delta, Entry.balance_after).order_by(Entry.id)).all()
    assert [tuple(row) for row in entries] == [
        ("deposit", 5000, 0, 5000),
        ("authorise", 0, 3000, 5000),
        ("capture", -2500, -2500, 2500),
        ("void", 0, -500, 2500),
    ]
    told = session.scalars(select(EventLog.name).where(EventLog.subject == "customer").order_by(EventLog.id)).all()
    assert told[-3:] == ["MoneyAuthorised", "BalanceSpent", "MoneyVoided"]


@pytest.mark.parametrize("settle", [capture, void])
def test_no_more_is_captured_or_voided_than_is_authorised(session: Session, cast: Cast, settle: Any) -> None:
    account, asked = _account(session, cast, 5000), _asked(cast)
    authorise(session, account_id=account.id, amount=3000, **asked)

    with pytest.raises(NotAuthorised) as refusal:
        settle(session, account_id=account.id, amount=3001, **asked)

    assert (refusal.value.status, refusal.value.facts) == (409, {"authorised": 3000, "needed": 3001})
    assert (account.balance, account.authorised) == (5000, 3000)


def test_on_terms_the_balance_and_the_whole_limit_can_be_used_and_not_one_cent_more(session: Session, cast: Cast) -> None:
    account, asked = _account(session, cast, 1000), _asked(cast)
    grant_credit(session, customer_id=account.customer_id, currency="USD", credit=Credit(2000, 30), seen=Credit(), by=SYSTEM)

    with pytest.raises(InsufficientCredit) as refusal:
        authorise(session, account_id=account.id, amount=3001, on_terms=True, **asked)
    assert (refusal.value.status, refusal.value.code) == (409, "insufficient_credit")
    assert refusal.value.facts == {"credit": 3000, "limit": 2000, "needed": 3001, "currency": "USD"}

    authorise(session, account_id=account.id, amount=3000, on_terms=True, **asked)
    assert (account.authorised, account.credit) == (3000, 0)
    capture(session, account_id=account.id, amount=3000, **asked)
    assert (account.balance, account.authorised, account.credit) == (-2000, 0, 0)


def test_a_balance_that_terms_have_used_up_pays_nothing(session: Session, cast: Cast) -> None:
    account, asked = _account(session, cast, 1000), _asked(cast)
    grant_credit(session, customer_id=account.customer_id, currency="USD", credit=Credit(2000, 30), seen=Credit(), by=SYSTEM)
    authorise(session, account_id=account.id, amount=1500, on_terms=True, **asked)

    with pytest.raises(InsufficientBalance):
        withdraw_for_payment(session, account_id=account.id, amount=1, **asked)


@pytest.mark.parametrize("credit", [Credit(), Credit(limit=5000, days=0)])
def test_nobody_buys_on_terms_who_was_granted_none(session: Session, cast: Cast, credit: Credit) -> None:
    account = _account(session, cast, 5000)
    grant_credit(session, customer_id=account.customer_id, currency="USD", credit=credit, seen=Credit(), by=SYSTEM)

    with pytest.raises(NoTerms) as refusal:
        authorise(session, account_id=account.id, amount=1, on_terms=True, **_asked(cast))

    assert (refusal.value.status, refusal.value.code) == (409, "no_terms")
    assert account.authorised == 0


@pytest.mark.parametrize("amount", [0, -1, 10**15])
def test_an_amount_that_is_nothing_or_absurd_is_refused(session: Session, cast: Cast, amount: int) -> None:
    account, asked = _account(session, cast, 5000), _asked(cast)
    for act in (authorise, capture, void):
        with pytest.raises(Invalid) as refusal:
            act(session, account_id=account.id, amount=amount, **asked)
        assert refusal.value.errors[0].pointer == "amount"


def _account(session: Session, cast: Cast, balance: int) -> Account:
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=balance, reference="", by=SYSTEM)
    return account_for(session, cast.customer().id, "USD")


def _asked(cast: Cast) -> dict[str, Any]:
    order = bare_order(cast)
    return {"order_id": order.id, "reference": order.number, "by": SYSTEM}
