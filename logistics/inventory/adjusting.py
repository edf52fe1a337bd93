"""Correcting what the books say lies there, with a reason."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Invalid, NotFound, Refusal, Stale
from logistics.inventory.events import StockAdjusted
from logistics.inventory.ledger import record_movement, warn_if_low
from logistics.inventory.locks import lock_levels
from logistics.inventory.models import Movement, MovementKind, Reason, Reservation, ReservationState, StockLevel
from logistics.inventory.offering import serve, tell_served
from logistics.inventory.rules import ADJUSTMENT_LIMIT, needs_manager

MOST_ON_HAND = 10**9
_LATELY = timedelta(hours=24)


class StockPromised(Refusal):
    """Fewer units would lie there than are promised. The fact `orders` names the orders that hold them."""

    code = "stock_promised"


class AboveLimit(Refusal):
    """The correction is so large that a manager has to make it."""

    status = 403
    code = "above_limit"


def adjust(session: Session, *, level_id: int, change: int, reason: Reason, by: Actor, beyond_limit: bool = False) -> StockLevel:
    """Change the units on hand by `change` (signed); 0 is a no-op. Locks the stock row; what waits there is served from a rise.

    `beyond_limit` says that this person may make corrections that need a manager. Raises AboveLimit without it,
    StockPromised when fewer would be left than are reserved, Invalid when fewer than none or too many, and NotFound.
    """
    return _adjust(session, lock_level(session, level_id), change, reason, by, beyond_limit)


def count(session: Session, *, level_id: int, counted: int, version: int, reason: Reason, by: Actor, beyond_limit: bool = False) -> StockLevel:
    """Set the units on hand to what was counted, as seen at `version` of the row. A no-op when they agree. Locks the stock row.

    Raises Stale when goods have moved since the row was shown; otherwise as adjust does.
    """
    level = lock_level(session, level_id)
    if level.on_hand != counted and level.version != version:
        message = _("This stock has changed since you looked: %(on_hand)s are on hand now. Count again.", on_hand=level.on_hand)
        raise Stale(message, on_hand=level.on_hand, version=level.version)
    return _adjust(session, level, counted - level.on_hand, reason, by, beyond_limit)


def lock_level(session: Session, level_id: int) -> StockLevel:
    """Lock one stock row. Raises NotFound."""
    level = lock_levels(session, [level_id]).get(level_id)
    if level is None:
        raise NotFound(_("This stock does not exist."))
    return level


def _adjust(session: Session, level: StockLevel, change: int, reason: Reason, by: Actor, beyond_limit: bool) -> StockLevel:
    if change == 0:
        return level
    _check(session, level, change, by, beyond_limit)
    before = level.available
    movement = record_movement(session, level, quantity=change, kind=MovementKind.ADJUSTMENT, reason=reason.value, by=by)
    served = serve(session, [level])
    session.flush()
    publish(session, StockAdjusted(level.id, level.product_id, change, reason.value, movement.id), by=by)
    tell_served(session, served, by=by)
    warn_if_low(session, level, available_before=before, by=by)
    return level


def _check(session: Session, level: StockLevel, change: int, by: Actor, beyond_limit: bool) -> None:
    if not 0 <= level.on_hand + change <= MOST_ON_HAND:
        raise Invalid(_("Only 0 to 1,000,000,000 units can be on hand; %(on_hand)s are now.", on_hand=level.on_hand))
    if level.on_hand + change < level.reserved:
        raise _promised(session, level)
    if not beyond_limit and needs_manager(change, _changed_lately(session, level, by)):
        raise AboveLimit(
            _(
                "Corrections of more than %(limit)s units in a day need a manager. Ask one to make this one.",
                limit=ADJUSTMENT_LIMIT,
            ),
            limit=ADJUSTMENT_LIMIT,
        )


def _changed_lately(session: Session, level: StockLevel, by: Actor) -> int:
    own = select(func.coalesce(func.sum(Movement.quantity), 0)).where(
        Movement.stock_level_id == level.id,
        Movement.kind == MovementKind.ADJUSTMENT.value,
        Movement.actor_kind == by.kind,
        Movement.actor_id == by.id,
        Movement.at > clock.now() - _LATELY,
    )
    return int(session.scalar(own) or 0)


def _promised(session: Session, level: StockLevel) -> StockPromised:
    holding = select(Reservation.reference).where(Reservation.stock_level_id == level.id, Reservation.state == ReservationState.ACTIVE.value)
    orders = list(dict.fromkeys(session.scalars(holding.order_by(Reservation.id).limit(20))))
    message = _(
        "%(reserved)s units are reserved by %(orders)s. Cancel an order first, or leave at least %(reserved)s.",
        reserved=level.reserved,
        orders=", ".join(orders),
    )
    return StockPromised(message, orders=orders, reserved=level.reserved)
