"""Where goods lie in their warehouse, and at how many units a warning is wanted."""

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import Stale
from logistics.inventory.adjusting import lock_level
from logistics.inventory.events import BinSet, ReorderPointSet
from logistics.inventory.ledger import warn_if_low
from logistics.inventory.models import StockLevel


def set_reorder_point(session: Session, *, level_id: int, reorder_point: int, by: Actor, seen: int | None = None) -> StockLevel:
    """Warn from now on when this many units or fewer are available; 0 asks for no warning. Locks the stock row.

    `seen` is the number the person saw: raises Stale when somebody has changed it since. Raises NotFound.
    """
    level = lock_level(session, level_id)
    if level.reorder_point == reorder_point:
        return level
    if seen is not None and level.reorder_point != seen:
        message = _(
            "The reorder point was changed to %(now)s meanwhile; you asked for %(asked)s. Look and save again.",
            now=level.reorder_point,
            asked=reorder_point,
        )
        raise Stale(message, reorder_point=level.reorder_point)
    arrange(session, level, reorder_point=reorder_point, by=by)
    return level


def set_bin(session: Session, *, level_id: int, to: str, by: Actor, seen: str | None = None) -> StockLevel:
    """Keep this product in the bin of this code from now on; "" is no bin. Locks the stock row. `seen`, Stale and NotFound as above."""
    level = lock_level(session, level_id)
    if level.bin == to:
        return level
    if seen is not None and level.bin != seen:
        message = _("The bin was changed to “%(now)s” meanwhile; you asked for “%(asked)s”. Look and save again.", now=level.bin, asked=to)
        raise Stale(message, bin=level.bin)
    arrange(session, level, to_bin=to, by=by)
    return level


def arrange(session: Session, level: StockLevel, *, reorder_point: int | None = None, to_bin: str | None = None, by: Actor) -> bool:
    """Both, for a level that is locked already; None leaves one as it is. Whether anything changed."""
    was = (level.reorder_point, level.bin)
    if reorder_point is not None and reorder_point != level.reorder_point:
        was_low = level.is_low
        level.reorder_point = reorder_point
        publish(session, ReorderPointSet(level.id, reorder_point), by=by)
        if not was_low:
            warn_if_low(session, level, available_before=reorder_point + 1, by=by)
    if to_bin is not None and to_bin != level.bin:
        level.bin = to_bin
        publish(session, BinSet(level.id, to_bin), by=by)
    return was != (level.reorder_point, level.bin)
