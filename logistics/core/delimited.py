"""CSV files: which encoding, which sign between fields, which decimal sign, and then row by row.

The csv module's reader takes everything after an unclosed quote for one field; here that is an error with its row number.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from charset_normalizer import from_bytes

from logistics.core.language import _, lazy
from logistics.core.tables import BadSheet, Layout, RowError, problem

LONGEST_FIELD = 131_072
# What a person may choose; files say nothing of it themselves.
ENCODINGS: dict[str, Any] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "gb18030": lazy("GB 18030 (Chinese)"),
    "big5": lazy("Big5 (traditional Chinese)"),
    "cp1252": lazy("Windows-1252 (Western Europe)"),
    "cp1250": lazy("Windows-1250 (Central Europe)"),
    "cp1251": lazy("Windows-1251 (Cyrillic)"),
    "cp932": lazy("Shift JIS (Japanese)"),
    "cp949": lazy("Windows-949 (Korean)"),
}
DELIMITERS: dict[str, Any] = {",": lazy("Comma ,"), ";": lazy("Semicolon ;"), "\t": lazy("Tab"), "|": lazy("Bar |")}
DECIMALS: dict[str, Any] = {".": lazy("Point, as in 12.50"), ",": lazy("Comma, as in 12,50")}
_LINES_LOOKED_AT = 40
# A field that a spreadsheet would run as a formula; see core.exports, which puts the quote before it.
_NEUTRALISED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def read_delimited(content: bytes, layout: Layout) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of a file with their numbers, the heading first. Raises BadSheet, now or on the way."""
    return _records(_decode(content, layout.encoding), layout.delimiter)


def guess_layout(content: bytes) -> tuple[Layout, bool]:
    """How a file seems to be written, and whether its encoding is beyond doubt. Raises BadSheet for what is no text at all."""
    encoding, sure = _guess_encoding(content)
    text = _decode(content, encoding)
    delimiter = _guess_delimiter(text)
    return Layout(encoding, delimiter, _guess_decimal(text, delimiter)), sure


def _guess_encoding(content: bytes) -> tuple[str, bool]:
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16", True
    _refuse_other_kinds(content)
    try:
        content.decode("utf-8")
        return "utf-8", True
    except UnicodeDecodeError:
        return _detect(content) or "cp1252", False


def _detect(content: bytes) -> str | None:
    """The likeliest of our encodings that can read all of it, judged by the lines that are not plain ASCII."""
    told = b"\n".join(line for line in content.splitlines() if not line.isascii())[:50_000]
    told = told[: told.rfind(b"\n")] if b"\n" in told[40_000:] else told
    wanted = [code for code in ENCODINGS if not code.startswith("utf")]
    for found in from_bytes(told, cp_isolation=wanted):
        try:
            content.decode(found.encoding)
        except UnicodeDecodeError:
            continue
        return found.encoding
    return None


def _decode(content: bytes, encoding: str) -> str:
    is_utf_16 = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    if is_utf_16 and encoding != "utf-16":
        raise BadSheet(problem("bad_encoding", _("The file is UTF-16. Save it as “CSV UTF-8”.")))
    if not is_utf_16:
        _refuse_other_kinds(content)
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadSheet(RowError(line, "", "bad_encoding", _unreadable(content, encoding, line))) from None


def _unreadable(content: bytes, encoding: str, line: int) -> str:
    names = {"encoding": ENCODINGS[encoding], "row": line}
    if encoding == "utf-8" and (found := _detect(content)):
        return str(_("The file is not UTF-8 (row %(row)s) but seems to be %(found)s. Save it as “CSV UTF-8”.", row=line, found=ENCODINGS[found]))
    return str(_("The file is not %(encoding)s (row %(row)s). Save it as “CSV UTF-8”.", **names))


def _refuse_other_kinds(content: bytes) -> None:
    if line := _find_nul(content):
        message = _("Row %(row)s holds a control character that cannot be kept. Take it out, or type the row again.", row=line)
        raise BadSheet(RowError(line, "", "control_character", message))
    if content[:4] in (b"\x89PNG", b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0") or content.lstrip()[:1] == b"<" or b"\x00" in content:
        raise BadSheet(problem("not_csv", _("This is not a CSV file.")))


def _find_nul(content: bytes) -> int:
    """The line of the first U+0000 in what is text but for that, 0 where there is none. Where they are many it is no text."""
    count = content.count(0)
    if not count or count * 20 > len(content):
        return 0
    try:
        content.decode()
    except UnicodeDecodeError:
        return 0
    return content[: content.index(0)].count(b"\n") + 1


def _guess_delimiter(text: str) -> str:
    """The sign that cuts most of the first rows into as many fields as the heading, and that into the most."""
    head = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n").split("\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT])

    def score(delimiter: str) -> float:
        try:
            rows = [row for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
        except csv.Error:
            return 0
        width = len(rows[0]) if rows else 0
        return width * sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0

    return max(DELIMITERS, key=score)


def _guess_decimal(text: str, delimiter: str) -> str:
    if delimiter == ",":
        return "."
    sample = text[:20_000]
    sign = re.escape(delimiter)
    commas = re.findall(rf"(?:^|{sign})\"?[0-9]+,[0-9]{{1,2}}\"?(?={sign}|$)", sample, re.MULTILINE)
    points = re.findall(rf"(?:^|{sign})\"?[0-9]+\.[0-9]{{1,2}}\"?(?={sign}|$)", sample, re.MULTILINE)
    return "," if len(commas) > len(points) else "."


def _records(text: str, delimiter: str) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(LONGEST_FIELD)
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True)
    number, line = 0, 1
    while True:
        begins = line
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = _("Row %(row)s cannot be read: a quote is not closed, or a field is too long.", row=number)
            raise BadSheet(RowError(number, "", "bad_quotes", message)) from None
        line = reader.line_num + 1
        if line - begins > 200:
            raise BadSheet(RowError(number, "", "bad_quotes", _("Row %(row)s has a quote that is not closed.", row=number)))
        yield number, [_restored(field) for field in fields]


def _restored(field: str) -> str:
    return field[1:] if field.startswith("'") and _NEUTRALISED.match(field) else field
