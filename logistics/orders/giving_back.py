"""Carrying out refunds and allowances: what is possible, and what becomes of the order and its money. Who may, orders.refunding knows."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.money import plain
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.orders import rules
from logistics.orders.collecting import lower_cod
from logistics.orders.events import AllowanceGiven, OrderRefunded
from logistics.orders.lifecycle import recompute
from logistics.orders.models import Order, OrderStatus, RefundKind, RefundRequest, RefundTo
from logistics.orders.shortening import given_to
from logistics.payments import refunding
from logistics.payments.queries import covered_amount, money_of, refundable_amount
from logistics.payments.refunding import Destination


def check_possible(session: Session, order: Order, kind: str, amount: int) -> None:
    """Raise IllegalMove where there is nothing to give of a locked order, Invalid (`amount`) for more than there is."""
    if kind == RefundKind.REFUND:
        most = refundable_amount(session, order.id)
        nothing = _("Nothing was taken for order %(number)s that could be given back.", number=order.number)
    else:
        most = most_allowed(session, order)
        nothing = _("Nothing of order %(number)s is still to be paid.", number=order.number)
    if most == 0:
        raise IllegalMove(nothing)
    if not 0 < amount <= most:
        text = f"{order.currency} {plain(most, order.currency)}"
        message = _("The amount must be more than 0 and at most %(amount)s.", amount=text)
        raise Invalid(message, errors=[FieldError("amount", "more_than_refundable", message, {"most": most})])


def carry_out(session: Session, order: Order, request: RefundRequest, by: Actor) -> None:
    """Do what a request of a locked order asks for. Locks the account, then the payments. Whether it may be done, the caller has asked."""
    if request.kind == RefundKind.REFUND:
        _refund(session, order, request, by)
        return
    order.allowance += request.amount
    lower_cod(session, order, by=by)
    recompute(session, order, by=by)
    publish(session, AllowanceGiven(order.id, order.number, request.id, request.reason, request.amount, order.currency), by=by)


def most_allowed(session: Session, order: Order) -> int:
    """How much less can be asked for an order, in minor units: what is due and was not taken yet.

    The rest is given back by a refund, or is disputed: its provider decides.
    """
    return max(0, rules.due(order) - money_of(session, order.id).received) if order.status != OrderStatus.CANCELLED else 0


def _refund(session: Session, order: Order, request: RefundRequest, by: Actor) -> None:
    beyond = covered_amount(session, order.id) - rules.due(order)
    # Of an order that is not covered, what was paid in part goes back, and all of it is still to be paid.
    allowance = max(0, request.amount - beyond) if beyond >= 0 else 0
    order.allowance += allowance
    given = refunding.refund(
        session,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        amount=request.amount,
        reference=order.number,
        by=by,
        to_account=request.destination == RefundTo.ACCOUNT,
    )
    lower_cod(session, order, by=by)
    recompute(session, order, by=by)
    told = OrderRefunded(
        order.id,
        order.number,
        request.id,
        request.reason,
        request.amount,
        at_shop=given_to(given, Destination.SHOP),
        by_card=given_to(given, Destination.CARD),
        allowance=allowance,
        currency=order.currency,
    )
    publish(session, told, by=by)
