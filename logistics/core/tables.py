"""What files of rows are made of, however they are written: fields and their errors, the columns somebody wants, and how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from logistics.core.language import _
from logistics.core.refusals import BadValue

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 256


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row; `column` is empty where the whole row is meant. Row 0 is the file. `also` are other rows it is about.

    `thing` is what the file calls the whole that the row belongs to, an order say, as far as that can be told.
    """

    row: int
    column: str
    code: str
    message: str
    also: tuple[int, ...] = ()
    thing: str = ""


class BadSheet(Exception):
    """A file that cannot be read at all, or whose heading is wrong."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


@dataclass(frozen=True)
class Cell:
    """A field of a workbook that is more than text: a number, a day, or what cannot be taken at all. `at` is its address ("B7").

    `shown` says that the workbook shows a number by just these digits.
    """

    at: str
    text: str
    kind: Literal["number", "day", "bad"]
    shown: bool = True
    code: str = ""
    message: str = ""

    def check(self, takes: str) -> None:
        """Raise BadValue where a column that takes "text", "code", "number" or "day" cannot take it."""
        if self.kind == "bad":
            raise BadValue(self.code, self.message)
        fits = takes == self.kind or (takes == "text" and self.kind == "number" and self.shown)
        if not fits:
            message = _("Cell %(cell)s holds a number or a date. Format the column as text and type it again.", cell=self.at)
            raise BadValue("format_as_text", message)


Field = str | Cell


def problem(code: str, message: str) -> RowError:
    """An error of the whole file."""
    return RowError(0, "", code, message)


@dataclass(frozen=True)
class Layout:
    """How a file of delimited text is written: keys of ENCODINGS, DELIMITERS and DECIMALS in core.delimited."""

    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: str = "."


@dataclass(frozen=True)
class Column:
    """A column somebody wants: its name, how its text is read, and what an empty field gives where it may be empty.

    `takes` says what a workbook's cell may be: a "code" must be text (a number has lost its zeros already), "text" may be a whole
    number as well, "number" and "day" are what they say. `label` is what people call it, `also` lists other headings that mean it, between bars.
    """

    name: str
    read: Callable[[str], Any]
    required: bool = False
    default: Any = None
    takes: Literal["text", "code", "number", "day"] = "text"
    label: Any = ""
    also: str = ""


@dataclass(frozen=True)
class Source:
    """Where a column's values come from: the field at this place of each row (0 is the first), or always the same text."""

    at: int | None = None
    fixed: str = ""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read: its layout, and where each column comes from. Without sources its heading must have our own names."""

    layout: Layout = Layout()
    sources: Mapping[str, Source] | None = None


@dataclass
class Sheet:
    """A file that was read: the values of each good row with its number, and what is wrong in the others.

    `wrong` holds what can still be trusted of a row that is wrong: the values of its good columns as texts, none that may have been
    shifted.
    """

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    wrong: dict[int, dict[str, str]] = field(default_factory=dict)
    blank: int = 0
