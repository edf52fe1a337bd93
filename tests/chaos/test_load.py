"""Orders under load, over HTTP against gunicorn (P1, P2, P3, P14): the last units are sold once, nothing is half done."""

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders.models import Order
from tests.cast import Cast
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback


def test_the_last_ten_units_are_sold_exactly_ten_times_twenty_rounds_long(house: House, town: Flask, clerks: list[Visitor]) -> None:
    customer = _make(town, lambda cast: cast.customer().id)

    for at in range(20):
        sku = f"LAST-{at}"
        _make(town, lambda cast, sku=sku: cast.stock(sku, 10).id)
        answers = _all_at_once(clerks, lambda clerk, sku=sku: clerk.post("/orders/new", order_form(customer, [(sku, 1)])))

        assert Counter(_outcome(answer) for answer in answers) == {"placed": 10, "insufficient_stock": 54}
    assert _audit(town) == []


def test_thirty_two_clients_take_five_of_eight_products_in_any_order_without_a_deadlock(house: House, town: Flask, clerks: list[Visitor]) -> None:
    skus = [f"MIX-{at}" for at in range(8)]
    customer = _make(town, lambda cast: ([cast.stock(sku, 150) for sku in skus], cast.customer().id)[1])
    chance = random.Random(7)

    outcomes: Counter[str] = Counter()
    for _round in range(6):
        orders = [order_form(customer, [(sku, chance.randint(1, 3)) for sku in chance.sample(skus, 5)]) for _clerk in range(32)]
        pairs = list(zip(clerks, orders, strict=False))
        outcomes += Counter(_outcome(answer) for answer in _all_at_once(pairs, lambda pair: pair[0].post("/orders/new", pair[1])))

    assert set(outcomes) <= {"placed", "insufficient_stock"}
    assert outcomes["placed"] > 32
    assert _audit(town) == []


def test_two_lines_of_one_product_are_summed_before_the_check(house: House, town: Flask, clerks: list[Visitor]) -> None:
    customer = _make(town, lambda cast: (cast.stock("PAIR", 5), cast.customer().id)[1])

    answer = clerks[0].post("/orders/new", order_form(customer, [("PAIR", 3), ("pair", 3)]))

    assert _outcome(answer) == "insufficient_stock"
    with town.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0
        assert db.session.scalar(select(func.count()).select_from(Reservation)) == 0
        assert db.session.scalars(select(StockLevel.reserved)).all() == [0]


def test_after_kill_nine_every_acknowledged_order_is_there_once(house: House, town: Flask, clerks: list[Visitor]) -> None:
    skus = [f"KILL-{at}" for at in range(8)]
    customer = _make(town, lambda cast: ([cast.stock(sku, 5000) for sku in skus], cast.customer().id)[1])
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
    with town.app_context():
        numbers = Counter(db.session.scalars(select(Order.number)))
    assert len(journal.acknowledged) > 20
    assert len(journal.unanswered) > 0
    assert numbers == Counter(journal.acknowledged)
    assert _audit(town) == []


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
        assert _outcome(answer) == "placed", (answer.status, answer.body[:300])
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


def _all_at_once(whom: list[Any], act: Any) -> list[Answer]:
    start = threading.Barrier(len(whom))

    def begin(one: Any) -> Answer:
        start.wait(30)
        return act(one)  # type: ignore[no-any-return]

    with ThreadPoolExecutor(len(whom)) as pool:
        return list(pool.map(begin, whom))


def _outcome(answer: Answer) -> str:
    if answer.status == 303:
        return "placed"
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return str(json.loads(answer.body)["code"])
    return f"{answer.status}: {answer.body[:200]}"


def _make(town: Flask, make: Any) -> Any:
    with town.app_context():
        made = make(Cast(town))
        db.session.commit()
        db.session.remove()
        return made


def _audit(town: Flask) -> list[tuple[str, Any]]:
    with town.app_context():
        return [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders]
