"""Shopify's order webhooks (REST Admin API bodies: shopify.dev/docs/api/admin-rest, Order and Refund).

What an order says counts, not the topic it came under: the topic is not signed.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from logistics.core.addresses import Address
from logistics.core.language import _, spoken
from logistics.orders.models import CancelReason
from logistics.shops.body_reading import Fields, read_instant, round_to
from logistics.shops.shop_orders import LONGEST_ID, Envelope, Recipient, ShopLine, ShopNews, ShopOrder, Unreadable

REFUND = "refunds/create"
TOPICS = ("orders/create", "orders/updated", "orders/paid", "orders/cancelled", REFUND)
_REASONS = {"inventory": CancelReason.OUT_OF_STOCK, "fraud": CancelReason.FRAUD, "declined": CancelReason.PAYMENT_TIMEOUT}
_TAKEN_IN_FULL = {"paid", "partially_refunded", "refunded"}


def envelope(headers: Mapping[str, str], body: Mapping[str, Any], digest: str) -> Envelope:
    """Which event this is. One event of theirs may come under several topics, with other bodies."""
    topic = headers.get("x-shopify-topic", "")
    event = headers.get("x-shopify-event-id") or headers.get("x-shopify-webhook-id") or digest
    external = body.get("order_id" if topic == REFUND else "id")
    known = topic in TOPICS
    return Envelope(f"{topic}:{event}", topic, known, _code(external) if known else "", read_instant(body.get("updated_at")))


def read(topic: str, body: Mapping[str, Any]) -> ShopNews:
    """What the event says. Raises Unreadable, which names every field that is wrong."""
    fields = Fields(body)
    news = _read_refund(fields) if topic == REFUND else _read_order(fields)
    if fields.problems:
        raise Unreadable(fields.problems)
    return news


def _code(value: Any) -> str:
    """An id; an empty text where there is none, or one that is too long to be one."""
    written = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    return written if len(written) <= LONGEST_ID else ""


def _read_order(fields: Fields) -> ShopNews:
    currency = fields.currency("currency")
    refunds = {_code(one.values.get("id")): _refunded(one, currency) for one in fields.each("refunds")}
    cancelled = _REASONS.get(fields.text("cancel_reason"), CancelReason.CUSTOMER) if fields.values.get("cancelled_at") else None
    return ShopNews(_order(fields, currency), cancelled, refunds)


def _read_refund(fields: Fields) -> ShopNews:
    moves = fields.each("transactions")
    currency = moves[0].currency("currency", "USD") if moves else "USD"
    return ShopNews(refunds={_code(fields.values.get("id")): _refunded(fields, currency)})


def _refunded(refund: Fields, currency: str) -> int:
    given_back = [move for move in refund.each("transactions") if move.text("kind") == "refund" and move.text("status") == "success"]
    return sum(move.money("amount", currency) for move in given_back)


def _order(fields: Fields, currency: str) -> ShopOrder:
    total, status = fields.money("total_price", currency), fields.text("financial_status")
    lines, charges = _priced(fields, currency, total)
    outstanding = fields.money("total_outstanding", currency)
    captured = total if status in _TAKEN_IN_FULL else total - outstanding if status == "partially_paid" and outstanding else 0
    customer = fields.at("customer")
    return ShopOrder(
        label=fields.words("name") or _code(fields.values.get("id")),
        currency=currency,
        lines=lines,
        charges=charges,
        total=total,
        recipient=_recipient(fields, customer),
        customer_name=_name(customer) or _name(fields.at("billing_address")),
        language=spoken(fields.words("customer_locale")),
        note=fields.words("note", longest=2000),
        captured=captured,
        authorised=total if status == "authorized" else 0,
        is_voided=status == "voided",
        is_refunded=status == "refunded",
        is_fulfilled=fields.text("fulfillment_status") in ("fulfilled", "partial"),
        is_test=fields.flag("test"),
    )


def _priced(fields: Fields, currency: str, total: int) -> tuple[tuple[ShopLine, ...], int]:
    """The lines with what each costs in all, and the charges: rounded so that they add up to the total."""
    untaxed = not fields.flag("taxes_included")
    rows = [one for one in fields.each("line_items") if one.values.get("quantity") != 0]
    nets = [_net(one, currency, untaxed) for one in rows]
    tip = Decimal(0) if any(one.values.get("tip") for one in rows) else fields.amount("total_tip_received", currency)
    charges = sum((_charge(one, currency, untaxed) for one in fields.each("shipping_lines")), Decimal(0))
    charges += _of_shop(fields, "original_total_duties_set", currency) + _of_shop(fields, "original_total_additional_fees_set", currency)
    *whole, tipped, charged = round_to([*nets, tip, charges], total)
    lines = [_line(at, one, net, currency) for at, (one, net) in enumerate(zip(rows, whole, strict=True), 1)]
    if tipped:
        lines.append(ShopLine(len(lines) + 1, "", "", _("Tip"), 1, tipped, tipped, ships=False))
    return tuple(lines), charged


def _net(line: Fields, currency: str, untaxed: bool) -> Decimal:
    gross = line.amount("price", currency) * line.quantity("quantity")
    return gross - _discount(line, currency, "total_discount") + (_taxes(line, currency) if untaxed else 0)


def _charge(line: Fields, currency: str, untaxed: bool) -> Decimal:
    price = line.amount("price", currency)
    if line.values.get("discount_allocations") is not None:
        price -= _discount(line, currency, "")
    elif line.values.get("discounted_price") is not None:
        price = line.amount("discounted_price", currency)
    return price + (_taxes(line, currency) if untaxed else 0)


def _discount(line: Fields, currency: str, otherwise: str) -> Decimal:
    """What is taken off. The allocations hold the order's discounts too; old bodies have the line's own only."""
    allocated = line.each("discount_allocations")
    if allocated or not otherwise:
        return sum((one.amount("amount", currency) for one in allocated), Decimal(0))
    return line.amount(otherwise, currency)


def _taxes(line: Fields, currency: str) -> Decimal:
    return sum((tax.amount("price", currency) for tax in line.each("tax_lines")), Decimal(0))


def _of_shop(fields: Fields, name: str, currency: str) -> Decimal:
    return fields.at(name).at("shop_money").amount("amount", currency)


def _line(row: int, line: Fields, net: int, currency: str) -> ShopLine:
    return ShopLine(
        row=row,
        sku=line.text("sku", longest=100),
        variant=_code(line.values.get("variant_id")) or _code(line.values.get("product_id")),
        title=line.words("name") or line.words("title"),
        quantity=line.quantity("quantity"),
        unit_price=line.money("price", currency),
        net=net,
        ships=line.flag("requires_shipping", default=True) and not line.flag("gift_card") and not line.values.get("tip"),
    )


def _recipient(fields: Fields, customer: Fields) -> Recipient:
    place = fields.at("shipping_address")
    if not place.values:
        place = fields.at("billing_address")
    phone = place.text("phone", longest=40) or fields.text("phone", longest=40) or customer.text("phone", longest=40)
    email = fields.text("email", longest=254) or fields.text("contact_email", longest=254) or customer.text("email", longest=254)
    return Recipient(_name(place) or _name(customer), phone, email, _address(place))


def _address(place: Fields) -> Address:
    second = ", ".join(text for text in (place.text("address2"), place.text("company")) if text)
    return Address(
        line1=place.text("address1"),
        line2=second[:200],
        city=place.text("city", longest=100),
        region=place.text("province", longest=100),
        postcode=place.text("zip", longest=20),
        country=place.text("country_code", longest=2).upper(),
    )


def _name(person: Fields) -> str:
    whole = person.text("name")
    return whole or " ".join(part for part in (person.text("first_name"), person.text("last_name")) if part)[:200]
