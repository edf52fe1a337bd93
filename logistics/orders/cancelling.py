"""Taking an order back, or lines of it: the stock is free again and the money goes back, in one action."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, Refusal
from logistics.inventory.reserving import release
from logistics.orders.holding import release_hold
from logistics.orders.lifecycle import recompute
from logistics.orders.locks import lock_order
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.shortening import check_units, note_cancellation, picked_among, shorten
from logistics.payments.attempting import refuse_if_in_flight
from logistics.payments.refunding import refund_everything


class AlreadyPicked(Refusal):
    """Goods were picked; taking the order back is now for a manager."""

    status = 403
    code = "already_picked"


def cancel(
    session: Session, *, number: str, reason: CancelReason, note: str = "", by: Actor, even_if_picked: bool = False, or_rest: bool = False
) -> Order:
    """Cancel the whole order (T7, T8): what was paid goes to the customer's account, what was reserved is free.

    With `or_rest`, of an order of which something was shipped all the rest is cancelled (T9). Locks the order, the account, the payments,
    then the stock rows. A no-op when it is cancelled already. Raises IllegalMove when anything was shipped, AlreadyPicked unless
    `even_if_picked`, PaymentInFlight, NotFound.
    """
    order = lock_order(session, number=number)
    if order.status == OrderStatus.CANCELLED:
        return order
    if not (order.can_cancel or (or_rest and order.can_cancel_rest)):
        raise IllegalMove(_("Order %(number)s has been shipped and cannot be cancelled.", number=order.number))
    refuse_if_in_flight(session, order.id)
    if not even_if_picked and any(line.picked > line.shipped for line in order.lines):
        raise AlreadyPicked(_("Goods of this order are picked already. Ask a manager to cancel it."))
    if order.can_cancel_rest:
        shorten(session, order, {line.id: line.left for line in order.lines if line.left}, reason=reason, note=note, by=by)
        return order
    if note:
        note_cancellation(session, order, reason, note, by)
    take_back(session, order, reason=reason, by=by)
    return order


def cancel_lines(
    session: Session, *, number: str, units: Mapping[int, int], reason: CancelReason, note: str = "", by: Actor, even_if_picked: bool = False
) -> Order:
    """Cancel so many units of an order's lines, by line id (T9). With the last of an order that never left, the order is cancelled.

    What was paid for them goes back, what was reserved is free, parcels hold the less. Locks as cancel. Raises Invalid (errors name
    `line-<id>`) for more than is left, AlreadyPicked unless `even_if_picked` where picked goods would have to be put back, IllegalMove
    when nothing is left to be shipped, PaymentInFlight, NotFound.
    """
    order = lock_order(session, number=number)
    if not order.is_open:
        raise IllegalMove(_("Nothing of order %(number)s is left to be shipped, so nothing of it can be cancelled.", number=order.number))
    refuse_if_in_flight(session, order.id)
    check_units(order, units)
    if not even_if_picked and picked_among(order, units):
        raise AlreadyPicked(_("Some of these goods are picked already. Ask a manager to cancel them, or cancel only the others."))
    if order.can_cancel and all(line.left == units.get(line.id, 0) for line in order.lines):
        return cancel(session, number=number, reason=reason, note=note, by=by, even_if_picked=even_if_picked)
    shorten(session, order, units, reason=reason, note=note, by=by)
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
