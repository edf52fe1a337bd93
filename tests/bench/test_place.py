"""The benchmark of placing measures what it says: its limit writes the same rows as an order that was placed."""

import psycopg
from flask import Flask
from sqlalchemy import text

from bin.bench_limit import SqlOrders
from bin.refusals import libpq_url
from logistics.core.auditing import audit
from logistics.core.database import db
from tests.cast import Cast

WRITTEN = ("orders", "order_lines", "reservations", "event_log", "messages", "procrastinate_jobs")


def test_the_limit_writes_as_many_rows_as_an_order_that_is_placed(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: ([cast.stock(f"SKU-{number}", 50) for number in range(3)], cast.customer()))
    lines = [(f"SKU-{number}", 1) for number in range(3)]
    before = _count(town)
    cast.made(lambda: cast.order(lines=lines))
    placed = _count(town)

    with psycopg.connect(libpq_url(town.config["SQLALCHEMY_DATABASE_URI"])) as connection:
        SqlOrders(connection).place([0, 1, 2])

    limit = _count(town)
    assert {table: limit[table] - placed[table] for table in WRITTEN} == {table: placed[table] - before[table] for table in WRITTEN}
    with town.app_context():
        assert db.session.scalars(text("SELECT reserved FROM stock_levels")).all() == [2, 2, 2]
        found = {finding.invariant.code: finding.offenders for finding in audit(db.engine) if finding.offenders}
        assert found == {}


def _count(town: Flask) -> dict[str, int]:
    with town.app_context():
        counted = {table: int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in WRITTEN}
        db.session.remove()
        return counted
