"""Deliveries at the hooks of shops: rows of the table of bad inputs on W.

Whatever is signed is answered at once and worked later, so what is wrong with an order as such waits in the inbox (tests/shops).
"""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from logistics.core import clock
from tests.bad_inputs.deliveries import ANOTHERS, REVOKED, SURFACES, Delivery, Headers
from tests.bad_inputs.rows import Bad
from tests.shops.platforms import own_event, shopify_order

SIGNATURES = ("X-Shopify-Hmac-Sha256", "X-WC-Webhook-Signature", "webhook-signature")
LARGEST = 256 * 1024
INBOX = frozenset({"order_inbox"})
SHOPS = ("W shopify", "W woocommerce")
OWN = ("W own",)


def _refused(number: str, status: int, code: str, *deliveries: Delivery, on: Iterable[str] = SURFACES, says: str = "") -> list[Bad]:
    return [Bad(number, surface, sent, status, code, says=says) for surface in on for sent in deliveries]


def _unsigned(number: str, *deliveries: Delivery, on: Iterable[str] = SURFACES) -> list[Bad]:
    return _refused(number, 401, "unauthorized", *deliveries, on=on, says="The signature does not fit. Nothing was taken.")


def _signed_with(change: Callable[[str], str]) -> Delivery:
    """One whose signature is changed like this."""

    def changed(headers: Headers) -> Headers:
        return {name: change(value) if name in SIGNATURES else value for name, value in headers.items()}

    return Delivery(headers=changed)


def _in_hex(signature: str) -> str:
    version, comma, coded = signature.rpartition(",")
    return version + comma + base64.b64decode(coded).hex()


FORGERIES: tuple[Callable[[str], str], ...] = (
    lambda _signature: "",
    lambda _signature: "ab" * 32,
    lambda signature: signature.replace(signature[-20:-10], "AAAAAAAAAA"),
    lambda signature: signature[:-4],
    str.upper,
    str.swapcase,
    _in_hex,
)
NO_JSON = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "")


def _stamped(text: str) -> Delivery:
    return Delivery(headers=lambda headers: {**headers, "webhook-timestamp": text})


def _triggered(at: str | timedelta) -> Delivery:
    return Delivery(headers=lambda headers: {**headers, "X-Shopify-Triggered-At": at if isinstance(at, str) else _written(at)})


def _without(*names: str) -> Delivery:
    return Delivery(headers=lambda headers: {name: value for name, value in headers.items() if name not in names})


def _written(ahead: timedelta) -> str:
    return f"{clock.now() + ahead:%Y-%m-%dT%H:%M:%SZ}"


def _changed(surface: str, at: Any) -> Delivery:
    """An order that the shop says to have changed at this time."""
    if surface == "W own":
        return Delivery(json.dumps({**own_event(), "timestamp": at}).encode())
    return Delivery({"updated_at" if surface == "W shopify" else "date_modified_gmt": at})


def _untimely(number: str, *times: Any, own: int = 422) -> list[Bad]:
    """Times that are none: ours to refuse in our own format; of what shops write, the order is taken and the time is not."""
    told = [Bad(number, surface, _changed(surface, at), 200, "received", says="changed at None.") for surface in SHOPS for at in times]
    if own == 422:
        return [*told, *(Bad(number, "W own", _changed("W own", at), 422, pointer="/timestamp") for at in times)]
    return [*told, *(Bad(number, "W own", _changed("W own", at), 200, "received", says="changed at None.") for at in times)]


def _named(text: str) -> dict[str, dict[str, Any]]:
    """A recipient of this name, for each kind of shop."""
    place = {"first_name": text, "last_name": "", "address1": text, "address_1": text, "city": "Leeds", "zip": "LS1 5HD", "postcode": "LS1 5HD"}
    ours = {"name": text, "line1": text, "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}
    return {
        "W shopify": {"shipping_address": {**place, "name": text, "country_code": "GB"}, "note": text},
        "W woocommerce": {"shipping": {**place, "country": "GB"}, "customer_note": text},
        "W own": {"ship_to": ours, "note": text},
    }


def _hostile(text: str) -> list[Bad]:
    return [Bad("B53", surface, Delivery(body), 200, "received") for surface, body in _named(text).items()]


def _no_json(number: str, *bodies: bytes, on: Iterable[str] = SURFACES) -> list[Bad]:
    return _refused(number, 400, "malformed_json", *(Delivery(body) for body in bodies), on=on)


PADDED = json.dumps(shopify_order()).encode().ljust(LARGEST)
OTHER = {"W shopify": {"note": "other"}, "W woocommerce": {"customer_note": "other"}, "W own": {"note": "other"}}
ROWS = [
    *_no_json("B4", b'{"id": ' + b"9" * 5000 + b"}"),
    *_no_json("B13", b'{"id": NaN}', b'{"id": 1e400}'),
    *_no_json("B29", b'{"id": "\\u0000"}'),
    *_no_json("B31", b'{"id": "\\ud800"}'),
    *_no_json("B39", b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"id": ' + b"[" * 50 + b"]" * 50 + b"}"),
    *_no_json("B40", b'{"id": 1, "id": 2}'),
    *_no_json("B42", b"\xef\xbb\xbf{}"),
    *_no_json("B42", b"\xff{}", '{"id": 1}'.encode("utf-16"), on=SHOPS),
    *_no_json("B43", b"", b"{", b"[]", b"7", b'{"id": 1,}'),
    *_refused("B44", 415, "unsupported_media_type", *(Delivery(content_type=kind) for kind in NO_JSON)),
    *[row for text in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", 'hx-get="/x"') for row in _hostile(text)],
    *_untimely("B56", "2026-W01-1", "20260101", 1766534400000, "1e12"),
    *_untimely("B57", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"),
    *_untimely("B58", "2026-06-30T23:59:60Z", "2026-06-30T24:00Z", "2026-02-30T10:00:00Z"),
    *_untimely("B60", _written(timedelta(days=2)), own=200),
    *[Bad("B60", surface, _changed(surface, "2001-01-01T10:00:00Z"), 200, "received", says="changed at 2001-01-01") for surface in SURFACES],
    *_unsigned("B62", _without(*SIGNATURES), *(_signed_with(change) for change in FORGERIES)),
    *_unsigned("B63", Delivery(respaced=True)),
    *_unsigned("B64", *(Delivery(after=timedelta(seconds=seconds)) for seconds in (-301, 301)), on=OWN),
    *_unsigned("B64", *(_stamped(text) for text in ("", "abc", "-1", "1e9", "1_0", "00012", "9" * 30, "１２")), on=OWN),
    *_unsigned("B64", _without("webhook-timestamp"), _without("webhook-id"), on=OWN),
    *_unsigned("B64", *(_triggered(at) for at in ("abc", "", timedelta(hours=-73), timedelta(minutes=6))), on=SHOPS[:1]),
    *[Bad("B65", surface, Delivery(), 200, "repeated", before=Delivery(), writes=INBOX) for surface in SURFACES],
    *[Bad("B65", surface, Delivery(event="event-2"), 200, "repeated", before=Delivery(), writes=INBOX) for surface in SURFACES],
    *[Bad("B66", surface, Delivery(other), 200, "quarantined", before=Delivery(), writes=INBOX | {"event_log"}) for surface, other in OTHER.items()],
    *_unsigned("B67", Delivery(secret=ANOTHERS), Delivery(secret=REVOKED)),
    *_refused("B68", 404, "not_found", *(Delivery(to=f"/hooks/channels/{code}") for code in ("nowhere", "desk", "import", "x" * 300))),
    *_refused("B68", 400, "bad_request", Delivery(to="/hooks/channels/%00")),
    *[Bad("B68", surface, Delivery(topic="products/update"), 200, "ignored", writes=INBOX) for surface in SHOPS],
    Bad("B68", "W own", Delivery(json.dumps(own_event(type="order.lost")).encode()), 200, "ignored", writes=INBOX),
    Bad("B72", "W shopify", Delivery(PADDED), 200, "received"),
    *_refused("B72", 413, "request_entity_too_large", Delivery(PADDED + b" "), Delivery(json.dumps([shopify_order()] * 1000).encode())),
]
