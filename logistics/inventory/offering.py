"""Offering: whatever becomes available goes to the rows that wait for it, before anybody else is promised any."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.jobs import enqueue_once
from logistics.inventory.lifecycle import move, split_off_rest
from logistics.inventory.models import Reservation, ReservationState, StockLevel
from logistics.inventory.serving import first_in_line, publish_served
from logistics.inventory.tasks import dispatch_moves


@dataclass(frozen=True)
class Served:
    """Rows that waited and are active now, by a rise of what is available at these levels."""

    levels: Sequence[StockLevel]
    reservations: Sequence[Reservation]


def serve(session: Session, levels: Collection[StockLevel]) -> Served:
    """Give what has become available at locked levels to the rows that wait there: the most urgent, the oldest first; the last is split.

    Call it between the change of the level and its flush, for the table refuses a level where something is available and rows wait; then
    flush, and `tell_served`. Reservations that changed must be flushed. Touches no order.
    """
    rising = {level.id: level for level in levels if level.waiting and level.available > 0}
    if not rising:
        return Served(list(levels), [])
    units = {level.id: level.available for level in rising.values()}
    with session.no_autoflush:
        rows = session.scalars(first_in_line(Reservation.stock_level_id, units)).all()
    for row in rows:
        level = rising[row.stock_level_id]
        if row.quantity > level.available:
            split_off_rest(session, row, level.available)
        move(row, ReservationState.ACTIVE)
        level.reserved += row.quantity
        level.waiting -= row.quantity
    return Served(list(levels), rows)


def tell_served(session: Session, served: Served, *, by: Actor) -> None:
    """Publish WaitingServed, and have what is left go to rows that wait for the same products at other levels: their locks are a job's."""
    publish_served(session, served.reservations, by)
    left = {level.product_id for level in served.levels if level.available > 0}
    elsewhere = select(StockLevel.id).where(StockLevel.product_id == any_(literal(sorted(left), ARRAY(BigInteger))), StockLevel.waiting > 0).limit(1)
    if left and session.scalar(elsewhere) is not None:
        enqueue_once(session, dispatch_moves)
