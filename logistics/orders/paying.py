"""Paying for an order that was placed: from the customer's account, by a transfer somebody recorded, or at the shop it came from."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.customers.crediting import hold_account
from logistics.customers.rules import RECORDED_LATELY, check_recording
from logistics.orders import rules
from logistics.orders.alerting import watch_cover
from logistics.orders.collecting import lower_cod
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import Channel, Order, OrderStatus
from logistics.orders.surplus import check_recorded, note_surplus, pass_on
from logistics.orders.validating import ShopMoney
from logistics.payments import capturing, on_account, shop_money
from logistics.payments.models import Method
from logistics.payments.queries import covered_amount, money_of, payments_of, recorded_since


def amount_open(session: Session, order: Order) -> int:
    """What is still to be paid, in minor units."""
    return max(0, rules.due(order) - covered_amount(session, order.id))


def amount_to_come(session: Session, order: Order) -> int:
    """What is still to come in by whatever way, in minor units: what is to be paid on delivery can be paid before."""
    money = money_of(session, order.id)
    return max(0, rules.due(order) - money.covered + money.cod)


def pay_from_balance(session: Session, *, number: str, by: Actor) -> Order:
    """Pay all that is still to come from the customer's account, also what was to be paid on delivery (T4), or only authorise it where
    the channel captures at dispatch (T3).

    Locks the order, then the account. A no-op when it is paid. Raises InsufficientBalance, IllegalMove for a cancelled order, NotFound.
    """
    order = lock_order(session, number=number)
    amount = amount_to_come(session, order)
    if is_paid(order) and not amount:
        return order
    if not is_paid(order):
        _refuse_unless_payable(order)
    charge_account(session, order, method=Method.BALANCE, amount=amount, by=by)
    lower_cod(session, order, by=by)
    recompute(session, order, by=by)
    watch_cover(session, order, by=by)
    return order


def approve_terms(session: Session, *, number: str, by: Actor) -> Order:
    """Let an order leave before it is paid (T5): all that is open is authorised on the customer's credit. Locks the order, then the account.

    A no-op when it is covered. Raises NoTerms, InsufficientCredit, IllegalMove for an order that waits for no money, NotFound.
    """
    order = lock_order(session, number=number)
    if is_paid(order):
        return order
    _refuse_unless_payable(order)
    charge_account(session, order, method=Method.TERMS, amount=amount_open(session, order), by=by)
    recompute(session, order, by=by)
    return order


def charge_account(session: Session, order: Order, *, method: Method, amount: int, by: Actor, at: datetime | None = None) -> None:
    """Put `amount` minor units of a locked or new order on its customer's account, by balance or on terms. Locks the account.

    A balance is taken at once, unless the channel captures at dispatch; terms are always captured then. Raises InsufficientBalance,
    NoTerms, InsufficientCredit.
    """
    asked: dict[str, Any] = {"order_id": order.id, "customer_id": order.customer_id, "currency": order.currency, "amount": amount}
    asked |= {"reference": order.number, "by": by, "at": at}
    if method == Method.TERMS or _channel_of(session, order).capture_at_dispatch:
        on_account.authorise_on_account(session, method=method, **asked)
    else:
        capturing.take_from_balance(session, **asked)


def capture_for_dispatch(session: Session, order: Order, *, by: Actor, at: datetime | None = None) -> int:
    """Take what a locked order owes from what is authorised on its customer's account, when its first parcel leaves; how much, in minor units.

    What was authorised beyond that is voided. Locks the account, then the payments: call it before stock rows are locked. A no-op where
    nothing is authorised there, so for later parcels. What is taken on terms is due so many days after this day of the shop.
    """
    return on_account.capture_on_account(
        session,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        due=rules.due(order),
        reference=order.number,
        today=(at or clock.now()).astimezone(ZoneInfo(settings().timezone)).date(),
        by=by,
        at=at,
    )


def record_transfer(
    session: Session,
    *,
    number: str,
    amount: int,
    reference: str,
    by: Actor,
    any_amount: bool = True,
    with_surplus: bool = False,
    at: datetime | None = None,
) -> Order:
    """Book a bank transfer of `amount` minor units; parts are possible, the order is paid when all is covered. Locks the order.

    `with_surplus` takes more than is open: it stays on the order as its surplus. Less is to be paid on delivery then. For a cancelled
    order it goes on to the customer's account at once, which is locked for that, and a payment incident says so.
    Without `any_amount` only so much in a day, parts together. A no-op when this reference is booked already with the same amount.
    Raises OverRecordingLimit; Invalid for more than is open, for nothing and without a reference; ReferenceUsed; NotFound.
    """
    order = lock_order(session, number=number)
    if capturing.find_recorded(session, order_id=order.id, provider="bank", amount=amount, reference=reference):
        return order
    lately = recorded_since(session, order.id, clock.now() - RECORDED_LATELY, by=by)
    check_recording(amount + lately, order.currency, any_amount=any_amount)
    is_cancelled, before = order.status == OrderStatus.CANCELLED, order.surplus
    still_open = None if with_surplus or is_cancelled else amount_to_come(session, order)
    check_recorded(order, amount, reference, still_open=still_open)
    if is_cancelled:
        hold_account(session, order.customer_id, order.currency)
    payment = capturing.record_transfer(session, order_id=order.id, currency=order.currency, amount=amount, reference=reference, by=by, at=at)
    if is_cancelled:
        pass_on(session, order, payment, by=by)
    else:
        lower_cod(session, order, by=by)
    recompute(session, order, by=by, at=at)
    note_surplus(session, order, before=before, by=by)
    watch_cover(session, order, by=by)
    return order


def record_shop_payment(session: Session, *, number: str, money: ShopMoney, by: Actor) -> Order:
    """Book what the shop an order came from has taken for it. Locks the order.

    At most what the order costs is booked. A no-op when that much is booked already. For a cancelled order it goes on to the customer's
    account at once, which is locked for that, and a payment incident says so. Raises NotFound.
    """
    order = lock_order(session, number=number)
    if order.status == OrderStatus.CANCELLED:
        _take_late(session, order, money, by=by)
        return order
    if book_shop_money(session, order, money, by=by):
        recompute(session, order, by=by)
    return order


def book_shop_money(session: Session, order: Order, money: ShopMoney, *, by: Actor) -> bool:
    """Book what a shop has taken for a locked or new order, at most what it costs; whether anything was new. Locks the payments."""
    due = rules.due(order)
    return shop_money.note_shop_money(
        session,
        order_id=order.id,
        currency=order.currency,
        provider=money.provider,
        reference=money.reference,
        captured=min(money.captured, due),
        authorised=min(money.authorised, due),
        by=by,
    )


def void_shop_payment(session: Session, *, number: str, by: Actor) -> Order:
    """Take back what the shop was only promised for an order. Locks the order. A no-op where nothing is promised. Raises NotFound."""
    order = lock_order(session, number=number)
    if shop_money.void_shop_money(session, order_id=order.id, by=by):
        recompute(session, order, by=by)
    return order


def is_paid(order: Order) -> bool:
    """Whether all that is due was covered, of an order that was not taken back."""
    return order.covered_at is not None and order.status not in (OrderStatus.UNPAID, OrderStatus.CANCELLED)


def _take_late(session: Session, order: Order, money: ShopMoney, *, by: Actor) -> None:
    """What a shop took for an order that is cancelled here. What it was only promised is the shop's own to take back."""
    hold_account(session, order.customer_id, order.currency)
    before = {payment.id for payment in payments_of(session, order.id)}
    shop_money.note_shop_money(
        session,
        order_id=order.id,
        currency=order.currency,
        provider=money.provider,
        reference=money.reference,
        captured=min(money.captured, order.total),
        authorised=0,
        by=by,
    )
    for payment in payments_of(session, order.id):
        if payment.id not in before:
            pass_on(session, order, payment, by=by)
    recompute(session, order, by=by)


def _channel_of(session: Session, order: Order) -> Channel:
    return session.get_one(Channel, order.channel_id)


def _refuse_unless_payable(order: Order) -> None:
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))
