"""Real files as they are published: with fields shifted, charges among the goods, credits among the orders. All of it is said, nothing half taken."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.importing import Report, importer_of
from logistics.core.sheets import Reading, Source
from logistics.core.taking_in import import_file
from logistics.customers.models import Customer
from logistics.orders.models import Order, OrderLine
from tests.acceptance.northwind import Northwind
from tests.cast import Cast
from tests.samples import samples

CHARGES = {"POST", "DOT", "M", "D", "C2"}


@pytest.fixture
def shop(town: Flask) -> Iterator[Flask]:
    with town.app_context():
        Cast(town).warehouse("MAIN", country="US")
        db.session.commit()
        yield town
        assert [(found.invariant.code, found.offenders) for found in audit(db.engine) if found.offenders] == []


@pytest.mark.parametrize(
    ("table", "shifted", "columns"),
    [
        ("customers", 24, {"reference": 0, "name": 1, "line1": 4, "city": 5, "region": 6, "postcode": 7, "country": 8, "phone": 9}),
        ("suppliers", 9, {"reference": 0, "name": 1, "line1": 4, "city": 5, "region": 6, "postcode": 7, "country": 8, "phone": 9}),
    ],
)
def test_every_shifted_row_is_reported_and_the_others_can_be_taken(shop: Flask, table: str, shifted: int, columns: dict[str, int]) -> None:
    content = (samples("northwind_broken") / f"{table}_unquoted.csv").read_bytes()
    lines = content.decode().splitlines()
    width = len(lines[0].split(","))
    wrong = [number for number, line in enumerate(lines, 1) if len(next(csv.reader([line]))) != width]
    given: dict[str, Any] = {"reading": _reading(columns)}

    strict = _import("customers", content, **given)
    assert [(error.row, error.code) for error in strict.refused] == [(row, "ragged") for row in wrong]
    assert len(wrong) == shifted
    assert _count(Customer) == 0

    taken = _import("customers", content, valid_rows=True, **given)
    assert (taken.new, taken.left_out) == (len(lines) - 1 - shifted, shifted)
    good = {line.split(",")[0] for number, line in enumerate(lines, 1) if number > 1 and number not in wrong}
    assert set(db.session.scalars(select(Customer.reference))) == good
    assert db.session.scalar(select(func.count()).where(Customer.phone == "NULL")) == 0, "the word for nothing is nothing"


def test_no_order_of_a_shifted_row_is_taken_not_even_in_part(shop: Flask) -> None:
    """The published heads of the orders, each with its lines; the shifted ones have a field too many on every line."""
    northwind = Northwind.read(samples("northwind"))
    heads = (samples("northwind_broken") / "orders_unquoted.csv").read_text().splitlines()
    rows, shifted = [heads[0] + ",sku,quantity"], set()
    for head in heads[1:]:
        number = head.split(",")[0]
        shifted |= {number} if len(head.split(",")) != 14 else set()
        rows += [f"{head},{line['ProductID']},{line['Quantity']}" for line in northwind.lines[number]]
    content = "\n".join(rows).encode()
    wrong = [at for at, row in enumerate(rows, 1) if row.split(",")[0] in shifted]
    _import("products", northwind.products_file())
    _import("stock", northwind.stock_file())
    columns = {"order": 0, "customer": 1, "name": 8, "line1": 9, "city": 10, "region": 11, "postcode": 12, "country": 13, "sku": 14, "quantity": 15}
    given: dict[str, Any] = {"reading": _reading(columns)}

    strict = _import("new-orders", content, **given)

    assert [error.row for error in strict.refused if error.code == "ragged"] == wrong
    assert len(shifted) == 176
    assert _count(Order) == 0

    some = "\n".join(rows[: rows.index(next(row for row in rows if row.startswith("10290,")))]).encode()
    taken = _import("new-orders", some, valid_rows=True, **given)
    expected = Counter(row.split(",")[0] for row in rows)
    counted = select(Order.external_id, func.count().label("lines")).join(OrderLine).group_by(Order.external_id)
    written = {str(row.external_id): row.lines for row in db.session.execute(counted)}
    assert len(written) == taken.new > 10
    assert not set(written) & shifted
    assert written == {number: expected[number] for number in written}, "each has all of its lines"
    assert {error.code for error in taken.refused} <= {"ragged", "bad_postcode", "unknown_region", "required", "insufficient_stock"}


def test_a_day_of_a_wholesaler_says_which_rows_are_no_orders_of_goods(shop: Flask) -> None:
    """3,108 rows in 143 invoices; the file says neither where to send them nor to whom, so that is the same for all."""
    rows = _read(samples("online_retail_2010-12-01") / "2010-12-01.csv")
    _stock_everything(rows)
    # Other days of this till have codes in both cases.
    rows[0]["StockCode"] = rows[0]["StockCode"].lower()
    columns = {"order": 0, "sku": 1, "quantity": 3, "unit_price": 5, "customer": 6}
    fixed = {"name": "Wholesale", "line1": "1 High Street", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB", "currency": "GBP"}

    report = _import("new-orders", _write(rows), valid_rows=True, dry_run=True, reading=_reading(columns, fixed))

    told = defaultdict(set)
    for error in report.refused:
        told[error.code].add(error.row)
    credits = {at for at, row in enumerate(rows, 2) if row["Quantity"].startswith("-")}
    charges = {at for at, row in enumerate(rows, 2) if row["StockCode"] in CHARGES} - credits
    assert told["credit"] == credits
    assert {at for at, row in enumerate(rows, 2) if row["InvoiceNo"].startswith("C")} < credits
    assert told["not_goods"] == charges
    assert (len(credits), len(charges)) == (27, 8)
    assert len(told["too_many_lines"]) == 2, "two tills wrote their whole day into one invoice"
    assert set(told) == {"credit", "not_goods", "too_many_lines"}
    assert [(note.row, note.code) for note in report.notes] == [(2, "other_spelling")], "85123a is our 85123A, and that is said"

    invoices = {row["InvoiceNo"] for row in rows}
    wrong = {rows[row - 2]["InvoiceNo"] for row in credits | charges | told["too_many_lines"]}
    assert (report.new, report.left_out) == (len(invoices - wrong), len(wrong))
    assert {line.name for line in report.lines} == invoices - wrong


def test_orders_of_the_wholesaler_are_placed_whole_and_only_once(shop: Flask) -> None:
    rows = [row for row in _read(samples("online_retail_2010-12-01") / "2010-12-01.csv") if row["InvoiceNo"] <= "536375"]
    _stock_everything(rows)
    columns = {"order": 0, "sku": 1, "quantity": 3, "unit_price": 5, "customer": 6}
    fixed = {"name": "Wholesale", "line1": "1 High Street", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB", "currency": "GBP"}
    given: dict[str, Any] = {"valid_rows": True, "reading": _reading(columns, fixed)}

    first, again = _import("new-orders", _write(rows), **given), _import("new-orders", _write(rows), **given)

    good = {row["InvoiceNo"] for row in rows} - {row["InvoiceNo"] for row in rows if row["StockCode"] in CHARGES}
    assert (first.new, again.new, again.same) == (len(good), 0, len(good))
    units = db.session.scalar(select(func.sum(OrderLine.ordered)))
    assert units == sum(int(row["Quantity"]) for row in rows if row["InvoiceNo"] in good)


def _stock_everything(rows: list[dict[str, str]]) -> None:
    """All goods of these rows, as products with plenty on the shelf."""
    goods = {row["StockCode"].upper(): row for row in rows if row["StockCode"] not in CHARGES}
    products = [
        {"sku": sku, "name": row["Description"].strip() or sku, "price": f"{float(row['UnitPrice']):.2f}", "currency": "GBP"}
        for sku, row in goods.items()
    ]
    assert _import("products", _write(products)).refused == []
    assert _import("stock", _write([{"warehouse": "MAIN", "sku": sku, "quantity": "900000"} for sku in goods])).refused == []


def _reading(columns: dict[str, int], fixed: dict[str, str] | None = None) -> Reading:
    sources = {name: Source(at) for name, at in columns.items()}
    return Reading(sources=sources | {name: Source(fixed=text) for name, text in (fixed or {}).items()})


def _import(kind: str, content: bytes, **given: Any) -> Report:
    report = import_file(importer_of(kind), content, by=SYSTEM, **given)
    db.session.rollback()
    return report


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
