"""Files as people upload them, and the worker that takes them up."""

import html as entities
import io
import re
from collections.abc import Mapping, Sequence

from flask.testing import FlaskClient
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from logistics.core.database import db
from logistics.core.exports import csv_lines
from logistics.core.keys import new_key
from logistics.imports import tasks
from logistics.imports.models import Import, ImportRow, ImportState

HEADING = ["order", "name", "email", "line1", "city", "postcode", "country", "sku", "quantity"]


def order(number: str, *, sku: str = "LAMP", quantity: str = "1", **changed: str) -> list[str]:
    """One row of an order of its own, by somebody of their own."""
    who = {
        "name": f"Person {number}",
        "email": f"{number.lower()}@example.com",
        "line1": "12 Park Row",
        "city": "Leeds",
        "postcode": "LS1 5HD",
        "country": "GB",
    }
    row = {"order": number, **who, "sku": sku, "quantity": quantity, **changed}
    return [row[name] for name in HEADING]


def csv_file(rows: Sequence[Sequence[str]], heading: Sequence[str] = HEADING) -> bytes:
    """A CSV file in UTF-8."""
    return "".join(csv_lines([list(heading), *rows])).encode()


def xlsx_file(rows: Sequence[Sequence[object]], heading: Sequence[str] = HEADING) -> bytes:
    """The same as a workbook."""
    book, stream = Workbook(), io.BytesIO()
    assert isinstance(book.active, Worksheet)
    for row in [list(heading), *rows]:
        book.active.append(list(row))
    book.save(stream)
    return stream.getvalue()


def upload(
    browser: FlaskClient, content: bytes, *, name: str = "orders.csv", kind: str = "new-orders", channel: str = "import", key: str = ""
) -> TestResponse:
    """Send the form with a file."""
    fields = {"form_key": key or new_key(), "kind": kind, "channel": channel, "file": FileStorage(io.BytesIO(content), filename=name)}
    # By hand: the test client would put a large body into a file that it never closes.
    boundary, body = encode_multipart(fields)
    return browser.post("/imports/new", data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def confirm(browser: FlaskClient, import_id: int, changes: Mapping[str, str] | None = None) -> TestResponse:
    """Send the columns as they are shown, with changes."""
    page = browser.get(f"/imports/{import_id}/columns")
    return browser.post(f"/imports/{import_id}/columns", data={**shown(page.text), **(changes or {})})


def shown(html: str) -> dict[str, str]:
    """The fields of a form as a browser would send them, as far as these pages have them."""
    fields = dict(re.findall(r'<input type="(?:hidden|text)"[^>]* name="([^"]+)" value="([^"]*)"', html))
    for name, body in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', body)
        fields[name] = next((group for group in (chosen.groups() if chosen else ()) if group is not None), "")
    return {name: entities.unescape(value) for name, value in fields.items()}


def newest() -> Import:
    """The import uploaded last, as the database has it."""
    db.session().commit()  # a rollback would take back what the browser did meanwhile
    return db.session().scalars(select(Import).order_by(Import.id.desc()).execution_options(populate_existing=True)).first() or _nothing()


def rows_of(run: Import) -> list[ImportRow]:
    """The lines of its present report."""
    return list(
        db.session().scalars(select(ImportRow).where(ImportRow.import_id == run.id, ImportRow.pass_number == run.pass_number).order_by(ImportRow.id))
    )


def work() -> Import:
    """Let the worker do what is to be done with the newest import."""
    tasks.work(import_id=newest().id)
    return newest()


def checked(
    browser: FlaskClient, content: bytes, *, name: str = "orders.csv", kind: str = "new-orders", changes: Mapping[str, str] | None = None
) -> Import:
    """A file as far as the dry run."""
    answer = upload(browser, content, name=name, kind=kind)
    assert answer.status_code == 303, answer.text
    if newest().state == ImportState.UPLOADED:
        answer = confirm(browser, newest().id, changes)
        assert answer.status_code == 303, answer.text
    return work()


def carried_out(browser: FlaskClient, content: bytes, *, mode: str = "all", name: str = "orders.csv", kind: str = "new-orders") -> Import:
    """A file all the way."""
    run = checked(browser, content, name=name, kind=kind)
    answer = browser.post(f"/imports/{run.id}/run", data={"mode": mode})
    assert answer.status_code == 303, answer.text
    return work()


def _nothing() -> Import:
    raise AssertionError("nothing was uploaded")
