"""The table of bad inputs, B1 to B84 (reliability.md, section 4), as far as the surfaces are there.

A row says what is sent where and what is expected. A surface is a function in SURFACES that sends a row's `sent`; whoever adds a
surface (C for files, W for hooks) writes that function and a list of rows, and puts both where these stand.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from logistics.core.keys import new_key
from tests.api.programs import JSON, Program, order_body, program
from tests.cast import Cast

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Bad:
    """One bad input: its number, the surface, what is sent, and what must be said about it.

    A status below 400 means that it is taken as it is. `code` and `pointer` are looked for among the errors (`code` on top too).
    """

    number: str
    surface: str
    sent: Any
    status: int
    code: str = ""
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.surface} {repr(self.sent)[:200]}"


@dataclass(frozen=True)
class Sender:
    """Who sends: a program with every right, one that may name no prices, a clerk and a manager."""

    shop: Program
    humble: Program
    clerk: FlaskClient
    manager: FlaskClient

    @classmethod
    def ready(cls, cast: Cast) -> "Sender":
        """With a hundred lamps, one product that is not for sale, and one with a price in yen."""
        cast.made(lambda: (cast.stock("LAMP", 100), cast.product("OLD", sellable=False), cast.stock("SENCHA", 5, currency="JPY")))
        shop, humble = program(cast, "orders", "prices", "stock", "catalogue"), program(cast)
        return cls(shop, humble, cast.client("clerk"), cast.client("manager"))

    def send(self, row: Bad) -> TestResponse:
        """Send the row's input to its surface."""
        return SURFACES[row.surface](self, row.sent)


# --- Surfaces ---


@dataclass(frozen=True)
class Raw:
    """A body as it is, with headers of its own."""

    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"{self.body[:30]!r}{self.headers}"


def _send_json(sender: Sender, sent: Any) -> TestResponse:
    if isinstance(sent, Raw):
        given = dict([("Content-Type", JSON), ("Idempotency-Key", new_key()), *sent.headers])
        return sender.shop.send("POST", "/orders", sent.body, given)
    return sender.shop.post("/orders", sent)


def _send_json_without_prices(sender: Sender, sent: Any) -> TestResponse:
    return sender.humble.post("/orders", sent)


def _send_form(sender: Sender, sent: dict[str, Any]) -> TestResponse:
    blank = {"form_key": new_key(), "currency": "USD", "language": "en", "pay": "later", "lines-0-sku": "LAMP", "lines-0-quantity": "1"}
    mina = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}
    page = sender.clerk.post("/orders/new", data={**blank, **mina, **sent, "form_key": new_key()})
    assert page.status_code < 500
    if page.status_code < 400:
        return page
    return sender.clerk.post("/orders/new", data={**blank, **mina, **sent}, headers={"Accept": JSON})


def _ask(sender: Sender, path: str) -> TestResponse:
    return sender.shop.get(path.removeprefix("/api/v1")) if path.startswith("/api/") else sender.manager.get(path)


SURFACES: dict[str, Callable[[Sender, Any], TestResponse]] = {
    "J": _send_json,
    "J without prices": _send_json_without_prices,
    "F": _send_form,
    "Q": _ask,
}


# --- J: the API's orders ---


def line(**changes: Any) -> dict[str, Any]:
    """An order of one line that is changed like this."""
    return order_body(lines=[{"sku": "LAMP", "quantity": 1, **changes}])


def raw_line(quantity: str) -> Raw:
    """An order whose quantity is written exactly so."""
    return Raw(_text(order_body(lines=[])).replace(b"[]", b'[{"sku": "LAMP", "quantity": ' + quantity.encode() + b"}]"))


def _text(body: Any) -> bytes:
    return json.dumps(body).encode()


def _quantity(number: str, *values: Any) -> list[Bad]:
    return [Bad(number, "J", line(quantity=value), 422, "bad_quantity", "/lines/0/quantity") for value in values]


def _price(number: str, code: str, *values: str) -> list[Bad]:
    return [Bad(number, "J", line(unit_price=value), 422, code, "/lines/0/unit_price") for value in values]


def _sku(number: str, code: str, *values: str) -> list[Bad]:
    return [Bad(number, "J", line(sku=value), 422, code, "/lines/0/sku") for value in values]


def _whole(number: str, code: str, pointer: str, *changes: dict[str, Any]) -> list[Bad]:
    return [Bad(number, "J", order_body(**change), 422, code, pointer) for change in changes]


def _malformed(number: str, *bodies: bytes) -> list[Bad]:
    return [Bad(number, "J", Raw(body), 400, "malformed_json") for body in bodies]


def _named(field: str, value: str) -> dict[str, Any]:
    return {"ship_to": {**order_body()["ship_to"], field: value}}


def _buyer(**changes: str) -> dict[str, Any]:
    return {"customer": {"name": "Mina Park", **changes}}


GOOD = _text(order_body())
JSON_ROWS = [
    *_quantity("B1", 0),
    *_quantity("B2", -1, "−1", "-1"),
    Bad("B2", "J", raw_line("-0"), 422, "bad_quantity", "/lines/0/quantity"),
    *_quantity("B3", 1000000, 2147483648, 9223372036854775808),
    *_malformed("B4", raw_line("9" * 5000).body),
    *_quantity("B5", 1.5, 1.0),
    *[Bad("B6", "J", raw_line(text), 422, "bad_quantity", "/lines/0/quantity") for text in ("1e3", "1E2")],
    *_quantity("B7", "1_000"),
    *_malformed("B7", raw_line("1_000").body),
    *_quantity("B9", "١٢", "１２"),
    *_malformed("B9", raw_line("١٢").body, raw_line("１２").body),
    *_quantity("B12", True, "5", [5], {}, None),
    *_malformed("B13", *(raw_line(text).body for text in ("NaN", "Infinity", "-Infinity", "1e400"))),
    *_price("B14", "bad_amount", "NaN", "sNaN", "1E+100000", "Infinity", "1e3"),
    Bad("B14", "J", line(unit_price=18.0), 422, "bad_amount", "/lines/0/unit_price"),
    *_price("B15", "bad_amount", "-0.01", "−1", "1,50", "$1"),
    *_price("B15", "too_many_decimals", "0.001"),
    Bad("B15", "J", order_body(lines=[{"sku": "SENCHA", "quantity": 1, "unit_price": "1.5"}], currency="JPY"), 422, "too_many_decimals"),
    Bad("B15", "J", line(unit_price="9" * 15), 422, "amount_too_large"),
    Bad("B16", "J without prices", line(unit_price="0"), 403, "missing_scope", "/lines/0/unit_price"),
    Bad("B16", "J", line(unit_price="0"), 201),
    *_whole("B17", "total_differs", "/total", {"total": "17.99"}, {"total": "0.00"}, {"total": "180.00"}),
    *_whole("B18", "bad_percent", "/discount", {"discount": "101%"}, {"discount": "-5%"}),
    *_whole("B18", "bad_discount", "/discount", {"discount": "-5.00"}, {"discount": 5}),
    *_whole("B18", "discount_too_large", "/discount", {"discount": "36.01"}),
    *_whole("B18", "bad_amount", "/shipping", {"shipping": "-5"}),
    *_whole("B18", "unknown_field", "/tax", {"tax": "-5"}),
    *_whole("B19", "unknown_currency", "/currency", {"currency": "usd"}, {"currency": "US"}, {"currency": "XXX"}, {"currency": ""}),
    Bad("B19", "J", line(currency="EUR"), 422, "unknown_field", "/lines/0/currency"),
    *_sku("B20", "required", "", "   "),
    *_sku("B20", "too_long", "x" * 65, "x" * 5000),
    Bad("B21", "J", line(sku=" LAMP\t"), 201),
    *_sku("B21", "bad_code", "\u00a0LAMP"),
    *_sku("B23", "bad_code", "Ａ1", "А1", "LA\u200dMP"),
    *_sku("B26", "unknown_sku", "NOPE", "' OR 1=1--"),
    *_sku("B26", "not_sellable", "OLD"),
    Bad("B27", "J", order_body(("LAMP", 60), ("lamp", 60)), 409, "insufficient_stock", "/lines/0/quantity"),
    *_whole("B28", "no_lines", "/lines", {"lines": []}),
    Bad("B28", "J", order_body(*[("LAMP", 1)] * 501), 413, "too_many", "/lines"),
    *_whole("B29", "control_character", "/note", {"note": "a\x00b"}),
    *_whole("B29", "control_character", "/ship_to/line1", _named("line1", "a\x00b")),
    *_whole("B29", "control_character", "/external_id", {"external_id": "a\x00b"}),
    *_sku("B29", "bad_code", "LAMP\x00"),
    *_malformed("B31", GOOD.replace(b"12 Park Row", rb"\ud800"), GOOD.replace(b'"line1"', rb'"\udc00"')),
    *_whole("B32", "control_character", "/ship_to/name", *(_named("name", text) for text in ("\x1b[2J", "a\bb", "a\x85b", "a\nb"))),
    Bad("B32", "J", order_body(note="one\ttwo\nthree"), 201),
    *_sku("B33", "bad_code", "LA\u202eMP"),
    *_whole("B33", "bad_code", "/external_id", {"external_id": "WEB\u202e-1"}, {"external_id": " WEB-1"}),
    Bad("B33", "J", order_body(**_named("name", "Mina \u202ekraP")), 201),
    Bad("B34", "J", order_body(**_named("name", "👩‍👩‍👧 Ω≈ç√ 张")), 201),
    Bad("B35", "J", order_body(**_named("name", "Ame\u0301lie")), 201),
    *_whole("B36", "too_long", "/ship_to/name", _named("name", "a" + "\u0301" * 500)),
    Bad("B37", "J", Raw(b'{"note": "' + b"x" * (10 * MEGABYTE) + b'"}'), 413, "request_entity_too_large"),
    *_malformed("B39", b"[" * 100_000, b'{"lines": ' + b"[" * 100_000),
    *_malformed("B40", b'{"quantity": 1, "quantity": 99}', GOOD.replace(b'"sku"', b'"quantity": 99, "sku"')),
    Bad("B41", "J", line(quantiy=1), 422, "unknown_field", "/lines/0/quantiy"),
    *_whole("B41", "unknown_field", "/channel", {"channel": "desk"}),
    *[Bad("SEC1", "J", order_body(**{name: 1}), 422, "unknown_field", f"/{name}") for name in ("id", "status", "paid_minor", "created_at", "role")],
    *_malformed("B42", b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), GOOD.replace(b"Leeds", b"\xc3\x28")),
    *_malformed("B43", b"", b"null", b"[]", b"3", GOOD[:-1] + b",}", b"// hello\n" + GOOD, GOOD[:-1], GOOD + b"x"),
    *[
        Bad("B44", "J", Raw(GOOD, (("Content-Type", kind),)), 415, "unsupported_media_type")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/json; charset=utf-16")
    ],
    Bad("B45", "J", Raw(b"\x1f\x8b\x08\x00", (("Content-Encoding", "gzip"),)), 415, "unsupported_media_type"),
    *[Bad("B47", "J", Raw(GOOD, (("Idempotency-Key", key),)), 400, "bad_idempotency_key") for key in ("", "x" * 256, "a\tb", "a, a")],
    *[
        Bad("B49", "J", order_body(**_buyer(email=text)), 422, code, "/customer/email")
        for text, code in [
            ("a@b", "bad_email"), ("a@b@c.example", "bad_email"), ("no address", "bad_email"), ("a@b.c\r\nBcc:x", "control_character"),
            ("a" * 250 + "@b.example", "too_long"),
        ]
    ],
    Bad("B49", "J", order_body(**_buyer(email="mina@bücher.example")), 201),
    *_whole("B50", "bad_phone", "/customer/phone", *(_buyer(phone=text) for text in ("CALL-ME", "+000", "1" * 40))),
    *_whole("B50", "too_long", "/customer/phone", _buyer(phone="1" * 41)),
    *_whole("B51", "unknown_country", "/ship_to/country", _named("country", "ZZ"), _named("country", "gb"), _named("country", "")),
    *_whole("B51", "bad_postcode", "/ship_to/postcode", _named("postcode", "'; DROP")),
    *[Bad("B52", "J", order_body(note=text), 201) for text in ("' OR 1=1--", "%27", "\\", "%", "_")],
    *[
        Bad("B53", "J", order_body(**_named("line1", text)), 201)
        for text in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", 'hx-get="/x"')
    ],
]  # fmt: skip


# --- F: the desk's order form ---


def _typed(number: str, pointer: str, *values: str, status: int = 422, code: str = "") -> list[Bad]:
    return [Bad(number, "F", {pointer: value}, status, code, pointer if status == 422 else "") for value in values]


FORM_ROWS = [
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
    *_typed("B16", "lines-0-unit_price", "0", status=303),
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
]


# --- Q: what stands behind the question mark, on the list of orders and in the API ---


def _asked(number: str, status: int, *paths: str, code: str = "", pointer: str = "") -> list[Bad]:
    return [Bad(number, "Q", path, status, code, pointer) for path in paths]


QUERY_ROWS = [
    *_asked("B4", 422, "/orders/?customer=" + "9" * 5000),
    *_asked("B4", 422, "/api/v1/orders?limit=" + "9" * 5000, code="bad_limit", pointer="limit"),
    *_asked("B30", 400, "/orders/?q=%00", "/search?q=%00", "/orders/?sku=%00", "/api/v1/orders?q=%00", "/api/v1/orders/%00", "/api/v1/stock/%00"),
    *_asked("B38", 422, "/api/v1/orders?" + "&".join(f"a{number}=1" for number in range(10_000)), code="unknown_field"),
    *_asked("B52", 200, *(f"/orders/?q={quote(text)}" for text in ("' OR 1=1--", "%27", "\\", "%", "_"))),
    *_asked("B52", 200, *(f"/api/v1/orders?q={quote(text)}" for text in ("' OR 1=1--", "%27", "\\", "%", "_"))),
    *_asked("B53", 200, "/orders/?q=" + quote("<script>alert(1)</script>")),
    *_asked("B56", 422, "/orders/?from=2026-W01-1", "/orders/?to=20260101", "/orders/?from=1766534400000", "/orders/?from=1e12"),
    *_asked("B56", 422, *(f"/api/v1/orders?from={text}" for text in ("2026-W01-1", "20260101", "1766534400000", "1e12")), code="bad_date"),
    *_asked("B57", 422, "/orders/?from=0001-01-01", "/orders/?to=9999-12-31"),
    *_asked("B57", 422, "/api/v1/orders?from=0001-01-01", "/api/v1/orders?to=9999-12-31", code="bad_date"),
    *_asked("B58", 422, "/orders/?from=2026-02-30"),
    *_asked("B58", 422, "/api/v1/orders?from=2026-02-30", code="bad_date", pointer="from"),
    *_asked("B83", 422, *(f"/orders/?customer={text}" for text in ("-1", "1e9", "abc", "1.0", "１"))),
    *_asked("B83", 422, "/orders/?status=password_hash", "/orders/?cursor=x"),
    *_asked("B83", 422, *(f"/api/v1/orders?limit={text}" for text in ("0", "-1", "1e9", "abc", "1.0", "１")), code="bad_limit", pointer="limit"),
    *_asked("B83", 422, "/api/v1/orders?sort=password_hash", "/api/v1/orders?page=0", code="unknown_field"),
    *_asked("B83", 404, *(f"/api/v1/orders/{text}" for text in ("1.0", "１", "-1", "1e9", "abc", "x" * 5000)), code="not_found"),
    *_asked("B83", 404, "/orders/1.0", "/orders/abc", "/orders/" + "x" * 5000),
]  # fmt: skip

ROWS = [*JSON_ROWS, *FORM_ROWS, *QUERY_ROWS]
