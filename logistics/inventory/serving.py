"""Serving what waits: who is next in line, and stock of one place given to rows that wait at another."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import BigInteger, Select, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.inventory.events import WaitingServed
from logistics.inventory.ledger import warn_if_low
from logistics.inventory.lifecycle import copy_to, move, split_off_rest
from logistics.inventory.models import Place, Reservation, ReservationState, StockLevel
from logistics.inventory.rules import Site

_IDS = ARRAY(BigInteger)
_IN_LINE = (Reservation.priority.desc(), Reservation.placed_at, Reservation.id)


def serve_everywhere(session: Session, levels: Mapping[Place, StockLevel], sites: Iterable[Site], *, by: Actor) -> None:
    """Give what is available at the open warehouses to rows that wait for it at other levels.

    All levels of the products must be locked. A row never moves: it is released where it waited, and its copy is active where the stock is.
    """
    if not any(level.waiting for level in levels.values()):
        return
    stocked = [level for site in sites for level in levels.values() if level.warehouse_id == site.id and level.available > 0]
    before = {level.id: level.available for level in stocked}
    units = {product: sum(level.available for level in stocked if level.product_id == product) for product in {level.product_id for level in stocked}}
    rows = session.scalars(first_in_line(StockLevel.product_id, units)).all() if units else ()
    by_id = {level.id: level for level in levels.values()}
    made = [copy for row in rows for copy in _give(session, row, by_id[row.stock_level_id], stocked)]
    session.flush()
    publish_served(session, made, by)
    for level in stocked:
        warn_if_low(session, level, available_before=before[level.id], by=by)


def _give(session: Session, row: Reservation, waits_at: StockLevel, stocked: Sequence[StockLevel]) -> Iterable[Reservation]:
    left: Reservation | None = row
    for level in stocked:
        if left is None or level.product_id != waits_at.product_id or not level.available:
            continue
        piece, units = left, min(left.quantity, level.available)
        left = split_off_rest(session, piece, units) if units < piece.quantity else None
        move(piece, ReservationState.RELEASED)
        waits_at.waiting -= units
        level.reserved += units
        yield copy_to(session, piece, level.id, quantity=units, state=ReservationState.ACTIVE)


def first_in_line(key: InstrumentedAttribute[int], units: Mapping[int, int]) -> Select[Reservation]:
    """The rows that wait and whose turn comes with so many units, per stock level or per product; in their order."""
    offered = func.unnest(literal(list(units), _IDS), literal(list(units.values()), _IDS))
    offer = offered.table_valued(column("key", BigInteger), column("units", BigInteger)).render_derived()
    ahead = func.coalesce(func.sum(Reservation.quantity).over(partition_by=key, order_by=_IN_LINE, rows=(None, -1)), 0)
    line = (
        select(Reservation.id, ahead.label("ahead"), offer.c.units)
        .join(StockLevel, StockLevel.id == Reservation.stock_level_id)
        .join(offer, offer.c.key == key)
        .where(Reservation.state == ReservationState.WAITING.value)
        .subquery()
    )
    turn = select(Reservation).join(line, line.c.id == Reservation.id).where(line.c.ahead < line.c.units)
    return turn.order_by(*_IN_LINE).execution_options(populate_existing=True)


def publish_served(session: Session, reservations: Sequence[Reservation], by: Actor) -> None:
    """Publish WaitingServed for rows that are active now and flushed; nothing where there are none."""
    if reservations:
        rows = tuple((row.order_line_id, row.stock_level_id, row.quantity) for row in reservations)
        publish(session, WaitingServed(reservations[0].id, rows), by=by)
