"""What files of rows are made of, however they are written: fields, their errors, and how large they may be."""

from dataclasses import dataclass
from typing import Literal

from logistics.core.language import _
from logistics.core.refusals import BadValue

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 256


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row; `column` is empty where the whole row is meant. Row 0 is the file. `also` are other rows it is about."""

    row: int
    column: str
    code: str
    message: str
    also: tuple[int, ...] = ()


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
