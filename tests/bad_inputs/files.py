"""Files of new orders, through the pages of imports: rows of the table of bad inputs on C.

A file that cannot be read is refused where it is uploaded. One that can is looked at; what is wrong in it is reported with its row and
column, and then asking for all of it is refused (409).
"""

from tests.bad_inputs.file_contents import (
    GOOD,
    HEAD,
    LINE,
    LOOKED_AT,
    MANY,
    File,
    bomb,
    cell,
    count_from_1904,
    csv,
    hide_another,
    importing,
    merge_two,
    protected,
    text_file,
    three,
    with_columns,
    with_field,
    workbook,
)
from tests.bad_inputs.rows import Bad, Open
from tests.imports.uploads import HEADING, csv_file, order, xlsx_file

SURFACES: dict[str, Open] = {
    "C": importing(
        "new-orders", "clerk", lambda cast: (cast.stock("LAMP", 100), cast.product("OLD", sellable=False), cast.stock("SENCHA", 5, currency="JPY"))
    )
}


def _at_the_door(number: str, file: File, says: str, status: int = 422) -> Bad:
    return Bad(number, "C", file, status, says=says)


def _looked_at(number: str, file: File, code: str, pointer: str = "", row: int = 3) -> Bad:
    return Bad(number, "C", file, 409, code, pointer, row, writes=LOOKED_AT)


def _field(number: str, name: str, code: str, *texts: str) -> list[Bad]:
    return [_looked_at(number, with_field(name, text), code, name) for text in texts]


def _more(number: str, code: str, pointer: str, **columns: str) -> Bad:
    return _looked_at(number, with_columns(**columns), code, pointer)


def _taken(number: str, *files: File) -> list[Bad]:
    return [Bad(number, "C", file, 303) for file in files]


def _named(*names: str) -> File:
    """Orders for people of these names."""
    return csv(*(order(f"W-{at}", name=name) for at, name in enumerate(names)))


TWO_CURRENCIES = csv([*GOOD, "USD", "1.00"], [*GOOD, "EUR", "1.00"], heading=[*HEADING, "currency", "unit_price"])
VALUES = [
    *_field("B1", "quantity", "bad_quantity", "0"),
    *_field("B2", "quantity", "credit", "-1"),
    *_field("B2", "quantity", "bad_quantity", "-0"),
    *_field("B2", "quantity", "bad_minus", "−1"),
    *_field("B3", "quantity", "bad_quantity", "1000000", "2147483648", "9223372036854775808"),
    *_field("B4", "quantity", "bad_quantity", "9" * 5000),
    *_field("B5", "quantity", "bad_quantity", "1.5", "1.0"),
    *_field("B6", "quantity", "bad_quantity", "1e3", "1E2"),
    *_field("B7", "quantity", "bad_quantity", "1_000"),
    *_field("B8", "quantity", "bad_quantity", "1,000", "1.000,5", "1 000"),
    *_field("B9", "quantity", "bad_quantity", "١٢", "１２"),
    *_field("B10", "quantity", "bad_quantity", "²"),
    *_field("B11", "quantity", "bad_quantity", "\u00a012"),
    *_taken("B11", three(quantity=" 12\n")),
    *[_more("B14", "bad_amount", "unit_price", unit_price=text) for text in ("NaN", "sNaN", "1E+100000")],
    _more("B15", "bad_amount", "unit_price", unit_price="-0.01"),
    _more("B15", "too_many_decimals", "unit_price", unit_price="0.001"),
    _more("B15", "too_many_decimals", "unit_price", currency="JPY", unit_price="1.5"),
    _looked_at("B16", csv([*GOOD, ""], [*order("W-2", quantity="20"), "0"], heading=[*HEADING, "unit_price"]), "over_discount_limit"),
    *_taken("B16", with_columns(unit_price="0")),
    _more("B18", "bad_percent", "discount", discount="101"),
    *[_more("B19", "unknown_currency", "currency", currency=text) for text in ("usd", "US", "XXX")],
    _looked_at("B19", TWO_CURRENCIES, "differs", "currency"),
    *_field("B20", "sku", "required", "", "   "),
    *_field("B20", "sku", "too_long", "A" * 65),
    *_field("B21", "sku", "bad_code", "\u00a0LAMP"),
    *_taken("B21", three(sku=" LAMP\t")),
    *_taken("B22", three(sku="lamp")),
    *_field("B23", "sku", "bad_code", "Ａ1", "А1", "LA\u200dMP"),
    _looked_at("B25", cell("H3", 123), "format_as_text", "sku"),
    *_field("B26", "sku", "unknown_sku", "NONE"),
    *_field("B26", "sku", "not_sellable", "OLD"),
    *_field("B26", "sku", "not_goods", "POST"),
    _at_the_door("B29", with_field("name", "a\x00b"), "Row 3 holds a control character"),
    _at_the_door("B30", File(csv_file([GOOD]), "or\x07ders.csv"), "plain name"),
    *_field("B32", "name", "control_character", "a\x1b[2Jb", "a\bb", "a\x85b"),
    _at_the_door("B33", File(csv_file([GOOD]), "orders\u202evsc.exe.csv"), "plain name"),
    *_taken("B34", three(name="👨‍👩‍👧 Ω≈ç√ 落地灯")),
    *_taken("B35", three(name="Cafe\u0301")),
    *_field("B36", "name", "too_long", "e" + "\u0301" * 500),
    *_field("B49", "email", "bad_email", "a@b@c"),
    *_field("B49", "email", "control_character", "a@b.example\r\nBcc: x@y.example"),
    _more("B50", "bad_phone", "phone", phone="0800-FLOWERS"),
    *_field("B51", "country", "unknown_country", "ZZ"),
    *_field("B51", "postcode", "bad_postcode", "'; DROP"),
    *_taken("B52", three(name="' OR 1=1--")),
    *_taken("B53", _named("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", 'hx-get="/x"')),
    *_taken("B54", _named("=cmd|'/c calc'!A1", "+1", "-1", "@SUM", "\t=1+1", "\r=1+1", "＝1+1")),
]

GOOD_ROWS = csv_file([GOOD, order("W-2"), order("W-3")])
BACKWARDS = csv_file([order(number)[::-1] for number in ("W-1", "W-2", "W-3")], HEADING[::-1])
CAFE = csv_file([GOOD, order("W-2", name="Café crème à la carte"), order("W-3")]).decode("utf-8-sig")
DECIMAL_COMMA = "".join(";".join(row) + "\n" for row in ([*HEADING, "unit_price"], *([*order(f"W-{at}"), "18,00"] for at in (1, 2, 3))))
KINDS = [
    _at_the_door("B74", File(b"\x89PNG\r\n\x1a\n" + b"\0" * 99), "not a CSV file"),
    _at_the_door("B74", File(b"%PDF-1.7 ..."), "not a CSV file"),
    _at_the_door("B74", File(xlsx_file([GOOD])), "not a CSV file"),
    _at_the_door("B74", File(b"<html><table>"), "not a CSV file"),
    _at_the_door("B74", File(csv_file([GOOD]), "a.xlsx"), "not an Excel workbook"),
    _at_the_door("B74", File(protected(), "a.xls"), "Save it as"),
    _at_the_door("B74", File(xlsx_file([GOOD]), "a.xlsm"), "Save it as"),
    _at_the_door("B75", text_file(f"{HEAD}\n{LINE}\n", encoding="utf-16-le"), "not a CSV file"),
    *_taken("B75", File(b"\xef\xbb\xbf" + GOOD_ROWS.lstrip(b"\xef\xbb\xbf")), text_file(CAFE, encoding="utf-16"), text_file(CAFE, encoding="cp1252")),
    *_taken("B76", File(GOOD_ROWS.replace(b",", b";")), File(GOOD_ROWS.replace(b",", b"\t")), text_file(DECIMAL_COMMA)),
    _looked_at("B76", csv([*GOOD, "18,00"], heading=[*HEADING, "unit_price"]), "bad_amount", "unit_price", row=2),
    _at_the_door("B77", File(b""), "The file is empty"),
    _at_the_door("B77", File(b"\xef\xbb\xbf \r\n\r\n"), "The file is empty"),
    _at_the_door("B77", File(HEAD.encode()), "no rows"),
    _at_the_door("B77", File(xlsx_file([], []), "a.xlsx"), "empty"),
    *[
        Bad("B77", "C", file, 422, says="This column is needed.", writes=LOOKED_AT)
        for file in (text_file(f"{LINE}\n{LINE}\n"), File(GOOD_ROWS.replace(b"sku", b"thing")))
    ],
    _looked_at("B77", csv([*GOOD, "x"], heading=[*HEADING, "sku"]), "bad_heading", "sku", row=1),
    *_taken("B77", File(BACKWARDS), csv([*GOOD, "x"], heading=[*HEADING, "colour"])),
    _looked_at("B78", text_file(f"{HEAD}\n{LINE}\nW-2,Only,three\n"), "ragged"),
    _looked_at("B78", text_file(f"{HEAD}\n{LINE}\n{','.join(order('W-2'))},more\n"), "ragged"),
    *_taken("B78", text_file(f"{HEAD}\n\n{LINE}\n,,,,,,,,\n{','.join(order('W-2'))}\n{','.join(order('W-3'))}\n\n")),
    _at_the_door("B79", text_file(f'{HEAD}\n{LINE}\nW-2,"never closed,x\n{LINE}\n'), "Row 3 "),
    _looked_at("B79", text_file(f'{HEAD}\n{MANY}W-8,"never closed,x\n{LINE}\n'), "bad_quotes", row=8),
    _at_the_door("B80", text_file(f"{HEAD}\n{LINE}\nW-2,{'x' * 131_073}\n"), "Row 3 "),
    _looked_at("B80", text_file(f"{HEAD}\n{MANY}W-8,{'x' * 131_073}\n"), "bad_quotes", row=8),
    *_taken("B80", File(GOOD_ROWS.replace(b"\r\n", b"\r"))),
    _at_the_door("B81", File(HEAD.encode() + b"\n" + b"x" * 10_590_617), "larger than 10 MB", 413),
    _at_the_door("B82", File(protected(), "a.xlsx"), "protected by a password"),
    _at_the_door("B82", File(bomb(), "a.xlsx"), "unpacks to"),
    _at_the_door("B82", File(b"PK\x03\x04 and no more", "a.xlsx"), "damaged"),
    _looked_at("B82", cell("I3", "=1+1"), "formula", "quantity"),
    _looked_at("B82", cell("I3", "#REF!"), "error_value", "quantity"),
    _looked_at("B82", cell("Z3", "look"), "ragged"),
    _looked_at("B82", workbook(merge_two), "merged_cells", row=4),
    *_taken("B82", workbook(hide_another), workbook(count_from_1904)),
]
ROWS = [*VALUES, *KINDS]
