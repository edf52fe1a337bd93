"""Paying for an order that was placed, from the balance or by transfers."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.core.transactions import in_transaction
from logistics.customers.crediting import InsufficientBalance, account_for, deposit
from logistics.customers.models import Entry
from logistics.fulfilment.models import Shipment
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.paying import amount_open, pay_from_balance, record_transfer
from logistics.payments.capturing import ReferenceUsed
from logistics.payments.models import Payment, PaymentMove, PaymentState
from tests.cast import Cast


def test_paying_from_the_balance_covers_the_order_and_assigns_it(session: Session, cast: Cast) -> None:
    order = cast.order()
    deposit(session, customer_id=order.customer_id, currency="USD", amount=5000, reference="", by=SYSTEM)

    pay_from_balance(session, number=order.number, by=cast.actor())

    assert order.status == OrderStatus.PAID
    assert order.covered_at is not None
    assert account_for(session, order.customer_id, "USD").balance == 1400
    payment = session.scalars(select(Payment)).one()
    assert (payment.method, payment.state, payment.authorised, payment.captured) == ("balance", PaymentState.CAPTURED, 3600, 3600)
    assert [(move.kind, move.amount) for move in payment.moves] == [("authorise", 3600), ("capture", 3600)]
    assert session.scalar(select(func.count()).select_from(Shipment)) == 1


def test_paying_twice_takes_the_money_once(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")

    pay_from_balance(session, number=order.number, by=cast.actor())

    assert session.scalar(select(func.count()).select_from(Payment)) == 1


def test_too_small_a_balance_changes_nothing(session: Session, cast: Cast) -> None:
    order = cast.order()
    deposit(session, customer_id=order.customer_id, currency="USD", amount=3599, reference="", by=SYSTEM)

    with pytest.raises(InsufficientBalance):
        pay_from_balance(session, number=order.number, by=cast.actor())

    assert order.status == OrderStatus.UNPAID
    assert session.scalar(select(func.count()).select_from(Payment)) == 0
    assert account_for(session, order.customer_id, "USD").balance == 3599


def test_transfers_in_parts_pay_the_order_when_all_is_there(session: Session, cast: Cast) -> None:
    order = cast.order()

    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())
    assert (order.status, order.covered_at, amount_open(session, order)) == (OrderStatus.UNPAID, None, 2600)
    record_transfer(session, number=order.number, amount=2600, reference="BANK-2", by=cast.actor())

    assert (order.status, amount_open(session, order)) == (OrderStatus.PAID, 0)
    taken = session.scalars(select(EventLog.data["amount"]).where(EventLog.name == "PaymentTaken").order_by(EventLog.id)).all()
    assert taken == [1000, 2600]


def test_the_rest_after_a_transfer_can_come_from_the_balance(session: Session, cast: Cast) -> None:
    order = cast.order()
    deposit(session, customer_id=order.customer_id, currency="USD", amount=2600, reference="", by=SYSTEM)
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())

    pay_from_balance(session, number=order.number, by=cast.actor())

    assert order.status == OrderStatus.PAID
    assert account_for(session, order.customer_id, "USD").balance == 0


def test_a_transfer_recorded_again_is_booked_once(session: Session, cast: Cast) -> None:
    order = cast.order(pay="transfer")

    record_transfer(session, number=order.number, amount=3600, reference=f"BANK {order.number}", by=cast.actor())

    assert session.scalar(select(func.sum(Payment.captured))) == 3600


def test_a_reference_with_another_amount_is_refused(session: Session, cast: Cast) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())

    with pytest.raises(ReferenceUsed):
        record_transfer(session, number=order.number, amount=2600, reference="BANK-1", by=cast.actor())

    assert amount_open(session, order) == 2600


@pytest.mark.parametrize(
    ("amount", "reference", "pointers"),
    [
        (3601, "BANK-1", ["amount"]),
        (0, "BANK-1", ["amount"]),
        (-5, "BANK-1", ["amount"]),
        (3601, "", ["amount", "reference"]),
        (1, "", ["reference"]),
    ],
)
def test_a_transfer_of_too_much_of_nothing_or_from_nowhere_is_refused(
    session: Session, cast: Cast, amount: int, reference: str, pointers: list[str]
) -> None:
    order = cast.order()

    with pytest.raises(Invalid) as refusal:
        record_transfer(session, number=order.number, amount=amount, reference=reference, by=cast.actor())

    assert [error.pointer for error in refusal.value.errors] == pointers
    assert session.scalar(select(func.count()).select_from(PaymentMove)) == 0


def test_a_cancelled_order_is_not_paid_from_the_balance(session: Session, cast: Cast) -> None:
    for paid_before in (None, "transfer"):
        order = cast.order(pay=paid_before)
        cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

        with pytest.raises(IllegalMove):
            pay_from_balance(session, number=order.number, by=cast.actor())


def test_an_order_that_is_paid_takes_a_further_transfer_only_as_a_surplus(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")
    with pytest.raises(Invalid) as refusal:
        record_transfer(session, number=order.number, amount=1, reference="BANK-9", by=cast.actor())

    assert [(error.code, error.facts) for error in refusal.value.errors] == [("more_than_open", {"open": 0, "surplus": 1})]
    record_transfer(session, number=order.number, amount=1, reference="BANK-9", by=cast.actor(), with_surplus=True)
    assert (order.status, order.surplus) == (OrderStatus.PAID, 1)


def test_an_order_that_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    for pay in (lambda: pay_from_balance(session, number="0000-0000", by=SYSTEM), lambda: cast_transfer(session)):
        with pytest.raises(NotFound):
            pay()


def test_ten_who_pay_one_order_at_once_take_the_money_once(town: Flask) -> None:
    with town.app_context():
        cast = Cast(town)
        number = cast.order().number
        deposit(db.session(), customer_id=cast.customer().id, currency="USD", amount=36_000, reference="", by=SYSTEM)
        db.session().commit()

    def pay(_turn: int) -> str:
        with town.app_context():
            return in_transaction(lambda session: pay_from_balance(session, number=number, by=SYSTEM).status)

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(pay, range(10))) == {"paid"}

    with town.app_context():
        assert db.session().scalars(select(Entry.balance_delta).order_by(Entry.id)).all() == [36_000, -3_600]
        assert db.session().scalar(select(func.count()).select_from(Shipment)) == 1


def test_a_payment_and_a_cancellation_at_once_leave_nobody_poorer(town: Flask) -> None:
    with town.app_context():
        cast = Cast(town)
        numbers = [cast.order().number for _order in range(12)]
        customer_id = cast.customer().id
        deposit(db.session(), customer_id=customer_id, currency="USD", amount=36_00 * 12, reference="", by=SYSTEM)
        db.session().commit()

    def pay(number: str) -> None:
        with town.app_context(), suppress(IllegalMove):
            in_transaction(lambda session: pay_from_balance(session, number=number, by=SYSTEM))

    def take_back(number: str) -> None:
        with town.app_context():
            in_transaction(lambda session: cancel(session, number=number, reason=CancelReason.STAFF, by=SYSTEM))

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(act, number) for number in numbers for act in (pay, take_back)]:
            done.result()

    with town.app_context():
        assert set(db.session().scalars(select(Order.status))) == {"cancelled"}
        assert account_for(db.session(), customer_id, "USD").balance == 3600 * 12


def cast_transfer(session: Session) -> Order:
    """A transfer for an order that is not there."""
    return record_transfer(session, number="0000-0000", amount=1, reference="X", by=SYSTEM)
