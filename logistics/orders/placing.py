"""Placing an order: checked, its stock promised and, if it is to be, paid from the balance, all in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.remembering import remember_address
from logistics.customers.rules import CustomerDetails
from logistics.inventory.reserving import reserve
from logistics.inventory.rules import Demand
from logistics.orders import rules
from logistics.orders.building import build
from logistics.orders.collecting import cover_by_cod
from logistics.orders.events import OrderPlaced
from logistics.orders.lifecycle import recompute
from logistics.orders.models import Channel, Order
from logistics.orders.numbering import fresh_number
from logistics.orders.paying import book_shop_money, charge_account
from logistics.orders.pricing import NO_TAXES, Tariff, find_tariff
from logistics.orders.searching import search_words
from logistics.orders.validating import OrderRequest, check_prices, find_problems, find_products
from logistics.payments.models import Method


class AlreadyPlaced(Refusal):
    """The channel has sent this order before. The fact `number` is what it became."""

    code = "already_placed"


def place(session: Session, request: OrderRequest, *, by: Actor, at: datetime | None = None, number: str | None = None) -> Order:
    """Place an order: number, lines, reservations, and the payment when it is paid from the account, on terms, on delivery or at its shop.

    What is short waits where the request, or else its channel, lets it. Money before goods: locks the account, then the stock rows of its
    products at every warehouse. `at` is for imported history. Where it goes is remembered for the customer, history apart. `number` is
    the one of the draft that it was (drafting.take_draft). Raises Invalid, which names every field that is wrong; OverDiscountLimit;
    OutOfStock; InsufficientBalance; NoTerms; InsufficientCredit; AlreadyPlaced. Nothing is written then.
    """
    products = find_products(session, [line.sku for line in request.lines])
    customer = session.get(Customer, request.customer_id)
    problems = find_problems(request, products)
    if customer is None:
        raise _refusal([FieldError("customer", "unknown_customer", _("Choose a customer.")), *problems])
    if problems:
        raise _refusal(problems)
    check_prices(request, products)
    channel = _find_channel(session, request.channel)
    order = build(request, channel, customer, products, _tariff(session, request, channel), at or clock.now())
    order.number = number or fresh_number(session)
    order.search = search_words(order, customer, products.values())
    _write(session, order, channel)
    publish(session, OrderPlaced(order.id, order.number, request.channel, order.total, order.currency), by=by, at=at)
    if request.pay_from_balance or request.pay_on_terms:
        _pay(session, order, Method.TERMS if request.pay_on_terms else Method.BALANCE, by, at)
    if request.paid_at_shop:
        book_shop_money(session, order, request.paid_at_shop, by=by)
    if request.pay_on_delivery:
        cover_by_cod(session, order, by=by)
    _reserve(session, order, may_wait=channel.may_wait if request.may_wait is None else request.may_wait, by=by)
    recompute(session, order, by=by, at=at)
    if not order.imported_at:
        remember_address(session, customer_id=customer.id, name=order.name, phone=order.phone, address=order.address, at=order.placed_at)
    return order


def place_for_somebody_new(session: Session, request: OrderRequest, *, details: CustomerDetails, by: Actor, number: str | None = None) -> Order:
    """Place an order for somebody who becomes a customer by it; the request names none. Otherwise as place."""
    if problems := find_problems(request, find_products(session, [line.sku for line in request.lines])):
        raise _refusal(problems)
    customer = create_customer(session, details=details, by=by)
    return place(session, replace(request, customer_id=customer.id), by=by, number=number)


def _refusal(problems: Sequence[FieldError]) -> Invalid:
    return Invalid(_("The order cannot be placed yet. Mend the marked fields."), errors=problems)


def _find_channel(session: Session, code: str) -> Channel:
    channel = session.scalar(select(Channel).where(Channel.code == code))
    if channel is None:
        message = _("There is no channel “%(code)s”.", code=code[:80])
        raise Invalid(message, errors=[FieldError("channel", "unknown_channel", message)])
    if not channel.active:
        message = _("The channel “%(code)s” takes no orders any more.", code=code[:80])
        raise Invalid(message, errors=[FieldError("channel", "closed_channel", message)])
    return channel


def _tariff(session: Session, request: OrderRequest, channel: Channel) -> Tariff:
    """Imported history is what it was, and a shop's prices hold whatever tax the shop reckoned."""
    if request.imported_at or not request.taxed:
        return NO_TAXES
    return find_tariff(session, country=request.address.country, included=channel.tax_included)


def _write(session: Session, order: Order, channel: Channel) -> None:
    if order.external_id is None:
        session.add(order)
        session.flush()
        return
    _refuse_repeat(session, channel, order.external_id)
    try:
        with session.begin_nested():
            session.add(order)
    except IntegrityError:
        # A rival placed it in this moment; what it became can be read now. Anything else that is wrong is ours.
        _refuse_repeat(session, channel, order.external_id)
        raise


def _refuse_repeat(session: Session, channel: Channel, external_id: str) -> None:
    earlier = session.scalar(select(Order.number).where(Order.channel_id == channel.id, Order.external_id == external_id))
    if earlier:
        raise AlreadyPlaced(_("This order was placed before, as %(number)s.", number=earlier), number=earlier)


def _reserve(session: Session, order: Order, *, may_wait: bool, by: Actor) -> None:
    sourcing = reserve(
        session,
        demands=[Demand(line.id, line.product_id, line.ordered) for line in order.lines],
        reference=order.number,
        placed_at=order.placed_at,
        destination=order.address,
        priority=order.priority,
        may_wait=may_wait,
        by=by,
    )
    order.sourcing = sourcing.as_facts()


def _pay(session: Session, order: Order, method: Method, by: Actor, at: datetime | None) -> None:
    if amount := rules.due(order):
        charge_account(session, order, method=method, amount=amount, by=by, at=at)
