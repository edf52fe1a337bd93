"""Taking files in: each feature names what it can import (an Importer); here is how a file goes through it.

The whole file is read and checked before the first write, and every error is said with its row. What is written is one
transaction for the whole file, or one for each unit that the importer cuts the file into. Running it again adds nothing twice.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from flask import Flask, current_app
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.database import db
from logistics.core.language import _
from logistics.core.refusals import Busy, FieldError, NotFound, Refusal
from logistics.core.sheets import MOST_ERRORS, BadSheet, Column, Reading, RowError, Sheet, cut_errors, read_sheet
from logistics.core.transactions import in_transaction

Found = TypeVar("Found")
Rows = Sequence[tuple[int, Mapping[str, Any]]]
Outcome = Literal["new", "changed", "same", "conflict"]
_COMPARED_AT_ONCE = 200
_TRIES_FOR_LOCKS = 3
# Rows of one transaction that may turn out wrong only while they are written; the check finds nearly all of them before.
_MOST_ROWS_LEFT_OUT = 20


@dataclass(frozen=True)
class Line:
    """What became of one thing of a file, or would: `name` is what the file calls it, `number` what we do.

    `differences` say of a thing that is here already what differs: of what, how it is here, what the file says.
    """

    row: int
    outcome: Outcome
    name: str
    number: str = ""
    message: str = ""
    differences: Sequence[tuple[str, str, str]] = ()


@dataclass
class Report:
    """What an import did, or would do: how many things are new, changed, or were there just so; what was refused.

    `conflict` counts things that are here already and cannot become what the file says, `left_out` those that were refused. `lines`
    name things one by one, as far as the importer does; `notes` name rows that were taken but deserve a look.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    conflict: int = 0
    left_out: int = 0
    refused: list[RowError] = field(default_factory=list)
    notes: list[RowError] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Count what became of one thing."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def tell(self, line: Line) -> None:
        """Count what became of one thing, and name it."""
        self.count(line.outcome)
        self.lines.append(line)

    def add(self, other: "Report") -> None:
        """Count what another part of the file did."""
        for name in ("new", "changed", "same", "conflict", "left_out", "refused", "notes", "lines"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


class RowRefused(Exception):
    """A capability said no to one row of a file."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


class Compare(Protocol):
    """A dry run that goes on: called with the next units of a file, it says what writing them would do."""

    def __call__(self, session: Session, units: Sequence[Rows]) -> Report:
        """Reads only."""


@dataclass(frozen=True)
class Importer:
    """A kind of file. `check` reads the database and finds what is wrong in the whole sheet; `write` takes rows in and counts them.

    Without `unit_column` all rows are written in one transaction. With it the rows that agree in this column are a unit, each written
    in a transaction of its own, in the order of the file, and a refused unit leaves the others alone.
    `compare` begins a dry run over a whole file: what it gives is called with units, in order, only reads, and says what `write` would.
    `constants` are values that every row gets beside its columns. `needs` is the function of the permission table to import it.
    """

    kind: str
    columns: Sequence[Column]
    write: Callable[[Session, Rows, Actor], Report]
    check: Callable[[Session, Sheet], Sequence[RowError]] = lambda _session, _sheet: ()
    unit_column: str = ""
    compare: Callable[[Actor], Compare] | None = None
    constants: Mapping[str, Any] = field(default_factory=dict)
    needs: str = "imports.all"
    label: Any = ""
    hint: Any = ""

    def given(self, **constants: Any) -> "Importer":
        """The same, with other constants; those it does not know are left out."""
        known = {name: value for name, value in constants.items() if name in self.constants and value}
        return replace(self, constants={**self.constants, **known})


class Journal:
    """Who follows an import while it goes on. This one does not.

    `resumes`: an earlier try was broken off, so what the whole file was checked for then is not asked again.
    """

    resumes = False

    def begin(self, things: int, refused: Report) -> None:
        """So many things are to be looked at or written; these rows are not, because something is wrong with them."""

    def knows(self, rows: Rows) -> bool:
        """Whether these rows were done in an earlier try, which the journal remembers."""
        return False

    def enter(self, session: Session) -> None:
        """Called in the transaction of each part. What it raises ends the import, and rolls the part back."""

    def note(self, session: Session, report: Report) -> None:
        """Called in the same transaction once a part is written, or in one of its own where it was refused or only looked at."""


class _Undo(Exception):
    def __init__(self, report: Report) -> None:
        self.report = report


def init_app(app: Flask, *importers: Importer) -> None:
    """Name the kinds of files that can be imported."""
    app.extensions["importers"] = {importer.kind: importer for importer in importers}


def importers() -> Sequence[Importer]:
    """Every kind of file there is."""
    return list(current_app.extensions["importers"].values())


def importer_of(kind: str) -> Importer:
    """The importer of this kind. Raises NotFound, which names the kinds there are."""
    known: dict[str, Importer] = current_app.extensions["importers"]
    if kind not in known:
        raise NotFound(_("There is no import of “%(kind)s”. There are: %(kinds)s.", kind=kind[:80], kinds=", ".join(sorted(known))))
    return known[kind]


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


def units_of(sheet: Sheet, column: str) -> list[Rows]:
    """The rows that agree in a column, together, in the order in which each begins."""
    units: dict[Any, list[tuple[int, Mapping[str, Any]]]] = {}
    for number, values in sheet.rows:
        units.setdefault(values[column], []).append((number, values))
    return list(units.values())


@contextmanager
def at_row(number: int) -> Iterator[None]:
    """Say of which row a capability's refusal inside the block is."""
    try:
        yield
    except Refusal as refusal:
        raise RowRefused(*errors_at(number, refusal)) from refusal


def errors_at(number: int, refusal: Refusal) -> list[RowError]:
    """What a refusal says, as errors of a row."""
    named = refusal.errors or [FieldError("", refusal.code, refusal.message)]
    return [RowError(number, error.pointer, error.code, error.message) for error in named]


def _sort_out(importer: Importer, sheet: Sheet, wrong: Sequence[RowError]) -> tuple[list[Rows], Report]:
    """The units in which nothing is wrong, and a report of all that is."""
    bad_rows = {row for error in wrong for row in (error.row, *error.also)}
    report = Report(refused=list(wrong))
    if not importer.unit_column:
        report.left_out = len(bad_rows)
        fine: list[Rows] = [rows for rows in [[row for row in sheet.rows if row[0] not in bad_rows]] if rows]
        return fine, report
    tainted = _find_tainted(importer.unit_column, sheet, bad_rows)
    report.left_out = len(tainted)
    good: list[Rows] = []
    for rows in units_of(sheet, importer.unit_column):
        if rows[0][1][importer.unit_column] not in tainted:
            good.append(rows)
        elif not bad_rows & {number for number, _values in rows}:
            report.refused.append(_left_out(rows, importer.unit_column))
    return good, report


def _find_tainted(column: str, sheet: Sheet, bad_rows: set[int]) -> set[str]:
    """The units that have a row which is wrong. Where such a row does not say to which it belongs, its neighbours are in doubt as well."""
    names = {number: str(values[column]) for number, values in sheet.rows}
    names |= {number: texts.get(column, "") for number, texts in sheet.wrong.items()}
    order = sorted(names)
    tainted = set()
    for at, number in enumerate(order):
        if number in bad_rows:
            tainted |= {names[number]} if names[number] else {names[beside] for beside in order[max(0, at - 1) : at + 2]}
    return tainted - {""}


def _left_out(rows: Rows, column: str) -> RowError:
    name = str(rows[0][1][column])[:80]
    return RowError(rows[0][0], column, "left_out", _("“%(name)s” is left out as a whole, because another row of it is wrong.", name=name))


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
