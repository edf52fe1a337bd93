"""How a file goes through an importer: read and checked as a whole before the first write, every error said with its row.

What is written is one transaction for the whole file, or one for each unit that its rows make. Running it again adds nothing twice.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.database import db
from logistics.core.importing import Compare, Importer, Journal, Report, RowRefused, Rows, at_row, errors_at, units_of
from logistics.core.language import _
from logistics.core.refusals import Busy
from logistics.core.sheets import MOST_ERRORS, BadSheet, Reading, RowError, Sheet, cut_errors, read_sheet
from logistics.core.transactions import in_transaction

Found = TypeVar("Found")
_COMPARED_AT_ONCE = 200
_TRIES_FOR_LOCKS = 3
# Rows of one transaction that may turn out wrong only while they are written; the check finds nearly all of them before.
_MOST_ROWS_LEFT_OUT = 20


class _Undo(Exception):
    def __init__(self, report: Report) -> None:
        self.report = report


def import_file(
    importer: Importer, content: bytes, *, by: Actor, name: str = "", dry_run: bool = False, valid_rows: bool = False, reading: Reading | None = None
) -> Report:
    """Read a file (`name` is what it is called) and take it in: read_file, then take_in. A file that cannot be read is a report as well."""
    try:
        sheet = read_file(importer, content, name=name, reading=reading)
    except BadSheet as bad:
        return Report(refused=bad.errors)
    return take_in(importer, sheet, by=by, dry_run=dry_run, valid_rows=valid_rows)


def read_file(importer: Importer, content: bytes, *, name: str = "", reading: Reading | None = None) -> Sheet:
    """The rows of a file of this kind, with the importer's constants. Raises BadSheet."""
    sheet = read_sheet(content, importer.columns, name=name, reading=reading)
    for _number, values in sheet.rows:
        values.update(importer.constants)
    return sheet


def take_in(
    importer: Importer, sheet: Sheet, *, by: Actor, dry_run: bool = False, valid_rows: bool = False, journal: Journal | None = None
) -> Report:
    """Take a sheet in, or with `dry_run` only say what would happen. An entry point: it owns its transactions.

    One wrong row and nothing is written; with `valid_rows` all is written that is not wrong, of a unit always the whole or nothing.
    The report's `refused` names everything that is wrong. A unit that the business refuses while it is written (no stock any more,
    say) is in `refused`, and the others are written all the same.
    """
    told = journal or Journal()
    wrong = sorted(sheet.errors + _read_only(lambda session: list(importer.check(session, sheet))), key=lambda error: error.row)
    units, report = _sort_out(importer, sheet, wrong)
    if len(wrong) > MOST_ERRORS:
        units, report = [], Report(refused=cut_errors(wrong), left_out=report.left_out + len(units))
    if wrong and not valid_rows and not told.resumes:
        told.begin(0, report)
        return report
    if importer.compare and not (dry_run or valid_rows or told.resumes):
        would = _compare(importer.compare(by), units, Journal())
        if would.refused:
            told.begin(0, would)
            return would
    told.begin(len(units) if importer.unit_column else len(units[0]) if units else 0, report)
    if importer.compare and dry_run:
        report.add(_compare(importer.compare(by), units, told))
        return report
    spare = _MOST_ROWS_LEFT_OUT if valid_rows and not importer.unit_column else 0
    for rows in units:
        if not told.knows(rows):
            report.add(_write(importer, rows, by, dry_run, told, spare))
    return report


def _sort_out(importer: Importer, sheet: Sheet, wrong: Sequence[RowError]) -> tuple[list[Rows], Report]:
    """The units in which nothing is wrong, and a report of all that is."""
    bad_rows = {row for error in wrong for row in (error.row, *error.also)}
    report = Report(refused=list(wrong))
    if not importer.unit_column:
        report.left_out = len(bad_rows)
        fine: list[Rows] = [rows for rows in [[row for row in sheet.rows if row[0] not in bad_rows]] if rows]
        return fine, report
    names = _names_of_units(importer.unit_column, sheet)
    tainted = _find_tainted(names, bad_rows)
    report.refused = [replace(error, thing=names.get(error.row, "")) for error in wrong]
    report.left_out = len(tainted)
    good: list[Rows] = []
    for rows in units_of(sheet, importer.unit_column):
        if rows[0][1][importer.unit_column] not in tainted:
            good.append(rows)
        elif not bad_rows & {number for number, _values in rows}:
            report.refused.append(_left_out(rows, importer.unit_column))
    return good, report


def _names_of_units(column: str, sheet: Sheet) -> dict[int, str]:
    """To which unit each row belongs; empty where a row that is wrong does not say so."""
    names = {number: str(values[column]) for number, values in sheet.rows}
    return names | {number: texts.get(column, "") for number, texts in sheet.wrong.items()}


def _find_tainted(names: Mapping[int, str], bad_rows: set[int]) -> set[str]:
    """The units that have a row which is wrong. Where such a row does not say to which it belongs, its neighbours are in doubt as well."""
    order, tainted = sorted(names), set[str]()
    for at, number in enumerate(order):
        if number in bad_rows:
            tainted |= {names[number]} if names[number] else {names[beside] for beside in order[max(0, at - 1) : at + 2]}
    return tainted - {""}


def _left_out(rows: Rows, column: str) -> RowError:
    name = str(rows[0][1][column])
    message = _("“%(name)s” is left out as a whole, because another row of it is wrong.", name=name[:80])
    return RowError(rows[0][0], column, "left_out", message, thing=name)


def _compare(compare: Compare, units: Sequence[Rows], told: Journal) -> Report:
    report = Report()
    for begin in range(0, len(units), _COMPARED_AT_ONCE):
        found = _read_only(partial(compare, units=units[begin : begin + _COMPARED_AT_ONCE]))
        report.add(_noted(told, found))
    return report


def _write(importer: Importer, rows: Rows, by: Actor, dry_run: bool, told: Journal, spare: int) -> Report:
    """Write rows in a transaction, or say why not. Up to `spare` times they are written without those that were refused."""

    def run(session: Session) -> Report:
        if importer.unit_column:
            told.enter(session)
        with at_row(rows[0][0] if rows else 0):
            report = importer.write(session, rows, by)
        if dry_run:
            raise _Undo(report)
        if not importer.unit_column:
            # Only now: a whole file takes a while, in which somebody may want to stop it.
            told.enter(session)
        told.note(session, report)
        return report

    try:
        return _patiently(run)
    except _Undo as undone:
        return _noted(told, undone.report)
    except RowRefused as refused:
        bad = {error.row for error in refused.errors}
        left = [row for row in rows if row[0] not in bad] if spare else []
        report = _noted(told, Report(refused=refused.errors, left_out=1 if importer.unit_column else len(rows) - len(left)))
        if left:
            report.add(_write(importer, left, by, dry_run, told, spare - 1))
        return report


def _patiently(run: Callable[[Session], Report]) -> Report:
    """Run it in a transaction; others may hold the rows for longer than a lock waits, which is no reason to refuse a row of a file."""
    for left in reversed(range(_TRIES_FOR_LOCKS)):
        try:
            return in_transaction(run)
        except Busy as busy:
            if not left:
                raise RowRefused(*errors_at(0, busy)) from busy
            time.sleep(1)
    raise AssertionError("unreachable")


def _noted(told: Journal, report: Report) -> Report:
    """The report, once the journal has it, in a transaction of its own."""
    if type(told) is not Journal:

        def note(session: Session) -> None:
            told.enter(session)
            told.note(session, report)

        in_transaction(note)
    return report


def _read_only(look: Callable[[Session], Found]) -> Found:
    session = db.session()
    try:
        return look(session)
    finally:
        session.rollback()
