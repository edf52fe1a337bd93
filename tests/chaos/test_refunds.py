"""Giving back under load, over HTTP against gunicorn (P27, P28): money goes back once, goods leave or stay.

The suite runs 20 rounds of each, `LOGISTICS_CHAOS=full bin/test -n0 tests/chaos/test_refunds.py` the promised 300.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from logistics.payments.models import Payment
from logistics.staff.signing_in import open_session
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback

ROUNDS = 300 if FULL else 20


@pytest.fixture(scope="module")
def managers(house: House, town: Flask) -> list[Visitor]:
    """Two managers, each with a browser."""
    with town.app_context():
        cast = Cast(town)
        tokens = [open_session(db.session(), cast.person(who)) for who in ("manager", "admin")]
        db.session.commit()
        db.session.remove()
    return [house.visitor(token) for token in tokens]


def test_two_refunds_against_one_capture_never_give_back_more_than_was_taken(house: House, town: Flask, managers: list[Visitor]) -> None:
    seen: Counter[tuple[int, ...]] = Counter()
    for _round in range(ROUNDS):
        number = _make(town, lambda cast: str(cast.order(lines=[("REFUND", 3)], pay="transfer").number))
        answers = _at_once(*[lambda who=who, number=number: _refund(who, number) for who in managers])

        seen[tuple(sorted(answer.status for answer in answers))] += 1
        assert _refunded(town, number) == 3000
    assert set(seen) == {(303, 422)}, seen
    assert _offenders(town) == set()


def test_a_refund_against_cancelling_everything_gives_back_what_was_taken(house: House, town: Flask, managers: list[Visitor]) -> None:
    first, second = managers
    for _round in range(ROUNDS):
        number = _make(town, lambda cast: str(cast.order(lines=[("REFUND", 3)], pay="balance").number))

        answers = _at_once(
            lambda number=number: _refund(first, number),
            lambda number=number: _post(second, f"/orders/{number}/cancellation", reason="customer"),
        )

        assert answers[1].status == 303
        assert answers[0].status in (303, 409)
        assert _refunded(town, number) == 5400
    assert _offenders(town) == set()


def test_cancelling_against_dispatch_has_one_winner(house: House, town: Flask, managers: list[Visitor]) -> None:
    first, second = managers
    seen: Counter[str] = Counter()
    for at in range(ROUNDS):
        number, reference, line = _make(town, _packed)
        cancelling = f"/orders/{number}/cancellation" if at % 2 else f"/orders/{number}/lines/cancellation"

        sent, taken = _at_once(
            lambda reference=reference, at=at: _post(first, f"/shipments/{reference}/dispatch", carrier="DHL", tracking_number=f"CH{at:08}"),
            lambda path=cancelling, line=line: _post(second, path, reason="customer", **{f"line-{line}": "1"}),
        )

        assert sorted([sent.status, taken.status]) == [303, 409]
        seen["sent" if sent.status == 303 else "cancelled"] += 1
    assert sum(seen.values()) == ROUNDS
    assert _offenders(town) == set()


def _packed(cast: Cast) -> tuple[str, str, int]:
    cast.carrier()
    shipment: Shipment = cast.shipment(lines=[("REFUND", 2)], state="packed")
    return shipment.order.number, shipment.reference, shipment.lines[0].order_line_id


def _refund(who: Visitor, number: str) -> Answer:
    return _post(who, f"/orders/{number}/refund", amount="30.00", reason="late", to="as_paid")


def _post(who: Visitor, path: str, **fields: str) -> Answer:
    return who.post(path, {"form_key": new_key(), **fields})


def _at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    start = Barrier(len(acts))

    def one(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def _make(town: Flask, make: Callable[[Cast], Any]) -> Any:
    return Cast(town).made(lambda: make(Cast(town)))


def _refunded(town: Flask, number: str) -> int:
    with town.app_context():
        refunded = db.session.scalars(select(Payment.refunded).join(Order, Order.id == Payment.order_id).where(Order.number == number)).one()
        db.session.remove()
        return refunded


def _offenders(town: Flask) -> set[str]:
    with town.app_context():
        return {finding.invariant.code for finding in audit(db.engine) if finding.offenders and not finding.invariant.warning}
