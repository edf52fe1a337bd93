"""The order form of the desk: rows of the table of bad inputs on F."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from logistics.core.keys import new_key
from tests.api.programs import JSON
from tests.bad_inputs.rows import NOTHING, Bad, Open, Send, Told
from tests.bad_inputs.typed import Typed
from tests.cast import Cast

MEGABYTE = 1024 * 1024
KEY = "a key of one form, sent again"
MINA = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}
BLANK = {"currency": "USD", "language": "en", "pay": "later", "lines-0-sku": "LAMP", "lines-0-quantity": "1", **MINA}


@dataclass(frozen=True)
class Chosen:
    """A file that somebody chose in a form. `described`: what it is, for a row's name."""

    content: bytes
    name: str = "door.jpg"
    described: str = ""

    def __repr__(self) -> str:
        return self.described or f"{self.name} of {len(self.content)} bytes: {self.content[:20]!r}"

    def opened(self) -> FileStorage:
        """The file, to be read once."""
        return FileStorage(BytesIO(self.content), self.name)


def _sending(cast: Cast, who: str | None) -> Send:
    cast.made(lambda: (cast.stock("LAMP", 100), cast.product("OLD", sellable=False), cast.stock("SENCHA", 5, currency="JPY")))
    browser = cast.client(who)
    return lambda sent: send_form(browser, "/orders/new", {**BLANK, "form_key": new_key(), **sent})


def send_form(browser: FlaskClient, url: str, fields: dict[str, Any]) -> Told:
    """Send a form as a browser does. Where it is refused, ask as a program does which fields are meant; where it is taken, look at what it made."""
    page = browser.post(url, **_written(fields))
    if page.status_code < 400:
        made = browser.get(page.location)
        assert made.status_code == 200
        return Told(page.status_code, made.text)
    facts = Told.by(browser.post(url, **_written(fields), headers={"Accept": JSON}))
    assert facts.status == page.status_code
    form = Typed(page.text)
    for name, value in fields.items():
        if isinstance(value, Chosen):
            # No browser shows again which file was chosen.
            form.values.pop(name, None)
    return Told(page.status_code, page.text, facts.code, facts.wrong, form)


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields as they are sent once: with a file, in the form for files."""
    if not any(isinstance(value, Chosen) for value in fields.values()):
        return {"data": fields}
    # Not left to the client, which would forget to close the file that it keeps a large body in.
    boundary, body = encode_multipart({name: value.opened() if isinstance(value, Chosen) else value for name, value in fields.items()})
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}


SURFACES: dict[str, Open] = {
    "F": lambda cast: _sending(cast, "clerk"),
    "F signed out": lambda cast: _sending(cast, None),
}


def _typed(number: str, pointer: str, *values: str, status: int = 422, code: str = "") -> list[Bad]:
    return [Bad(number, "F", {pointer: value}, status, code, pointer if status == 422 else "") for value in values]


ROWS = [
    *_typed("B1", "lines-0-quantity", "0"),
    *_typed("B2", "lines-0-quantity", "-1", "-0", "−1"),
    *_typed("B3", "lines-0-quantity", "1000000", "2147483648", "9223372036854775808", "9" * 5000),
    *_typed("B5", "lines-0-quantity", "1.5", "1.0"),
    *_typed("B6", "lines-0-quantity", "1e3", "1E2"),
    *_typed("B7", "lines-0-quantity", "1_000"),
    *_typed("B8", "lines-0-quantity", "1,000", "1.000,5", "1 000"),
    *_typed("B9", "lines-0-quantity", "١٢", "１２"),
    *_typed("B10", "lines-0-quantity", "²"),
    *_typed("B11", "lines-0-quantity", " 2\n", status=303),
    *_typed("B11", "lines-0-quantity", "\u00a02"),
    *_typed("B14", "lines-0-unit_price", "NaN", "sNaN", "1E+100000"),
    *_typed("B15", "lines-0-unit_price", "-0.01", "0.001"),
    Bad("B15", "F", {"currency": "JPY", "lines-0-sku": "SENCHA", "lines-0-unit_price": "1.5"}, 422, pointer="lines-0-unit_price"),
    *_typed("B16", "lines-0-unit_price", "0", status=303),
    Bad("B16", "F", {"lines-0-unit_price": "0", "lines-0-quantity": "20"}, 403),
    *_typed("B18", "lines-0-discount", "101", "-5"),
    *_typed("B18", "discount", "101%", "-5", "9999"),
    *_typed("B18", "shipping", "-5"),
    *_typed("B19", "currency", "usd", "US", "XXX"),
    *[Bad("B20", "F", {"lines-0-sku": text, "lines-0-quantity": "2"}, 422, "", "lines-0-sku") for text in ("", "   ", "x" * 65)],
    *_typed("B21", "lines-0-sku", " LAMP ", status=303),
    *_typed("B21", "lines-0-sku", "\u00a0LAMP"),
    *_typed("B23", "lines-0-sku", "Ａ1", "А1", "LA\u200dMP"),
    *_typed("B26", "lines-0-sku", "NOPE", "OLD"),
    *_typed("B29", "note", "a\x00b"),
    *_typed("B29", "line1", "a\x00b"),
    *_typed("B32", "name", "\x1b[2J", "a\bb", "a\x85b"),
    *_typed("B32", "note", "one\ttwo\nthree", status=303),
    *_typed("B33", "lines-0-sku", "LA\u202eMP"),
    *_typed("B33", "name", "Mina \u202ekraP", status=303),
    *_typed("B34", "name", "👩‍👩‍👧 Ω≈ç√ 张", status=303),
    *_typed("B35", "name", "Ame\u0301lie", status=303),
    *_typed("B36", "name", "a" + "\u0301" * 500),
    *_typed("B37", "note", "x" * (10 * MEGABYTE), status=413),
    Bad("B38", "F", {f"f{number}": "x" for number in range(100_000)}, 413),
    *_typed("B49", "email", "a@b", "a@b@c.example", "a@b.c\r\nBcc:x", "a" * 250 + "@b.example"),
    *_typed("B49", "email", "mina@bücher.example", status=303),
    *_typed("B50", "phone", "CALL-ME", "+000", "1" * 40),
    *_typed("B51", "country", "ZZ", ""),
    *_typed("B51", "postcode", "'; DROP"),
    *_typed("B52", "note", "' OR 1=1--", "%27", "\\", "%", "_", status=303),
    *_typed("B53", "line1", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", 'hx-get="/x"', status=303),
    *_typed("B54", "note", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM", "＝1+1", status=303),
    *[Bad("B83", "F", {"customer_id": text}, 422, "unknown_customer", "customer") for text in ("-1", "1e9", "abc", "1.0", "１", "999999", "0")],
    Bad("B84", "F", {"form_key": KEY}, 303, before={"form_key": KEY}, writes=NOTHING),
    Bad("B84", "F", {"form_key": KEY, "lines-0-quantity": "2"}, 422, says="sent before with other input", before={"form_key": KEY}),
    Bad("B84", "F signed out", {}, 401, says="Sign in"),
    Bad("B84", "F", {"form_key": ""}, 422, says="Open it again"),
]
