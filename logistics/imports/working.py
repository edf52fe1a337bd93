"""The worker's part of an import: reads the file, looks at it or writes it, and keeps a journal that survives being killed.

What a unit became is written in the unit's own transaction, so an import that was broken off goes on where it stopped, and says of
each order once what became of it. Before each unit it asks whether somebody wants it stopped, and whether who started it still may.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor, may
from logistics.core.importing import Importer, Journal, Report, Rows, importer_of
from logistics.core.language import speaking
from logistics.core.sheets import BadSheet, Reading, RowError
from logistics.core.taking_in import read_file, take_in
from logistics.core.transactions import in_transaction
from logistics.imports.lifecycle import begin_pass, move
from logistics.imports.locks import lock_import
from logistics.imports.models import Import, ImportFile, ImportMode, ImportOutcome, ImportRow, ImportState, Problem
from logistics.staff.models import Staff
from logistics.staff.signing_in import actor_of


class Stopped(Exception):
    """The import is not to go on: somebody stopped it, or it is another's by now (`problem` says why)."""

    def __init__(self, problem: Problem = Problem.NONE, *, ours: bool = True) -> None:
        super().__init__(problem)
        self.problem = problem
        self.ours = ours


class ImportJournal(Journal):
    """Keeps an import's progress and report in the database. `run` is as it was when the worker took it up."""

    def __init__(self, session: Session, run: Import, by: Actor, needs: str) -> None:
        self.run_id, self.pass_number, self.tries, self.by, self.needs = run.id, run.pass_number, run.tries, by, needs
        self.resumes = run.began_at is not None
        rows = select(ImportRow.row).where(ImportRow.import_id == run.id, ImportRow.pass_number == run.pass_number)
        self.known = set(session.scalars(rows)) if self.resumes else set()

    def begin(self, things: int, refused: Report) -> None:
        """Note how much there is to do, and what is left out from the beginning."""

        def note(session: Session) -> None:
            self.enter(session)
            run = lock_import(session, self.run_id)
            errors = [error for error in refused.refused if error.row not in self.known]
            if errors:
                session.execute(insert(ImportRow), [self._error(error, ImportOutcome.REFUSED) for error in errors])
            run.errors += len(errors)
            if run.began_at is None:
                run.things, run.left_out, run.began_at = things, refused.left_out, clock.now()

        in_transaction(note)

    def knows(self, rows: Rows) -> bool:
        """Whether an earlier try has said what became of these rows."""
        return any(number in self.known for number, _values in rows)

    def enter(self, session: Session) -> None:
        """Lock the import. Raises Stopped where it is not to go on."""
        run = lock_import(session, self.run_id)
        if (run.pass_number, run.tries) != (self.pass_number, self.tries) or not run.is_working:
            # Another worker took it up: this one was lost for a while, and does not know it.
            raise Stopped(ours=False)
        if run.cancel_asked:
            raise Stopped
        person = session.get(Staff, run.started_by, populate_existing=True)
        if person is None or not person.active or person.role != self.by.role or not may(self.needs, self.by):
            raise Stopped(Problem.NOT_ALLOWED)

    def note(self, session: Session, report: Report) -> None:
        """Note what became of a part. The import is locked."""
        lines = [self._line(line.row, line.outcome, line.name, line.number, line.message, line.differences) for line in report.lines]
        lines += [self._error(error, ImportOutcome.REFUSED) for error in report.refused]
        lines += [self._error(error, ImportOutcome.NOTE) for error in report.notes]
        if lines:
            session.execute(insert(ImportRow), sorted(lines, key=lambda line: int(line["row"])))
        run = session.get_one(Import, self.run_id)
        counted = {name: getattr(report, name) for name in ("new", "changed", "same", "conflict", "left_out")}
        for name, count in counted.items():
            setattr(run, name, getattr(run, name) + count)
        run.errors += len(report.refused)
        run.notes += len(report.notes)
        run.done += sum(counted.values())

    def _error(self, error: RowError, outcome: ImportOutcome) -> dict[str, Any]:
        return self._line(error.row, outcome, error.thing, field=error.column, code=error.code, message=error.message)

    def _line(
        self,
        row: int,
        outcome: str,
        name: str = "",
        number: str = "",
        message: str = "",
        differences: Iterable[tuple[str, str, str]] = (),
        *,
        field: str = "",
        code: str = "",
    ) -> dict[str, Any]:
        texts = {"name": name[:200], "number": number, "message": message[:1000], "field": field[:80], "code": code}
        place = {"import_id": self.run_id, "pass_number": self.pass_number, "row": row, "outcome": str(outcome)}
        return {**place, **texts, "differences": [list(one) for one in differences]}


@dataclass(frozen=True)
class _Task:
    """What is to be done with an import, as plain values: its own row is read anew in each transaction."""

    importer: Importer
    journal: ImportJournal
    content: bytes
    file_name: str
    reading: Reading
    language: str
    looks: bool
    valid_rows: bool


def carry_out(import_id: int) -> None:
    """Do what is to be done with an import now. A no-op where nothing is. An entry point: it owns its transactions."""
    task = in_transaction(lambda session: _take_up(session, import_id))
    if task is None:
        return
    with speaking(task.language):
        try:
            _go_through(task)
            _end(task.journal, ImportState.CHECKED if task.looks else ImportState.DONE)
        except Stopped as stopped:
            if stopped.ours:
                _end(task.journal, ImportState.CANCELLED, stopped.problem)


def give_up(session: Session, run: Import, *, by: Actor) -> None:
    """End an import that cannot go on, by a mistake of ours. It must be locked. What is written stays. A no-op where it has ended."""
    if not run.is_working:
        return
    move(session, run, ImportState.FAILED, by=by, problem=Problem.OUR_MISTAKE)


def _take_up(session: Session, import_id: int) -> _Task | None:
    run = lock_import(session, import_id)
    if not run.is_working:
        return None
    looks = run.state == ImportState.CHECKING
    if looks and run.began_at is not None:
        # Looking on from the middle would forget what the orders before take from the stock.
        begin_pass(run)
    run.tries += 1
    importer = importer_of(run.kind).given(channel=run.channel.code if run.channel else "")
    by = actor_of(session.get_one(Staff, run.started_by))
    return _Task(
        importer=importer,
        journal=ImportJournal(session, run, by, importer.needs),
        content=session.get_one(ImportFile, run.id).content,
        file_name=run.file_name,
        reading=run.reading,
        language=run.language,
        looks=looks,
        valid_rows=looks or run.mode == ImportMode.VALID,
    )


def _go_through(task: _Task) -> None:
    try:
        sheet = read_file(task.importer, task.content, name=task.file_name, reading=task.reading)
    except BadSheet as bad:
        task.journal.begin(0, Report(refused=bad.errors))
        return
    take_in(task.importer, sheet, by=task.journal.by, dry_run=task.looks, valid_rows=task.valid_rows, journal=task.journal)


def _end(journal: ImportJournal, to: ImportState, problem: Problem = Problem.NONE) -> None:
    def end(session: Session) -> None:
        run = lock_import(session, journal.run_id)
        if (run.pass_number, run.tries) == (journal.pass_number, journal.tries) and run.is_working:
            move(session, run, ImportState.CANCELLED if run.cancel_asked and to != ImportState.DONE else to, by=journal.by, problem=problem)

    in_transaction(end)
