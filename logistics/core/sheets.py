"""Reading CSV files strictly: every row or its exact error, nothing swallowed.

The csv module's reader takes everything after an unclosed quote for one field; here that is an error with its row number.
Row numbers are those a spreadsheet shows: the heading is row 1.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.core.language import _
from logistics.core.refusals import BadValue

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 200_000
LONGEST_FIELD = 131_072


@dataclass(frozen=True)
class RowError:
    """What is wrong in one row; `column` is empty where the whole row is meant. Row 0 is the file."""

    row: int
    column: str
    code: str
    message: str


class BadSheet(Exception):
    """A file that cannot be read at all, or whose heading is wrong."""

    def __init__(self, *errors: RowError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


@dataclass(frozen=True)
class Column:
    """A column of a file: its heading, how its text is read, and what an empty field gives where it may be empty."""

    name: str
    read: Callable[[str], Any]
    required: bool = False
    default: Any = None


@dataclass
class Sheet:
    """A file that was read: the values of each good row with its number, and what is wrong in the others."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    blank: int = 0


def read_sheet(content: bytes, columns: Sequence[Column]) -> Sheet:
    """Read a whole CSV file against its columns. Raises BadSheet where no row can be trusted."""
    records = _records(_decode(content))
    heading = next(records, None)
    if heading is None:
        raise BadSheet(_problem("empty_file", _("The file is empty.")))
    order = _check_heading(heading[1], columns)
    sheet = Sheet()
    for number, fields in records:
        if number > MOST_ROWS + 1:
            raise BadSheet(_problem("too_many_rows", _("The file has more than %(count)s rows.", count=MOST_ROWS)))
        if not any(text.strip() for text in fields):
            sheet.blank += 1
        elif len(fields) != len(heading[1]):
            sheet.errors.append(_ragged(number, len(heading[1]), len(fields)))
        else:
            _read_row(sheet, number, fields, order, columns)
    if not sheet.rows and not sheet.errors:
        raise BadSheet(_problem("no_rows", _("The file has a heading but no rows.")))
    return sheet


def find_repeats(sheet: Sheet, key: Callable[[Mapping[str, Any]], Any], column: str) -> list[RowError]:
    """An error for each value that stands in more than one row, naming all of the rows."""
    seen: dict[Any, list[int]] = {}
    for number, values in sheet.rows:
        seen.setdefault(key(values), []).append(number)
    return [
        RowError(rows[0], column, "repeated", _("“%(value)s” stands in rows %(rows)s.", value=str(value)[:80], rows=", ".join(map(str, rows))))
        for value, rows in seen.items()
        if len(rows) > 1
    ]


def _decode(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise BadSheet(_problem("too_large", _("The file is larger than 10 MB.")))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadSheet(_problem("bad_encoding", _("The file is UTF-16. Save it as “CSV UTF-8”.")))
    if content[:4] in (b"\x89PNG", b"%PDF", b"PK\x03\x04") or content.lstrip()[:1] == b"<" or b"\x00" in content:
        raise BadSheet(_problem("not_csv", _("This is not a CSV file.")))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSheet(RowError(line, "", "bad_encoding", _("The file is not UTF-8 (row %(row)s). Save it as “CSV UTF-8”.", row=line))) from None


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline=""), strict=True)
    number, line = 0, 1
    while True:
        begins = line
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BadSheet(
                RowError(number, "", "bad_quotes", _("Row %(row)s cannot be read: a quote is not closed, or a field is too long.", row=number))
            ) from None
        line = reader.line_num + 1
        if line - begins > 200:
            raise BadSheet(RowError(number, "", "bad_quotes", _("Row %(row)s has a quote that is not closed.", row=number)))
        yield number, fields


def _check_heading(found: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    names = [name.strip() for name in found]
    known = {column.name: column for column in columns}
    wrong = [name for name in names if name not in known] + sorted({name for name in names if names.count(name) > 1})
    missing = [column.name for column in columns if column.required and column.name not in names]
    if len(found) == 1 and missing and re.search("[;\t|]", found[0]):
        raise BadSheet(RowError(1, "", "bad_delimiter", _("The columns must be separated by commas. Save the file as “CSV UTF-8 (comma)”.")))
    if wrong or missing:
        expected = ", ".join(known)
        text = _("The heading should name these columns: %(expected)s. Found: %(found)s.", expected=expected, found=", ".join(names)[:300])
        raise BadSheet(RowError(1, ", ".join(wrong or missing)[:80], "bad_heading", text))
    return [known[name] for name in names]


def _read_row(sheet: Sheet, number: int, fields: Sequence[str], order: Sequence[Column], columns: Sequence[Column]) -> None:
    values: dict[str, Any] = {column.name: column.default for column in columns}
    errors: list[RowError] = []
    for column, text in zip(order, fields, strict=True):
        if not text.strip(" "):
            if column.required:
                errors.append(RowError(number, column.name, "required", _("This is needed.")))
            continue
        try:
            values[column.name] = column.read(text)
        except BadValue as error:
            errors.append(RowError(number, column.name, error.code, error.message))
    sheet.errors += errors
    if not errors:
        sheet.rows.append((number, values))


def _ragged(number: int, expected: int, found: int) -> RowError:
    return RowError(number, "", "ragged", _("The row has %(found)s fields, the heading %(expected)s.", found=found, expected=expected))


def _problem(code: str, message: str) -> RowError:
    return RowError(0, "", code, message)
