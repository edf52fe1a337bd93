"""Reading XLSX files: what is typed in cells, and what is refused before or while it is read (B25, B82, SEC32)."""

import io
import resource
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from logistics.core.parsing import clean_line, parse_code, parse_moment, parse_percent, parse_quantity
from logistics.core.sheets import BadSheet, Column, Sheet, read_sheet

pytestmark = pytest.mark.usefixtures("session")

COLUMNS = [
    Column("sku", parse_code, required=True, takes="code"),
    Column("quantity", parse_quantity, default=1, takes="number"),
    Column("note", clean_line, default=""),
    Column("discount", parse_percent, takes="number"),
    Column("at", parse_moment, takes="day"),
]
HEAD = ["sku", "quantity", "note", "discount", "at"]
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><lolz>&lol2;</lolz>'


def test_text_numbers_and_days_are_read_as_they_are_shown() -> None:
    sheet = _read(lambda it: it.append(["LAMP-1", 3, "Café 落地灯", 12.5, date(2026, 11, 22)]))

    ((row, values),) = sheet.rows
    assert (row, values["sku"], values["quantity"], values["note"], values["discount"]) == (2, "LAMP-1", 3, "Café 落地灯", 1250)
    assert values["at"].date() == date(2026, 11, 22)


def test_blank_rows_are_counted_and_rows_keep_the_numbers_of_the_sheet() -> None:
    def fill(it: Worksheet) -> None:
        it["A3"], it["A7"], it["B5"] = "LAMP", "SHADE", "   "

    sheet = _read(fill)
    assert [row for row, _values in sheet.rows] == [3, 7]
    assert sheet.blank == 1


@pytest.mark.parametrize(
    ("cell", "value", "column", "code"),
    [
        ("A2", 12345, "sku", "format_as_text"),
        ("A2", 1.5, "sku", "format_as_text"),
        ("A2", datetime(2026, 1, 2), "sku", "format_as_text"),  # noqa: DTZ001 - workbooks know no zones
        ("A2", "=1+1", "sku", "formula"),
        ("B2", "=SUM(A1:A9)", "quantity", "formula"),
        ("B2", 1.5, "quantity", "bad_quantity"),
        ("B2", "#REF!", "quantity", "error_value"),
        ("B2", True, "quantity", "bad_quantity"),
        ("C2", 12.5, "note", "format_as_text"),
        ("C2", 1234567890123456, "note", "format_as_text"),
        ("C2", datetime(2026, 1, 2).time(), "note", "format_as_text"),  # noqa: DTZ001
        ("E2", 45000, "at", "format_as_text"),
        ("E2", datetime(2026, 1, 2, 3, 4), "at", "no_offset"),  # noqa: DTZ001
    ],
)
def test_a_cell_that_cannot_be_taken_is_named_by_its_address(cell: str, value: Any, column: str, code: str) -> None:
    def fill(it: Worksheet) -> None:
        it["A2"] = "LAMP"
        it[cell] = value

    sheet = _read(fill)

    (error,) = sheet.errors
    assert (error.row, error.column, error.code) == (2, column, code)
    assert cell in error.message or code in ("bad_quantity", "no_offset")
    assert sheet.rows == []


def test_whole_numbers_are_fine_where_text_is_wanted_unless_they_are_shown_otherwise() -> None:
    def fill(it: Worksheet) -> None:
        it.append(["A", 1, 221])
        it.append(["B", 1, 7])
        it["C3"].number_format = "0000"

    sheet = _read(fill)

    assert [values["note"] for _row, values in sheet.rows] == ["221"]
    assert [(error.row, error.column, error.code) for error in sheet.errors] == [(3, "note", "format_as_text")]


def test_a_percentage_means_what_it_shows_and_noise_behind_fifteen_digits_is_none() -> None:
    def fill(it: Worksheet) -> None:
        it.append(["A", 1, "x", 0.1])
        it["D2"].number_format = "0%"
        it.append(["B", 1, "x", 0.1 + 0.2])

    sheet = _read(fill)
    assert [values["discount"] for _row, values in sheet.rows] == [1000, 30]


def test_only_the_first_visible_sheet_is_read() -> None:
    book = Workbook()
    book.active.append(["secret"])  # type: ignore[union-attr]
    book.active.sheet_state = "hidden"  # type: ignore[union-attr]
    shown = book.create_sheet("Orders")
    shown.append(HEAD)
    shown.append(["LAMP"])

    assert [values["sku"] for _row, values in _read_book(book).rows] == ["LAMP"]


def test_merged_cells_are_named() -> None:
    def fill(it: Worksheet) -> None:
        it.append(["LAMP"])
        it.append(["SHADE"])
        it.merge_cells("A2:A3")

    with pytest.raises(BadSheet) as refusal:
        _read(fill)
    assert [(error.row, error.code) for error in refusal.value.errors] == [(2, "merged_cells")]
    assert "A2:A3" in str(refusal.value)


def test_days_counted_from_1904_are_refused_by_cell() -> None:
    book = _book(lambda it: it.append(["LAMP", 1, "", None, date(2026, 11, 22)]))
    book.epoch = CALENDAR_MAC_1904

    (error,) = _read_book(book).errors
    assert (error.column, error.code) == ("at", "calendar_1904")
    assert "E2" in error.message


def test_something_beside_the_table_is_a_ragged_row() -> None:
    def fill(it: Worksheet) -> None:
        it.append(["LAMP"])
        it["Z2"] = "look here"

    assert [(error.row, error.code) for error in _read(fill).errors] == [(2, "ragged")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"sku\nLAMP\n", "not_xlsx"),
        (b"PK\x03\x04nothing", "bad_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected"),
    ],
)
def test_what_is_no_workbook_is_named(content: bytes, code: str) -> None:
    assert _codes(content) == [code]


@pytest.mark.parametrize(
    ("part", "content", "code"),
    [
        ("../../etc/passwd", b"x", "bad_path"),
        ("/etc/passwd", b"x", "bad_path"),
        ("xl\\..\\..\\evil.xml", b"x", "bad_path"),
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "external_links"),
        ("xl/embeddings/inner.xlsx", b"PK\x03\x04", "nested_file"),
        ("inner.zip", b"PK\x03\x04", "nested_file"),
        ("xl/drawings/d.xml", DOCTYPE, "declarations"),
        ("xl/drawings/d.xml", DOCTYPE.decode().encode("utf-16"), "declarations"),
        ("xl/big.xml", b"<x>" + b"0" * 50_000_000, "too_large_unpacked"),
    ],
)
def test_what_no_spreadsheet_needs_is_refused_before_it_is_read(part: str, content: bytes, code: str) -> None:
    assert _codes(_with_part(part, content)) == [code]


def test_too_many_parts_are_refused() -> None:
    stream = io.BytesIO(_saved(_book(lambda it: it.append(["LAMP"]))))
    with zipfile.ZipFile(stream, "a") as package:
        for at in range(200):
            package.writestr(f"xl/extra{at}.xml", "<x/>")
    assert _codes(stream.getvalue()) == ["too_large_unpacked"]


@pytest.mark.parametrize("sheet", ["many million cells", "a lie about its size", "a row far away", "a cell far away"])
def test_bombs_and_lies_are_refused_in_little_memory(sheet: str) -> None:
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    heading = '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row>'
    good = '<row r="2"><c r="A2" t="inlineStr"><is><t>LAMP</t></is></c></row>'
    body = {
        "many million cells": heading + "<row><c><v>1</v></c></row>" * 3_900_000,
        "a lie about its size": heading + good,
        "a row far away": heading + good + '<row r="2000000000"><c r="A2000000000"><v>1</v></c></row>',
        "a cell far away": heading + good + '<row r="3"><c r="A3" t="inlineStr"><is><t>X</t></is></c><c r="ZZZ3"><v>1</v></c></row>',
    }[sheet]
    content = _with_part("xl/worksheets/sheet1.xml", f'{head}<dimension ref="A1:XFD1048576"/><sheetData>{body}</sheetData></worksheet>'.encode())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    codes = _codes(content)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200 * 1024
    expected = {
        "many million cells": ["too_large_unpacked"],
        "a lie about its size": [],
        "a row far away": ["bad_workbook"],
        "a cell far away": ["ragged"],
    }
    assert codes == expected[sheet]


def test_a_part_that_declares_less_than_it_holds_is_damage() -> None:
    content = bytearray(_with_part("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 300_000 + b"</worksheet>"))
    size = (300_000 + 23).to_bytes(4, "little")
    while (at := content.find(size)) >= 0:
        content[at : at + 4] = (100).to_bytes(4, "little")

    assert _codes(bytes(content)) == ["bad_workbook"]


def test_spreadsheets_of_other_kinds_are_named() -> None:
    for name in ("orders.xls", "orders.XLSM", "orders.ods"):
        with pytest.raises(BadSheet, match=r"\.xlsx"):
            read_sheet(b"x", COLUMNS, name=name)


def test_the_kind_of_the_file_and_its_name_must_agree() -> None:
    with pytest.raises(BadSheet) as refusal:
        read_sheet(_saved(_book(lambda it: it.append(["LAMP"]))), COLUMNS, name="orders.csv")
    assert refusal.value.errors[0].code == "not_csv"


def _read(fill: Callable[[Worksheet], Any]) -> Sheet:
    return _read_book(_book(fill))


def _read_book(book: Workbook) -> Sheet:
    return read_sheet(_saved(book), COLUMNS, name="Orders.XLSX")


def _book(fill: Callable[[Worksheet], Any]) -> Workbook:
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    book.active.append(HEAD)
    fill(book.active)
    return book


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _with_part(name: str, content: bytes) -> bytes:
    """A good workbook with one part more, or another one in its place."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_saved(_book(lambda it: it.append(["LAMP"]))))) as good,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for part in good.infolist():
            if part.filename != name:
                package.writestr(part, good.read(part))
        package.writestr(name, content)
    return stream.getvalue()


def _codes(content: bytes) -> list[str]:
    try:
        return [error.code for error in read_sheet(content, COLUMNS[:1], name="a.xlsx").errors]
    except BadSheet as refusal:
        return [error.code for error in refusal.errors]
