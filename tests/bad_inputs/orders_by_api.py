"""Orders as programs send them to the API: rows of the table of bad inputs on J."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import Headers

from logistics.core.keys import new_key
from tests.api.programs import JSON, Program, order_body, program
from tests.bad_inputs.rows import Bad, Open, Send, Told
from tests.cast import Cast

KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Raw:
    """A body as it is, with headers instead of the usual ones; None leaves one out."""

    body: bytes
    headers: tuple[tuple[str, str | None], ...] = ()

    def __repr__(self) -> str:
        return f"{self.body[:30]!r}{self.headers}"


def _sending(cast: Cast, *scopes: str) -> Send:
    """With a hundred lamps, one product that is not for sale, and one with a price in yen."""
    cast.made(lambda: (cast.stock("LAMP", 100), cast.product("OLD", sellable=False), cast.stock("SENCHA", 5, currency="JPY")))
    shop = program(cast, *scopes)
    return lambda sent: _send(shop, sent)


def _send(shop: Program, sent: Any) -> Told:
    raw = sent if isinstance(sent, Raw) else Raw(text_of(sent))
    named = {name for name, _value in raw.headers}
    usual = {"Authorization": f"Bearer {shop.key}", "Content-Type": JSON, KEY: new_key()}
    headers = Headers([(name, value) for name, value in usual.items() if name not in named])
    headers.extend([(name, value) for name, value in raw.headers if value is not None])
    return Told.by(shop.client.post("/api/v1/orders", data=raw.body, headers=headers))


SURFACES: dict[str, Open] = {
    "J": lambda cast: _sending(cast, "orders", "prices", "stock", "catalogue"),
    "J without prices": _sending,
}


def line(**changes: Any) -> dict[str, Any]:
    """An order of one line that is changed like this."""
    return order_body(lines=[{"sku": "LAMP", "quantity": 1, **changes}])


def raw_line(quantity: str) -> Raw:
    """An order whose quantity is written exactly so."""
    return Raw(text_of(order_body(lines=[])).replace(b"[]", b'[{"sku": "LAMP", "quantity": ' + quantity.encode() + b"}]"))


def text_of(body: Any) -> bytes:
    """A body as bytes."""
    return json.dumps(body).encode()


def _quantity(number: str, *values: Any) -> list[Bad]:
    return [Bad(number, "J", line(quantity=value), 422, "bad_quantity", "/lines/0/quantity") for value in values]


def _price(number: str, code: str, *values: str) -> list[Bad]:
    return [Bad(number, "J", line(unit_price=value), 422, code, "/lines/0/unit_price") for value in values]


def _sku(number: str, code: str, *values: str) -> list[Bad]:
    return [Bad(number, "J", line(sku=value), 422, code, "/lines/0/sku") for value in values]


def _whole(number: str, code: str, pointer: str, *changes: dict[str, Any]) -> list[Bad]:
    return [Bad(number, "J", order_body(**change), 422, code, pointer) for change in changes]


def malformed(number: str, *bodies: bytes) -> list[Bad]:
    """Bodies that are no JSON as the standard has it."""
    return [Bad(number, "J", Raw(body), 400, "malformed_json") for body in bodies]


def _named(field: str, value: str) -> dict[str, Any]:
    return {"ship_to": {**order_body()["ship_to"], field: value}}


def _buyer(**changes: str) -> dict[str, Any]:
    return {"customer": {"name": "Mina Park", **changes}}


ROWS = [
    *_quantity("B1", 0),
    *_quantity("B2", -1, "−1", "-1"),
    Bad("B2", "J", raw_line("-0"), 422, "bad_quantity", "/lines/0/quantity"),
    *_quantity("B3", 1000000, 2147483648, 9223372036854775808),
    *malformed("B4", raw_line("9" * 5000).body),
    *_quantity("B5", 1.5, 1.0),
    *[Bad("B6", "J", raw_line(text), 422, "bad_quantity", "/lines/0/quantity") for text in ("1e3", "1E2")],
    *_quantity("B7", "1_000"),
    *malformed("B7", raw_line("1_000").body),
    *_quantity("B9", "١٢", "１２"),
    *malformed("B9", raw_line("١٢").body, raw_line("１２").body),
    *_quantity("B12", True, "5", [5], {}, None),
    *malformed("B13", *(raw_line(text).body for text in ("NaN", "Infinity", "-Infinity", "1e400"))),
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
    *_whole("B32", "control_character", "/ship_to/name", *(_named("name", text) for text in ("\x1b[2J", "a\bb", "a\x85b", "a\nb"))),
    Bad("B32", "J", order_body(note="one\ttwo\nthree"), 201),
    *_sku("B33", "bad_code", "LA\u202eMP"),
    *_whole("B33", "bad_code", "/external_id", {"external_id": "WEB\u202e-1"}, {"external_id": " WEB-1"}),
    Bad("B33", "J", order_body(**_named("name", "Mina \u202ekraP")), 201),
    Bad("B34", "J", order_body(**_named("name", "👩‍👩‍👧 Ω≈ç√ 张")), 201),
    Bad("B35", "J", order_body(**_named("name", "Ame\u0301lie")), 201),
    *_whole("B36", "too_long", "/ship_to/name", _named("name", "a" + "\u0301" * 500)),
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
