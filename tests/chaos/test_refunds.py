"""Giving back under load, over HTTP against gunicorn (P27, P28): money goes back once, goods leave or stay.

The suite runs 20 rounds of each, `LOGISTICS_CHAOS=full bin/test -n0 tests/chaos/test_refunds.py` the promised 300.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.customers.models import Entry
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from logistics.payments.models import Payment
from logistics.staff.signing_in import open_session
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.chaos.racing import at_once, offences, outcome, stock_of
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback

ROUNDS = 300 if FULL else 20
Report = Callable[[str], None]


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
    seen: Counter[tuple[str, ...]] = Counter()
    for _round in range(ROUNDS):
        number = _make(town, lambda cast: str(cast.order(lines=[("REFUND", 3)], pay="transfer").number))
        answers = at_once(*[lambda who=who, number=number: _refund(who, number) for who in managers])

        seen[tuple(sorted(outcome(answer) for answer in answers))] += 1
        assert _refunded(town, number) == 3000
    assert set(seen) == {("done", "invalid")}, seen
    assert offences(town) == []


def test_a_refund_against_cancelling_everything_gives_back_what_was_taken(house: House, town: Flask, managers: list[Visitor]) -> None:
    first, second = managers
    for _round in range(ROUNDS):
        number = _make(town, lambda cast: str(cast.order(lines=[("REFUND", 3)], pay="balance").number))

        refunded, cancelled = at_once(
            lambda number=number: _refund(first, number),
            lambda number=number: _post(second, f"/orders/{number}/cancellation", reason="customer"),
        )

        assert outcome(cancelled) == "done"
        assert outcome(refunded) in ("done", "illegal_move")
        assert _refunded(town, number) == 5400
    assert offences(town) == []


def test_cancelling_against_dispatch_has_one_winner(house: House, town: Flask, managers: list[Visitor], report: Report) -> None:
    first, second = managers
    seen: Counter[str] = Counter()
    for at in range(ROUNDS):
        number, reference, line = _make(town, _packed)
        cancelling = f"/orders/{number}/cancellation" if at % 2 else f"/orders/{number}/lines/cancellation"

        said = [
            outcome(answer)
            for answer in at_once(
                lambda reference=reference, at=at: _send(first, reference, f"CH{at:08}"),
                lambda path=cancelling, line=line, number=number: _post(second, path, reason="customer", **{f"line-{line}": "1"}),
            )
        ]

        assert sorted(said) == ["done", "illegal_move"]
        seen["shipped" if said[0] == "done" else "cancelled"] += 1
    assert sum(seen.values()) == ROUNDS
    assert offences(town) == []
    report(f"cancelling against dispatch: {dict(seen)}")


def test_capture_against_void_on_the_account_has_one_winner(house: House, town: Flask, managers: list[Visitor], report: Report) -> None:
    """The balance is only promised until the first parcel leaves: then it is taken, or the promise is given up."""
    first, second = managers
    _make(town, lambda cast: (cast.channel("desk", capture_at_dispatch=True), cast.stock("PROMISE", 2 * ROUNDS)))
    seen: Counter[str] = Counter()
    for at in range(ROUNDS):
        number, reference, _line = _make(town, lambda cast: _pack(cast, cast.order(lines=[("PROMISE", 2)], pay="balance")))

        said = [
            outcome(answer)
            for answer in at_once(
                lambda reference=reference, at=at: _send(first, reference, f"CV{at:08}"),
                lambda number=number: _post(second, f"/orders/{number}/cancellation", reason="customer"),
            )
        ]

        assert sorted(said) == ["done", "illegal_move"]
        winner = "shipped" if said[0] == "done" else "cancelled"
        assert _entries(town, number) == ["authorise", "capture" if winner == "shipped" else "void"]
        seen[winner] += 1
    _make(town, lambda cast: cast.channel("desk", capture_at_dispatch=False))
    assert stock_of(town, "PROMISE") == (2 * (ROUNDS - seen["shipped"]), 0)
    assert offences(town) == []
    report(f"capture against void on the account: {dict(seen)}")


def _packed(cast: Cast) -> tuple[str, str, int]:
    return _pack(cast, cast.order(lines=[("REFUND", 2)], pay="transfer"))


def _pack(cast: Cast, order: Order) -> tuple[str, str, int]:
    cast.carrier()
    parcel = cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one()
    cast.work_on(parcel, "packed")
    return order.number, parcel.reference, order.lines[0].id


def _send(who: Visitor, reference: str, number: str) -> Answer:
    return _post(who, f"/shipments/{reference}/dispatch", carrier="DHL", tracking_number=number)


def _refund(who: Visitor, number: str) -> Answer:
    return _post(who, f"/orders/{number}/refund", amount="30.00", reason="late", to="as_paid")


def _post(who: Visitor, path: str, **fields: str) -> Answer:
    return who.post(path, {"form_key": new_key(), **fields})


def _make(town: Flask, make: Callable[[Cast], Any]) -> Any:
    return Cast(town).made(lambda: make(Cast(town)))


def _refunded(town: Flask, number: str) -> int:
    with town.app_context():
        refunded = db.session.scalars(select(Payment.refunded).join(Order, Order.id == Payment.order_id).where(Order.number == number)).one()
        db.session.remove()
        return refunded


def _entries(town: Flask, number: str) -> list[str]:
    """What happened on the account for an order, its deposit aside."""
    with town.app_context():
        kinds = select(Entry.kind).join(Order, Order.id == Entry.order_id).where(Order.number == number).order_by(Entry.id)
        found = list(db.session.scalars(kinds))
        db.session.remove()
        return found
