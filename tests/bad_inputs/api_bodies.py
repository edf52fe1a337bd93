"""Bodies and headers that no program should send to the API, whatever the order: rows of the table of bad inputs on J."""

from tests.api.programs import order_body
from tests.bad_inputs.orders_by_api import KEY, Raw, line, malformed, text_of
from tests.bad_inputs.rows import NOTHING, Bad

MEGABYTE = 1024 * 1024
GOOD = text_of(order_body())
NO_JSON = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", None, "application/json; charset=utf-16")


def _whole(number: str, pointer: str, **change: object) -> Bad:
    return Bad(number, "J", order_body(**change), 422, "unknown_field", pointer)


def _keyed(*keys: str | None, body: bytes = GOOD) -> Raw:
    return Raw(body, tuple((KEY, key) for key in keys))


ROWS = [
    *malformed("B31", GOOD.replace(b"12 Park Row", rb"\ud800"), GOOD.replace(b'"line1"', rb'"\udc00"')),
    Bad("B37", "J", Raw(b'{"note": "' + b"x" * (10 * MEGABYTE) + b'"}'), 413, "request_entity_too_large"),
    Bad("B38", "J", {**order_body(), **{f"a{number}": 1 for number in range(60_000)}}, 422, "unknown_field", "/a1"),
    *malformed("B39", b"[" * 100_000, b'{"lines": ' + b"[" * 100_000),
    *malformed("B40", b'{"quantity": 1, "quantity": 99}', GOOD.replace(b'"sku"', b'"quantity": 99, "sku"')),
    Bad("B41", "J", line(quantiy=1), 422, "unknown_field", "/lines/0/quantiy"),
    _whole("B41", "/channel", channel="desk"),
    *[Bad("SEC1", "J", order_body(**{name: 1}), 422, "unknown_field", f"/{name}") for name in ("id", "status", "paid_minor", "created_at", "role")],
    *malformed("B42", b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), GOOD.replace(b"Leeds", b"\xc3\x28")),
    *malformed("B43", b"", b"null", b"[]", b"3", GOOD[:-1] + b",}", b"// hello\n" + GOOD, GOOD[:-1], GOOD + b"x"),
    *[Bad("B44", "J", Raw(GOOD, (("Content-Type", kind),)), 415, "unsupported_media_type") for kind in NO_JSON],
    Bad("B45", "J", Raw(b"\x1f\x8b\x08\x00", (("Content-Encoding", "gzip"),)), 415, "unsupported_media_type"),
    *[Bad("B47", "J", _keyed(key), 400, "bad_idempotency_key") for key in (None, "", "x" * 256, "a\tb", "a, a")],
    Bad("B47", "J", _keyed("a", "a"), 400, "bad_idempotency_key"),
    Bad("B48", "J", _keyed("once"), 201, before=_keyed("once"), writes=NOTHING),
    Bad("B48", "J", _keyed("once", body=text_of(order_body(("LAMP", 3)))), 422, "key_reused", before=_keyed("once")),
    Bad("B48", "J", _keyed("once", body=text_of({"nonsense": True})), 422, "key_reused", before=_keyed("once")),
]
