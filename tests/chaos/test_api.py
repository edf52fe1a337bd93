"""The API over HTTP against gunicorn: one order, however often and by however many it is sent, and whatever is killed meanwhile (P6, P7).

LOGISTICS_CHAOS=full runs the rounds that the promises name; fewer otherwise.
"""

import http.client
import json
import os
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.limits import DatabaseStorage
from logistics.orders.models import Order
from tests.api.programs import make_key, order_body
from tests.cast import Cast
from tests.chaos.racing import at_once, offences
from tests.house import Answer, House

pytestmark = pytest.mark.loopback
FULL = os.environ.get("LOGISTICS_CHAOS") == "full"


@dataclass
class Program:
    """A program on the other end of the wire."""

    port: int
    key: str

    def place(self, body: Any, *, once: str) -> Answer:
        """Send an order. Raises OSError or HTTPException where no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": once}
        try:
            connection.request("POST", "/api/v1/orders", json.dumps(body), headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read().decode())
        finally:
            connection.close()


@pytest.fixture
def programs(house: House, town: Flask) -> list[Program]:
    """Two programs of one channel and one of another, with lamps to be ordered."""
    with town.app_context():
        cast = Cast(town)
        cast.stock("LAMP", 90_000)
        cast.channel("shop")
        keys = [make_key(cast, channel=channel) for channel in ("api", "api", "shop")]
        db.session.commit()
        db.session.remove()
    return [Program(house.port, key) for key in keys]


def test_fifty_of_one_key_at_once_are_one_order_and_so_is_another_bodys_refusal(town: Flask, programs: list[Program]) -> None:
    first, other, _shop = programs
    before = _count(town)

    for round_ in range(20 if FULL else 3):
        _forget_counts(town)
        once = f"round-{round_}"
        answers = at_once(*[lambda once=once: first.place(order_body(), once=once)] * 50)
        again = first.place(order_body(), once=once)
        changed = first.place(order_body(("LAMP", 3)), once=once)
        theirs = other.place(order_body(), once=once)

        assert {answer.status for answer in answers} <= {201, 409}
        assert all(_told(answer)["code"] == "key_in_flight" and answer.headers["Retry-After"] for answer in answers if answer.status == 409)
        numbers = {_told(answer)["number"] for answer in [*answers, again] if answer.status == 201}
        assert (len(numbers), again.headers["Idempotent-Replayed"], changed.status) == (1, "true", 422)
        assert theirs.status == 201
        assert _told(theirs)["number"] not in numbers
    assert _count(town) - before == 2 * (round_ + 1)
    assert offences(town) == []


def test_one_order_of_a_channel_by_every_path_at_once_is_one_order(town: Flask, programs: list[Program]) -> None:
    """Paths are whatever may bring it; hooks and files belong into the list when they can."""
    first, other, shop = programs
    before = _count(town)

    for round_ in range(20 if FULL else 3):
        _forget_counts(town)
        body = order_body(external_id=f"WEB-{round_}", customer={"name": "Mina", "reference": f"MINA-{round_}"})
        paths: list[Callable[[], Answer]] = [lambda one=one, body=body: one.place(body, once=new_key()) for one in (first, other)]
        answers = at_once(*(paths[at % len(paths)] for at in range(20)))
        elsewhere = shop.place({**body, "customer": {"name": "Mina"}}, once=new_key())

        assert Counter(answer.status for answer in answers) == {201: 1, 200: 19}, [answer.body[:200] for answer in answers if answer.status > 201]
        assert len({_told(answer)["number"] for answer in answers}) == 1
        assert elsewhere.status == 201, "another channel's same number is another order"
    assert _count(town) - before == 2 * (round_ + 1)
    assert offences(town) == []


def test_killed_in_the_middle_and_sent_again_it_is_one_order(house: House, town: Flask, programs: list[Program]) -> None:
    first, chance, answered = programs[0], random.Random(11), 0
    rounds, before = 100 if FULL else 3, _count(town)

    for round_ in range(10 * rounds):
        if round_ >= rounds and answered < round_:
            break  # where each was answered before the kill it is tried again
        _forget_counts(town)
        outcomes: list[Answer | None] = []
        sending = threading.Thread(target=lambda once=f"kill-{round_}", outcomes=outcomes: outcomes.append(_try(first, once)))
        sending.start()
        time.sleep(chance.uniform(0, 0.06))
        house.kill()
        sending.join(240)
        house.start()

        again = first.place(order_body(), once=f"kill-{round_}")
        assert again.status == 201, again.body[:300]
        if outcomes[0] is not None:
            answered += 1
            assert _told(outcomes[0]) == _told(again)
        assert _count(town) - before == round_ + 1
    assert answered <= round_, "some were killed before they answered"
    assert offences(town) == []


def test_whoever_falls_silent_in_the_middle_of_a_body_holds_nobody_up(town: Flask, programs: list[Program]) -> None:
    """B46: more of them than a process has threads, with a length that is not kept and in chunks without end."""
    first, before, began = programs[0], _count(town), time.monotonic()
    lines = ["POST /api/v1/orders HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {first.key}", "Content-Type: application/json"]
    head = "\r\n".join([*lines, "Idempotency-Key: x", ""])
    endings = ('Content-Length: 1000\r\n\r\n{"note": ', 'Transfer-Encoding: chunked\r\n\r\n9\r\n{"note": \r\n')

    answers = _silent([(head + endings[at % 2]).encode() for at in range(6)], first.port)

    assert time.monotonic() - began < (30 if FULL else 120)
    assert {answer.split(b" ")[1] for answer in answers} <= {b"400", b"408"}, answers[:2]
    assert first.place(order_body(), once="after").status == 201
    assert _count(town) - before == 1


def _silent(requests: list[bytes], port: int) -> list[bytes]:
    connections = [socket.create_connection(("127.0.0.1", port), timeout=240) for _request in requests]
    for connection, request in zip(connections, requests, strict=True):
        connection.sendall(request)
    answers = [connection.recv(200) for connection in connections]
    for connection in connections:
        connection.close()
    return answers


def _forget_counts(town: Flask) -> None:
    """More than a program may write in a minute is asked of it here."""
    with town.app_context():
        DatabaseStorage().reset()


def _try(program: Program, once: str) -> Answer | None:
    try:
        return program.place(order_body(), once=once)
    except (OSError, http.client.HTTPException):
        return None


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.body)
    return told


def _count(town: Flask) -> int:
    with town.app_context():
        counted = db.session.scalar(select(func.count()).select_from(Order)) or 0
        db.session.remove()
        return counted
