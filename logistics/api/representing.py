"""Things of the house as programs get them."""

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Row

from logistics.api.queries.orders import Belongings
from logistics.api.queries.stock import ProductStock
from logistics.api.schemas.catalogue import CustomerAnswer, HomeAnswer, ProductAnswer
from logistics.api.schemas.money import PaymentAnswer, RefundAnswer
from logistics.api.schemas.orders import AddressAnswer, HoldAnswer, LineAnswer, OrderAnswer, OrderLinks, ReservationAnswer
from logistics.api.schemas.shipments import (
    CarrierAnswer,
    DispatchedShipmentAnswer,
    FollowedShipmentAnswer,
    ShipmentAnswer,
    ShipmentLineAnswer,
    TrackingAnswer,
)
from logistics.api.schemas.stock import LevelAnswer, StockAnswer
from logistics.catalog.models import Product, TaxClass
from logistics.core.config import settings
from logistics.core.money import plain
from logistics.customers.models import Customer
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.inventory.models import ReservationState
from logistics.orders import rules
from logistics.orders.linking import public_link
from logistics.orders.models import CancelReason, HoldReason, Order, OrderLine, OrderStatus, Owed, RefundReason, RefundRequest
from logistics.payments.models import PaymentState
from logistics.tracking.models import TrackingStatus

AnyRow = Row[*tuple[Any, ...]]


def order_answer(order: Order, belongings: Belongings) -> OrderAnswer:
    """An order with its lines, customer and channel loaded."""
    payment = belongings.payments.get(order.id)
    return OrderAnswer(
        number=order.number,
        external_id=order.external_id,
        channel=order.channel.code,
        status=OrderStatus(order.status),
        cancel_reason=CancelReason(order.cancel_reason) if order.cancel_reason else None,
        currency=order.currency,
        merchandise=plain(order.merchandise, order.currency),
        discount=plain(order.discount, order.currency),
        shipping=plain(order.shipping, order.currency),
        tax=plain(order.tax, order.currency),
        tax_included=order.tax_included,
        total=plain(order.total, order.currency),
        placed_at=order.placed_at,
        expires_at=order.expires_at if order.status == OrderStatus.UNPAID else None,
        priority=order.priority,
        note=order.note,
        hold=HoldAnswer(reason=HoldReason(order.hold_reason), note=order.hold_note, since=order.held_at) if order.is_held else None,
        customer_reference=order.customer.reference,
        ship_to=AddressAnswer(name=order.name, phone=order.phone, **order.address.as_columns()),
        tracking_url=public_link(order),
        lines=[_line(line, order.currency, belongings) for line in order.lines],
        payment=_payment(order, payment) if payment else None,
        links=_links(order),
    )


def refund_answer(order: Order, given: RefundRequest, *, refundable: int) -> RefundAnswer:
    """What was given back of an order; `refundable`: what still can be, in minor units."""
    return RefundAnswer(
        order=order.number,
        amount=plain(given.amount, order.currency),
        currency=order.currency,
        reason=RefundReason(given.reason),
        status=OrderStatus(order.status),
        due=plain(rules.due(order), order.currency),
        refundable=plain(refundable, order.currency),
    )


def shipment_answer(shipment: Shipment, contents: Iterable[AnyRow]) -> ShipmentAnswer:
    """A parcel with its order, warehouse and carrier loaded."""
    return ShipmentAnswer(**_shipment(shipment, contents))


def dispatched_shipment_answer(shipment: Shipment, contents: Iterable[AnyRow], *, warning: str) -> DispatchedShipmentAnswer:
    """The same, with what speaks against its number."""
    return DispatchedShipmentAnswer(**_shipment(shipment, contents), warning=warning or None)


def followed_shipment_answer(shipment: Shipment, contents: Iterable[AnyRow], reports: Iterable[AnyRow]) -> FollowedShipmentAnswer:
    """The same, with what was reported of it."""
    events = [TrackingAnswer(at=row.occurred_at, status=TrackingStatus(row.status), text=row.text or "", place=row.place or "") for row in reports]
    return FollowedShipmentAnswer(**_shipment(shipment, contents), events=events)


def stock_answer(stock: ProductStock) -> StockAnswer:
    """A product's stock, warehouse by warehouse."""
    sums = {name: sum(getattr(level, name) for level in stock.levels) for name in ("on_hand", "reserved", "quarantined")}
    numbers = ("warehouse", "on_hand", "reserved", "available", "quarantined")
    return StockAnswer(
        sku=stock.sku,
        name=stock.name,
        available=sum(level.available for level in stock.levels if level.active),
        warehouses=[LevelAnswer(open=level.active, **{name: getattr(level, name) for name in numbers}) for level in stock.levels],
        **sums,
    )


def product_answer(product: Product) -> ProductAnswer:
    """A product."""
    same = ("sku", "name", "currency", "gtin", "description", "weight_grams", "sellable", "discontinued", "updated_at")
    known = {name: getattr(product, name) for name in same}
    return ProductAnswer(price=plain(product.price, product.currency), tax_class=TaxClass(product.tax_class), **known)


def customer_answer(customer: Customer) -> CustomerAnswer:
    """A customer."""
    same = ("reference", "name", "email", "phone", "language", "tax_number", "updated_at")
    return CustomerAnswer(address=HomeAnswer(**customer.address.as_columns()), **{name: getattr(customer, name) for name in same})


def _payment(order: Order, payment: AnyRow) -> PaymentAnswer:
    still_open = max(0, rules.due(order) - payment.covered)
    return PaymentAnswer(
        method=payment.method,
        state=PaymentState(payment.state),
        pay_url=payment.pay_url or None,
        standing=_standing(order, covered=payment.covered, still_open=still_open),
        received=plain(payment.received, order.currency),
        open=plain(still_open, order.currency),
    )


def _standing(order: Order, *, covered: int, still_open: int) -> Literal["unpaid", "part_paid", "paid", "overpaid", "cod", "terms", "given_back"]:
    if order.status == OrderStatus.CANCELLED:
        return "given_back"
    if still_open:
        return "part_paid" if covered else "unpaid"
    if order.owed:
        return "cod" if order.owed == Owed.COD else "terms"
    return "overpaid" if order.surplus else "paid"


def _line(line: OrderLine, currency: str, belongings: Belongings) -> LineAnswer:
    product, promises = belongings.products[line.product_id], belongings.promises.get(line.id, [])
    return LineAnswer(
        sku=product.sku,
        name=product.name,
        quantity=line.ordered,
        cancelled=line.cancelled,
        shipped=line.shipped,
        delivered=line.delivered,
        unit_price=plain(line.unit_price, currency),
        discount=_percent(line.discount_bp),
        discount_share=plain(line.discount_share, currency),
        net=plain(line.net, currency),
        tax_rate=_percent(line.tax_bp),
        tax=plain(line.tax, currency),
        note=line.note,
        reservations=[ReservationAnswer(warehouse=row.code, quantity=int(row.quantity), state=ReservationState(row.state)) for row in promises],
    )


def _percent(points: int) -> str:
    return f"{points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def _links(order: Order) -> OrderLinks:
    base = f"{settings().base_url}/api/v1"
    return OrderLinks(self=f"{base}/orders/{order.number}", shipments=f"{base}/shipments?order={order.number}")


def _shipment(shipment: Shipment, contents: Iterable[AnyRow]) -> dict[str, Any]:
    carrier = shipment.carrier
    return {
        "reference": shipment.reference,
        "order": shipment.order.number,
        "external_id": shipment.order.external_id,
        "warehouse": shipment.warehouse.code,
        "state": ShipmentState(shipment.state),
        "carrier": CarrierAnswer(code=carrier.code, name=carrier.name) if carrier else None,
        "tracking_number": shipment.tracking_number,
        "carrier_url": carrier.link_to(shipment.tracking_number) if carrier else "",
        "created_at": shipment.created_at,
        "packed_at": shipment.packed_at,
        "dispatched_at": shipment.dispatched_at,
        "lines": [ShipmentLineAnswer(sku=row.sku, name=row.name, quantity=row.quantity) for row in contents],
    }
