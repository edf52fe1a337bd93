"""Benchmarks. `bin/bench track` is in bench_track.py.

bin/bench place: how many orders a second are placed, beside what PostgreSQL does for the same rows without any application.

Three ways take turns, round by round, on a PostgreSQL of their own that waits for the disk: `sql` writes the rows of one placed order
by a few statements of constant text, `capability` places through logistics.orders.placing, `api` through POST /api/v1/orders (without
the wire). Orders have three lines; each worker is one process with one connection. Compare within one run only: machines differ, and
so do hours.
"""

import argparse
import multiprocessing
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from bin import ROOT, bench_track
from bin.bench_limit import SqlOrders
from bin.cluster import OWNER, Cluster
from bin.postgres import in_use
from bin.refusals import libpq_url
from logistics import create_app
from logistics.api.issuing import issue_key
from logistics.api.models import Scope
from logistics.api.routes import guarding
from logistics.catalog.listing import create_product
from logistics.catalog.rules import ProductFacts
from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.config import Settings
from logistics.core.database import db
from logistics.core.transactions import in_transaction
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.inventory.housing import House, add_warehouse
from logistics.inventory.models import Place
from logistics.inventory.receiving import receive
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest

BENCH = Cluster(ROOT / "var/bench-postgres", ())
PRODUCTS, LINES = 200, 3
WAYS = ("sql", "capability", "api")
HOME = Address("12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")


def main(arguments: list[str]) -> int:
    """Measure what the command line asks for, and print it. Answers 0."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Benchmarks beside their physical limits.")
    parser.add_argument("name", choices=["place", "track"])
    for name, default, about in (("seconds", 4.0, "how long each way runs in a round"), ("rounds", 3, "rounds"), ("workers", 1, "processes")):
        parser.add_argument(f"--{name}", type=type(default), default=default, help=about)
    chosen = parser.parse_args(arguments)
    with in_use(BENCH), _database(BENCH.url(OWNER, "postgres", scheme="postgresql+psycopg")) as url:
        key = _furnish(url)
        sizes = {"seconds": chosen.seconds, "rounds": chosen.rounds, "workers": chosen.workers}
        if chosen.name == "track":
            bench_track.tell(bench_track.measure(url, **sizes))
        else:
            _tell(_measure(url, key, **sizes))
    return 0


def work(way: str, url: str, key: str, seconds: float, seed: int) -> float:
    """Place orders one way for so long; orders a second. Runs in a process of its own."""
    place_one = {"sql": _by_sql, "capability": _by_capability, "api": _by_api}[way](url, key)
    chance = random.Random(seed)  # noqa: S311 - which products, not a secret
    for _warm in range(20):
        place_one(chance.sample(range(PRODUCTS), LINES))
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        place_one(chance.sample(range(PRODUCTS), LINES))
        done += 1
    return done / (time.perf_counter() - began)


Placer = Callable[[list[int]], None]


def _by_sql(url: str, _key: str) -> Placer:
    return SqlOrders(psycopg.connect(libpq_url(url))).place


def _by_capability(url: str, _key: str) -> Placer:
    app = create_app(_settings(url))

    def place_one(products: list[int]) -> None:
        lines = [LineRequest(f"SKU-{number}", 1) for number in products]
        asked = OrderRequest("api", 1, "Mina Park", HOME, "USD", lines, email="mina@example.com")
        with app.app_context():
            in_transaction(lambda session: place(session, asked, by=SYSTEM).number)
            db.session.remove()

    return place_one


def _by_api(url: str, key: str) -> Placer:
    client, numbers = create_app(_settings(url)).test_client(), count()
    guarding.WRITES = "1000000000/minute"
    own = secrets.token_hex(8)

    def place_one(products: list[int]) -> None:
        body = {
            "customer": {"name": "Mina Park", "reference": "MINA", "email": "mina@example.com"},
            "ship_to": {"name": "Mina Park", **{name: text for name, text in HOME.as_columns().items() if text}},
            "lines": [{"sku": f"SKU-{number}", "quantity": 1} for number in products],
        }
        answer = client.post("/api/v1/orders", json=body, headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"{own}-{next(numbers)}"})
        if answer.status_code != 201:
            raise RuntimeError(answer.text)

    return place_one


def _measure(url: str, key: str, *, seconds: float, rounds: int, workers: int) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    # Processes start anew: none may inherit a connection.
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for round_ in range(rounds):
            for way in WAYS:
                tasks = [(way, url, key, seconds, 100 * round_ + worker) for worker in range(workers)]
                rates[way].append(sum(pool.starmap(work, tasks)))
    return rates


def _tell(rates: dict[str, list[float]]) -> None:
    limit = statistics.median(rates["sql"])
    print(f"{'way':<12}{'orders/s':>10}{'spread':>16}{'of the limit':>14}")
    for way, found in rates.items():
        median = statistics.median(found)
        print(f"{way:<12}{median:>10.0f}{f'{min(found):.0f} to {max(found):.0f}':>16}{median / limit:>13.0%}")


def _furnish(url: str) -> str:
    """Goods, a customer, a program's key, and one order as the pattern of the limit; the key."""
    app = create_app(_settings(url))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        key = in_transaction(_fill)
        db.session.remove()
        db.engine.dispose()
    _by_capability(url, key)([0, 1, 2])
    return key


def _fill(session: Session) -> str:
    leeds = add_warehouse(session, House("LEEDS", "Leeds", address=HOME), by=SYSTEM)
    create_customer(session, details=CustomerDetails("Mina Park", "MINA", "mina@example.com", address=HOME), by=SYSTEM)
    for number in range(PRODUCTS):
        product = create_product(session, facts=ProductFacts(f"SKU-{number}", f"Thing {number}", 1800, "USD"), by=SYSTEM)
        receive(session, place=Place(leeds.id, product.id), quantity=900_000, by=SYSTEM, reference="bench")
    return issue_key(session, channel="api", scopes=[Scope.ORDERS], label="bench", by=SYSTEM)[1]


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"bench_{secrets.token_hex(6)}"
    with psycopg.connect(libpq_url(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _settings(url: str) -> Settings:
    return Settings(secret_key=secrets.token_urlsafe(48), database_url=url, web_threads=1, log_level="ERROR")
