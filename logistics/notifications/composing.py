"""Composing: what happened, as a text in the recipient's language.

What the text says is gathered from the database once and kept with the message, so that a second try says the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.config import Settings
from logistics.core.config import settings as shop
from logistics.core.language import speaking
from logistics.core.money import net_of_discount
from logistics.core.templating import render_apart, when_text
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Warehouse
from logistics.notifications.link_queries import gather_links, links_of
from logistics.notifications.models import Message, Milestone, Subject
from logistics.orders import rules
from logistics.orders.linking import make_token
from logistics.orders.models import Order, OrderLine
from logistics.payments.models import Method, MoveKind, Payment, PaymentMove, PaymentState
from logistics.tracking.arriving import arrival_of, write_arrival
from logistics.tracking.following import mark_of_request
from logistics.tracking.models import UpdateRequest
from logistics.tracking.telling import say_of_parcel

Facts = dict[str, Any]
# A card of which nothing is held any more when its order is cancelled.
_NOTHING_HELD = tuple(state.value for state in (PaymentState.CREATED, PaymentState.FAILED, PaymentState.EXPIRED))
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Letter:
    """A message ready to be sent."""

    message_id: int
    recipient: str
    language: str
    written_at: datetime
    headline: str
    text: str
    html: str


def compose(session: Session, message_id: int, settings: Settings) -> Letter:
    """Write a message's text, and keep it on the row as staff may read it: without the link that opens the customer's page."""
    message = session.get_one(Message, message_id)
    with speaking(message.language):
        if "gathered" not in message.facts:
            message.facts = {**message.facts, **_gatherer(message)(session, message), "gathered": True}
        facts = {**message.facts, **_links(session, message, settings)}
        written = render_apart(f"notifications/{_template(message)}.txt", **facts)
        html = render_apart(f"notifications/{_template(message)}.html", **facts)
    text = _BLANK_LINES.sub("\n\n", written).strip() + "\n"
    message.headline = " ".join(text.partition("\n")[0].split())[:300]
    message.body = re.sub(rf"{re.escape(settings.base_url)}/track/\S+", f"{settings.base_url}/track/…", text)
    return Letter(message.id, message.recipient, message.language, message.created_at, message.headline, text, html)


def _gather_order(session: Session, message: Message) -> Facts:
    order = session.get_one(Order, message.order_id)
    # What was cancelled of an order that goes on is not told again.
    whole = message.milestone == Milestone.CANCELLED
    goods = select(Product.name, OrderLine).join(Product, Product.id == OrderLine.product_id).where(OrderLine.order_id == order.id)
    lines = [
        (name, line, line.ordered if whole else line.ordered - line.cancelled) for name, line in session.execute(goods.order_by(OrderLine.position))
    ]
    # What the shop took does not come back to an account with us: the shop tells of it. Nor does what a card paid, or a mistake.
    back = (PaymentMove.order_id == order.id, PaymentMove.kind == MoveKind.REFUND.value, PaymentMove.provider == "account")
    refunded = session.scalar(select(func.coalesce(func.sum(PaymentMove.amount), 0)).where(*back))
    cards = select(func.coalesce(func.sum(Payment.authorised), 0)).where(Payment.order_id == order.id, Payment.method == Method.CARD.value)
    return {
        "number": order.number,
        "name": order.name,
        **_sums(order, [row for row in lines if row[2]]),
        "total": order.total if whole else rules.due(order),
        "refunded": int(refunded or 0),
        "to_card": int(session.scalar(cards.where(Payment.state.not_in(_NOTHING_HELD))) or 0),
        "currency": order.currency,
        "pay_by": when_text(order.deadline),
    }


def _sums(order: Order, lines: list[tuple[str, OrderLine, int]]) -> Facts:
    """What so many units of each line come to: each before the discount of the whole order, which stands below the lines."""
    nets = [(line, rules.line_net(line, units)) for _name, line, units in lines]
    gross = [net_of_discount(units, line.unit_price, line.discount_bp) for _name, line, units in lines]
    tax = sum(rules.tax_of(net, line.tax_bp, included=order.tax_included) for line, net in nets)
    return {
        "goods": [[name, units, amount] for (name, _line, units), amount in zip(lines, gross, strict=True)],
        "discount": sum(gross) - sum(net for _line, net in nets),
        "shipping": order.shipping,
        "tax": tax + rules.tax_of(order.shipping, order.shipping_tax_bp, included=order.tax_included),
        "tax_included": order.tax_included,
    }


def _gather_cancelled(session: Session, message: Message) -> Facts:
    """The units that were cancelled, and whether others still come."""
    lines: Any = message.facts["lines"]
    units = {int(line_id): int(count) for line_id, count in lines}
    names = select(OrderLine.id, Product.name).join(Product, Product.id == OrderLine.product_id).where(OrderLine.order_id == message.order_id)
    rows = session.execute(names.order_by(OrderLine.position))
    left = select(func.sum(OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped)).where(OrderLine.order_id == message.order_id)
    goods = [[row.name, units[row.id]] for row in rows if row.id in units]
    return {**_gather_refund(session, message), "goods": goods, "more_to_come": bool(session.scalar(left))}


def _gather_refund(session: Session, message: Message) -> Facts:
    order = session.get_one(Order, message.order_id)
    return {"number": order.number, "name": order.name, "currency": order.currency}


def _gather_shipment(session: Session, message: Message) -> Facts:
    shipment = session.scalars(
        select(Shipment).where(Shipment.id == message.subject_id).options(joinedload(Shipment.carrier), joinedload(Shipment.order))
    ).one()
    order, carrier = shipment.order, shipment.carrier
    goods = select(Product.name, func.sum(ShipmentLine.packed)).join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
    goods = goods.join(Product, Product.id == OrderLine.product_id).where(ShipmentLine.shipment_id == shipment.id)
    rows = session.execute(goods.group_by(Product.name, OrderLine.position).order_by(OrderLine.position))
    left = select(func.sum(OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped)).where(OrderLine.order_id == order.id)
    return {
        "number": order.number,
        "name": order.name,
        "goods": [[name, int(units)] for name, units in rows],
        "carrier": carrier.name if carrier else "",
        "carrier_link": carrier.link_to(shipment.tracking_number) if carrier else "",
        "tracking_number": shipment.tracking_number,
        "arrival": _arrival(shipment),
        "more_to_come": bool(session.scalar(left)),
    }


def _arrival(shipment: Shipment) -> str:
    """When a parcel is expected, in one sentence; an empty text where nobody knows, or nobody waits any more."""
    arrival = arrival_of(shipment, today=clock.today(shop().timezone))
    return write_arrival(arrival) if arrival else ""


def _gather_news(session: Session, message: Message) -> Facts:
    """What those read who asked for news of somebody's parcel: what its page shows without a second fact (SEC28)."""
    facts = {"number": session.get_one(Order, message.order_id).number}
    if message.subject != Subject.SHIPMENT:
        return facts
    told = _gather_shipment(session, message)
    shown = {name: told[name] for name in ("carrier", "carrier_link", "tracking_number")}
    return {**facts, **shown, "sentence": say_of_parcel(ShipmentState(message.milestone))}


def _gather_stock(session: Session, message: Message) -> Facts:
    product = session.get_one(Product, message.facts["product_id"])
    warehouse = session.get_one(Warehouse, message.facts["warehouse_id"])
    return {"sku": product.sku, "product": product.name, "warehouse": warehouse.name}


_GATHER: dict[Milestone, Callable[[Session, Message], Facts]] = {
    Milestone.RECEIVED: _gather_order,
    Milestone.CONFIRMED: _gather_order,
    Milestone.CANCELLED: _gather_order,
    Milestone.CANCELLED_IN_PART: _gather_cancelled,
    Milestone.REFUNDED: _gather_refund,
    Milestone.PAYMENT_ASKED: _gather_order,
    Milestone.SHIPPED: _gather_shipment,
    Milestone.DELIVERED: _gather_shipment,
    Milestone.STOCK_RAN_LOW: _gather_stock,
    Milestone.ADDRESS_CHANGED: _gather_refund,
    Milestone.UPDATES_ASKED: _gather_news,
    Milestone.LINKS: gather_links,
}


def _gatherer(message: Message) -> Callable[[Session, Message], Facts]:
    return _gather_news if _template(message) == "update" else _GATHER[Milestone(message.milestone)]


def _template(message: Message) -> str:
    """The name of a message's texts: those who asked for news of somebody's parcel read less than whose it is."""
    is_news = "update_id" in message.facts and message.milestone != Milestone.UPDATES_ASKED
    return "update" if is_news else message.milestone


def _links(session: Session, message: Message, settings: Settings) -> Facts:
    """The addresses in a message. Those of customers' pages are made anew each time: whoever reads the database gets none."""
    base, secret = settings.base_url, settings.secret_key
    if message.milestone == Milestone.LINKS:
        tokens = links_of(session, message, secret)
        return {"link": f"{base}/track", "links": {number: f"{base}/track/{token}" for number, token in tokens.items()}}
    if message.order_id is None:
        return {"link": f"{base}/stock/{message.facts['sku']}"}
    link = f"{base}/track/{make_token(session.get_one(Order, message.order_id), secret=secret)}"
    if "update_id" not in message.facts:
        return {"link": link}
    request = session.get_one(UpdateRequest, message.facts["update_id"])
    return {"link": link, "updates_link": f"{link}/updates/{mark_of_request(request, secret=secret)}"}
