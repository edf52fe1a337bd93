"""Correcting what the books say lies there, with a reason; and the point at which a warning is wanted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Invalid, NotFound, Refusal, Stale
from logistics.inventory.events import ReorderPointSet, StockAdjusted
from logistics.inventory.ledger import record_movement, warn_if_low
from logistics.inventory.locks import lock_levels
from logistics.inventory.models import MovementKind, Reason, Reservation, ReservationState, StockLevel


class StockPromised(Refusal):
    """Fewer units would lie there than are promised. The fact `orders` names the orders that hold them."""

    code = "stock_promised"


def adjust(session: Session, *, level_id: int, change: int, reason: Reason, by: Actor) -> StockLevel:
    """Change the units on hand by `change` (signed). Locks the stock row.

    Raises StockPromised when fewer would be left than are reserved, and NotFound.
    """
    level = _lock(session, level_id)
    return _adjust(session, level, change, reason, by)


def count(session: Session, *, level_id: int, counted: int, version: int, reason: Reason, by: Actor) -> StockLevel:
    """Set the units on hand to what was counted, as seen at `version` of the row. A no-op when they agree. Locks the stock row.

    Raises Stale when the row has changed since it was shown, StockPromised and NotFound as adjust does.
    """
    level = _lock(session, level_id)
    if level.on_hand == counted:
        return level
    if level.version != version:
        raise Stale(
            _("This stock has changed since you looked: %(on_hand)s are on hand now. Count again.", on_hand=level.on_hand), on_hand=level.on_hand
        )
    return _adjust(session, level, counted - level.on_hand, reason, by)


def set_reorder_point(session: Session, *, level_id: int, reorder_point: int, by: Actor) -> StockLevel:
    """Warn from now on when this many units or fewer are available; 0 asks for no warning. Locks the stock row."""
    level = _lock(session, level_id)
    if level.reorder_point == reorder_point:
        return level
    was_low = level.is_low
    level.reorder_point = reorder_point
    level.version += 1
    publish(session, ReorderPointSet(level.id, reorder_point), by=by)
    if not was_low:
        warn_if_low(session, level, available_before=max(level.available, reorder_point) + 1, by=by)
    return level


def _adjust(session: Session, level: StockLevel, change: int, reason: Reason, by: Actor) -> StockLevel:
    before = level.available
    if level.on_hand + change < level.reserved:
        raise _promised(session, level)
    if level.on_hand + change > 10**9:
        raise Invalid(_("That is more than can be kept."))
    movement = record_movement(session, level, quantity=change, kind=MovementKind.ADJUSTMENT, reason=reason.value, by=by)
    publish(session, StockAdjusted(level.id, level.product_id, change, reason.value, movement.id), by=by)
    warn_if_low(session, level, available_before=before, by=by)
    return level


def _lock(session: Session, level_id: int) -> StockLevel:
    level = lock_levels(session, [level_id]).get(level_id)
    if level is None:
        raise NotFound(_("This stock does not exist."))
    return level


def _promised(session: Session, level: StockLevel) -> StockPromised:
    holding = select(Reservation.reference).where(Reservation.stock_level_id == level.id, Reservation.state == ReservationState.ACTIVE.value)
    orders = list(dict.fromkeys(session.scalars(holding.order_by(Reservation.id).limit(20))))
    message = _(
        "%(reserved)s units are reserved by %(orders)s. Cancel an order first, or leave at least %(reserved)s.",
        reserved=level.reserved,
        orders=", ".join(orders),
    )
    return StockPromised(message, orders=orders, reserved=level.reserved)
