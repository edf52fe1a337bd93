"""Orders on one account at the same moment, with real threads and commits: the last money is promised once, and the books hold."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from logistics.core import auditing
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.refusals import IllegalMove
from logistics.customers.authorising import InsufficientCredit
from logistics.customers.crediting import account_for, deposit
from logistics.customers.models import Account
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from logistics.orders.paying import approve_terms, pay_from_balance
from tests.cast import Cast
from tests.fulfilment.test_assigning import shipments_of
from tests.races import race

ROUNDS = 20


def test_two_orders_for_the_last_credit_get_it_once(town: Flask) -> None:
    """P28."""
    cast = Cast(town)
    cast.made(lambda: _grant(cast, 0))
    for round_number in range(1, ROUNDS + 1):
        cast.made(lambda r=round_number: _grant(cast, 3600 * r))
        first, second = cast.made(lambda: [cast.order().number for _order in range(2)])

        answers = race(town, *(lambda session, n=number: approve_terms(session, number=n, by=SYSTEM).status for number in (first, second)))

        assert sorted(type(answer).__name__ for answer in answers) == ["InsufficientCredit", "str"]
        refused = next(answer for answer in answers if isinstance(answer, InsufficientCredit))
        assert refused.facts["credit"] == 0
    with town.app_context():
        assert db.session.scalar(select(Account.authorised)) == 3600 * ROUNDS
    _audit(town)


def test_dispatch_against_cancellation_takes_the_money_or_lets_it_go_and_never_both(town: Flask) -> None:
    """P28: capture against void."""
    cast = Cast(town)
    cast.made(lambda: cast.channel(capture_at_dispatch=True))
    picker, shipped = cast.made(lambda: cast.actor("picker")), 0
    cast.made(cast.carrier)
    for _round in range(ROUNDS):
        order, shipment = cast.made(lambda: _packed(cast))

        sent, cancelled = race(
            town,
            lambda _session, s=shipment: cast.hand_over(db.session.merge(s)).state,
            lambda session, n=order.number: cancel(session, number=n, reason=CancelReason.STAFF, by=picker, even_if_picked=True).status,
        )

        assert (sent == "shipped") is isinstance(cancelled, IllegalMove), (sent, cancelled)
        shipped += sent == "shipped"
        with town.app_context():
            account = db.session.scalars(select(Account)).one()
            assert account.authorised == 0
            assert db.session.get_one(Order, order.id).status == ("shipped" if sent == "shipped" else "cancelled")
            assert account.balance == 3600 * (_round + 1) - 3600 * shipped
    _audit(town)


def test_deposits_and_promises_at_once_lose_nothing(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: (cast.channel(capture_at_dispatch=True), account_for(cast.session, cast.customer().id, "USD")))
    customer = cast.made(lambda: cast.customer().id)
    for round_number in range(1, ROUNDS + 1):
        number = cast.made(lambda: cast.order().number)
        money: dict[str, Any] = {"customer_id": customer, "currency": "USD", "amount": 3600, "reference": "", "by": SYSTEM}
        _booked, first, second = race(
            town,
            lambda session, m=money: deposit(session, **m).balance_after,
            lambda session, n=number: pay_from_balance(session, number=n, by=SYSTEM).status,
            lambda session, n=number: pay_from_balance(session, number=n, by=SYSTEM).status,
        )
        with town.app_context():
            account = db.session.scalars(select(Account)).one()
            assert account.balance == 3600 * round_number
            assert account.authorised == 3600 * len(db.session.scalars(select(Order.id).where(Order.status == "paid")).all())
            if "paid" in (first, second):
                assert db.session.scalar(select(Order.status).where(Order.number == number)) == "paid"
    _audit(town)


def _grant(cast: Cast, limit: int) -> None:
    account = account_for(cast.session, cast.customer().id, "USD")
    account.credit_limit, account.terms_days = limit, 30
    cast.session.flush()


def _packed(cast: Cast) -> tuple[Order, Any]:
    order = cast.order(lines=[("LAMP", 2)])
    deposit(cast.session, customer_id=order.customer_id, currency="USD", amount=3600, reference="", by=SYSTEM)
    pay_from_balance(cast.session, number=order.number, by=SYSTEM)
    return order, cast.work_on(shipments_of(cast.session, order)[0], "packed")


def _audit(town: Flask) -> None:
    with town.app_context():
        findings = auditing.audit(db.engine)
    assert [(finding.invariant.title, finding.offenders) for finding in findings if finding.offenders and not finding.invariant.warning] == []
