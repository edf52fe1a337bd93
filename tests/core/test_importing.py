"""How files go through an importer: checked as a whole, written at once or unit by unit, and nothing twice."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock, parsing
from logistics.core.actors import SYSTEM, Actor
from logistics.core.events import EventLog
from logistics.core.importing import Importer, Report, Rows, at_row
from logistics.core.refusals import Refusal
from logistics.core.sheets import Column, RowError, Sheet, find_repeats
from logistics.core.taking_in import import_file
from tests.cast import Cast

COLUMNS = (Column("sku", parsing.parse_code, required=True), Column("price", parsing.parse_quantity, required=True))
GOOD = b"sku,price\nLAMP,1\nSHADE,2\nCORD,3\n"


class SoldOut(Refusal):
    """Nothing left of it."""

    code = "sold_out"


def _write(session: Session, rows: Rows, _by: Actor) -> Report:
    report, moment = Report(), clock.now()
    for _number, values in rows:
        if session.scalar(select(Product.id).where(Product.sku == values["sku"])):
            report.same += 1
            continue
        session.add(Product(**values, name="Thing", currency="USD", created_at=moment, updated_at=moment))
        session.flush()
        report.new += 1
        if values["sku"] == "CORD" and values["price"] == 13:
            raise SoldOut("No cord left.")
    return report


def _check(_session: Session, sheet: Sheet) -> Sequence[RowError]:
    return find_repeats(sheet, lambda row: row["sku"].lower(), "sku")


WHOLE = Importer("things", COLUMNS, _write, _check)
BY_ROW = Importer("things", COLUMNS, _write, _check, unit_column="sku")


@pytest.mark.parametrize("importer", [WHOLE, BY_ROW])
def test_a_good_file_is_written_and_a_second_time_adds_nothing(session: Session, importer: Importer) -> None:
    first = import_file(importer, GOOD, by=SYSTEM)
    again = import_file(importer, GOOD, by=SYSTEM)

    assert (first.new, first.same, first.refused) == (3, 0, [])
    assert (again.new, again.same, again.refused) == (0, 3, [])
    assert _skus(session) == ["LAMP", "SHADE", "CORD"]


@pytest.mark.parametrize("importer", [WHOLE, BY_ROW])
def test_a_wrong_row_anywhere_keeps_the_whole_file_out_and_each_is_named(session: Session, importer: Importer) -> None:
    report = import_file(importer, b"sku,price\nLAMP,1\nSHADE,1e3\nlamp,5\n,2\n", by=SYSTEM)

    assert [(error.row, error.column) for error in report.refused] == [(2, "sku"), (3, "price"), (5, "sku")]
    assert "2, 4" in report.refused[0].message
    assert _skus(session) == []


def test_a_refusal_of_the_business_takes_the_whole_file_back_and_names_its_row(session: Session) -> None:
    report = import_file(WHOLE, b"sku,price\nLAMP,1\nCORD,13\n", by=SYSTEM)

    assert [(error.row, error.code) for error in report.refused] == [(2, "sold_out")]
    assert _skus(session) == []


@pytest.mark.parametrize("importer", [WHOLE, BY_ROW])
def test_valid_rows_only_takes_what_is_right_once(session: Session, importer: Importer) -> None:
    content = b"sku,price\nLAMP,1\nSHADE,1e3\nCORD,2\nPLUG,3\nplug,4\n"

    first = import_file(importer, content, by=SYSTEM, valid_rows=True)
    again = import_file(importer, content, by=SYSTEM, valid_rows=True)

    assert (first.new, again.new, again.same) == (2, 0, 2)
    assert [(error.row, error.code) for error in first.refused][:2] == [(3, "bad_quantity"), (5, "repeated")]
    assert first.left_out == 3, "of what stands twice, neither"
    assert _skus(session) == ["LAMP", "CORD"]


def test_a_row_refused_only_when_it_is_written_leaves_the_others_of_its_transaction(session: Session) -> None:
    def write(session: Session, rows: Rows, by: Actor) -> Report:
        report = Report()
        for row in rows:
            with at_row(row[0]):
                report.add(_write(session, [row], by))
        return report

    content = b"sku,price\nLAMP,1\nCORD,13\nSHADE,2\n"
    picky = Importer("things", COLUMNS, write, _check)

    assert import_file(picky, content, by=SYSTEM).new == 0
    report = import_file(picky, content, by=SYSTEM, valid_rows=True)
    assert (report.new, report.left_out, [(error.row, error.code) for error in report.refused]) == (2, 1, [(3, "sold_out")])
    assert _skus(session) == ["LAMP", "SHADE"]


def test_where_a_wrong_row_does_not_say_to_what_it_belongs_its_neighbours_are_left_out_as_well(session: Session) -> None:
    content = b"price,sku\n1,LAMP\n2,SHADE\n3,SHADE,4\n5,CORD\n6,PLUG\n"

    report = import_file(BY_ROW, content, by=SYSTEM, valid_rows=True)

    assert [(error.row, error.code, error.thing) for error in report.refused] == [
        (4, "ragged", ""), (3, "left_out", "SHADE"), (5, "left_out", "CORD"),
    ]  # fmt: skip
    assert _skus(session) == ["LAMP", "PLUG"]


def test_where_the_file_is_cut_into_units_a_refused_one_leaves_the_others_alone(session: Session) -> None:
    report = import_file(BY_ROW, b"sku,price\nLAMP,1\nCORD,13\nSHADE,2\n", by=SYSTEM)

    assert report.new == 2
    assert [(error.row, error.code, error.message) for error in report.refused] == [(3, "sold_out", "No cord left.")]
    assert _skus(session) == ["LAMP", "SHADE"]


@pytest.mark.parametrize("importer", [WHOLE, BY_ROW])
def test_a_dry_run_counts_and_writes_nothing(session: Session, importer: Importer) -> None:
    report = import_file(importer, GOOD, by=SYSTEM, dry_run=True)

    assert report.new == 3
    assert _skus(session) == []


@pytest.mark.parametrize("content", [b"", b"sku,price,colour\nLAMP,1,red\n", b'sku,price\n"LAMP,1\nSHADE,2\n', b"\x89PNG\r\n"])
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(session: Session, content: bytes) -> None:
    report = import_file(WHOLE, content, by=SYSTEM)
    assert report.refused
    assert _skus(session) == []


def test_the_command_prints_the_errors_with_their_rows_and_ends_with_1(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _run(app, monkeypatch, tmp_path, b"sku,price\nLAMP,x\x1b[2J\n")

    assert answer.exit_code == 1
    assert answer.stderr.startswith("Row 2, price: ")
    assert "\x1b" not in answer.stderr
    assert answer.stdout == "0 new, 0 changed, 0 unchanged; errors: 1, notes: 0.\n"


def test_the_command_counts_what_it_did_and_notes_who_ran_it(app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _run(app, monkeypatch, tmp_path, GOOD)

    assert (answer.exit_code, answer.stdout) == (0, "3 new, 0 changed, 0 unchanged; errors: 0, notes: 0.\n")
    with app.app_context():
        assert _skus(cast.session) == ["LAMP", "SHADE", "CORD"]
        assert cast.session.scalars(select(EventLog.data["command"].astext)).all() == ["import things"]


def test_a_dry_run_by_the_command_leaves_no_trace(app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _run(app, monkeypatch, tmp_path, GOOD, "--dry-run")

    assert answer.exit_code == 0
    assert answer.stdout.startswith("Nothing was written. It would be 3 new")
    with app.app_context():
        assert _skus(cast.session) == []
        assert cast.session.scalars(select(EventLog.id)).all() == []


def test_the_command_names_the_kinds_there_are_when_asked_for_another(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _run(app, monkeypatch, tmp_path, GOOD, kind="dragons")
    assert answer.exit_code == 2
    assert "There are: things." in answer.stderr


def _run(app: Flask, monkeypatch: pytest.MonkeyPatch, folder: Path, content: bytes, *options: str, kind: str = "things") -> Any:
    monkeypatch.setitem(app.extensions, "importers", {"things": WHOLE})
    file = folder / "things.csv"
    file.write_bytes(content)
    return app.test_cli_runner().invoke(args=["import", kind, str(file), *options])


def _skus(session: Session) -> list[str]:
    return list(session.scalars(select(Product.sku).order_by(Product.id)))
