"""Files of rows, read strictly against the columns somebody wants: every row or its exact error, nothing swallowed.

How a file becomes rows is core.delimited's (CSV) and core.workbooks' (XLSX). Row numbers are those a spreadsheet shows: the heading
is row 1.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

from logistics.core.delimited import read_delimited
from logistics.core.language import _
from logistics.core.refusals import BadValue
from logistics.core.tables import LARGEST_FILE, MOST_ROWS, BadSheet, Cell, Column, Field, Layout, Reading, RowError, Sheet, Source, problem
from logistics.core.workbooks import read_workbook

__all__ = [
    "LARGEST_FILE", "MOST_ERRORS", "BadSheet", "Column", "Layout", "Reading", "RowError", "Sheet", "Source",
    "cut_errors", "find_repeats", "is_workbook", "read_sheet", "rows_of", "text_of",
]  # fmt: skip

MOST_ERRORS = 10_000
# How databases write that there is nothing.
_NOTHING = {"NULL", "\\N"}


@dataclass(frozen=True)
class _Plan:
    """Where each column's field stands in a row, and what the others always are."""

    columns: Sequence[Column]
    places: Mapping[str, int]
    constants: Mapping[str, Any]
    decimal: str

    @cached_property
    def placed(self) -> list[tuple[Column, int]]:
        """The columns that the file has."""
        return [(column, self.places[column.name]) for column in self.columns if column.name in self.places]


def read_sheet(content: bytes, columns: Sequence[Column], *, name: str = "", reading: Reading | None = None) -> Sheet:
    """Read a whole file against its columns; `name` is what the file is called. Raises BadSheet where no row can be trusted."""
    how = reading or Reading()
    records = rows_of(content, name, how.layout)
    heading = [text_of(one).strip() for one in next(records)[1]]
    places = _check_heading(heading, columns) if how.sources is None else _place(heading, columns, how.sources)
    plan = _Plan(columns, places, _read_fixed(columns, how.sources or {}), how.layout.decimal)
    sheet = Sheet()
    for number, fields in records:
        if number > MOST_ROWS + 1:
            raise BadSheet(problem("too_many_rows", _("The file has more than %(count)s rows.", count=MOST_ROWS)))
        if not any(text_of(one).strip() for one in fields):
            sheet.blank += 1
        elif len(fields) != len(heading):
            _note_ragged(sheet, number, fields, len(heading), plan)
        else:
            _read_row(sheet, number, fields, plan)
        if len(sheet.errors) > MOST_ERRORS:
            raise BadSheet(*cut_errors(sheet.errors))
    if not sheet.rows and not sheet.errors:
        raise BadSheet(problem("no_rows", _("The file has a heading but no rows.")))
    return sheet


def rows_of(content: bytes, name: str, layout: Layout) -> Iterator[tuple[int, Sequence[Field]]]:
    """The rows of a file with their numbers, its heading first. Raises BadSheet, now or on the way."""
    if len(content) > LARGEST_FILE:
        raise BadSheet(problem("too_large", _("The file is larger than 10 MB.")))
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadSheet(problem("empty_file", _("The file is empty.")))
    if is_workbook(name):
        return read_workbook(content)
    return read_delimited(content, layout)


def is_workbook(name: str) -> bool:
    """Whether a file of this name is read as a workbook. Raises BadSheet for spreadsheets of other kinds."""
    ending = PurePath(name.lower()).suffix
    if ending in (".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers"):
        message = _("Files ending in %(ending)s are not taken. Save it as “Excel workbook (.xlsx)” or as “CSV UTF-8”.", ending=ending)
        raise BadSheet(problem("other_format", message))
    return ending == ".xlsx"


def cut_errors(errors: Sequence[RowError]) -> list[RowError]:
    """The first of more errors than anybody reads, with a word about the others: such a file is wrong as a whole."""
    message = _("More than %(count)s things are wrong in this file, so it is not taken at all. The others are not listed.", count=MOST_ERRORS)
    return [problem("too_many_errors", message), *errors[:MOST_ERRORS]]


def find_repeats(sheet: Sheet, key: Callable[[Mapping[str, Any]], Any], column: str) -> list[RowError]:
    """An error for each value that stands in more than one row, naming all of the rows."""
    seen: dict[Any, list[int]] = {}
    for number, values in sheet.rows:
        seen.setdefault(key(values), []).append(number)
    return [RowError(rows[0], column, "repeated", _repeated(value, rows), also=tuple(rows[1:])) for value, rows in seen.items() if len(rows) > 1]


def _repeated(value: Any, rows: Sequence[int]) -> str:
    listed = ", ".join(map(str, rows[:20])) + (", …" if len(rows) > 20 else "")
    return str(_("“%(value)s” stands in rows %(rows)s.", value=str(value)[:80], rows=listed))


def _check_heading(found: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    known = {column.name for column in columns}
    wrong = [name for name in found if name not in known] + _twice(found)
    missing = [column.name for column in columns if column.required and column.name not in found]
    if len(found) == 1 and missing and re.search("[;\t|]", found[0]):
        raise BadSheet(RowError(1, "", "bad_delimiter", _("The columns must be separated by commas. Save the file as “CSV UTF-8 (comma)”.")))
    if wrong or missing:
        expected = ", ".join(column.name for column in columns)
        text = _("The heading should name these columns: %(expected)s. Found: %(found)s.", expected=expected, found=", ".join(found)[:300])
        raise BadSheet(RowError(1, ", ".join(wrong or missing)[:80], "bad_heading", text))
    return {name: at for at, name in enumerate(found)}


def _place(found: Sequence[str], columns: Sequence[Column], sources: Mapping[str, Source]) -> dict[str, int]:
    if twice := _twice([name for name in found if name]):
        message = _("Two columns are called “%(name)s”. Give one of them another name.", name=twice[0][:80])
        raise BadSheet(RowError(1, twice[0][:80], "bad_heading", message))
    places = {name: source.at for name, source in sources.items() if source.at is not None}
    missing = [column for column in columns if column.required and column.name not in places and not sources.get(column.name, Source()).fixed]
    gone = [name for name, at in places.items() if at >= len(found)]
    if missing or gone:
        wanted = ", ".join([str(column.label or column.name) for column in missing] or gone)
        text = _("These columns are needed: %(expected)s. Found: %(found)s.", expected=wanted, found=", ".join(found)[:300])
        raise BadSheet(RowError(1, wanted[:80], "bad_heading", text))
    return places


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _read_fixed(columns: Sequence[Column], sources: Mapping[str, Source]) -> dict[str, Any]:
    """The default of each column, or the value it always has."""
    values = {column.name: column.default for column in columns}
    for column in columns:
        source = sources.get(column.name)
        if source and source.at is None and source.fixed.strip():
            try:
                values[column.name] = column.read(source.fixed)
            except BadValue as error:
                raise BadSheet(RowError(0, column.name, error.code, error.message)) from error
    return values


def _read_row(sheet: Sheet, number: int, fields: Sequence[Field], plan: _Plan) -> None:
    values, errors, good = dict(plan.constants), list[RowError](), dict[str, str]()
    for column, at in plan.placed:
        try:
            text = _text_for(column, fields[at], plan.decimal)
            if text.strip(" ") and text not in _NOTHING:
                values[column.name] = column.read(text)
                good[column.name] = str(values[column.name])
            elif column.required:
                errors.append(RowError(number, column.name, "required", _("This is needed.")))
        except BadValue as error:
            errors.append(RowError(number, column.name, error.code, error.message))
    if errors:
        sheet.errors += errors
        sheet.wrong[number] = good
    else:
        sheet.rows.append((number, values))


def _text_for(column: Column, given: Field, decimal: str) -> str:
    """The field's text, as this column may take it. Raises BadValue."""
    text = text_of(given)
    if isinstance(given, Cell):
        given.check(column.takes)
    elif column.takes == "number" and decimal == ",":
        # Only the plain form: 1.234,50 could be either, and is refused as it stands.
        text = text.replace(",", ".") if "." not in text else text
    return text


def _note_ragged(sheet: Sheet, number: int, fields: Sequence[Field], expected: int, plan: _Plan) -> None:
    """A row of too few or too many fields: behind the first one, nobody knows where each belongs."""
    message = _("The row has %(found)s fields, the heading %(expected)s.", found=len(fields), expected=expected)
    sheet.errors.append(RowError(number, "", "ragged", message))
    sheet.wrong[number] = {}
    for column in (column for column, at in plan.placed if at == 0):
        with suppress(BadValue):
            sheet.wrong[number][column.name] = str(column.read(_text_for(column, fields[0], plan.decimal)))


def text_of(given: Field) -> str:
    """The text of a field, whatever else it is."""
    return given.text if isinstance(given, Cell) else given
