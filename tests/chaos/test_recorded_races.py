"""Recorded money over HTTP, by two at once: nobody pays twice unseen, and no money is lost between an order and its customer's account.

Twenty rounds of each in the suite, three hundred with `LOGISTICS_CHAOS=full`.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core import clock
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.transactions import in_transaction
from logistics.customers.models import Entry
from logistics.orders.expiring import expire
from logistics.orders.models import Order, PaymentIncident
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.house import House, Visitor

pytestmark = pytest.mark.loopback

ROUNDS = 300 if FULL else 20


def test_two_clerks_who_record_the_same_order_as_paid_overpay_it_only_if_they_mean_it(house: House, town: Flask, clerks: list[Visitor]) -> None:
    statuses: Counter[int] = Counter()
    for turn in range(ROUNDS):
        order = _make(town, "TWICE")
        pairs = [(clerk, f"{turn}-{half}") for half, clerk in enumerate(clerks[:2])]
        statuses += Counter(_at_once(*[partial(_transfer, clerk, order.number, reference) for clerk, reference in pairs]))

        with town.app_context():
            assert db.session.scalar(select(func.sum(Payment.captured)).where(Payment.order_id == order.id)) == order.total
    assert statuses == {303: ROUNDS, 422: ROUNDS}
    assert _audit(town) == []


def test_a_transfer_against_a_cancellation_ends_on_the_account_either_way(house: House, town: Flask, clerks: list[Visitor]) -> None:
    late = 0
    for turn in range(ROUNDS):
        order = _make(town, "BACK")
        done = _at_once(
            lambda order=order, turn=turn: _transfer(clerks[0], order.number, str(turn)),
            lambda order=order: clerks[1].post(f"/orders/{order.number}/cancellation", {"reason": "customer"}).status,
        )

        assert done == [303, 303]
        status, given, incidents = _outcome(town, order)
        assert (status, given) == ("cancelled", [order.total])
        late += incidents
    assert 0 <= late <= ROUNDS
    assert _audit(town) == []


def test_a_transfer_against_the_time_out_is_kept_or_goes_to_the_account(house: House, town: Flask, clerks: list[Visitor]) -> None:
    for turn in range(ROUNDS):
        order = _make(town, "LATE", overdue=True)
        done = _at_once(
            lambda order=order, turn=turn: _transfer(clerks[0], order.number, str(turn)),
            lambda order=order: _expire(town, order.id),
        )

        assert done[0] == 303
        status, given, incidents = _outcome(town, order)
        # The sweep of the house may have come before either.
        assert (status, given, incidents) in (("paid", [], 0), ("cancelled", [order.total], 1))
    assert _audit(town) == []


def _transfer(clerk: Visitor, number: str, reference: str) -> int:
    fields = {"method": "transfer", "amount": "36.00", "reference": f"BANK {reference}", "form_key": new_key()}
    return clerk.post(f"/orders/{number}/payment", fields).status


def _expire(town: Flask, order_id: int) -> bool:
    with town.app_context():
        try:
            return in_transaction(lambda session: expire(session, order_id=order_id))
        finally:
            db.session.remove()


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


def _outcome(town: Flask, order: Order) -> tuple[str, list[int], int]:
    """Its status, what went to the account for it, and how many incidents are open."""
    with town.app_context():
        given = db.session.scalars(select(Entry.balance_delta).where(Entry.order_id == order.id)).all()
        incidents = db.session.scalar(select(func.count()).select_from(PaymentIncident).where(PaymentIncident.order_id == order.id))
        return str(db.session.get_one(Order, order.id).status), list(given), int(incidents or 0)


def _at_once(*runs: Any) -> list[Any]:
    start = Barrier(len(runs))

    def begin(run: Any) -> Any:
        start.wait(30)
        return run()

    with ThreadPoolExecutor(len(runs)) as pool:
        return list(pool.map(begin, runs))


def _audit(town: Flask) -> list[tuple[str, Any]]:
    with town.app_context():
        db.session.rollback()
        return [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders]
