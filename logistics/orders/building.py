"""Building an order of a request that was checked: lines, prices and taxes of today, nothing of it written yet."""

from collections.abc import Mapping
from datetime import datetime

from logistics.catalog.models import Product
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, Invalid
from logistics.customers.models import Customer
from logistics.orders.lifecycle import STEPS
from logistics.orders.models import Channel, Order, OrderLine
from logistics.orders.pricing import Cost, LineCost, Tariff, reckon
from logistics.orders.validating import LineRequest, OrderRequest, goods_of, price_of


def build(request: OrderRequest, channel: Channel, customer: Customer, products: Mapping[str, Product], tariff: Tariff, moment: datetime) -> Order:
    """The order that a request asks for, placed at this moment under these taxes. Raises Invalid where another total was asked for."""
    cost = reckon(goods_of(request, products), discount=request.discount, shipping=request.shipping, tariff=tariff)
    _refuse_other_total(request, cost)
    order = Order(
        channel_id=channel.id,
        external_id=request.external_id,
        customer_id=customer.id,
        currency=request.currency,
        merchandise=cost.merchandise,
        shipping=cost.shipping,
        discount=cost.discount,
        tax=cost.tax,
        tax_included=tariff.included,
        shipping_tax_bp=tariff.shipping_rate,
        allowance=0,
        total=cost.total,
        name=request.name,
        phone=request.phone,
        email=request.email,
        language=request.language,
        note=request.note,
        priority=request.priority,
        ship_complete=channel.ship_complete if request.ship_complete is None else request.ship_complete,
        placed_at=moment,
        expires_at=None if request.imported_at else channel.expiry(moment),
        imported_at=request.imported_at,
        **request.address.as_columns(),
    )
    pairs = enumerate(zip(request.lines, cost.lines, strict=True), 1)
    order.lines = [_line(position, asked, products[asked.sku.lower()], line) for position, (asked, line) in pairs]
    return order


def _refuse_other_total(request: OrderRequest, cost: Cost) -> None:
    if request.agreed_total in (None, cost.total):
        return
    facts = {"total": plain(cost.total, request.currency), "given": plain(request.agreed_total or 0, request.currency)}
    message = _("The order costs %(currency)s %(total)s here, not %(given)s.", currency=request.currency, **facts)
    raise Invalid(message, errors=[FieldError("total", "total_differs", message, facts)])


def _line(position: int, asked: LineRequest, product: Product, cost: LineCost) -> OrderLine:
    return OrderLine(
        position=position,
        product_id=product.id,
        ordered=asked.quantity,
        unit_price=price_of(asked, product),
        discount_bp=asked.discount_bp,
        discount_share=cost.share,
        tax_bp=cost.tax_bp,
        tax=cost.tax,
        net=cost.net,
        note=asked.note,
        **dict.fromkeys(("cancelled", *STEPS), 0),
    )
