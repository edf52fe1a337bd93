"""Gathering what a message tells from the database, as it is when the message is written."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.config import settings as shop
from logistics.core.money import net_of_discount
from logistics.core.templating import when_text
from logistics.fulfilment.models import Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Warehouse
from logistics.notifications.link_queries import gather_links
from logistics.notifications.models import Message, Milestone, Subject
from logistics.orders import rules
from logistics.orders.models import Order, OrderLine
from logistics.payments.models import Method, MoveKind, Payment, PaymentMove, PaymentState
from logistics.tracking.arriving import arrival_of, write_arrival
from logistics.tracking.telling import say_of_parcel

Facts = dict[str, Any]
# A card of which nothing is held any more when its order is cancelled.
_NOTHING_HELD = tuple(state.value for state in (PaymentState.CREATED, PaymentState.FAILED, PaymentState.EXPIRED))


def gather(session: Session, message: Message) -> Facts:
    """All that the text of a message is made of, but for its links. Names and amounts (in minor units) are as they are now."""
    return (_gather_news if is_news(message) else _GATHER[Milestone(message.milestone)])(session, message)


def is_news(message: Message) -> bool:
    """Whether it is for somebody who asked for news of somebody's parcel: they read less than whose it is."""
    return "update_id" in message.facts and message.milestone != Milestone.UPDATES_ASKED


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
