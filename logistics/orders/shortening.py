"""Taking units out of an order of which others stay (T9): their stock is free, what is paid too much for the rest goes back."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid
from logistics.inventory.releasing import release_units
from logistics.orders import rules
from logistics.orders.collecting import lower_cod
from logistics.orders.events import OrderLinesCancelled
from logistics.orders.holding import release_hold
from logistics.orders.lifecycle import recompute
from logistics.orders.models import CancelReason, Order, OrderCancellation, OrderLine
from logistics.payments import refunding
from logistics.payments.queries import refundable_amount
from logistics.payments.refunding import Destination, GivenBack


def shorten(session: Session, order: Order, units: Mapping[int, int], *, reason: CancelReason, note: str, by: Actor) -> OrderCancellation:
    """Take so many units of lines (by id), not more than are left, out of a locked order. Asks nothing.

    Due falls by them, and what was taken beyond that goes back; less is to be paid on delivery, other authorisations cover more than is
    due. Their promises are released, those that wait first and picked ones last. Locks the account, the payments, the stock rows;
    listeners lock its shipments.
    """
    cancellation = note_cancellation(session, order, reason, note, by)
    for line in order.lines:
        line.cancelled += units.get(line.id, 0)
    given = _give_excess_back(session, order, by)
    lower_cod(session, order, by=by)
    release_units(session, left={line.id: line.left for line in order.lines}, by=by)
    if order.is_held and not any(line.left for line in order.lines):
        release_hold(order)
    recompute(session, order, by=by)
    publish(session, _told(order, cancellation, units, given), by=by)
    return cancellation


def note_cancellation(session: Session, order: Order, reason: CancelReason, note: str, by: Actor) -> OrderCancellation:
    """Keep why a locked order, or a part of it, is taken back."""
    row = OrderCancellation(order_id=order.id, reason=reason.value, note=note, actor_kind=by.kind, actor_id=by.id, at=clock.now())
    session.add(row)
    session.flush()
    return row


def check_units(order: Order, units: Mapping[int, int]) -> None:
    """Raise Invalid unless units are asked for, and of each line not more than are left. Errors name `line-<id>`."""
    lines = {line.id: line for line in order.lines}
    errors = [_too_many(lines.get(line_id), line_id) for line_id, asked in units.items() if not _has(lines.get(line_id), asked)]
    if errors:
        raise Invalid(errors[0].message, errors=errors)
    if not units:
        raise Invalid(_("Say how many units of which line are to be cancelled."))


def picked_among(order: Order, units: Mapping[int, int]) -> int:
    """How many of these units are picked already: those that are not go first."""
    spare = {line.id: line.left - (line.picked - line.shipped) for line in order.lines}
    return sum(max(0, asked - spare[line_id]) for line_id, asked in units.items())


def _has(line: OrderLine | None, asked: int) -> bool:
    return line is not None and 0 < asked <= line.left


def _too_many(line: OrderLine | None, line_id: int) -> FieldError:
    left = line.left if line else 0
    message = _("Of this line %(left)s units can still be cancelled.", left=left) if left else _("Nothing of this line is left to be cancelled.")
    return FieldError(f"line-{line_id}", "more_than_left", message, {"left": left})


def _give_excess_back(session: Session, order: Order, by: Actor) -> Sequence[GivenBack]:
    return refunding.refund(
        session,
        order_id=order.id,
        customer_id=order.customer_id,
        currency=order.currency,
        amount=max(0, refundable_amount(session, order.id) - rules.due(order)),
        reference=order.number,
        by=by,
    )


def _told(order: Order, cancellation: OrderCancellation, units: Mapping[int, int], given: Sequence[GivenBack]) -> OrderLinesCancelled:
    return OrderLinesCancelled(
        order.id,
        order.number,
        cancellation.id,
        cancellation.reason,
        tuple(sorted(units.items())),
        refunded=sum(part.amount for part in given),
        at_shop=given_to(given, Destination.SHOP),
        by_card=given_to(given, Destination.CARD),
        currency=order.currency,
    )


def given_to(given: Sequence[GivenBack], to: Destination) -> int:
    """How much of a refund goes there, in minor units."""
    return sum(part.amount for part in given if part.to == to)
