"""Importing opening stock from a file."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.importing import Report
from logistics.core.taking_in import import_file
from logistics.inventory.adjusting import adjust
from logistics.inventory.importing import STOCK
from logistics.inventory.models import Movement, Reason, StockLevel
from tests.cast import Cast

HEADING = "warehouse,sku,quantity,reorder_point,bin,at\n"
LAMP = "LEEDS,LAMP,12,5,A-01-3,1996-07-04\n"
SHADE = "leeds,shade,3,,,\n"


@pytest.fixture
def house(session: Session, cast: Cast) -> None:
    """Leeds, lamps and shades."""
    for thing in (cast.warehouse("LEEDS"), cast.product("LAMP"), cast.product("SHADE")):
        assert thing.id


@pytest.mark.usefixtures("house")
def test_levels_begin_with_their_opening_movement_at_its_day(session: Session) -> None:
    report = _import(session, HEADING + LAMP + SHADE)

    assert (report.new, report.refused) == (2, [])
    lamps, shades = session.scalars(select(StockLevel).join(StockLevel.product).order_by(StockLevel.id)).all()
    assert (lamps.on_hand, lamps.reorder_point, lamps.bin) == (12, 5, "A-01-3")
    assert (shades.on_hand, shades.reorder_point, shades.bin) == (3, 0, "")
    opening = session.scalars(select(Movement).where(Movement.stock_level_id == lamps.id)).one()
    assert (opening.kind, opening.at) == ("opening", datetime(1996, 7, 4, tzinfo=UTC))


@pytest.mark.usefixtures("house")
def test_the_same_file_again_adds_nothing_even_after_goods_have_moved(session: Session) -> None:
    _import(session, HEADING + LAMP + SHADE)
    level_id = session.scalars(select(StockLevel.id)).first()
    adjust(session, level_id=level_id, change=-2, reason=Reason.LOST, by=SYSTEM)
    session.commit()

    again = _import(session, HEADING + LAMP + SHADE)

    assert (again.new, again.changed, again.same, again.refused) == (0, 0, 2, [])
    assert session.scalar(select(func.sum(StockLevel.on_hand))) == 13


@pytest.mark.usefixtures("house")
def test_another_quantity_for_a_level_that_has_moved_is_a_conflict_and_nothing_is_written(session: Session) -> None:
    _import(session, HEADING + LAMP)

    report = _import(session, HEADING + SHADE + LAMP.replace(",12,", ",13,"))

    assert [(error.row, error.column, error.code) for error in report.refused] == [(3, "quantity", "already_counted")]
    assert "was 12" in report.refused[0].message
    assert session.scalar(select(func.count(StockLevel.id))) == 1


@pytest.mark.usefixtures("house")
def test_bins_and_reorder_points_of_known_levels_follow_the_file_where_it_names_them(session: Session) -> None:
    _import(session, HEADING + LAMP)

    report = _import(session, "warehouse,sku,quantity,reorder_point\nLEEDS,LAMP,12,7\n")

    assert (report.new, report.changed) == (0, 1)
    level = session.scalars(select(StockLevel)).one()
    assert (level.reorder_point, level.bin) == (7, "A-01-3")


@pytest.mark.usefixtures("house")
def test_an_empty_place_can_be_arranged_before_anything_comes_in(session: Session) -> None:
    first, again = _import(session, HEADING + "LEEDS,LAMP,0,5,A-1,\n"), _import(session, HEADING + "LEEDS,LAMP,0,5,A-1,\n")

    assert (first.new, again.same) == (1, 1)
    assert session.scalar(select(func.count(Movement.id))) == 0


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("YORK,LAMP,1,,,", "warehouse", "unknown_warehouse"),
        ("LEEDS,BULB,1,,,", "sku", "unknown_sku"),
        ("LEEDS,LAMP,,,,", "quantity", "required"),
        ("LEEDS,LAMP,-1,,,", "quantity", "bad_quantity"),
        ("LEEDS,LAMP,1.0,,,", "quantity", "bad_quantity"),
        ("LEEDS,LAMP,1_000,,,", "quantity", "bad_quantity"),
        ("LEEDS,LAMP,1000000,,,", "quantity", "bad_quantity"),
        ("LEEDS,LAMP,1,x,,", "reorder_point", "bad_quantity"),
        ("LEEDS,LAMP,1,,Ю-1,", "bin", "bad_code"),
        ("LEEDS,LAMP,1,,,1989-12-31", "at", "bad_date"),
        ("LEEDS,LAMP,1,,,2999-01-01T00:00:00Z", "at", "bad_time"),
        ("LEEDS,LAMP,1,,,2098-01-01T00:00:00Z", "at", "future"),
        ("LEEDS,LAMP,1,,,1996-07-04T10:00:00", "at", "no_offset"),
        ("LEEDS,LAMP,1,,", "", "ragged"),
    ],
)
def test_each_wrong_row_is_named_and_nothing_is_written(session: Session, row: str, column: str, code: str) -> None:
    report = _import(session, f"{HEADING}{SHADE}{row}\n")

    assert [(error.row, error.column, error.code) for error in report.refused] == [(3, column, code)]
    assert session.scalar(select(func.count(StockLevel.id))) == 0


@pytest.mark.usefixtures("house")
def test_a_place_that_stands_twice_is_named_with_all_its_rows(session: Session) -> None:
    report = _import(session, HEADING + LAMP + SHADE + LAMP.lower())

    assert [error.code for error in report.refused] == ["repeated"]
    assert "2, 4" in report.refused[0].message


@pytest.mark.usefixtures("house")
def test_a_dry_run_says_what_would_happen_and_writes_nothing(session: Session) -> None:
    session.commit()

    report = import_file(STOCK, (HEADING + LAMP).encode(), by=SYSTEM, dry_run=True)

    assert report.new == 1
    assert session.scalar(select(func.count(StockLevel.id))) == 0


def test_it_is_there_for_the_operator(town: Flask, tmp_path) -> None:  # type: ignore[no-untyped-def]
    cast = Cast(town)
    cast.made(lambda: [cast.warehouse("LEEDS"), cast.product("LAMP")])
    file = tmp_path / "stock.csv"
    file.write_text(HEADING + LAMP)

    result = town.test_cli_runner().invoke(args=["import", "stock", str(file)])

    assert (result.exit_code, result.output.startswith("1 new, 0 changed, 0 unchanged; errors: 0")) == (0, True)
    assert town.test_cli_runner().invoke(args=["audit", "--strict"]).exit_code == 0


def _import(session: Session, text: str) -> Report:
    session.commit()
    report = import_file(STOCK, text.encode(), by=SYSTEM)
    session.expire_all()
    return report
