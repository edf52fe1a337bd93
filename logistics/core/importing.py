"""Taking files in: each feature names what it can import (an Importer); here is how a file goes through it.

The whole file is read and checked before the first write, and every error is said with its row. What is written is one
transaction for the whole file, or one for each unit that the importer cuts the file into. Running it again adds nothing twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from flask import Flask, current_app
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.database import db
from logistics.core.language import _
from logistics.core.refusals import NotFound, Refusal
from logistics.core.sheets import BadSheet, Column, RowError, Sheet, read_sheet
from logistics.core.transactions import in_transaction

Rows = Sequence[tuple[int, Mapping[str, Any]]]
Outcome = Literal["new", "changed", "same"]


@dataclass
class Report:
    """What an import did, or would do: how many things are new, changed, or were there just so; what was refused.

    `notes` name rows that were taken but deserve a look.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: list[RowError] = field(default_factory=list)
    notes: list[RowError] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Count what became of one thing."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def add(self, other: "Report") -> None:
        """Count what another part of the file did."""
        self.new += other.new
        self.changed += other.changed
        self.same += other.same
        self.refused += other.refused
        self.notes += other.notes


class RowRefused(Exception):
    """A capability said no to one row of a file."""

    def __init__(self, row: int, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        named = [RowError(row, error.pointer, error.code, error.message) for error in refusal.errors]
        self.errors = named or [RowError(row, "", refusal.code, refusal.message)]


@dataclass(frozen=True)
class Importer:
    """A kind of file. `check` reads the database and finds what is wrong in the whole sheet; `write` takes rows in and counts them.

    Without `cut` all rows are written in one transaction. With it the sheet is cut into units, each written in a transaction of
    its own and in this order, and a refused unit leaves the others alone.
    """

    kind: str
    columns: Sequence[Column]
    write: Callable[[Session, Rows, Actor], Report]
    check: Callable[[Session, Sheet], Sequence[RowError]] = lambda _session, _sheet: ()
    cut: Callable[[Sheet], Sequence[Rows]] | None = None


class _Undo(Exception):
    def __init__(self, report: Report) -> None:
        self.report = report


def init_app(app: Flask, *importers: Importer) -> None:
    """Name the kinds of files that can be imported."""
    app.extensions["importers"] = {importer.kind: importer for importer in importers}


def importer_of(kind: str) -> Importer:
    """The importer of this kind. Raises NotFound, which names the kinds there are."""
    importers: dict[str, Importer] = current_app.extensions["importers"]
    if kind not in importers:
        raise NotFound(_("There is no import of “%(kind)s”. There are: %(kinds)s.", kind=kind[:80], kinds=", ".join(sorted(importers))))
    return importers[kind]


def import_file(importer: Importer, content: bytes, *, by: Actor, dry_run: bool = False) -> Report:
    """Take a file in, or with `dry_run` only say what would happen. An entry point: it owns its transactions.

    One wrong row and nothing is written; the report's `refused` names all of them. Where the file is cut into units, a unit that
    the business refuses (no stock, say) is in `refused` and the others are written. A dry run looks at each unit by itself.
    """
    try:
        sheet = read_sheet(content, importer.columns)
    except BadSheet as bad:
        return Report(refused=bad.errors)
    wrong = sheet.errors + _read_only(lambda session: list(importer.check(session, sheet)))
    if wrong:
        return Report(refused=sorted(wrong, key=lambda error: error.row))
    report = Report()
    for rows in importer.cut(sheet) if importer.cut else [sheet.rows]:
        report.add(_write(importer, rows, by, dry_run))
    return report


@contextmanager
def at_row(number: int) -> Iterator[None]:
    """Say of which row a capability's refusal inside the block is."""
    try:
        yield
    except Refusal as refusal:
        raise RowRefused(number, refusal) from refusal


def _write(importer: Importer, rows: Rows, by: Actor, dry_run: bool) -> Report:
    def run(session: Session) -> Report:
        report = importer.write(session, rows, by)
        if dry_run:
            raise _Undo(report)
        return report

    try:
        with at_row(rows[0][0] if rows else 0):
            return in_transaction(run)
    except _Undo as undone:
        return undone.report
    except RowRefused as refused:
        return Report(refused=refused.errors)


def _read_only(look: Callable[[Session], list[RowError]]) -> list[RowError]:
    session = db.session()
    try:
        return look(session)
    finally:
        session.rollback()
