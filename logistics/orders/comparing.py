"""Orders of a file that are here already: whether they are what the file says, and what differs where they are not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.types import Text

from logistics.core.addressing import address_lines
from logistics.core.importing import Line, Outcome
from logistics.core.language import _
from logistics.core.money import plain
from logistics.customers.models import Customer
from logistics.orders.asking import Asked
from logistics.orders.models import Channel, Order, OrderLine, OrderStatus

Difference = tuple[str, str, str]
# SKU, units, unit price (None: the product's own, whatever it is), discount.
_Goods = tuple[str, int, int | None, int]
_LONGEST = 200


def find_known(session: Session, channel: str, external_ids: Sequence[str]) -> dict[str, Order]:
    """The orders that this channel has sent before, by what it calls them, with their lines, products and customers."""
    orders = (
        select(Order)
        .join(Channel)
        .where(Channel.code == channel, Order.external_id == any_(literal(list(external_ids), ARRAY(Text))))
        .options(joinedload(Order.customer), selectinload(Order.lines).joinedload(OrderLine.product))
        .execution_options(populate_existing=True)
    )
    return {str(order.external_id): order for order in session.scalars(orders)}


def compare_with(order: Order, asked: Asked) -> Line:
    """What importing these rows would do to an order that is here: nothing, ever; but is it what the file says?"""
    differences = _find_differences(order, asked)
    conflict = _find_conflict(order, asked, differences)
    outcome: Outcome = "conflict" if conflict else "changed" if differences else "same"
    message = conflict or (_("It stays as it is here. Change it by hand if the file is right.") if differences else "")
    return Line(asked.row, outcome, asked.name, order.number, message, [_short(one) for one in differences])


def _find_conflict(order: Order, asked: Asked, differences: Sequence[Difference]) -> str:
    if order.status == OrderStatus.CANCELLED:
        return str(_("This order was cancelled here."))
    if isinstance(asked.customer, Customer) and asked.customer.id != order.customer_id:
        return str(_("This order belongs to another customer here: %(name)s.", name=order.customer.name))
    if differences and any(line.picked or line.shipped for line in order.lines):
        return str(_("This order is being picked or has left, so it cannot become what the file says."))
    return ""


def _find_differences(order: Order, asked: Asked) -> list[Difference]:
    request, currency = asked.request, order.currency
    pairs: list[Difference] = [
        (_("Recipient"), order.name, request.name),
        (_("Address"), _one_line(order), ", ".join(address_lines(request.address))),
        (_("Phone"), order.phone, request.phone),
        (_("E-mail"), order.email, request.email),
        (_("Currency"), currency, request.currency),
        (_("Discount on all goods"), plain(order.discount, currency), plain(_discount(order, asked), request.currency)),
        (_("Shipping charge"), plain(order.shipping, currency), plain(request.shipping, request.currency)),
        (_("Note"), order.note, request.note),
        (_("Priority"), str(order.priority), str(request.priority)),
        (_("Goods"), *_goods(order, asked)),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _discount(order: Order, asked: Asked) -> int:
    """What the file takes off the goods as they are here."""
    return asked.request.discount.off(order.merchandise + order.discount)


def _goods(order: Order, asked: Asked) -> tuple[str, str]:
    """The lines here and in the file, in words; equal where each is the same, in whatever order. No price in the file means any."""
    here: Counter[_Goods] = Counter((line.product.sku.lower(), line.ordered, line.unit_price, line.discount_bp) for line in order.lines)
    prices: dict[Any, int] = {line.product.sku.lower(): line.unit_price for line in order.lines}
    prices |= {(line.product.sku.lower(), line.ordered): line.unit_price for line in order.lines}
    says: Counter[_Goods] = Counter()
    for line in asked.request.lines:
        sku = line.sku.lower()
        price = prices.get((sku, line.quantity), prices.get(sku)) if line.unit_price is None else line.unit_price
        says[(sku, line.quantity, price, line.discount_bp)] += 1
    return _listed(here - says, order.currency), _listed(says - here, asked.request.currency)


def _listed(lines: Iterable[_Goods], currency: str) -> str:
    return ", ".join(_in_words(line, currency) for line in lines)


def _in_words(goods: _Goods, currency: str) -> str:
    sku, units, price, discount_bp = goods
    priced = "" if price is None else f" {plain(price, currency)}"
    return f"{units} × {sku.upper()}{priced}" + (f" −{discount_bp / 100:g}%" if discount_bp else "")


def _one_line(order: Order) -> str:
    return ", ".join(address_lines(order.address))


def _short(difference: Difference) -> Difference:
    name, here, says = difference
    return name, here[:_LONGEST], says[:_LONGEST]
