"""Strangers who guess, and a thousand customers who look, over HTTP against four web processes (P32, SEC27).

The suite runs a small part; `LOGISTICS_CHAOS=full bin/test -n0 tests/chaos/test_visitors.py` the full size, and prints what it measured.
"""

import http.client
import os
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, update

from logistics.core import clock
from logistics.core.codes import new_code
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.limits import RateCount
from logistics.orders.linking import public_link
from tests.cast import Cast
from tests.chaos.conftest import FULL, open_town, sign_in_clerks
from tests.conftest import SECRET
from tests.house import Answer, House, Visitor

pytestmark = pytest.mark.loopback

GUESSES = 200
VISITORS, EVERY_SECONDS = (1000, 20) if FULL else (40, 4)
LOOKS = 300 if FULL else 10
TRIES = 200 if FULL else 5
# What the desk may take at full size while they look, in seconds.
DESK_P99 = 0.5


@pytest.fixture(scope="module")
def town(server: str, template: str) -> Iterator[Flask]:
    """A town of their own: they count what all of it was asked."""
    yield from open_town(server, template, f"visited_{os.getpid()}")


@pytest.fixture(scope="module")
def house(town: Flask) -> Iterator[House]:
    """Four web processes, whatever the size."""
    with House(town, town.config["SQLALCHEMY_DATABASE_URI"], SECRET, workers=0, environment={"WEB_WORKERS": "4"}) as running:
        yield running


@pytest.fixture(scope="module")
def clerks(house: House, town: Flask) -> list[Visitor]:
    """Who works at the desk meanwhile."""
    return sign_in_clerks(house, town)


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says what was measured, where somebody asked for it."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}" if FULL else "", end="")

    return say


@pytest.fixture
def page(town: Flask) -> str:
    """The address of an order's page."""
    with town.app_context():
        address = "/track/" + public_link(Cast(town).shipment(state="shipped").order).rpartition("/")[2]
        db.session.commit()
        db.session.remove()
    return address


@pytest.fixture(autouse=True)
def _fresh_counts(town: Flask) -> None:
    with town.app_context():
        db.session.execute(delete(RateCount))
        db.session.commit()
        db.session.remove()


def test_of_two_hundred_wrong_links_at_once_exactly_ten_are_looked_at_also_after_a_restart(house: House, town: Flask, page: str) -> None:
    stranger = house.visitor("nobody")
    wrong = [f"{page[:15]}{secrets.token_urlsafe(16)}" for _guess in range(GUESSES)]
    codes = Counter([stranger.get(wrong[0]).status])
    _let_no_window_end(town)

    codes += Counter(_at_once([lambda url=url: stranger.get(url).status for url in wrong[1:]]))

    assert codes == {404: 10, 429: GUESSES - 10}
    house.kill()
    house.start()
    assert stranger.get(wrong[0]).status == 429
    assert stranger.get(page).status == 200, "who has the link goes in"


def test_of_two_hundred_wrong_facts_at_once_exactly_ten_are_looked_at(house: House, town: Flask, page: str) -> None:
    stranger = house.visitor("nobody")
    codes = Counter([_guess(stranger, page, "9998").status])
    _let_no_window_end(town)

    codes += Counter(_at_once([lambda at=at: _guess(stranger, page, f"{at + 2:04}").status for at in range(GUESSES - 1)]))

    assert codes == {404: 10, 429: GUESSES - 10}
    right = _guess(stranger, page, "0001")
    assert right.status == 429, "nobody learns that a guess beyond the limit was right"
    assert int(right.headers["Retry-After"]) > 0


def test_unknown_and_wrong_take_as_long(house: House, town: Flask, page: str, report: Callable[[str], None]) -> None:
    stranger = house.visitor("nobody")
    number, unknown = page[7:15], new_code().replace("-", "")
    seconds: dict[str, list[float]] = {"unknown order": [], "wrong fact": [], "wrong token": [], "unknown token": []}
    for _try in range(TRIES):
        with town.app_context():
            db.session.execute(delete(RateCount))
            db.session.commit()
            db.session.remove()
        asked = {
            "unknown order": lambda: _guess(stranger, f"/track/{unknown}", "LS1 5HE"),
            "wrong fact": lambda: _guess(stranger, page, "LS1 5HE"),
            "wrong token": lambda: stranger.get(f"/track/{number}{secrets.token_urlsafe(16)}"),
            "unknown token": lambda: stranger.get(f"/track/{unknown}{secrets.token_urlsafe(16)}"),
        }
        for name in random.sample(sorted(asked), len(asked)):
            answer = asked[name]()
            assert answer.status == 404
            seconds[name].append(answer.seconds)
    told = {name: median(found) for name, found in seconds.items()}
    report("SEC27, medians: " + ", ".join(f"{name} {found * 1000:.2f} ms" for name, found in told.items()))


def test_a_thousand_customers_who_look_do_not_slow_the_desk(
    house: House, town: Flask, clerks: list[Visitor], page: str, report: Callable[[str], None]
) -> None:
    alone = _look_at_the_list(clerks[0])
    with _visitors(house, page) as seen:
        beside = _look_at_the_list(clerks[0])
    time_of = {name: quantiles(found, n=100)[98] for name, found in (("alone", alone), ("beside", beside))}

    assert set(seen) == {304}
    if FULL:
        assert time_of["beside"] <= DESK_P99
    rate = f"{VISITORS} visitors, each every {EVERY_SECONDS} s: {sum(seen.values())} answers"
    medians = f"median {median(alone) * 1000:.0f} ms alone, {median(beside) * 1000:.0f} ms beside them"
    report(f"The order list: {medians}; p99 {time_of['alone'] * 1000:.0f} ms, {time_of['beside'] * 1000:.0f} ms ({rate})")


def _look_at_the_list(clerk: Visitor) -> list[float]:
    answers = [clerk.get("/orders/") for _look in range(LOOKS)]
    assert {answer.status for answer in answers} == {200}
    return [answer.seconds for answer in answers]


@contextmanager
def _visitors(house: House, page: str) -> Iterator[Counter[int]]:
    """So many open pages, spread over their interval, each asking again and again; the answers they got so far."""
    seen: Counter[int] = Counter()
    over, lock = threading.Event(), threading.Lock()
    tag = house.visitor("nobody").get(page).headers["ETag"]

    def look(first: float) -> None:
        over.wait(first)
        while not over.is_set():
            began = time.monotonic()
            status = _poll(house.port, page, tag)
            with lock:
                seen[status] += 1
            over.wait(max(0.0, EVERY_SECONDS * lanes / VISITORS - (time.monotonic() - began)))

    # A thousand threads would measure themselves: each of these plays many pages.
    lanes = min(VISITORS, 20)
    threads = [threading.Thread(target=look, args=(at * EVERY_SECONDS / VISITORS,)) for at in range(lanes)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        while not seen and any(thread.is_alive() for thread in threads):
            time.sleep(0.05)
        over.set()
        for thread in threads:
            thread.join()


def _poll(port: int, page: str, tag: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=240)
    try:
        connection.request("GET", page, headers={"If-None-Match": tag, "X-Polling": "1"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _guess(stranger: Visitor, page: str, fact: str) -> Answer:
    return stranger.post("/track", {"number": page[7:15], "fact": fact, "form_key": new_key()})


def _at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(lambda act: act(), acts))


def _let_no_window_end(town: Flask) -> None:
    """A minute may be over before a busy machine has asked two hundred times."""
    with town.app_context():
        db.session.execute(update(RateCount).values(expires_at=clock.now().replace(year=clock.now().year + 1)))
        db.session.commit()
        db.session.remove()
