"""Paying for an order that was placed: from the customer's balance, or by a transfer somebody recorded."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import IllegalMove, Invalid
from logistics.orders import rules
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.payments import capturing
from logistics.payments.queries import covered_amount


def amount_open(session: Session, order: Order) -> int:
    """What is still to be paid, in minor units."""
    return max(0, rules.due(order.lines, order.shipping) - covered_amount(session, order.id))


def pay_from_balance(session: Session, *, number: str, by: Actor) -> Order:
    """Pay all that is open from the customer's account. Locks the order, then the account.

    A no-op when nothing is open. Raises InsufficientBalance, IllegalMove, NotFound.
    """
    order = lock_order(session, number=number)
    amount = amount_open(session, order)
    if order.covered_at and not amount:
        return order
    _refuse_unless_payable(order)
    capturing.take_from_balance(
        session, order_id=order.id, customer_id=order.customer_id, currency=order.currency, amount=amount, reference=order.number, by=by
    )
    recompute(session, order, by=by)
    return order


def record_transfer(session: Session, *, number: str, amount: int, reference: str, by: Actor, at: datetime | None = None) -> Order:
    """Book a bank transfer of `amount` minor units; parts are possible, the order is paid when all is covered. Locks the order.

    A no-op when this reference is booked already with the same amount. Raises Invalid for more than is open, ReferenceUsed,
    IllegalMove, NotFound.
    """
    order = lock_order(session, number=number)
    before = covered_amount(session, order.id)
    still_open = max(0, rules.due(order.lines, order.shipping) - before)
    capturing.record_transfer(session, order_id=order.id, currency=order.currency, amount=amount, reference=reference, by=by, at=at)
    if covered_amount(session, order.id) == before:
        return order
    _refuse_unless_payable(order)
    if amount > still_open:
        text = f"{order.currency} {plain(still_open, order.currency)}"
        raise Invalid(_("Only %(amount)s is still to be paid.", amount=text))
    recompute(session, order, by=by, at=at)
    return order


def _refuse_unless_payable(order: Order) -> None:
    if not order.can_pay:
        raise IllegalMove(_("Order %(number)s is not waiting for money.", number=order.number))
