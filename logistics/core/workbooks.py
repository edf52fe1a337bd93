"""XLSX files: looked at from outside first (SEC32), then read row by row. The one module that knows openpyxl.

Only the first visible sheet is read, and of it what was typed: a formula is refused, because what it gives is whatever the program
that saved it last believed. Nothing in the file is trusted to say how large it is.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._reader import WorkSheetParser

from logistics.core.language import _
from logistics.core.tables import MOST_COLUMNS, MOST_ROWS, BadSheet, Cell, Field, RowError, problem

LARGEST_UNPACKED = 100 * 1024 * 1024
LARGEST_OTHER_PART = 8 * 1024 * 1024
LARGEST_TEXTS = 32 * 1024 * 1024
MOST_PARTS = 200
HIGHEST_RATIO = 100
# Below this a ratio says nothing: an empty sheet of a few kilobytes packs very well.
_RATIO_FROM = 64 * 1024
_LAST_ROW = 1_048_576
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PLAIN_FORMATS = {"General", "0", "@"}


def read_workbook(content: bytes) -> Iterator[tuple[int, Sequence[Field]]]:
    """The rows of the first visible sheet with their numbers, the heading (row 1) first; each as wide as the heading, or wider where
    something stands beside it. Raises BadSheet, now or on the way."""
    _look_from_outside(content)
    return _rows(content)


def name_of_sheet(content: bytes) -> tuple[str, int]:
    """What the sheet that is read is called, and how many others there are, which are not. Raises BadSheet."""
    _look_from_outside(content)
    with _opened(content) as book:
        return _first_visible(book).title, len(book.worksheets) - 1


def _look_from_outside(content: bytes) -> None:
    if content.startswith(_COMPOUND):
        raise BadSheet(
            problem("protected", _("The workbook is protected by a password, or of an old kind. Save it as “Excel workbook (.xlsx)” without one."))
        )
    if not content.startswith(_ZIP):
        raise BadSheet(problem("not_xlsx", _("This is not an Excel workbook (.xlsx).")))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_parts(package.infolist(), len(content))
            _check_declarations(package)
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError) as error:
        raise BadSheet(problem("bad_workbook", _("The workbook is damaged. Open it in a spreadsheet program and save it again."))) from error


def _check_parts(parts: Sequence[zipfile.ZipInfo], packed: int) -> None:
    sizes = [part.file_size for part in parts]
    if len(parts) > MOST_PARTS or sum(sizes) > LARGEST_UNPACKED or sum(part.compress_size for part in parts) > packed:
        raise BadSheet(problem("too_large_unpacked", _("The workbook unpacks to more than 100 MB or 200 parts. Save the sheet as “CSV UTF-8”.")))
    for part in parts:
        _check_part(part)


def _check_part(part: zipfile.ZipInfo) -> None:
    path = PurePosixPath(part.filename)
    if part.filename.startswith("/") or "\\" in part.filename or ".." in path.parts or ":" in part.filename:
        raise BadSheet(problem("bad_path", _("The workbook names a file outside of itself. It is not taken.")))
    if part.flag_bits & 1:
        raise BadSheet(problem("protected", _("The workbook is protected by a password. Save it without one.")))
    if part.file_size > _RATIO_FROM and part.file_size > HIGHEST_RATIO * max(1, part.compress_size):
        raise BadSheet(problem("too_large_unpacked", _("The workbook unpacks to a hundred times its size and more. Save the sheet as “CSV UTF-8”.")))
    if re.search(r"vbaProject|macrosheets/|/activeX/", part.filename, re.IGNORECASE):
        raise BadSheet(problem("macros", _("The workbook has macros. Save it as “Excel workbook (.xlsx)” without them.")))
    if "externalLinks/" in part.filename:
        raise BadSheet(problem("external_links", _("The workbook takes values from other files. Paste them as values and save it again.")))
    if re.search(r"embeddings/|\.(zip|xlsx|xlsm|xls|docx|jar|7z|rar|gz)$", part.filename, re.IGNORECASE):
        raise BadSheet(problem("nested_file", _("The workbook has other files inside. Take them out and save it again.")))
    if part.file_size > _most_for(part.filename):
        raise BadSheet(problem("too_large_unpacked", _("A part of the workbook is too large. Save the sheet as “CSV UTF-8”.")))


def _most_for(name: str) -> int:
    if name.startswith("xl/worksheets/"):
        return LARGEST_UNPACKED
    return LARGEST_TEXTS if name.lower().endswith("sharedstrings.xml") else LARGEST_OTHER_PART


def _check_declarations(package: zipfile.ZipFile) -> None:
    """No part declares a document type, whose entities could unfold without end, and all are written in UTF-8, so that this is seen."""
    for part in package.infolist():
        if not part.filename.endswith((".xml", ".rels", ".vml")):
            continue
        with package.open(part) as stream:
            head = stream.read(4096)
        if head[:2] in (b"\xfe\xff", b"\xff\xfe") or b"\x00" in head or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise BadSheet(problem("declarations", _("The workbook declares a document type, which no spreadsheet program writes. It is not taken.")))


@contextmanager
def _opened(content: bytes) -> Iterator[Any]:
    """The workbook; whatever openpyxl stumbles over means that it is damaged."""
    book = None
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        yield book
    except BadSheet:
        raise
    except Exception as error:
        raise BadSheet(problem("bad_workbook", _("The workbook is damaged. Open it in a spreadsheet program and save it again."))) from error
    finally:
        if book is not None:
            book.close()


def _first_visible(book: Any) -> Any:
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise BadSheet(problem("no_sheet", _("The workbook has no visible sheet.")))


def _rows(content: bytes) -> Iterator[tuple[int, Sequence[Field]]]:
    with _opened(content) as book:
        sheet = _first_visible(book)
        with book._archive.open(sheet._worksheet_path) as source:
            parser = WorkSheetParser(
                source, sheet._shared_strings, epoch=book.epoch, date_formats=book._date_formats, timedelta_formats=book._timedelta_formats
            )
            width, last = 0, 0
            for number, cells in parser.parse():
                if not last < number <= _LAST_ROW:
                    raise BadSheet(RowError(number, "", "bad_workbook", _("The rows of the sheet are out of order. Save it again.")))
                last = number
                fields = _fields(sheet, cells, width)
                if not width:
                    width = _check_width(number, fields)
                elif number > MOST_ROWS + 1 and not any(fields):
                    continue
                yield number, fields + [""] * (width - len(fields))
            if not width:
                raise BadSheet(problem("empty_file", _("The sheet is empty.")))
            _refuse_merged(parser.merged_cells)


def _check_width(number: int, heading: Sequence[Field]) -> int:
    if number != 1 or not any(heading):
        raise BadSheet(RowError(1, "", "bad_heading", _("The first row of the sheet must name the columns.")))
    if len(heading) > MOST_COLUMNS:
        raise BadSheet(RowError(1, "", "bad_heading", _("The sheet has more than %(count)s columns.", count=MOST_COLUMNS)))
    return len(heading)


def _fields(sheet: Any, cells: Sequence[dict[str, Any]], width: int) -> list[Field]:
    """The fields up to the last that holds anything; beyond the heading's width only that there is something."""
    fields: list[Field] = []
    for given in cells:
        if given["value"] is None:
            continue
        at = min(given["column"], (width or MOST_COLUMNS) + 1)
        fields += [""] * (at - len(fields))
        fields[at - 1] = _field(sheet, ReadOnlyCell(sheet, **given))
    while fields and not fields[-1]:
        fields.pop()
    return fields


def _field(sheet: Any, cell: Any) -> Field:
    at, value = f"{get_column_letter(cell.column)}{cell.row}", cell.value
    if cell.data_type == "f":
        return _bad(at, "formula", _("Cell %(cell)s holds a formula. Paste the column as values.", cell=at))
    if cell.data_type == "e":
        return _bad(at, "error_value", _("Cell %(cell)s shows the error %(error)s. Mend it in the spreadsheet.", cell=at, error=str(value)[:20]))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return _number(at, value, cell.number_format)
    if isinstance(value, datetime):
        return _day(sheet, at, value)
    if isinstance(value, str):
        return value
    return _bad(at, "format_as_text", _("Cell %(cell)s holds a time or something else that is no text. Format the column as text.", cell=at))


def _number(at: str, value: float, shown_as: str) -> Cell:
    # A workbook keeps 15 digits; what stands behind them in a float is noise, and a longer whole number has lost its end.
    number = Decimal(f"{value:.15g}") * (100 if "%" in shown_as else 1)
    whole = number == number.to_integral_value()
    text = str(int(number)) if whole else format(number.normalize(), "f")
    return Cell(at, text, "number", shown=whole and shown_as in _PLAIN_FORMATS and abs(number) < 10**15)


def _day(sheet: Any, at: str, value: datetime) -> Cell:
    if sheet.parent.epoch == CALENDAR_MAC_1904:
        return _bad(at, "calendar_1904", _("Cell %(cell)s holds a date counted from 1904. Write it as text, like 2026-11-22.", cell=at))
    return Cell(at, value.date().isoformat() if value.time() == time() else value.isoformat(), "day")


def _bad(at: str, code: str, message: str) -> Cell:
    return Cell(at, at, "bad", code=code, message=message)


def _refuse_merged(merged: Any) -> None:
    areas = [str(area.ref) for area in merged.mergeCell] if merged else []
    if areas:
        raise BadSheet(*[_merged(area) for area in areas[:20]])


def _merged(area: str) -> RowError:
    row = re.search(r"[0-9]+", area)
    return RowError(int(row[0]) if row else 0, "", "merged_cells", _("The cells %(area)s are merged. Unmerge them and fill in each.", area=area[:30]))
