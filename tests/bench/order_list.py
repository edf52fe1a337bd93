"""How long the list of orders takes when there are many: python -m tests.bench.order_list [orders], with TEST_DATABASE_URL set.

    .venv/bin/python -m bin db --test with .venv/bin/python -m tests.bench.order_list

Plants its shop once (it stays beside the tests' databases), then asks for each combination of filter, status and order as the page
does, often enough that the server has settled on a plan. Prints the slowest first.
"""

import os
import sys
import time

import psycopg
from flask_migrate import upgrade
from psycopg import sql
from sqlalchemy import make_url

from logistics.core.database import db
from logistics.orders.filtering import Flag, OrderSearch, Sort
from logistics.orders.list_queries import read_list
from tests.bench.planting import plant
from tests.conftest import ROOT, build_app

ORDERS = 500_000
TIMES = 7
GOAL_MS = 100
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"q": "First7"},
    {"q": "last17 leeds"},
    {"q": "park row"},
    {"q": "张伟"},
    {"q": "nobody"},
    {"customer": "17"},
    {"customer": "4711"},
    {"channel": "desk"},
    {"channel": "shop-5"},
    {"channel": "import"},
    {"sku": "SKU-1"},
    {"sku": "SKU-77"},
    {"sku": "SKU-2990"},
    {"warehouse": "LEEDS"},
    {"warehouse": "OLD"},
    {"warehouse": "NEW"},
    {"warehouse": "EMPTY"},
    {"days": "1"},
    {"days": "30"},
    {"from": "2024-01-01", "to": "2024-01-31"},
    *({"flags": flag.value} for flag in Flag),
    {"flags": "held,urgent"},
    {"channel": "shop-5", "warehouse": "NEW", "flags": "note"},
    {"warehouse": "OLD", "sku": "SKU-1"},
)
STATUSES = ("", "unpaid", "paid", "delivered", "returned")


def main(orders: int) -> None:
    """Plant, ask, tell."""
    app = build_app(prepared(os.environ["TEST_DATABASE_URL"], orders))
    took: list[tuple[float, float, dict[str, str]]] = []
    with app.app_context():
        for filters in FILTERS:
            for status in STATUSES:
                for sort in Sort:
                    asked = {**filters, "status": status, "sort": sort.value}
                    took.append((*measure(asked), asked))
            tell(
                f"slowest with {words(filters) or 'nothing'}",
                [max((row for row in took if filters.items() <= row[2].items()), key=lambda row: row[0])],
            )
    took.sort(key=lambda row: row[0], reverse=True)
    slow = sum(1 for median, _worst, _asked in took if median > GOAL_MS)
    tell(f"{len(took)} combinations on {orders} orders, {slow} of them over {GOAL_MS} ms (median, worst)", took[:40])


def tell(title: str, took: list[tuple[float, float, dict[str, str]]]) -> None:
    """Say how long these took."""
    print(title)
    for median, worst, asked in took:
        print(f"{median:8.1f} ms {worst:8.1f} ms  {words(asked)}", flush=True)


def words(asked: dict[str, str]) -> str:
    """A search in short."""
    return " ".join(f"{name}={value}" for name, value in asked.items() if value)


def measure(asked: dict[str, str]) -> tuple[float, float]:
    """Median and worst of reading a page of the list with its counts, in milliseconds."""
    search = OrderSearch.from_query(asked)
    times = []
    for _turn in range(TIMES):
        start = time.perf_counter()
        read_list(db.session(), search, timezone="UTC")
        times.append((time.perf_counter() - start) * 1000)
        db.session.rollback()
        if sum(times) > TIMES * GOAL_MS * 2:
            break
    return sorted(times)[len(times) // 2], max(times)


def prepared(server: str, orders: int) -> str:
    """The address of the planted database, made if it is not there."""
    name = f"bench_orders_{orders}"
    url = make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return url
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    app = build_app(url)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.engine.dispose()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        plant(connection, orders=orders)
    return url


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS)
