"""Orders on a customer's account: payment and account move together, whatever is done in whatever order."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Refusal
from logistics.customers.adjusting import adjust
from logistics.customers.authorising import InsufficientCredit
from logistics.customers.crediting import InsufficientBalance, account_for, deposit
from logistics.customers.granting import credit_of, grant_credit
from logistics.customers.invariants import INVARIANTS as CUSTOMERS
from logistics.customers.models import Account
from logistics.customers.rules import Credit
from logistics.payments.capturing import record_transfer, take_from_balance
from logistics.payments.invariants import INVARIANTS as PAYMENTS
from logistics.payments.models import Method, Payment
from logistics.payments.on_account import authorise_on_account, capture_on_account
from logistics.payments.refunding import refund_everything
from tests.cast import Cast
from tests.customers.bare import bare_order

TODAY = date(2026, 11, 26)
NUMBERS = ("AAAA-0001", "AAAA-0002", "AAAA-0003")


def test_an_order_on_the_balance_is_promised_then_taken(session: Session, cast: Cast) -> None:
    account = _account(session, cast, balance=5000)

    payment = _authorise(session, cast, 3600)
    assert (payment.state, payment.open_authorisation, account.authorised, account.balance) == ("authorised", 3600, 3600, 5000)

    assert _capture(session, cast, due=3600) == 3600
    assert (payment.state, payment.captured, payment.due_on) == ("captured", 3600, None)
    assert (account.authorised, account.balance) == (0, 1400)
    assert _told(session) == ["PaymentAuthorised", "PaymentTaken"]


def test_on_terms_it_is_due_after_so_many_days(session: Session, cast: Cast) -> None:
    account = _account(session, cast, credit=Credit(5000, 30))

    payment = _authorise(session, cast, 3600, Method.TERMS)
    _capture(session, cast, due=3600)

    assert (payment.state, payment.captured, payment.due_on) == ("captured", 3600, date(2026, 12, 26))
    assert (account.balance, account.authorised) == (-3600, 0)
    assert _told(session) == ["PaymentAuthorised", "TermsCharged"]
    charged = session.scalars(select(EventLog.data).where(EventLog.name == "TermsCharged")).one()
    assert charged["due_on"] == "2026-12-26"


def test_what_is_captured_is_what_is_due_and_the_rest_is_free_again(session: Session, cast: Cast) -> None:
    account = _account(session, cast, balance=5000)
    payment = _authorise(session, cast, 3600)

    assert _capture(session, cast, due=2000) == 2000

    assert (payment.captured, payment.voided, payment.state) == (2000, 1600, "captured")
    assert (account.balance, account.authorised) == (3000, 0)


def test_money_that_came_otherwise_counts_first_and_a_promise_not_needed_is_let_go(session: Session, cast: Cast) -> None:
    account, order = _account(session, cast, balance=5000), bare_order(cast)
    record_transfer(session, order_id=order.id, currency="USD", amount=3000, reference="BANK-1", by=SYSTEM)
    first, second = _authorise(session, cast, 500), _authorise(session, cast, 100)

    assert _capture(session, cast, due=3400) == 400

    assert (first.captured, first.voided, first.state) == (400, 100, "captured")
    assert (second.captured, second.voided, second.state) == (0, 100, "voided")
    assert (account.balance, account.authorised) == (4600, 0)


def test_capturing_again_takes_nothing_more(session: Session, cast: Cast) -> None:
    account = _account(session, cast, balance=5000)
    _authorise(session, cast, 3600)
    _capture(session, cast, due=3600)

    assert _capture(session, cast, due=5000) == 0
    assert account.balance == 1400


def test_giving_everything_back_lets_promises_go_and_returns_what_was_taken(session: Session, cast: Cast) -> None:
    account, order = _account(session, cast, balance=1000, credit=Credit(5000, 30)), bare_order(cast)
    _authorise(session, cast, 600, Method.TERMS)
    _capture(session, cast, due=600)
    _authorise(session, cast, 100)

    given_back = refund_everything(session, order_id=order.id, customer_id=order.customer_id, reference=order.number, by=SYSTEM)

    assert given_back == 600
    assert (account.balance, account.authorised) == (1000, 0)
    assert session.scalars(select(Payment.state).order_by(Payment.id)).all() == ["refunded", "voided"]
    assert refund_everything(session, order_id=order.id, customer_id=order.customer_id, reference=order.number, by=SYSTEM) == 0


@pytest.mark.parametrize(("method", "refusal"), [(Method.BALANCE, InsufficientBalance), (Method.TERMS, InsufficientCredit)])
def test_a_refused_promise_leaves_no_payment(session: Session, cast: Cast, method: Method, refusal: type[Refusal]) -> None:
    account = _account(session, cast, balance=100, credit=Credit(100, 30))

    with pytest.raises(refusal):
        _authorise(session, cast, 201, method)

    assert session.scalars(select(Payment)).all() == []
    assert account.authorised == 0


AMOUNT = st.integers(1, 900)
STEP = st.tuples(
    st.sampled_from(["deposit", "take", "balance", "terms", "capture", "refund", "adjust up", "adjust down", "limit", "transfer"]),
    st.sampled_from(NUMBERS),
    AMOUNT,
)


@hypothesis(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=25))
def test_any_mix_of_moves_keeps_the_books_and_the_limit(session: Session, outer: Connection, cast: Cast, steps: list[tuple[str, str, int]]) -> None:
    """I-M1, I-M2, and nobody below the credit limit."""
    around = outer.begin_nested()
    try:
        account = _account(session, cast, credit=Credit(1000, 30))
        for at, (kind, number, amount) in enumerate(steps):
            _do(session, cast, account, kind, number, amount, f"R{at}")
            session.commit()
            assert account.balance - account.authorised >= -account.credit_limit
        broken = [(rule.title, rows) for rule in (*CUSTOMERS, *PAYMENTS) if (rows := rule.offenders(outer))]
        assert broken == []
    finally:
        session.rollback()
        session.expunge_all()
        around.rollback()


def _do(session: Session, cast: Cast, account: Account, kind: str, number: str, amount: int, reference: str) -> None:
    order = bare_order(cast, number)
    asked: dict[str, Any] = {"order_id": order.id, "customer_id": order.customer_id, "reference": number, "by": SYSTEM}
    of_account: dict[str, Any] = {"customer_id": order.customer_id, "currency": "USD", "by": SYSTEM}
    moves: dict[str, Any] = {
        "deposit": lambda: deposit(session, amount=amount, reference="", **of_account),
        "take": lambda: take_from_balance(session, currency="USD", amount=amount, **asked),
        "balance": lambda: _authorise(session, cast, amount, number=number),
        "terms": lambda: _authorise(session, cast, amount, Method.TERMS, number=number),
        "capture": lambda: _capture(session, cast, due=amount, number=number),
        "refund": lambda: refund_everything(session, **asked),
        "adjust up": lambda: adjust(session, change=amount, reason="x", **of_account),
        "adjust down": lambda: adjust(session, change=-amount, reason="x", **of_account),
        "limit": lambda: grant_credit(session, credit=Credit(amount, amount % 40), seen=credit_of(account), **of_account),
        "transfer": lambda: record_transfer(session, order_id=order.id, currency="USD", amount=amount, reference=reference, by=SYSTEM),
    }
    try:
        with session.begin_nested():
            moves[kind]()
    except Refusal:
        session.expire_all()


def _account(session: Session, cast: Cast, *, balance: int = 0, credit: Credit | None = None) -> Account:
    mina = cast.customer()
    if balance:
        deposit(session, customer_id=mina.id, currency="USD", amount=balance, reference="", by=SYSTEM)
    if credit:
        grant_credit(session, customer_id=mina.id, currency="USD", credit=credit, seen=Credit(), by=SYSTEM)
    return account_for(session, mina.id, "USD")


def _authorise(session: Session, cast: Cast, amount: int, method: Method = Method.BALANCE, *, number: str = "K7M2-9QXF") -> Payment:
    order = bare_order(cast, number)
    asked = {"order_id": order.id, "customer_id": order.customer_id, "currency": "USD", "reference": number}
    return authorise_on_account(session, method=method, amount=amount, by=SYSTEM, **asked)


def _capture(session: Session, cast: Cast, *, due: int, number: str = "K7M2-9QXF") -> int:
    order = bare_order(cast, number)
    asked = {"order_id": order.id, "customer_id": order.customer_id, "currency": "USD", "reference": number}
    return capture_on_account(session, due=due, today=TODAY, by=SYSTEM, **asked)


def _told(session: Session) -> list[str]:
    return list(session.scalars(select(EventLog.name).where(EventLog.subject == "order").order_by(EventLog.id)))
