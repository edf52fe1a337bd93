"""Carriers that send over HTTP: each event ten times, at once, one after another and over a restart, while the worker is stopped (P8, P9).

LOGISTICS_CHAOS=full sends 5,000 deliveries, and judges the times; otherwise 100, and prints them (-s).
"""

import http.client
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.signatures import new_secret
from logistics.fulfilment.models import Shipment
from logistics.tracking.models import CarrierDelivery, DeliveryState, ParkedEvent, TrackingEvent
from logistics.tracking.sharing_secrets import share_secret
from tests.cast import Cast
from tests.chaos.conftest import open_house, open_town
from tests.house import House
from tests.shops.platforms import in_town
from tests.tracking.carriers import Sender, open_hook, own_body, own_event

pytestmark = pytest.mark.loopback
FULL = os.environ.get("LOGISTICS_CHAOS") == "full"
DELIVERIES, PARCELS, TEN_TIMES = (5000, 200, 100) if FULL else (100, 10, 10)
LONGEST_ACK, LONGEST_DRAIN = 0.5, 300
Delivery = tuple[bytes, dict[str, str]]


@pytest.fixture(scope="module")
def town(server: str, template: str) -> Iterator[Flask]:
    """A town of their own: they count all that came in."""
    yield from open_town(server, template, f"carriers_{os.getpid()}")


@pytest.fixture(scope="module")
def house(town: Flask) -> Iterator[House]:
    """Gunicorn and worker."""
    yield from open_house(town)


@pytest.fixture(scope="module")
def sender(town: Flask) -> Sender:
    """DHL, which signs our own format, with parcels on their way."""

    def furnish() -> Sender:
        cast = Cast(town)
        for at in range(PARCELS):
            cast.hand_over(cast.shipment(lines=[("ROAD", 1)], state="packed"), number=f"ROAD{at}")
        return open_hook(cast)

    made: Sender = in_town(town, furnish)
    return made


def test_each_event_is_kept_once_and_answered_ten_times(house: House, town: Flask, sender: Sender) -> None:
    house.stop_workers()
    deliveries = [_delivery(sender, number) for number in range(DELIVERIES)]
    often = deliveries[:TEN_TIMES]
    at_once = deliveries + often * 4
    random.Random(8).shuffle(at_once)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda delivery: _send(house, sender, *delivery), at_once))
    answers += [_send(house, sender, *delivery) for delivery in often * 3]
    times = sorted(seconds for _status, seconds in answers)
    waiting = in_town(town, lambda: _count(DeliveryState.WAITING))
    house.kill()
    began = time.monotonic()
    house.start()
    answers += [_send(house, sender, *delivery) for delivery in often]
    house.kill_a_worker()
    while in_town(town, lambda: _count(DeliveryState.WAITING)) and time.monotonic() - began < 900:
        time.sleep(0.5)
    drained = time.monotonic() - began
    answers += [_send(house, sender, *delivery) for delivery in often]
    slowest = times[int(len(times) * 0.99)]
    print(f"\n{len(times)} deliveries without a worker: p50 {times[len(times) // 2] * 1000:.0f} ms, p99 {slowest * 1000:.0f} ms")
    print(f"{DELIVERIES} drained in {drained:.0f} s, all killed before and a worker on the way: {DELIVERIES / drained:.0f} deliveries/s")

    assert Counter(status for status, _seconds in answers) == {200: DELIVERIES + TEN_TIMES * 9}
    assert waiting == DELIVERIES
    with town.app_context():
        assert db.session.scalar(select(func.count(TrackingEvent.id))) == DELIVERIES
        assert db.session.scalar(select(func.count(ParkedEvent.id))) == 0
        assert db.session.scalar(select(func.sum(CarrierDelivery.repeats))) == TEN_TIMES * 9
        assert set(db.session.scalars(select(CarrierDelivery.state))) == {DeliveryState.WORKED.value}
        assert set(db.session.scalars(select(Shipment.state))) == {"out_for_delivery"}
        db.session.remove()
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []
    if FULL:
        assert slowest <= LONGEST_ACK
        assert drained <= LONGEST_DRAIN


def test_both_secrets_pass_while_one_takes_the_others_place(house: House, town: Flask, sender: Sender) -> None:
    old, fresh = sender.secret, new_secret()

    def rotate(overlap: timedelta) -> None:
        share_secret(db.session(), carrier_id=sender.carrier.id, secret=fresh, overlap=overlap, by=SYSTEM)

    in_town(town, lambda: rotate(timedelta(hours=24)))
    during = [_send(house, sender, *_delivery(sender, DELIVERIES + at, secret))[0] for at, secret in enumerate((old, fresh))]
    in_town(town, lambda: rotate(timedelta(0)))
    after = [_send(house, sender, *_delivery(sender, DELIVERIES + 2 + at, secret))[0] for at, secret in enumerate((old, fresh))]

    assert (during, after) == ([200, 200], [401, 200])


def _delivery(sender: Sender, number: int, secret: str | None = None) -> Delivery:
    # One event each: the first are in transit, the last of each parcel is out for delivery.
    last = number >= DELIVERIES - PARCELS
    moment = clock.now() - timedelta(minutes=1) - timedelta(seconds=DELIVERIES - number)
    event: dict[str, Any] = own_event(f"ROAD{number % PARCELS}", "out_for_delivery" if last else "in_transit", id=f"scan-{number}", at=moment)
    raw = json.dumps(own_body(event)).encode()
    return raw, {**sender.headers(raw, f"event-{number}", secret), "Content-Type": "application/json"}


def _send(house: House, sender: Sender, raw: bytes, headers: dict[str, str]) -> tuple[int, float]:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=240)
    began = time.monotonic()
    try:
        connection.request("POST", sender.door, raw, headers)
        return connection.getresponse().status, time.monotonic() - began
    finally:
        connection.close()


def _count(state: DeliveryState) -> int:
    return db.session.scalar(select(func.count()).select_from(CarrierDelivery).where(CarrierDelivery.state == state.value)) or 0
