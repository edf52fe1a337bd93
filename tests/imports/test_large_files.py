"""Large files keep the promise (P26): all or nothing, or exactly what was said; once; in time; and a killed worker loses and doubles nothing."""

import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from logistics.catalog.models import Product
from logistics.core import jobs
from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.importing import Report, importer_of
from logistics.core.taking_in import import_file
from logistics.core.transactions import in_transaction
from logistics.imports import tasks
from logistics.imports.models import Import, ImportMode, ImportRow, ImportState
from logistics.imports.running import start_check, start_run
from logistics.imports.uploading import upload
from logistics.orders.models import Order
from tests.cast import Cast
from tests.imports.uploads import csv_file, order
from tests.worker.working import process, until

ROWS, BAD = 10_000, 500


@pytest.fixture
def shop(town: Flask) -> Iterator[Flask]:
    jobs.init_app(town)
    with town.app_context():
        yield town
        db.session.rollback()
        assert [(found.invariant.code, found.offenders) for found in audit(db.engine) if found.offenders] == []


def test_ten_thousand_products_of_which_500_are_wrong(shop: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [[f"SKU-{at}", f"Thing {at}", "1.50" if at % (ROWS // BAD) else "free"] for at in range(ROWS)]
    content = csv_file(rows, ["sku", "name", "price"])

    strict, seconds, grown = _measured(lambda: _import("products", content))
    assert len(strict.refused) == BAD
    assert {(error.column, error.code) for error in strict.refused} == {("price", "bad_amount")}
    assert [error.row for error in strict.refused] == [at + 2 for at in range(0, ROWS, ROWS // BAD)]
    assert _count(Product) == 0

    valid, seconds, grown = _measured(lambda: _import("products", content, valid_rows=True))
    assert (valid.new, valid.left_out, _count(Product)) == (ROWS - BAD, BAD, ROWS - BAD)
    again, again_seconds, _grown = _measured(lambda: _import("products", content, valid_rows=True))
    assert (again.new, again.same, _count(Product)) == (0, ROWS - BAD, ROWS - BAD)
    with capsys.disabled():
        print(f"\n{ROWS} products: {seconds:.1f} s, again {again_seconds:.1f} s, grown by {grown} MB")
    assert grown < 200


def test_ten_thousand_orders_are_looked_at(shop: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    in_transaction(lambda _session: Cast(shop).stock("LAMP", 20_000))
    rows = [order(f"W-{at}", sku="LAMP" if at % (ROWS // BAD) else "NONE") for at in range(ROWS)]
    content = csv_file(rows)

    strict = _import("new-orders", content)
    assert (len(strict.refused), strict.left_out, _count(Order)) == (BAD, BAD, 0)
    looked, seconds, grown = _measured(lambda: _import("new-orders", content, dry_run=True, valid_rows=True))
    assert (looked.new, looked.left_out, _count(Order)) == (ROWS - BAD, BAD, 0)
    with capsys.disabled():
        print(f"\n{ROWS} orders looked at: {seconds:.1f} s, grown by {grown} MB")
    assert grown < 200


def test_orders_are_written_once_each(shop: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    in_transaction(lambda _session: Cast(shop).stock("LAMP", 20_000))
    content = csv_file([order(f"W-{at}", sku="LAMP" if at % 20 else "NONE") for at in range(200)])

    written, seconds, _grown = _measured(lambda: _import("new-orders", content, valid_rows=True))
    again = _import("new-orders", content, valid_rows=True)

    assert (written.new, len(written.refused), again.new, again.same, _count(Order)) == (190, 10, 0, 190, 190)
    with capsys.disabled():
        print(f"\n190 orders written: {1000 * seconds / 190:.1f} ms each")


def test_a_worker_killed_twice_writes_every_order_once_and_tells_each_once(shop: Flask) -> None:
    in_transaction(lambda _session: (Cast(shop).stock("LAMP", 1000), Cast(shop).person("clerk")))
    run_id = _uploaded(shop, csv_file([order(f"W-{at}", sku="LAMP" if at % 10 else "NONE") for at in range(100)]))
    tasks.work(import_id=run_id)
    in_transaction(lambda session: start_run(session, run_id, mode=ImportMode.VALID, work=tasks.work, by=Cast(shop).actor()))

    for at_least in (10, 40):
        with process(shop) as worker:
            until(lambda at_least=at_least: _done(run_id) >= at_least)  # type: ignore[misc]
            worker.kill()
            worker.wait()
        assert _state(run_id) == ImportState.RUNNING
        _age_workers()
    with process(shop):
        until(lambda: _state(run_id) == ImportState.DONE)

    run = db.session.get_one(Import, run_id)
    assert (run.new, run.left_out, run.errors, run.done, _count(Order)) == (90, 10, 10, 90, 90)
    rows = db.session.execute(
        select(ImportRow.row, ImportRow.outcome).where(ImportRow.import_id == run_id, ImportRow.pass_number == run.pass_number)
    ).all()
    assert len(rows) == len({row.row for row in rows}) == 100


def test_a_file_of_one_transaction_that_is_killed_is_written_not_at_all_or_once(shop: Flask) -> None:
    in_transaction(lambda _session: Cast(shop).person("manager"))
    content = csv_file([[f"SKU-{at}", f"Thing {at}", "1.50"] for at in range(3000)], ["sku", "name", "price"])
    run_id = _uploaded(shop, content, kind="products", who="manager")
    tasks.work(import_id=run_id)
    in_transaction(lambda session: start_run(session, run_id, mode=ImportMode.ALL, work=tasks.work, by=Cast(shop).actor("manager")))

    with process(shop) as worker:
        until(lambda: _began(run_id))
        worker.kill()
        worker.wait()
    db.session.rollback()
    assert _count(Product) in (0, 3000)
    _age_workers()
    with process(shop):
        until(lambda: _state(run_id) == ImportState.DONE)

    run = db.session.get_one(Import, run_id)
    assert (run.new, _count(Product)) == (3000, 3000)


def _uploaded(shop: Flask, content: bytes, *, kind: str = "new-orders", who: str = "clerk") -> int:
    """A file whose columns have our own names, as far as the worker's first look."""

    def keep(session: Any) -> int:
        by = Cast(shop).actor(who)
        run, _known = upload(session, importer_of(kind), channel="import", file_name="a.csv", content=content, language="en", by=by)
        start_check(session, run.id, work=tasks.work, by=by)
        return run.id

    run_id = in_transaction(keep)
    in_transaction(lambda session: session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'imports.work'")))
    return run_id


def _age_workers() -> None:
    """What a killed worker was at is taken up once its heart has stopped for a while: let that be over."""
    in_transaction(lambda session: session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")))


def _import(kind: str, content: bytes, **given: Any) -> Report:
    report = import_file(importer_of(kind), content, by=SYSTEM, **given)
    db.session.rollback()
    return report


def _measured(run: Callable[[], Report]) -> tuple[Report, float, int]:
    """The report, how many seconds it took, and by how many MB the process grew at its largest."""
    memory, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    report = run()
    return report, time.perf_counter() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _state(run_id: int) -> str:
    db.session.rollback()
    return str(db.session.scalar(select(Import.state).where(Import.id == run_id)))


def _done(run_id: int) -> int:
    db.session.rollback()
    return db.session.scalar(select(Import.done).where(Import.id == run_id)) or 0


def _began(run_id: int) -> bool:
    db.session.rollback()
    return db.session.scalar(select(Import.began_at).where(Import.id == run_id)) is not None
