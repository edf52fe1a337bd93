"""Orders under load, over HTTP against gunicorn (P1, P2, P3, P14): the last units are sold once, nothing is half done.

The suite runs a few rounds of each. `LOGISTICS_CHAOS=full bin/test -n0 tests/chaos` runs the promises at full size, 200 rounds of P1 in
each of its four settings and 100 of P2, with four web processes, and prints what it measured.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from statistics import quantiles
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from logistics.catalog.models import Product
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders.holding import hold
from logistics.orders.models import HoldReason, Order, OrderLine
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.chaos.racing import at_once, offences, outcome
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback

LAST_UNITS_ROUNDS = 200 if FULL else 5
MIXED_ROUNDS = 100 if FULL else 6
SITES = ("LEEDS", "HANGZHOU")
# What there is of the product beside the ten units: nothing; (a) reservations; (b) unpaid orders that will expire or are held, and
# orders that wait at the other warehouse; (c) all of it.
PRIOR = ("nothing before", "a reservations before", "b holds and waiting before", "c all of it before")


def place_order(clerk: Visitor, customer_id: int, lines: list[tuple[str, int]]) -> Answer:
    """Ask for an order, as every test here does it: by the desk's form. The answer is read by `outcome`."""
    return clerk.post("/orders/new", order_form(customer_id, lines))


@pytest.mark.parametrize("prior", PRIOR)
def test_the_last_ten_units_are_sold_exactly_ten_times(
    house: House, town: Flask, clerks: list[Visitor], prior: str, report: Callable[[str], None]
) -> None:
    """P1, and (a), (b), (c): what is reserved, held or waited for already is neither sold nor given away."""
    seconds: list[float] = []
    for at in range(LAST_UNITS_ROUNDS):
        sku = f"LAST-{prior.split()[0]}-{at}"
        customer = _make(town, lambda cast, sku=sku: _leave_ten(cast, sku, prior))

        answers = _all_at_once(clerks, lambda clerk, sku=sku, customer=customer: place_order(clerk, customer, [(sku, 1)]))

        assert Counter(outcome(answer) for answer in answers) == {"done": 10, "insufficient_stock": 54}
        seconds += [answer.seconds for answer in answers]
    assert offences(town) == []
    report(f"P1 with {prior}: {LAST_UNITS_ROUNDS} rounds, {_quantiles(seconds)}")


def test_thirty_two_clients_take_five_of_eight_products_in_any_order_without_a_deadlock(
    house: House, town: Flask, clerks: list[Visitor], report: Callable[[str], None]
) -> None:
    """P2: all of an order or nothing of it, and no deadlock reaches anybody."""
    skus = [f"MIX-{at}" for at in range(8)]
    customer = _make(town, lambda cast: ([cast.stock(sku, 20, at=at) for sku in skus for at in SITES], cast.customer().id)[1])
    chance, deadlocks = random.Random(7), _deadlocks(town)

    outcomes: Counter[str] = Counter()
    seconds: list[float] = []
    for _round in range(MIXED_ROUNDS):
        orders = [[(sku, chance.randint(1, 3)) for sku in chance.sample(skus, 5)] for _clerk in range(32)]
        pairs = list(zip(clerks, orders, strict=False))
        answers = _all_at_once(pairs, lambda pair: place_order(pair[0], customer, pair[1]))
        outcomes += Counter(outcome(answer) for answer in answers)
        seconds += [answer.seconds for answer in answers]
        # Less than is asked for, so that there are orders of both kinds all the time.
        _make(town, lambda cast: [cast.stock(sku, 15, at=at).id for sku in skus for at in SITES])

    assert set(outcomes) == {"done", "insufficient_stock"}
    assert outcomes["done"] > 32
    with town.app_context():
        units = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(Reservation.state != "released")
        promised = units.where(Reservation.order_line_id == OrderLine.id).scalar_subquery()
        assert db.session.scalars(select(OrderLine.id).where(OrderLine.ordered != promised)).all() == []
    assert offences(town) == []
    redone = _deadlocks(town) - deadlocks
    assert redone <= sum(outcomes.values()) / 100
    report(f"P2: {MIXED_ROUNDS} rounds, {dict(outcomes)}, {redone} deadlocks redone, {_quantiles(seconds)}")


def test_two_lines_of_one_product_are_summed_before_the_check(house: House, town: Flask, clerks: list[Visitor]) -> None:
    """P3."""
    customer = _make(town, lambda cast: (cast.stock("PAIR", 5), cast.customer().id)[1])

    answer = place_order(clerks[0], customer, [("PAIR", 3), ("pair", 3)])

    assert outcome(answer) == "insufficient_stock"
    with town.app_context():
        level = db.session.scalars(select(StockLevel).join(Product).where(Product.sku == "PAIR")).one()
        assert level.reserved == 0
        assert db.session.scalar(select(func.count()).select_from(OrderLine).where(OrderLine.product_id == level.product_id)) == 0


def test_after_kill_nine_every_acknowledged_order_is_there_once(house: House, town: Flask, clerks: list[Visitor]) -> None:
    skus = [f"KILL-{at}" for at in range(8)]
    customer = _make(town, lambda cast: ([cast.stock(sku, 5000) for sku in skus], cast.customer().id)[1])
    earlier = _numbers(town)
    journal = Journal(clerks[:8], customer, skus)

    with journal.writing():
        for _kill in range(3):
            time.sleep(1.5)
            house.kill()
            house.start()
        time.sleep(1.5)

    # Whoever got no answer asks again with the same key: one order, not two.
    for clerk, form in journal.unanswered:
        journal.note(clerk.post("/orders/new", form))
    numbers = _numbers(town) - earlier
    assert len(journal.acknowledged) > 20
    assert len(journal.unanswered) > 0
    assert numbers == Counter(journal.acknowledged)
    assert offences(town) == []


class Journal:
    """What each client sent and what it was told."""

    def __init__(self, clerks: list[Visitor], customer: int, skus: list[str]) -> None:
        self.clerks, self.customer, self.skus = clerks, customer, skus
        self.acknowledged: list[str] = []
        self.unanswered: list[tuple[Visitor, dict[str, str]]] = []
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(len(clerks))

    def writing(self) -> "Journal":
        return self

    def __enter__(self) -> None:
        self._running = [self._pool.submit(self._write, clerk, at) for at, clerk in enumerate(self.clerks)]

    def __exit__(self, *_error: Any) -> None:
        self._over.set()
        for running in self._running:
            running.result(120)
        self._pool.shutdown()

    def note(self, answer: Answer) -> None:
        assert outcome(answer) == "done", (answer.status, answer.body[:300])
        self.acknowledged.append(answer.headers["Location"].rpartition("/")[2])

    def _write(self, clerk: Visitor, seed: int) -> None:
        chance = random.Random(seed)
        while not self._over.is_set():
            form = order_form(self.customer, [(sku, 1) for sku in chance.sample(self.skus, 2)])
            try:
                answer = clerk.post("/orders/new", form)
            except (OSError, HTTPException):
                self.unanswered.append((clerk, form))
                time.sleep(0.2)
                continue
            if answer.status == 503:
                self.unanswered.append((clerk, form))
            else:
                self.note(answer)


def order_form(customer_id: int, lines: list[tuple[str, int]]) -> dict[str, str]:
    """The order form as a clerk sends it, with a fresh one-time key."""
    form = {
        "form_key": new_key(),
        "customer_id": str(customer_id),
        "name": "Mina Park",
        "line1": "12 Park Row",
        "city": "Leeds",
        "postcode": "LS1 5HD",
        "country": "GB",
        "currency": "USD",
        "pay": "later",
    }
    for at, (sku, quantity) in enumerate(lines):
        form |= {f"lines-{at}-sku": sku, f"lines-{at}-quantity": str(quantity)}
    return form


def _all_at_once(whom: list[Any], act: Callable[[Any], Answer]) -> list[Answer]:
    return at_once(*(lambda one=one: act(one) for one in whom))


def _make(town: Flask, make: Any) -> Any:
    with town.app_context():
        made = make(Cast(town))
        db.session.commit()
        db.session.remove()
        return made


def _leave_ten(cast: Cast, sku: str, prior: str) -> int:
    """Stock of which ten units are free for whoever comes now, and what `prior` says besides; the customer's id."""
    others = {"customer": cast.customer("Jan Both"), "may_wait": True}
    here, there = SITES
    cast.warehouse(here)
    if prior[0] in "ac":
        cast.stock(sku, 5, at=there)
        for units in (3, 2):
            cast.order(lines=[(sku, units)], pay="transfer", **others)
    if prior[0] in "bc":
        cast.stock(sku, 4, at=there)
        for units in (3, 1):
            held = cast.order(lines=[(sku, units)], **others)
            hold(cast.session, number=held.number, reason=HoldReason.PAYMENT, by=cast.actor())
        for units in (2, 1):
            assert cast.order(lines=[(sku, units)], **others).sourcing["warehouses"] == [here]
        cast.session.commit()
    # They wait at the first warehouse: a moment before the rush, what they wait for comes in at the other.
    cast.stock(sku, 13 if prior[0] in "bc" else 10, at=there)
    return cast.customer().id


def _deadlocks(town: Flask) -> int:
    with town.app_context():
        db.session.rollback()
        return int(db.session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")) or 0)


def _quantiles(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"{len(seconds)} requests, median {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, longest {max(seconds):.2f} s"


def _numbers(town: Flask) -> Counter[str]:
    with town.app_context():
        return Counter(db.session.scalars(select(Order.number)))
