"""Paying for an order that was placed: from the customer's account, by a transfer somebody recorded, or at the shop it came from."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.customers.rules import RECORDED_LATELY, check_recording
from logistics.orders import rules
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import Channel, Order, OrderStatus
from logistics.orders.validating import ShopMoney
from logistics.payments import capturing, on_account, shop_money
from logistics.payments.models import Method
from logistics.payments.queries import covered_amount, recorded_since


def amount_open(session: Session, order: Order) -> int:
    """What is still to be paid, in minor units."""
    return max(0, rules.due(order) - covered_amount(session, order.id))


def pay_from_balance(session: Session, *, number: str, by: Actor) -> Order:
    """Pay all that is open from the customer's account (T4), or only authorise it where the channel captures at dispatch (T3).

    Locks the order, then the account. A no-op when it is paid. Raises InsufficientBalance, IllegalMove for a cancelled order, NotFound.
    """
    order = lock_order(session, number=number)
    if is_paid(order):
        return order
    _refuse_unless_payable(order)
    charge_account(session, order, method=Method.BALANCE, amount=amount_open(session, order), by=by)
    recompute(session, order, by=by)
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
    session: Session, *, number: str, amount: int, reference: str, by: Actor, any_amount: bool = True, at: datetime | None = None
) -> Order:
    """Book a bank transfer of `amount` minor units; parts are possible, the order is paid when all is covered. Locks the order.

    Without `any_amount` only so much in a day, parts together. A no-op when this reference is booked already with the same amount.
    Raises OverRecordingLimit; Invalid for more than is open, for nothing and without a reference; ReferenceUsed; IllegalMove; NotFound.
    """
    order = lock_order(session, number=number)
    if capturing.find_transfer(session, order_id=order.id, amount=amount, reference=reference):
        return order
    _refuse_unless_payable(order)
    lately = recorded_since(session, order.id, clock.now() - RECORDED_LATELY, by=by)
    check_recording(amount + lately, order.currency, any_amount=any_amount)
    _check_transfer(order, amount, reference, still_open=amount_open(session, order))
    capturing.record_transfer(session, order_id=order.id, currency=order.currency, amount=amount, reference=reference, by=by, at=at)
    recompute(session, order, by=by, at=at)
    return order


def record_shop_payment(session: Session, *, number: str, money: ShopMoney, by: Actor) -> Order:
    """Book what the shop an order came from has taken for it. Locks the order.

    At most what the order costs is booked. A no-op when that much is booked already. Raises IllegalMove for a cancelled order, NotFound.
    """
    order = lock_order(session, number=number)
    if order.status == OrderStatus.CANCELLED:
        raise IllegalMove(_("Order %(number)s is cancelled and takes no money.", number=order.number))
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


def _channel_of(session: Session, order: Order) -> Channel:
    return session.get_one(Channel, order.channel_id)


def _refuse_unless_payable(order: Order) -> None:
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))


def _check_transfer(order: Order, amount: int, reference: str, *, still_open: int) -> None:
    errors = []
    if amount <= 0:
        errors.append(FieldError("amount", "bad_amount", _("The amount must be more than 0.")))
    if amount > still_open:
        text = f"{order.currency} {plain(still_open, order.currency)}"
        errors.append(FieldError("amount", "more_than_open", _("Only %(amount)s is still to be paid.", amount=text), {"open": still_open}))
    if not reference:
        errors.append(FieldError("reference", "required", _("Give the reference from the bank statement.")))
    if errors:
        raise Invalid(errors[0].message, errors=errors)
