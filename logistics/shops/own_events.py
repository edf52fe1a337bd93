"""Our own webhook: {"type": "order.placed" | "order.cancelled", "data": {...}}, signed by Standard Webhooks.

The data of an order placed are the body of POST /api/v1/orders, with the external id that the shop knows it by.
"""

from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from logistics.core.addresses import Address
from logistics.core.config import settings
from logistics.core.language import _, spoken
from logistics.core.money import MAX_MINOR
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue, FieldError, Invalid
from logistics.orders.models import CancelReason
from logistics.orders.validating import MOST_URGENT
from logistics.shops.body_reading import Fields
from logistics.shops.shop_orders import LONGEST_ID, Envelope, Recipient, ShopLine, ShopNews, ShopOrder, Unreadable

PLACED, CANCELLED = "order.placed", "order.cancelled"
TOPICS = (PLACED, CANCELLED)
METHODS = ("shop", "balance", "transfer")
_NAMES = {
    PLACED: {
        "external_id", "customer", "ship_to", "currency", "lines", "shipping", "payment", "priority", "note", "language",
    },
    CANCELLED: {"external_id", "reason", "note"},
    "customer": {"name", "email", "phone", "reference"},
    "ship_to": {"name", "phone", "line1", "line2", "district", "city", "region", "postcode", "country"},
    "lines": {"sku", "quantity", "unit_price", "note"},
    "payment": {"method", "reference"},
}  # fmt: skip


def envelope(headers: Mapping[str, str], body: Mapping[str, Any], digest: str) -> Envelope:
    """Which event this is. Everything of it is signed. Raises Invalid for a timestamp that is no time."""
    topic = body.get("type")
    topic = topic[:60] if isinstance(topic, str) else ""
    event_data = body.get("data")
    external = event_data.get("external_id") if isinstance(event_data, dict) else None
    external = external.strip() if isinstance(external, str) and len(external) <= LONGEST_ID else ""
    known = topic in TOPICS
    event = headers.get("webhook-id") or digest
    return Envelope(event, topic, known, external if known else "", _read_timestamp(body))


def read(topic: str, body: Mapping[str, Any]) -> ShopNews:
    """What the event says. Raises Unreadable, which names every field that is wrong or unknown."""
    fields = Fields(body).at("data")
    _refuse_unknown(fields, topic)
    news = _read_cancellation(fields) if topic == CANCELLED else ShopNews(_order(fields))
    if fields.problems:
        raise Unreadable(fields.problems)
    return news


def _read_timestamp(body: Mapping[str, Any]) -> datetime | None:
    written = body.get("timestamp")
    if written is None:
        return None
    try:
        return parse_instant(written if isinstance(written, str) else "")
    except BadValue as error:
        raise Invalid(error.message, errors=[FieldError("/timestamp", error.code, error.message)]) from error


def _read_cancellation(fields: Fields) -> ShopNews:
    reason = fields.text("reason") or CancelReason.CUSTOMER
    if reason not in set(CancelReason):
        fields.refuse("reason", "unknown_reason", _("Say one of: %(choices)s.", choices=", ".join(CancelReason)))
        reason = CancelReason.CUSTOMER
    return ShopNews(cancelled=CancelReason(reason))


def _order(fields: Fields) -> ShopOrder:
    customer, place, payment = fields.at("customer"), fields.at("ship_to"), fields.at("payment")
    for part, name in ((customer, "customer"), (place, "ship_to"), (payment, "payment")):
        _refuse_unknown(part, name)
    currency = fields.currency("currency", settings().currency)
    method = payment.text("method")
    if payment.values and method not in METHODS:
        payment.refuse("method", "unsupported_method", _("Say one of: %(choices)s.", choices=", ".join(METHODS)))
    phone = place.text("phone", longest=40) or customer.text("phone", longest=40)
    return ShopOrder(
        label=fields.text("external_id", longest=100),
        currency=currency,
        lines=tuple(_line(at, one, currency) for at, one in enumerate(fields.each("lines"), 1)),
        charges=fields.money("shipping", currency),
        total=None,
        recipient=Recipient(place.text("name") or customer.text("name"), phone, customer.text("email", longest=254), _address(place)),
        customer_name=customer.text("name"),
        customer_reference=customer.text("reference", longest=64),
        language=spoken(fields.text("language", longest=20)),
        note=fields.words("note", longest=2000),
        priority=_priority(fields),
        # All of it, however much that is: no more is booked than the order costs.
        captured=MAX_MINOR if method == "shop" else 0,
        pay_from_balance=method == "balance",
    )


def _priority(fields: Fields) -> int:
    urgency = fields.quantity("priority") if "priority" in fields.values else 0
    if urgency > MOST_URGENT:
        fields.refuse("priority", "bad_priority", _("The priority is 0 to %(most)s.", most=MOST_URGENT))
    return urgency


def _line(row: int, line: Fields, currency: str) -> ShopLine:
    _refuse_unknown(line, "lines")
    quantity = line.quantity("quantity")
    price = line.money("unit_price", currency) if line.values.get("unit_price") is not None else None
    net = None if price is None else price * quantity
    return ShopLine(row, line.text("sku", longest=64), "", "", quantity, price, net, note=line.words("note", longest=500))


def _address(place: Fields) -> Address:
    return Address(
        line1=place.text("line1"),
        line2=place.text("line2"),
        district=place.text("district", longest=100),
        city=place.text("city", longest=100),
        region=place.text("region", longest=100),
        postcode=place.text("postcode", longest=20),
        country=place.text("country", longest=2),
    )


def _refuse_unknown(fields: Fields, kind: str) -> None:
    for name in sorted(set(fields.values) - _NAMES[kind]):
        near = get_close_matches(name, _NAMES[kind], n=1)
        meant = _("There is no field of this name. Is “%(near)s” meant?", near=near[0]) if near else _("There is no field of this name.")
        fields.refuse(name[:80], "unknown_field", meant)
