"""Bad files (reliability.md, section 4, the C column): each is refused with its row and column, never a 500, and nothing is written."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.customers.models import Customer
from logistics.imports.models import Import, ImportState
from logistics.orders.models import Order
from tests.cast import Cast
from tests.imports.uploads import HEADING, confirm, csv_file, newest, order, rows_of, upload, work, xlsx_file

GOOD = order("W-1")
LINE = ",".join(GOOD)
HEAD = ",".join(HEADING)
MANY = "".join(",".join(order(f"W-{at}")) + "\n" for at in range(2, 8))


def with_field(name: str, text: str) -> bytes:
    """A good row, the one that is wrong, and another good one."""
    bad = [text if column == name else field for column, field in zip(HEADING, order("W-2"), strict=True)]
    return csv_file([GOOD, bad, order("W-3")])


def with_columns(extra: dict[str, str]) -> bytes:
    """The same, wrong in columns that are not always there."""
    rows = [[*order(number), *(extra[name] if number == "W-2" else "" for name in extra)] for number in ("W-1", "W-2", "W-3")]
    return csv_file(rows, [*HEADING, *extra])


def workbook(fill: Callable[[Workbook, Worksheet], Any]) -> bytes:
    """A workbook with two good rows, and what `fill` does to it."""
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADING, GOOD, order("W-2")):
        sheet.append(row)
    fill(book, sheet)
    book.save(stream)
    return stream.getvalue()


def two_currencies() -> bytes:
    return csv_file([[*GOOD, "USD", "1.00"], [*GOOD, "EUR", "1.00"]], [*HEADING, "currency", "unit_price"])


def merge_two(_book: Workbook, sheet: Worksheet) -> None:
    for number in ("W-3", "W-4", "W-5", "W-6", "W-7"):
        sheet.append(order(number))
    sheet.merge_cells("A4:A5")


def hide_another(book: Workbook, sheet: Worksheet) -> None:
    sheet.append(order("W-3"))
    book.create_sheet("secret", 0).sheet_state = "hidden"


def count_from_1904(book: Workbook, sheet: Worksheet) -> None:
    sheet.append(order("W-3"))
    book.epoch = CALENDAR_MAC_1904


def protected() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000


def bomb() -> bytes:
    stream = io.BytesIO(xlsx_file([GOOD]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet9.xml", b"0" * 90_000_000)
    return stream.getvalue()


# Refused when it is uploaded: number, name, content, status, what is said.
AT_THE_DOOR: list[tuple[str, str, bytes, int, str]] = [
    ("B74 png", "a.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, 422, "not a CSV file"),
    ("B74 pdf", "a.csv", b"%PDF-1.7 ...", 422, "not a CSV file"),
    ("B74 xlsx renamed", "a.csv", xlsx_file([GOOD]), 422, "not a CSV file"),
    ("B74 html", "a.csv", b"<html><table>", 422, "not a CSV file"),
    ("B74 csv renamed", "a.xlsx", csv_file([GOOD]), 422, "not an Excel workbook"),
    ("B74 old excel", "a.xls", protected(), 422, "Save it as"),
    ("B74 macros", "a.xlsm", xlsx_file([GOOD]), 422, "Save it as"),
    ("B75 utf-16 without a mark", "a.csv", f"{HEAD}\n{LINE}\n".encode("utf-16-le"), 422, "not a CSV file"),
    ("B77 empty", "a.csv", b"", 422, "The file is empty"),
    ("B77 only spaces", "a.csv", b"\xef\xbb\xbf \r\n\r\n", 422, "The file is empty"),
    ("B77 only a heading", "a.csv", HEAD.encode(), 422, "no rows"),
    ("B77 empty workbook", "a.xlsx", xlsx_file([], []), 422, "empty"),
    ("B79 early", "a.csv", f'{HEAD}\n{LINE}\nW-2,"never closed,x\n{LINE}\n'.encode(), 422, "Row 3 "),
    ("B80 early", "a.csv", f"{HEAD}\n{LINE}\nW-2,{'x' * 131_073}\n".encode(), 422, "Row 3 "),
    ("B81 10.1 MB", "a.csv", HEAD.encode() + b"\n" + b"x" * 10_590_617, 413, "larger than 10 MB"),
    ("B82 password", "a.xlsx", protected(), 422, "protected by a password"),
    ("B82 bomb", "a.xlsx", bomb(), 422, "unpacks to"),
    ("B82 no zip", "a.xlsx", b"PK\x03\x04 and no more", 422, "damaged"),
    ("B33 a name that turns round", "orders\u202evsc.exe.csv", csv_file([GOOD]), 422, "plain name"),
    ("B30 a name with a control character", "or\x07ders.csv", csv_file([GOOD]), 422, "plain name"),
]  # fmt: skip

# Refused when it is looked at: number, name, content, row, field, code.
LOOKED_AT: list[tuple[str, str, bytes, int, str, str]] = [
    ("B1", "a.csv", with_field("quantity", "0"), 3, "quantity", "bad_quantity"),
    ("B2", "a.csv", with_field("quantity", "-1"), 3, "quantity", "credit"),
    ("B2 minus zero", "a.csv", with_field("quantity", "-0"), 3, "quantity", "bad_quantity"),
    ("B2 other minus", "a.csv", with_field("quantity", "−1"), 3, "quantity", "bad_minus"),
    ("B3", "a.csv", with_field("quantity", "1000000"), 3, "quantity", "bad_quantity"),
    ("B3 32 bits", "a.csv", with_field("quantity", "2147483648"), 3, "quantity", "bad_quantity"),
    ("B4", "a.csv", with_field("quantity", "9" * 5000), 3, "quantity", "bad_quantity"),
    ("B5", "a.csv", with_field("quantity", "1.0"), 3, "quantity", "bad_quantity"),
    ("B6", "a.csv", with_field("quantity", "1e3"), 3, "quantity", "bad_quantity"),
    ("B7", "a.csv", with_field("quantity", "1_000"), 3, "quantity", "bad_quantity"),
    ("B8", "a.csv", with_field("quantity", "1,000"), 3, "quantity", "bad_quantity"),
    ("B8 spaced", "a.csv", with_field("quantity", "1 000"), 3, "quantity", "bad_quantity"),
    ("B9", "a.csv", with_field("quantity", "١٢"), 3, "quantity", "bad_quantity"),
    ("B9 full width", "a.csv", with_field("quantity", "１２"), 3, "quantity", "bad_quantity"),
    ("B10", "a.csv", with_field("quantity", "²"), 3, "quantity", "bad_quantity"),
    ("B11", "a.csv", with_field("quantity", "\u00a012"), 3, "quantity", "bad_quantity"),
    ("B14", "a.csv", with_columns({"unit_price": "NaN"}), 3, "unit_price", "bad_amount"),
    ("B14 huge", "a.csv", with_columns({"unit_price": "1E+100000"}), 3, "unit_price", "bad_amount"),
    ("B15 negative", "a.csv", with_columns({"unit_price": "-0.01"}), 3, "unit_price", "bad_amount"),
    ("B15 decimals", "a.csv", with_columns({"unit_price": "0.001"}), 3, "unit_price", "too_many_decimals"),
    ("B15 yen", "a.csv", with_columns({"currency": "JPY", "unit_price": "1.5"}), 3, "unit_price", "too_many_decimals"),
    ("B18", "a.csv", with_columns({"discount": "101"}), 3, "discount", "bad_percent"),
    ("B19 lower case", "a.csv", with_columns({"currency": "usd"}), 3, "currency", "unknown_currency"),
    ("B19 none", "a.csv", with_columns({"currency": "XXX"}), 3, "currency", "unknown_currency"),
    ("B19 mixed", "a.csv", two_currencies(), 3, "currency", "differs"),
    ("B20 empty", "a.csv", with_field("sku", ""), 3, "sku", "required"),
    ("B20 long", "a.csv", with_field("sku", "A" * 65), 3, "sku", "too_long"),
    ("B21 hard space", "a.csv", with_field("sku", "\u00a0LAMP"), 3, "sku", "bad_code"),
    ("B23 full width", "a.csv", with_field("sku", "Ａ1"), 3, "sku", "bad_code"),
    ("B23 Cyrillic", "a.csv", with_field("sku", "А1"), 3, "sku", "bad_code"),
    ("B23 joiner", "a.csv", with_field("sku", "LA\u200dMP"), 3, "sku", "bad_code"),
    ("B25 number", "a.xlsx", workbook(lambda _book, sheet: sheet.__setitem__("H3", 123)), 3, "sku", "format_as_text"),
    ("B26 unknown", "a.csv", with_field("sku", "NONE"), 3, "sku", "unknown_sku"),
    ("B26 not for sale", "a.csv", with_field("sku", "OLD"), 3, "sku", "not_sellable"),
    ("B26 no goods", "a.csv", with_field("sku", "POST"), 3, "sku", "not_goods"),
    ("B32", "a.csv", with_field("name", "a\x1b[2Jb"), 3, "name", "control_character"),
    ("B36", "a.csv", with_field("name", "e" + "\u0301" * 500), 3, "name", "too_long"),
    ("B49", "a.csv", with_field("email", "a@b@c"), 3, "email", "bad_email"),
    ("B49 second recipient", "a.csv", with_field("email", "a@b.example\r\nBcc: x@y.example"), 3, "email", "control_character"),
    ("B50", "a.csv", with_columns({"phone": "0800-FLOWERS"}), 3, "phone", "bad_phone"),
    ("B51 country", "a.csv", with_field("country", "ZZ"), 3, "country", "unknown_country"),
    ("B51 postcode", "a.csv", with_field("postcode", "'; DROP"), 3, "postcode", "bad_postcode"),
    ("B78 short", "a.csv", f"{HEAD}\n{LINE}\nW-2,Only,three\n".encode(), 3, "", "ragged"),
    ("B78 long", "a.csv", f"{HEAD}\n{LINE}\n{','.join(order('W-2'))},more\n".encode(), 3, "", "ragged"),
    ("B79", "a.csv", f'{HEAD}\n{MANY}W-8,"never closed,x\n{LINE}\n'.encode(), 8, "", "bad_quotes"),
    ("B80", "a.csv", f"{HEAD}\n{MANY}W-8,{'x' * 131_073}\n".encode(), 8, "", "bad_quotes"),
    ("B82 formula", "a.xlsx", workbook(lambda _book, sheet: sheet.__setitem__("I3", "=1+1")), 3, "quantity", "formula"),
    ("B82 error", "a.xlsx", workbook(lambda _book, sheet: sheet.__setitem__("I3", "#REF!")), 3, "quantity", "error_value"),
    ("B82 merged", "a.xlsx", workbook(merge_two), 4, "", "merged_cells"),
    ("B82 beside", "a.xlsx", workbook(lambda _book, sheet: sheet.__setitem__("Z3", "look")), 3, "", "ragged"),
]  # fmt: skip

# Taken as it is: number, name, content.
TAKEN = [
    ("B21 trimmed", "a.csv", with_field("sku", " LAMP\t")),
    ("B34", "a.csv", with_field("name", "👨‍👩‍👧 Ω≈ç√ 落地灯")),
    ("B35", "a.csv", with_field("name", "Cafe\u0301")),
    ("B52", "a.csv", with_field("name", "' OR 1=1--")),
    ("B53", "a.csv", with_field("name", "<script>alert(1)</script>")),
    ("B54", "a.csv", with_field("name", "=cmd|'/c calc'!A1")),
    ("B75 mark", "a.csv", b"\xef\xbb\xbf" + csv_file([GOOD, order("W-2"), order("W-3")]).lstrip(b"\xef\xbb\xbf")),
    ("B75 utf-16", "a.csv", csv_file([GOOD, order("W-2", name="Café"), order("W-3")]).decode("utf-8-sig").encode("utf-16")),
    ("B75 cp1252", "a.csv", csv_file([GOOD, order("W-2", name="Café crème à la carte"), order("W-3")]).decode("utf-8-sig").encode("cp1252")),
    ("B76 semicolon", "a.csv", csv_file([GOOD, order("W-2"), order("W-3")]).replace(b",", b";")),
    ("B76 tab", "a.csv", csv_file([GOOD, order("W-2"), order("W-3")]).replace(b",", b"\t")),
    ("B77 other order", "a.csv", csv_file([order(number)[::-1] for number in ("W-1", "W-2", "W-3")], HEADING[::-1])),
    ("B78 blank rows", "a.csv", f"{HEAD}\n\n{LINE}\n,,,,,,,,\n{','.join(order('W-2'))}\n{','.join(order('W-3'))}\n\n".encode()),
    ("B80 bare CR", "a.csv", csv_file([GOOD, order("W-2"), order("W-3")]).replace(b"\r\n", b"\r")),
    ("B82 hidden sheet", "a.xlsx", workbook(hide_another)),
    ("B82 1904 without dates", "a.xlsx", workbook(count_from_1904)),
]  # fmt: skip


@pytest.fixture(autouse=True)
def shelf(app: Flask, session: Session, cast: Cast) -> Iterator[None]:
    """Ten lamps; and whatever was looked at, nothing was written."""
    jobs.init_app(app)
    cast.made(lambda: (cast.stock("LAMP", 10), cast.product("OLD", sellable=False)))
    yield
    session.commit()
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Order, Customer)] == [0, 0]


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


@pytest.mark.parametrize(("name", "content", "status", "says"), [case[1:] for case in AT_THE_DOOR], ids=[case[0] for case in AT_THE_DOOR])
def test_refused_at_the_door(clerk: FlaskClient, session: Session, name: str, content: bytes, status: int, says: str) -> None:
    answer = upload(clerk, content, name=name)

    assert answer.status_code == status
    assert says in answer.text
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.mark.parametrize(("name", "content", "row", "field", "code"), [case[1:] for case in LOOKED_AT], ids=[case[0] for case in LOOKED_AT])
def test_refused_when_it_is_looked_at(clerk: FlaskClient, name: str, content: bytes, row: int, field: str, code: str) -> None:
    run = _looked_at(clerk, content, name)

    told = [(line.row, line.field, line.code) for line in rows_of(run) if line.outcome == "refused"]
    assert told == [(row, field, code)]
    assert run.state == ImportState.CHECKED
    page = clerk.get(f"/imports/{run.id}")
    assert page.status_code == 200
    assert clerk.post(f"/imports/{run.id}/run", data={"mode": "all"}).status_code == 409


@pytest.mark.parametrize(("name", "content"), [case[1:] for case in TAKEN], ids=[case[0] for case in TAKEN])
def test_taken_as_it_is(clerk: FlaskClient, name: str, content: bytes) -> None:
    run = _looked_at(clerk, content, name)

    assert (run.new, run.errors) == (3, 0), [line.message for line in rows_of(run)]
    page = clerk.get(f"/imports/{run.id}").text
    assert "<script>alert" not in page


def test_too_many_rows_are_refused_with_the_limit(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """B81, smaller: tests/core/test_sheets.py has it at full size."""
    monkeypatch.setattr("logistics.core.sheets.MOST_ROWS", 5)
    run = _looked_at(clerk, f"{HEAD}\n{MANY}".encode(), "a.csv")

    (line,) = rows_of(run)
    assert (line.code, "5 rows" in line.message) == ("too_many_rows", True)


def test_more_errors_than_anybody_reads_are_cut_off(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logistics.core.sheets.MOST_ERRORS", 3)
    run = _looked_at(clerk, csv_file([order(f"W-{at}", quantity="none") for at in range(9)] + [order("W-10")]), "a.csv")

    assert [line.code for line in rows_of(run)] == ["too_many_errors", "bad_quantity", "bad_quantity", "bad_quantity"]
    assert run.new == 0


def test_two_columns_of_one_name_are_refused(clerk: FlaskClient) -> None:
    """B77."""
    run = _looked_at(clerk, csv_file([[*GOOD, "x"]], [*HEADING, "sku"]), "a.csv")

    (line,) = rows_of(run)
    assert (line.row, line.code) == (1, "bad_heading")


def test_without_a_heading_the_columns_that_are_needed_are_named(clerk: FlaskClient) -> None:
    """B77."""
    upload(clerk, f"{LINE}\n{LINE}\n".encode())

    answer = confirm(clerk, newest().id)

    assert answer.status_code == 422
    assert answer.text.count("This column is needed.") == 3


def test_one_code_in_rows_5_and_900_is_one_error_naming_both(cast: Cast) -> None:
    """B24."""
    rows = [[f"SKU-{at}", "Thing", "1"] for at in range(2, 1000)]
    rows[5 - 2][0] = rows[900 - 2][0] = "TWICE"
    run = _looked_at(cast.client("manager"), csv_file(rows, ["sku", "name", "price"]), "a.csv", kind="products")

    (line,) = [line for line in rows_of(run) if line.outcome == "refused"]
    assert (line.row, line.code, "5, 900" in line.message) == (5, "repeated", True)
    assert (run.new, run.left_out) == (996, 2)


def _looked_at(browser: FlaskClient, content: bytes, name: str, kind: str = "new-orders") -> Import:
    assert upload(browser, content, name=name, kind=kind).status_code == 303
    if newest().state == ImportState.UPLOADED:
        assert confirm(browser, newest().id).status_code == 303
    return work()
