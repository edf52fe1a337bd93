"""Time-outs: an unpaid order keeps its stock for as long as its channel says, then it is cancelled by itself (T6)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.core.templating import when_text
from logistics.orders.cancelling import take_back
from logistics.orders.events import PaymentTimeExtended
from logistics.orders.holding import refuse_if_held
from logistics.orders.locks import claim_order, lock_order
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.payments.queries import is_paying, paying_of

Place = tuple[datetime, int]
LONGEST = timedelta(days=366)
BEGINNING: Place = (datetime(1, 1, 1, tzinfo=UTC), 0)


def expire(session: Session, *, order_id: int, by: Actor = SYSTEM) -> bool:
    """Cancel an order whose time to pay is over: its stock is free, and what was paid in part goes to the customer's account.

    Locks the order, the account, the payments, then the stock rows. False, and nothing has changed, for one that was covered once, that
    has time left, that is on hold or not waiting for money: a payment before it wins. One whose customer may be paying by card at this
    moment is left until the provider has said how that ended. Raises NotFound.
    """
    order = lock_order(session, order_id=order_id)
    if not order.is_overdue(clock.now()) or is_paying(session, order.id):
        return False
    take_back(session, order, reason=CancelReason.PAYMENT_TIMEOUT, by=by)
    return True


def expire_unless_busy(session: Session, order_id: int) -> bool:
    """As expire, for the sweep: an order that somebody is at work on is left for the next one."""
    return claim_order(session, order_id) and expire(session, order_id=order_id)


def extend(session: Session, *, number: str, until: datetime, by: Actor) -> Order:
    """Let an unpaid order keep its stock until a later moment. Locks the order. A no-op when that is its deadline already.

    Raises IllegalMove for one that has no deadline, OrderOnHold, Invalid for a moment that gives it no more time, or a year of it; NotFound.
    """
    order = lock_order(session, number=number)
    if order.deadline is None:
        raise IllegalMove(_("Order %(number)s has no time-out that could be put off.", number=order.number))
    if order.deadline == until:
        return order
    refuse_if_held(order)
    _check_extension(order.deadline, until)
    order.expires_at = until
    order.version += 1
    session.flush()
    publish(session, PaymentTimeExtended(order.id, order.number, until.isoformat()), by=by)
    return order


def find_overdue(session: Session, *, after: Place, limit: int) -> list[Place]:
    """The orders behind this place whose time is over by now, the longest first: expires_at, id. Read without a lock, so ask expire."""
    overdue = (
        select(Order.expires_at, Order.id)
        # Written out, or the plan of a prepared statement could not know that the partial index holds them.
        .where(Order.status == literal(OrderStatus.UNPAID.value, literal_execute=True))
        .where(Order.expires_at <= clock.now(), Order.covered_at.is_(None), Order.hold_reason == "", ~paying_of(Order.id))
        .where(tuple_(Order.expires_at, Order.id) > tuple_(*after))
    )
    rows = session.execute(overdue.order_by(Order.expires_at, Order.id).limit(limit))
    return [(moment, order_id) for moment, order_id in rows if moment]


def _check_extension(deadline: datetime, until: datetime) -> None:
    now = clock.now()
    if until <= max(deadline, now):
        message = _("Choose a later day: its stock is kept until %(until)s already.", until=when_text(max(deadline, now)))
    elif until > now + LONGEST:
        message = _("Choose an earlier day: an order can wait for its money for a year at most.")
    else:
        return
    raise Invalid(message, errors=[FieldError("until", "bad_until", message)])
