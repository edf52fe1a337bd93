"""A whole small company's history, imported through the same capabilities that staff use, and every number accounted for."""

import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.catalog.models import Product
from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.importing import Report, importer_of
from logistics.core.taking_in import import_file
from logistics.customers.models import Customer
from logistics.fulfilment.models import Carrier
from logistics.inventory.models import Movement, Reservation, StockLevel
from logistics.notifications.models import Message
from logistics.orders.models import Order
from tests.acceptance.northwind import WAREHOUSE, Northwind
from tests.cast import Cast
from tests.samples import samples

T = TypeVar("T")
RESERVED = {"11019", "11051", "11054", "11061", "11065", "11071", "11074", "11075", "11076"}


@pytest.fixture
def northwind() -> Northwind:
    return Northwind.read(samples("northwind"))


@pytest.fixture
def shop(town: Flask, northwind: Northwind) -> Iterator[Flask]:
    with town.app_context():
        Cast(town).warehouse(WAREHOUSE, country="US")
        for shipper in northwind.shippers:
            db.session.add(Carrier(code=f"shipper-{shipper['ShipperID']}", name=shipper["CompanyName"], tracking_url="", active=True))
        db.session.commit()
        yield town


def test_northwind_comes_in_whole_and_every_number_is_explained(shop: Flask, northwind: Northwind, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Stopwatch()

    assert clock.time("products", lambda: _import("products", northwind.products_file())).new == 77
    assert clock.time("customers", lambda: _import("customers", northwind.customers_file())).new == 91
    assert clock.time("stock", lambda: _import("stock", northwind.stock_file())).new == 77
    assert _sum(StockLevel.on_hand) == 53_238

    shipped = clock.time("809 shipped orders", lambda: _import("orders", northwind.orders_file(northwind.shipped)))
    assert (shipped.new, shipped.refused) == (809, [])
    assert _sum(StockLevel.on_hand) == 3_119
    assert _sum(StockLevel.reserved) == 0
    assert -_sum(Movement.quantity, Movement.kind == "dispatch") == 50_119
    assert _at_or_below_reorder_point() == 17

    still_open = clock.time("21 open orders", lambda: _import("orders", northwind.orders_file(northwind.open)))
    assert still_open.new == 9
    assert _placed_and_unpaid() == RESERVED
    assert _sum(StockLevel.reserved) == 215
    assert _sum(Reservation.quantity, Reservation.state == "active") == 215
    assert _at_or_below_reorder_point() == 19
    _the_twelve_refused_orders_name_what_is_short(still_open, northwind)

    assert _headlines() == {"shipped": 809, "unpaid": 9}
    assert _units_in_stock() == {product["ProductID"]: int(product["UnitsInStock"]) for product in northwind.products}
    assert _merchandise_of_all(northwind) == 126_579_329
    assert _count(Message) == 0
    assert clock.time("audit", lambda: [(found.invariant.code, found.offenders) for found in audit(db.engine) if found.offenders]) == []
    with capsys.disabled():
        print(f"\nNorthwind: {clock.report()}, peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def test_importing_the_same_files_again_adds_nothing_and_a_dry_run_writes_nothing(shop: Flask, northwind: Northwind) -> None:
    few = northwind.orders_file(northwind.shipped[:5])
    for kind, content in (("products", northwind.products_file()), ("customers", northwind.customers_file()), ("stock", northwind.stock_file())):
        _import(kind, content)

    assert _import("orders", few, dry_run=True).new == 5
    assert _count(Order) == 0
    assert _import("orders", few).new == 5
    again = _import("orders", few)
    assert (again.new, again.same) == (0, 5)
    assert _count(Order) == 5


def test_history_that_cannot_be_verified_is_taken_and_flagged(shop: Flask, northwind: Northwind) -> None:
    for kind, content in (("products", northwind.products_file()), ("customers", northwind.customers_file()), ("stock", northwind.stock_file())):
        _import(kind, content)
    rio = [order for order in northwind.shipped if order["ShipCity"] == "Rio de Janeiro"][:1]
    unheard_of = [{**rio[0], "ShipPostalCode": "no such code"}]

    report = _import("orders", northwind.orders_file(unheard_of))

    assert report.new == 1
    assert {note.column for note in report.notes} == {"postcode"}


def test_one_wrong_row_and_nothing_is_written(shop: Flask, northwind: Northwind) -> None:
    _import("products", northwind.products_file())
    broken = northwind.customers_file().replace(b"GB", b"ZZ", 1)

    report = _import("customers", broken)

    assert [error.column for error in report.refused] == ["country"]
    assert _count(Customer) == 0


def _the_twelve_refused_orders_name_what_is_short(report: Report, northwind: Northwind) -> None:
    first_rows, row = {}, 2
    for order in northwind.open:
        first_rows[row] = order["OrderID"]
        row += len(northwind.lines[order["OrderID"]])
    refused = {first_rows[error.row] for error in report.refused}
    assert refused == {order["OrderID"] for order in northwind.open} - RESERVED
    assert len(refused) == 12
    assert {error.code for error in report.refused} == {"insufficient_stock"}
    assert all("available" in error.message for error in report.refused)


def _merchandise_of_all(northwind: Northwind) -> int:
    """The 818 orders that were placed, and the 12 that were refused at what they would have cost."""
    from logistics.core.money import net_of_discount

    known = set(db.session.scalars(select(Order.external_id)))
    refused = [line for order in northwind.open if order["OrderID"] not in known for line in northwind.lines[order["OrderID"]]]
    would_be = sum(
        net_of_discount(int(line["Quantity"]), round(float(line["UnitPrice"]) * 100), round(float(line["Discount"]) * 10_000)) for line in refused
    )
    return _sum(Order.merchandise) + would_be


def _at_or_below_reorder_point() -> int:
    """Products that are not discontinued and of which no more is available than their reorder point."""
    low = select(func.count()).select_from(StockLevel).join(Product)
    return db.session.scalar(low.where(~Product.discontinued, StockLevel.on_hand - StockLevel.reserved <= StockLevel.reorder_point)) or 0


def _placed_and_unpaid() -> set[str | None]:
    return set(db.session.scalars(select(Order.external_id).where(Order.status == "unpaid")))


def _headlines() -> dict[str, int]:
    return dict(Counter(db.session.scalars(select(Order.status))))


def _units_in_stock() -> dict[str, int]:
    return {row.sku: row.on_hand for row in db.session.execute(select(Product.sku, StockLevel.on_hand).join(StockLevel))}


def _import(kind: str, content: bytes, *, dry_run: bool = False) -> Report:
    report = import_file(importer_of(kind), content, by=SYSTEM, dry_run=dry_run)
    db.session.rollback()
    return report


def _sum(column: object, *conditions: object) -> int:
    return db.session.scalar(select(func.coalesce(func.sum(column), 0)).where(*conditions)) or 0  # type: ignore[arg-type]


def _count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class Stopwatch:
    """Says how long the parts took."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def time(self, name: str, run: Callable[[], T]) -> T:
        began = time.perf_counter()
        answer = run()
        self.parts.append(f"{name} {time.perf_counter() - began:.1f} s")
        return answer

    def report(self) -> str:
        return ", ".join(self.parts)
