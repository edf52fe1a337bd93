"""Taking an order back: its stock is free again and its money goes back, in one action."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, Refusal
from logistics.inventory.reserving import release
from logistics.orders.holding import release_hold
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.refunding import refund_everything


class AlreadyPicked(Refusal):
    """Goods were picked; taking the order back is now for a manager."""

    status = 403
    code = "already_picked"


def cancel(session: Session, *, number: str, reason: CancelReason, by: Actor, even_if_picked: bool = False) -> Order:
    """Cancel the whole order (T7, T8): what was paid goes to the customer's account, what was reserved is free.

    Locks the order, the account, the payments, then the stock rows. A no-op when it is cancelled already.
    Raises PaymentInFlight, IllegalMove when anything was shipped, AlreadyPicked unless `even_if_picked`, NotFound.
    """
    order = lock_order(session, number=number)
    if order.status == OrderStatus.CANCELLED:
        return order
    if not order.can_cancel:
        raise IllegalMove(_("Order %(number)s has been shipped and cannot be cancelled.", number=order.number))
    refuse_if_in_flight(session, order.id)
    if not even_if_picked and any(line.picked for line in order.lines):
        raise AlreadyPicked(_("Goods of this order are picked already. Ask a manager to cancel it."))
    take_back(session, order, reason=reason, by=by)
    return order


def take_back(session: Session, order: Order, *, reason: CancelReason, by: Actor) -> None:
    """What cancelling a locked order does, whoever asks for it: money to the account, stock free, the headline. Asks nothing."""
    refund_everything(session, order_id=order.id, customer_id=order.customer_id, reference=order.number, by=by)
    release(session, order_line_ids=[line.id for line in order.lines], by=by)
    for line in order.lines:
        line.cancelled = line.ordered
    order.cancel_reason = reason.value
    release_hold(order)
    recompute(session, order, by=by)
