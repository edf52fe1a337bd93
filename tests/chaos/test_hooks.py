"""Shops that send over HTTP, each event ten times, while the worker is stopped and after it was killed (P8).

LOGISTICS_CHAOS=full sends 5,000 events; otherwise a few. The times are printed with -s.
"""

import http.client
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.orders.models import Channel, Order
from logistics.shops.models import InboxEvent, InboxState
from tests.cast import Cast
from tests.chaos.conftest import open_house, open_town
from tests.house import House
from tests.shops.platforms import Shop, in_town, open_shop, shopify_order

pytestmark = pytest.mark.loopback
FULL = os.environ.get("LOGISTICS_CHAOS") == "full"
EVENTS, TEN_TIMES = (5000, 200) if FULL else (60, 10)


@pytest.fixture(scope="module")
def town(server: str, template: str) -> Iterator[Flask]:
    """A town of their own: they count all that came in."""
    yield from open_town(server, template, f"shops_{os.getpid()}")


@pytest.fixture(scope="module")
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker."""
    yield from open_house(town)


def test_all_is_answered_without_a_worker_and_worked_once_it_is_there(house: House, town: Flask) -> None:
    shop = in_town(town, lambda: _furnish(town))
    house.stop_workers()
    deliveries = [_delivery(shop, number) for number in range(EVENTS)]
    sent = deliveries + deliveries[:TEN_TIMES] * 9
    random.Random(7).shuffle(sent)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda delivery: _send(house, shop, *delivery), sent))
    waiting = in_town(town, lambda: _count(InboxState.WAITING))
    began = time.monotonic()
    house.start_workers()
    time.sleep(5)
    house.kill_a_worker()
    while in_town(town, lambda: _count(InboxState.WAITING)) and time.monotonic() - began < 600:
        time.sleep(0.5)
    drained = time.monotonic() - began
    times = sorted(seconds for _status, seconds in answers)
    print(
        f"\n{len(sent)} deliveries of {EVENTS} events: p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms"
    )
    print(f"drained in {drained:.0f} s, a worker killed on the way: {EVENTS / drained:.0f} orders/s")

    assert Counter(status for status, _seconds in answers) == {200: len(sent)}
    assert waiting == EVENTS
    with town.app_context():
        ours = select(func.count()).select_from(Order).join(Channel, Channel.id == Order.channel_id).where(Channel.code == shop.channel.code)
        assert db.session.scalar(ours) == EVENTS
        assert db.session.scalar(select(func.sum(InboxEvent.repeats))) == TEN_TIMES * 9
        assert set(db.session.scalars(select(InboxEvent.state))) == {InboxState.TAKEN.value}
        db.session.remove()
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []


def _furnish(town: Flask) -> Shop:
    cast = Cast(town)
    for at in range(8):
        cast.stock(f"HOOK-{at}", 10 * EVENTS)
    return open_shop(cast)


def _delivery(shop: Shop, number: int) -> tuple[bytes, dict[str, str]]:
    body = shopify_order((f"HOOK-{number % 8}", 1, "18.00"), id=number + 1, email=f"mina{number % 50}@example.com")
    raw = json.dumps(body).encode()
    return raw, {**shop.headers(raw, "orders/create"), "Content-Type": "application/json"}


def _send(house: House, shop: Shop, raw: bytes, headers: dict[str, str]) -> tuple[int, float]:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=240)
    began = time.monotonic()
    try:
        connection.request("POST", shop.door, raw, headers)
        return connection.getresponse().status, time.monotonic() - began
    finally:
        connection.close()


def _count(state: InboxState) -> int:
    return db.session.scalar(select(func.count()).select_from(InboxEvent).where(InboxEvent.state == state.value)) or 0
