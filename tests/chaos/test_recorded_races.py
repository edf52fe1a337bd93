"""Recorded money over HTTP, by two at once: nobody pays twice unseen, and no money is lost between an order and its customer's account.

Twenty rounds of each in the suite, three hundred with `LOGISTICS_CHAOS=full`.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.customers.crediting import deposit
from logistics.customers.models import Entry
from logistics.orders.models import Order, PaymentIncident
from logistics.orders.tasks import expire_unpaid
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.chaos.racing import at_once, let_the_worker, offences, outcome, stock_of
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback

ROUNDS = 300 if FULL else 20
Report = Callable[[str], None]


def test_two_clerks_who_record_the_same_order_as_paid_overpay_it_only_if_they_mean_it(house: House, town: Flask, clerks: list[Visitor]) -> None:
    said: Counter[str] = Counter()
    for turn in range(ROUNDS):
        order = _make(town, "TWICE")
        answers = at_once(
            *(
                lambda clerk=clerk, half=half, turn=turn, n=order.number: _transfer(clerk, n, f"{turn}-{half}")
                for half, clerk in enumerate(clerks[:2])
            )
        )
        said += Counter(outcome(answer) for answer in answers)

        with town.app_context():
            assert db.session.scalar(select(func.sum(Payment.captured)).where(Payment.order_id == order.id)) == order.total
    assert said == {"done": ROUNDS, "invalid": ROUNDS}
    assert offences(town) == []


def test_a_transfer_against_a_cancellation_ends_on_the_account_either_way(house: House, town: Flask, clerks: list[Visitor]) -> None:
    late = 0
    for turn in range(ROUNDS):
        order = _make(town, "BACK")
        answers = at_once(
            lambda order=order, turn=turn: _transfer(clerks[0], order.number, str(turn)),
            lambda order=order: clerks[1].post(f"/orders/{order.number}/cancellation", {"reason": "customer"}),
        )

        assert [outcome(answer) for answer in answers] == ["done", "done"]
        status, given, incidents = _stands(town, order)
        assert (status, given) == ("cancelled", [order.total])
        late += incidents
    assert 0 <= late <= ROUNDS
    assert offences(town) == []


def test_a_transfer_against_the_time_out_is_kept_or_goes_to_the_account(house: House, town: Flask, clerks: list[Visitor], report: Report) -> None:
    """The worker sweeps while it is recorded."""
    ends: Counter[str] = Counter()
    for turn in range(ROUNDS):
        order = _make(town, "LATE", overdue=True)
        answer = _against_the_sweep(town, lambda order=order, turn=turn: _transfer(clerks[0], order.number, str(turn)))

        assert outcome(answer) == "done"
        status, given, incidents = _stands(town, order)
        assert (status, given, incidents) in (("paid", [], 0), ("cancelled", [order.total], 1))
        ends[status] += 1
    assert stock_of(town, "LATE")[1] == 2 * ends["paid"]
    assert offences(town) == []
    report(f"time-out against a transfer: {dict(ends)}")


def test_a_balance_against_the_time_out_has_one_winner(house: House, town: Flask, clerks: list[Visitor], report: Report) -> None:
    """Paid and kept, or refused with its code, and the money is on the account still."""
    Cast(town).made(lambda: deposit(db.session(), customer_id=Cast(town).customer().id, currency="USD", amount=10**9, reference="", by=SYSTEM))
    ends: Counter[tuple[str, str]] = Counter()
    for _turn in range(ROUNDS):
        order = _make(town, "LAST", overdue=True)
        fields = {"method": "balance", "form_key": new_key()}
        answer = _against_the_sweep(town, lambda order=order, fields=fields: clerks[0].post(f"/orders/{order.number}/payment", fields))

        status, given, incidents = _stands(town, order)
        said = outcome(answer)
        assert (status, said, sum(given), incidents) in (("paid", "done", -order.total, 0), ("cancelled", "illegal_move", 0, 0))
        ends[status, said] += 1
    assert stock_of(town, "LAST")[1] == 2 * ends["paid", "done"]
    assert offences(town) == []
    report(f"time-out against the balance: {dict(ends)}")


def _against_the_sweep(town: Flask, pay: Callable[[], Answer]) -> Answer:
    def a_little_later() -> Answer:
        time.sleep(random.uniform(0, 0.05))
        return pay()

    answer: Answer = at_once(a_little_later, lambda: let_the_worker(town, expire_unpaid))[0]
    return answer


def _transfer(clerk: Visitor, number: str, reference: str) -> Answer:
    fields = {"method": "transfer", "amount": "36.00", "reference": f"BANK {reference}", "form_key": new_key()}
    return clerk.post(f"/orders/{number}/payment", fields)


def _make(town: Flask, sku: str, *, overdue: bool = False) -> Order:
    with town.app_context():
        order = Cast(town).order(lines=[(sku, 2)])
        if overdue:
            order.expires_at = clock.now() - timedelta(seconds=1)
        db.session.commit()
        db.session.refresh(order)
        db.session.expunge(order)
        db.session.remove()
        return order


def _stands(town: Flask, order: Order) -> tuple[str, list[int], int]:
    """Its status, what went to the account for it, and how many incidents are open."""
    with town.app_context():
        given = db.session.scalars(select(Entry.balance_delta).where(Entry.order_id == order.id)).all()
        incidents = db.session.scalar(select(func.count()).select_from(PaymentIncident).where(PaymentIncident.order_id == order.id))
        return str(db.session.get_one(Order, order.id).status), list(given), int(incidents or 0)
