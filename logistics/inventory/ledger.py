"""The movement ledger: the one writer of quantities on hand, and the one place that notices when stock runs low."""

from datetime import datetime

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.inventory.events import StockRanLow
from logistics.inventory.models import Bucket, Movement, MovementKind, StockLevel


def record_movement(
    session: Session,
    level: StockLevel,
    *,
    quantity: int,
    kind: MovementKind,
    by: Actor,
    reason: str = "",
    reference: str = "",
    shipment_line_id: int | None = None,
    at: datetime | None = None,
) -> Movement:
    """Change a locked level's units on hand by `quantity` (signed) and write the movement that explains it, both at the next flush."""
    level.on_hand += quantity
    level.version += 1
    movement = Movement(
        stock_level_id=level.id,
        bucket=Bucket.SELLABLE.value,
        quantity=quantity,
        balance_after=level.on_hand,
        kind=kind.value,
        reason=reason,
        reference=reference,
        shipment_line_id=shipment_line_id,
        actor_kind=by.kind,
        actor_id=by.id,
        at=at or clock.now(),
    )
    session.add(movement)
    return movement


def warn_if_low(session: Session, level: StockLevel, *, available_before: int, by: Actor, reference: str = "") -> None:
    """Publish StockRanLow when what is available has just come down to the reorder point; `reference` is the order that took the units."""
    if level.is_low and available_before > level.reorder_point and not level.product.discontinued:
        publish(
            session,
            StockRanLow(
                stock_level_id=level.id,
                product_id=level.product_id,
                warehouse_id=level.warehouse_id,
                available=level.available,
                reorder_point=level.reorder_point,
                reference=reference,
            ),
            by=by,
        )
