"""Pausing an order, for a reason, and letting it go on (T18). What is reserved stays reserved, and its time to pay stands still."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, Refusal
from logistics.orders.events import OrderHeld, OrderResumed
from logistics.orders.locks import lock_order
from logistics.orders.models import HoldReason, Order


class OrderOnHold(Refusal):
    """Somebody paused the order, so nothing of it leaves."""

    code = "order_on_hold"


def hold(session: Session, *, number: str, reason: HoldReason, note: str = "", by: Actor) -> Order:
    """Hold an open order. Locks it. A no-op when it is held for this reason with this note; another reason replaces the one it had.

    Raises IllegalMove when nothing of it is left to be shipped, NotFound.
    """
    order = lock_order(session, number=number)
    if (order.hold_reason, order.hold_note) == (reason.value, note):
        return order
    if not order.is_open:
        raise IllegalMove(_("Nothing of order %(number)s is left to be shipped, so it cannot be held.", number=order.number))
    moment = clock.now()
    _put_off(order, moment)
    order.hold_reason, order.hold_note = reason.value, note
    order.held_at, order.held_by = moment, by.id if by.kind == "staff" else None
    order.version += 1
    session.flush()
    publish(session, OrderHeld(order.id, order.number, reason.value), by=by)
    return order


def resume(session: Session, *, number: str, by: Actor) -> Order:
    """Let a held order go on, with as much time to pay as it had. Locks it. A no-op when nobody holds it. Raises NotFound."""
    order = lock_order(session, number=number)
    if order.is_held:
        _put_off(order, clock.now())
        release_hold(order)
        session.flush()
        publish(session, OrderResumed(order.id, order.number), by=by)
    return order


def release_hold(order: Order) -> None:
    """Take the hold off a locked order without telling: for one that is being cancelled."""
    order.hold_reason, order.hold_note = "", ""
    order.held_at = order.held_by = None
    order.version += 1


def refuse_if_held(order: Order) -> None:
    """Raise OrderOnHold for a locked order that somebody paused."""
    if order.is_held:
        raise OrderOnHold(_("Order %(number)s is on hold. Resume it first.", number=order.number), reason=order.hold_reason)


def _put_off(order: Order, moment: datetime) -> None:
    """Add the time for which it was held to its time to pay."""
    if order.held_at and order.expires_at:
        order.expires_at += moment - order.held_at
