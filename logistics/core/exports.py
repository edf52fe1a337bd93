"""Writing CSV files that people open in a spreadsheet: no field of them is run as a formula (SEC9)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# What a spreadsheet may take for the beginning of a formula, full-width forms too; and what our own reader would take for neutralised.
_DANGEROUS = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
# So that spreadsheets know it for UTF-8.
BYTE_ORDER_MARK = "\ufeff"


def neutral(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it: with a quote before it where it could be a formula.

    Our own reader (core.delimited) takes the quote away again.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a CSV file, with a byte order mark, fields made neutral and quoted where needed."""
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([neutral(field) for field in row])
        yield line.getvalue()
