"""Goods coming in."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.inventory.events import StockReceived
from logistics.inventory.ledger import record_movement
from logistics.inventory.locks import lock_or_make_levels
from logistics.inventory.models import MovementKind, Place, StockLevel


def receive(
    session: Session,
    *,
    place: Place,
    quantity: int,
    by: Actor,
    reference: str = "",
    kind: MovementKind = MovementKind.RECEIPT,
    at: datetime | None = None,
) -> StockLevel:
    """Take `quantity` units of a product into a warehouse; `reference` is the paper they came with. Locks the stock row."""
    level = lock_or_make_levels(session, [place])[place]
    movement = record_movement(session, level, quantity=quantity, kind=kind, reference=reference, by=by, at=at)
    publish(session, StockReceived(level.id, level.product_id, quantity, movement.id), by=by, at=at)
    return level
