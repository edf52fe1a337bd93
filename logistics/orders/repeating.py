"""An order taken once more: what it would be today. Prices are the catalogue's where they were then; nothing is placed by it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import any_, cast, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core.events import EventLog
from logistics.core.language import _, current_locale
from logistics.core.money import format_money
from logistics.orders.models import Order, OrderLine


@dataclass(frozen=True)
class RepeatedLine:
    """A line to take again. No price means the product's own; in minor units. `marks` say what to look at, by the part of the line."""

    product: Product
    quantity: int
    unit_price: int | None
    discount_bp: int
    note: str
    marks: dict[str, str] = field(default_factory=dict)


def repeat_lines(session: Session, order: Order) -> list[RepeatedLine]:
    """The order's lines as they would be taken today, marked where something is not as it was."""
    listed = _list_prices_then(session, order)
    return [_repeat(line, order.currency, listed.get(line.product_id)) for line in order.lines]


def _repeat(line: OrderLine, currency: str, listed: int | None) -> RepeatedLine:
    marks = {} if line.product.sellable else {"sku": str(_("It is not for sale any more."))}
    was_listed = line.unit_price == listed
    if mark := _mark_price(line, currency, was_listed):
        marks["unit_price"] = mark
    return RepeatedLine(line.product, line.ordered, None if was_listed else line.unit_price, line.discount_bp, line.note, marks)


def _mark_price(line: OrderLine, currency: str, was_listed: bool) -> str:
    if line.product.currency == currency and line.unit_price == line.product.price:
        return ""
    then = format_money(line.unit_price, currency, current_locale())
    if not was_listed:
        return str(_("%(price)s was agreed for the earlier order. Empty the box for the list price.", price=then))
    now = format_money(line.product.price, currency, current_locale())
    return str(_("It was %(before)s then and is %(now)s now.", before=then, now=now))


def _list_prices_then(session: Session, order: Order) -> dict[int, int]:
    """What the products of the order cost by the catalogue when it was placed, in its currency: before the first change since."""
    products = {line.product_id: line.product for line in order.lines if line.product.currency == order.currency}
    return {product_id: product.price for product_id, product in products.items()} | _changed_since(session, order, sorted(products))


def _changed_since(session: Session, order: Order, product_ids: Sequence[int]) -> dict[int, int]:
    changes = (
        select(EventLog.subject_id, cast(EventLog.data["before"].astext, BigInteger))
        .where(EventLog.subject == "product", EventLog.subject_id == any_(literal(list(product_ids), ARRAY(BigInteger))))
        .where(EventLog.name == "PriceChanged", EventLog.at > order.placed_at, EventLog.data["currency"].astext == order.currency)
        .order_by(EventLog.subject_id, EventLog.id)
        .ext(distinct_on(EventLog.subject_id))
    )
    return {row[0]: row[1] for row in session.execute(changes)}
