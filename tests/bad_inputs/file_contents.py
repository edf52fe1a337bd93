"""Files with something wrong in their third row or all over, and how one goes from its upload to the report and on."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from logistics.core import jobs
from logistics.imports.models import ImportState
from tests.bad_inputs.rows import Open, Send, Told, Wrong
from tests.cast import Cast
from tests.imports.uploads import HEADING, confirm, csv_file, newest, order, rows_of, upload, work, xlsx_file

GOOD = order("W-1")
LINE = ",".join(GOOD)
HEAD = ",".join(HEADING)
MANY = "".join(",".join(order(f"W-{at}")) + "\n" for at in range(2, 8))
# A file that was looked at is kept with its report; nothing else is written.
LOOKED_AT = frozenset({"imports", "import_files", "import_rows", "import_mappings", "event_log", "request_keys"})
Fill = Callable[[Workbook, Worksheet], Any]


@dataclass(frozen=True)
class File:
    """A file as it is uploaded, the columns as they are confirmed, and how many new things it makes where it is taken."""

    content: bytes
    name: str = "a.csv"
    makes: int = 3
    columns: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.name} {self.content[-150:]!r}"


def importing(kind: str, who: str, stock: Callable[[Cast], Any]) -> Open:
    """The pages of imports for one kind of file, as somebody sends them."""

    def open_pages(cast: Cast) -> Send:
        jobs.init_app(cast.app)
        cast.made(lambda: stock(cast))
        browser = cast.client(who)
        return lambda sent: _send(browser, kind, sent)

    return open_pages


def _send(browser: FlaskClient, kind: str, sent: File) -> Told:
    """Upload it, confirm its columns, look at it, and ask for all of it. The answer is the first that refuses, with all that is reported."""
    answer = upload(browser, sent.content, name=sent.name, kind=kind)
    if answer.status_code < 400 and newest().state == ImportState.UPLOADED:
        answer = confirm(browser, newest().id, sent.columns)
    if answer.status_code >= 400:
        return Told(answer.status_code, answer.text)
    run = work()
    assert run.state == ImportState.CHECKED
    wrong = tuple(Wrong(line.field, line.code, line.message, line.row) for line in rows_of(run) if line.outcome == "refused")
    answer = browser.post(f"/imports/{run.id}/run", data={"mode": "all"})
    if answer.status_code < 400:
        assert (work().state, newest().new) == (ImportState.DONE, sent.makes), [line.message for line in rows_of(run)]
    page = browser.get(f"/imports/{run.id}")
    assert page.status_code == 200
    return Told(answer.status_code, page.text, "", wrong, is_all=True)


def csv(*rows: Sequence[str], heading: Sequence[str] = HEADING) -> File:
    """A CSV file of these rows."""
    return File(csv_file(rows, heading), makes=len(rows))


def three(**changed: str) -> File:
    """A good row, one that is changed like this, and another good one."""
    return csv(GOOD, order("W-2", **changed), order("W-3"))


def with_field(name: str, text: str) -> File:
    """The same, for any column that is always there."""
    changed = [text if column == name else typed for column, typed in zip(HEADING, order("W-2"), strict=True)]
    return csv(GOOD, changed, order("W-3"))


def with_columns(**more: str) -> File:
    """The same, wrong in columns that are not always there."""
    rows = [[*order(number), *(more[name] if number == "W-2" else "" for name in more)] for number in ("W-1", "W-2", "W-3")]
    return csv(*rows, heading=[*HEADING, *more])


def text_file(text: str, *, encoding: str = "utf-8", makes: int = 3) -> File:
    """A file of just this text."""
    return File(text.encode(encoding), makes=makes)


def workbook(fill: Fill) -> File:
    """A workbook with two good rows, and what `fill` does to it."""
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADING, GOOD, order("W-2")):
        sheet.append(row)
    fill(book, sheet)
    book.save(stream)
    return File(stream.getvalue(), "a.xlsx")


def cell(at: str, value: Any) -> File:
    """A workbook in which one cell is other than it should be."""
    return workbook(lambda _book, sheet: sheet.__setitem__(at, value))


def merge_two(_book: Workbook, sheet: Worksheet) -> None:
    """Two cells of one column are one."""
    for number in ("W-3", "W-4", "W-5", "W-6", "W-7"):
        sheet.append(order(number))
    sheet.merge_cells("A4:A5")


def hide_another(book: Workbook, sheet: Worksheet) -> None:
    """A hidden sheet comes first."""
    sheet.append(order("W-3"))
    book.create_sheet("secret", 0).sheet_state = "hidden"


def count_from_1904(book: Workbook, sheet: Worksheet) -> None:
    """Days are counted as old Macs did."""
    sheet.append(order("W-3"))
    book.epoch = CALENDAR_MAC_1904


def protected() -> bytes:
    """What Excel makes of a workbook with a password."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000


def bomb() -> bytes:
    """A workbook that unpacks to far more than it seems."""
    stream = io.BytesIO(xlsx_file([GOOD]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet9.xml", b"0" * 90_000_000)
    return stream.getvalue()
