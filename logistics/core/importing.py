"""What can be imported: each feature names its kinds of files (an Importer), and what came of one is said in a Report.

How a file goes through an importer is core.taking_in's.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, TypeVar

from flask import Flask, current_app
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import FieldError, NotFound, Refusal
from logistics.core.sheets import Column, RowError, Sheet

Found = TypeVar("Found")
Rows = Sequence[tuple[int, Mapping[str, Any]]]
Outcome = Literal["new", "changed", "same", "conflict"]


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
