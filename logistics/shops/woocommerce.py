"""WooCommerce's order webhooks (REST API v3 bodies: woocommerce.github.io/woocommerce-rest-api-docs, Order).

What an order says counts, not the topic it came under: the topic is not signed.
"""

import html
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from logistics.core.addresses import Address
from logistics.orders.models import CancelReason
from logistics.shops.body_reading import Fields, read_instant, round_to
from logistics.shops.shop_orders import LONGEST_ID, Envelope, Recipient, ShopLine, ShopNews, ShopOrder, Unreadable

TOPICS = ("order.created", "order.updated", "order.deleted")
PING = re.compile(rb"webhook_id=[0-9]{1,20}")
_DRAFTS = ("checkout-draft", "auto-draft", "failed")
_TAKEN = ("processing", "completed", "refunded")


def envelope(headers: Mapping[str, str], body: Mapping[str, Any], digest: str) -> Envelope:
    """Which event this is."""
    topic = headers.get("x-wc-webhook-topic", "")
    known = topic in TOPICS
    changed_at = read_instant(body.get("date_modified_gmt"), zone="Z")
    return Envelope(headers.get("x-wc-webhook-delivery-id") or digest, topic, known, _code(body.get("id")) if known else "", changed_at)


def read(topic: str, body: Mapping[str, Any]) -> ShopNews:
    """What the event says. Raises Unreadable, which names every field that is wrong."""
    # A deleted order is told by its number alone.
    if set(body) <= {"id"}:
        return ShopNews(cancelled=CancelReason.CUSTOMER)
    fields = Fields(body)
    currency, status = fields.currency("currency"), fields.text("status").removeprefix("wc-")
    refunds = {_code(one.values.get("id")): abs(int(one.amount("total", currency))) for one in fields.each("refunds")}
    order = _order(fields, currency, status)
    if fields.problems:
        raise Unreadable(fields.problems)
    return ShopNews(order, CancelReason.CUSTOMER if status in ("cancelled", "trash") else None, refunds)


def _code(value: Any) -> str:
    """An id; they write 0 for none. An empty text for one that is too long to be one."""
    written = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) and value != 0 else ""
    return written if len(written) <= LONGEST_ID else ""


def _order(fields: Fields, currency: str, status: str) -> ShopOrder:
    total, billing = fields.money("total", currency), fields.at("billing")
    lines, charges = _priced(fields, currency, total)
    return ShopOrder(
        label="#" + (fields.words("number") or _code(fields.values.get("id"))),
        currency=currency,
        lines=lines,
        charges=charges,
        total=total,
        recipient=_recipient(fields, billing),
        customer_name=_name(billing),
        note=fields.words("customer_note", longest=2000),
        captured=total if _is_paid(fields, status) else 0,
        is_refunded=status == "refunded",
        is_fulfilled=status == "completed",
        is_draft=status in _DRAFTS,
    )


def _is_paid(fields: Fields, status: str) -> bool:
    """Whether the money has come. Cash on delivery is written as paid as soon as it is ordered, and is not before it is completed."""
    if status not in _TAKEN:
        return False
    paid = bool(fields.values.get("date_paid_gmt") or fields.values.get("date_paid"))
    return paid and (fields.text("payment_method") != "cod" or status != "processing")


def _priced(fields: Fields, currency: str, total: int) -> tuple[tuple[ShopLine, ...], int]:
    """The lines with what each costs in all, and the charges: rounded so that they add up to the total."""
    rows = [one for one in fields.each("line_items") if one.values.get("quantity") != 0]
    nets = [_with_tax(one, currency) for one in rows]
    charged = [_with_tax(one, currency) for name in ("shipping_lines", "fee_lines") for one in fields.each(name)]
    *whole, charges = round_to([*nets, sum(charged, Decimal(0))], total)
    return tuple(_line(at, one, net, currency) for at, (one, net) in enumerate(zip(rows, whole, strict=True), 1)), charges


def _with_tax(line: Fields, currency: str) -> Decimal:
    """What it costs with its taxes, which stand exactly one by one and rounded in sum."""
    exact = sum((tax.amount("total", currency) for tax in line.each("taxes")), Decimal(0))
    return line.amount("total", currency) + (exact or line.amount("total_tax", currency))


def _line(row: int, line: Fields, net: int, currency: str) -> ShopLine:
    quantity = line.quantity("quantity")
    # What it cost before any discount, for one unit, where that comes out even.
    before = line.amount("subtotal", currency) + line.amount("subtotal_tax", currency)
    even = bool(quantity) and before == before.to_integral_value() and before % quantity == 0
    return ShopLine(
        row=row,
        sku=line.text("sku", longest=100),
        variant=_code(line.values.get("variation_id")) or _code(line.values.get("product_id")),
        title=html.unescape(line.words("name")),
        quantity=quantity,
        unit_price=int(before / quantity) if even else None,
        net=net,
    )


def _recipient(fields: Fields, billing: Fields) -> Recipient:
    place = fields.at("shipping")
    if not any(place.text(name) for name in ("address_1", "city", "postcode")):
        place = billing
    phone = place.text("phone", longest=40) or billing.text("phone", longest=40)
    return Recipient(_name(place) or _name(billing), phone, billing.text("email", longest=254), _address(place))


def _address(place: Fields) -> Address:
    second = ", ".join(text for text in (place.text("address_2"), place.text("company")) if text)
    return Address(
        line1=place.text("address_1"),
        line2=second[:200],
        city=place.text("city", longest=100),
        region=place.text("state", longest=100),
        postcode=place.text("postcode", longest=20),
        country=place.text("country", longest=2).upper(),
    )


def _name(person: Fields) -> str:
    return " ".join(part for part in (person.text("first_name"), person.text("last_name")) if part)[:200]
