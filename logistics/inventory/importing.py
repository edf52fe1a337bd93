"""Importing opening stock: what lay where when the books begin. A level that has an opening already is never counted twice."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from logistics.catalog.models import Product
from logistics.core import clock, parsing
from logistics.core.actors import Actor
from logistics.core.importing import Importer, Report, Rows, at_row
from logistics.core.language import _, lazy
from logistics.core.refusals import Refusal
from logistics.core.sheets import Column, RowError, Sheet, find_repeats
from logistics.inventory.arranging import arrange
from logistics.inventory.locks import lock_or_make_levels
from logistics.inventory.models import Movement, MovementKind, Place, StockLevel, Warehouse
from logistics.inventory.receiving import take_in


class AlreadyCounted(Refusal):
    """The level has movements already, and its opening stock is not what the file says."""

    code = "already_counted"


COLUMNS = (
    Column(
        "warehouse",
        lambda text: parsing.parse_code(text, longest=20),
        required=True,
        label=lazy("Warehouse"),
        also="warehouse code|location|depot|仓库|仓库编码|仓库代码",
    ),
    Column(
        "sku", parsing.parse_code, required=True, takes="code", label=lazy("SKU"), also="product|product code|item|item code|货号|商品编码|商品编号"
    ),
    Column(
        "quantity",
        lambda text: parsing.parse_quantity(text, lowest=0),
        required=True,
        takes="number",
        label=lazy("Quantity"),
        also="qty|on hand|stock|units|数量|库存|库存数量|在库",
    ),
    Column(
        "reorder_point",
        lambda text: parsing.parse_quantity(text, lowest=0),
        takes="number",
        label=lazy("Reorder point"),
        also="reorder level|minimum|min|补货点|安全库存",
    ),
    Column("bin", lambda text: parsing.parse_code(text, longest=20), label=lazy("Bin"), also="bin location|shelf|库位|货位"),
    Column("at", parsing.parse_moment, takes="day", label=lazy("Counted on"), also="date|counted|日期|盘点日期"),
)


def check(session: Session, sheet: Sheet) -> list[RowError]:
    """What is wrong in the whole file: unknown warehouses and SKUs, repeated places, days to come, levels that moved already."""
    warehouses, products = _find_warehouses(session), _find_products(session, sheet.rows)
    errors = find_repeats(sheet, lambda values: f"{values['warehouse'].lower()} {values['sku'].lower()}", "sku")
    places = {}
    for number, values in sheet.rows:
        warehouse, product = warehouses.get(values["warehouse"].lower()), products.get(values["sku"].lower())
        if warehouse is None:
            message = _("There is no warehouse “%(code)s”.", code=values["warehouse"])
            errors.append(RowError(number, "warehouse", "unknown_warehouse", message))
        if product is None:
            errors.append(RowError(number, "sku", "unknown_sku", _("There is no product “%(sku)s”.", sku=values["sku"])))
        if values["at"] and values["at"] > clock.now():
            errors.append(RowError(number, "at", "future", _("This is still to come.")))
        if warehouse and product:
            places[number] = Place(warehouse, product)
    return errors + _find_conflicts(session, sheet, places)


def write(session: Session, rows: Rows, by: Actor) -> Report:
    """Take all rows in, under the locks of all their stock rows."""
    warehouses, products = _find_warehouses(session), _find_products(session, rows)
    places = [Place(warehouses[values["warehouse"].lower()], products[values["sku"].lower()]) for _number, values in rows]
    known = _find_levels(session, places)
    levels = lock_or_make_levels(session, places)
    openings = _find_openings(session, [level.id for level in levels.values()])
    report = Report()
    arrivals: dict[datetime | None, list[tuple[StockLevel, int]]] = {}
    for (number, values), place in zip(rows, places, strict=True):
        with at_row(number):
            begins = _begins(levels[place], values["quantity"], openings)
        if begins:
            arrivals.setdefault(values["at"], []).append((levels[place], values["quantity"]))
        fresh = place not in known
        arranged = _arrange(session, levels[place], values, fresh, by)
        report.count("new" if begins or fresh else "changed" if arranged else "same")
    for at, arrived in arrivals.items():
        take_in(session, arrived, kind=MovementKind.OPENING, reference="", by=by, at=at)
    session.flush()
    return report


STOCK = Importer(
    kind="stock",
    columns=COLUMNS,
    write=write,
    check=check,
    needs="imports.stock",
    label=lazy("Opening stock"),
    hint=lazy("What lay where when the books began. A place that has goods from a file already is never counted twice."),
)


def _begins(level: StockLevel, quantity: int, openings: Mapping[int, int]) -> bool:
    """Whether the level's opening movement is to be written: not when it has one of as many units. Raises AlreadyCounted."""
    opening = openings.get(level.id)
    if opening not in (None, quantity):
        raise AlreadyCounted(_conflict(opening))
    return opening is None and quantity > 0


def _arrange(session: Session, level: StockLevel, values: Mapping[str, Any], fresh: bool, by: Actor) -> bool:
    if not fresh:
        return arrange(session, level, reorder_point=values["reorder_point"], to_bin=values["bin"], by=by)
    # How a level begins is no change of it: the only news is that goods came.
    level.reorder_point, level.bin = values["reorder_point"] or 0, values["bin"] or ""
    return True


def _find_conflicts(session: Session, sheet: Sheet, places: Mapping[int, Place]) -> list[RowError]:
    levels = _find_levels(session, places.values())
    openings = _find_openings(session, list(levels.values()))
    there = {number: openings[levels[place]] for number, place in places.items() if levels.get(place) in openings}
    quantities = {number: values["quantity"] for number, values in sheet.rows}
    return [
        RowError(number, "quantity", AlreadyCounted.code, _conflict(opening)) for number, opening in there.items() if opening != quantities[number]
    ]


def _find_levels(session: Session, places: Collection[Place]) -> dict[Place, int]:
    products = literal(sorted({place.product_id for place in places}), ARRAY(BigInteger))
    levels = select(StockLevel.id, StockLevel.warehouse_id, StockLevel.product_id).where(StockLevel.product_id == any_(products))
    return {Place(row.warehouse_id, row.product_id): row.id for row in session.execute(levels)}


def _find_openings(session: Session, level_ids: Sequence[int]) -> dict[int, int]:
    """How many units each of these levels began with, for those that have any movement."""
    opened = func.coalesce(func.sum(Movement.quantity).filter(Movement.kind == MovementKind.OPENING.value), 0)
    ids = literal(list(level_ids), ARRAY(BigInteger))
    rows = session.execute(select(Movement.stock_level_id, opened).where(Movement.stock_level_id == any_(ids)).group_by(Movement.stock_level_id))
    return {level_id: int(units) for level_id, units in rows}


def _find_warehouses(session: Session) -> dict[str, int]:
    return {row.code.lower(): row.id for row in session.execute(select(Warehouse.id, Warehouse.code))}


def _find_products(session: Session, rows: Rows) -> dict[str, int]:
    sku = func.lower(Product.sku)
    skus = literal(sorted({values["sku"].lower() for _number, values in rows}), ARRAY(Text))
    return {row.sku.lower(): row.id for row in session.execute(select(Product.id, Product.sku).where(sku == any_(skus)))}


def _conflict(opening: int | None) -> str:
    return str(
        _("Goods have moved here already, and the opening stock was %(opening)s. Adjust the stock instead of importing it again.", opening=opening)
    )
