"""Moving what waits to where it can be served: another warehouse has stock of it, or its own has been closed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import any_, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import BigInteger

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.inventory.events import StockAwaited
from logistics.inventory.lifecycle import copy_to, move
from logistics.inventory.locks import lock_or_make_levels, lock_products
from logistics.inventory.models import Place, Reservation, ReservationState, StockLevel, Warehouse
from logistics.inventory.rules import Site
from logistics.inventory.serving import serve_everywhere

_WAITS = Reservation.state == ReservationState.WAITING.value


def find_products_to_move(session: Session) -> list[int]:
    """The products of rows that wait while there is stock of theirs at an open warehouse, or that wait at one that is closed."""
    there, open_one = aliased(StockLevel), aliased(Warehouse)
    in_stock = exists().where(
        there.product_id == StockLevel.product_id, there.reserved < there.on_hand, open_one.id == there.warehouse_id, open_one.active
    )
    waiting = select(Reservation.stock_level_id).where(_WAITS).distinct().subquery()
    products = (
        select(StockLevel.product_id)
        .join(waiting, waiting.c.stock_level_id == StockLevel.id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(in_stock | (~Warehouse.active & exists().where(open_one.active)))
    )
    return list(session.scalars(products.distinct().order_by(StockLevel.product_id)))


def move_waiting(session: Session, product_id: int, *, by: Actor) -> None:
    """Serve rows that wait for this product from wherever there is stock of it; those that go on waiting at a closed warehouse do so at an
    open one from now on. Holds the product's stock rows in all warehouses. A no-op where nothing has to move.
    """
    levels = lock_products(session, [product_id])
    sites = find_sites(session)
    serve_everywhere(session, levels, sites, by=by)
    open_ids = {site.id for site in sites}
    stuck = [level for level in levels.values() if level.waiting and level.warehouse_id not in open_ids]
    place = Place(sites[0].id, product_id) if stuck and sites else None
    if place and place in levels:
        _wait_at(session, levels[place], stuck, by)
    elif place:
        # The first units may be coming in there in this moment: once the level is ours, all is looked at again.
        lock_or_make_levels(session, [place])
        move_waiting(session, product_id, by=by)


def find_sites(session: Session) -> Sequence[Site]:
    """The open warehouses in order of priority, wherever the goods go."""
    rows = session.execute(select(Warehouse.id, Warehouse.code, Warehouse.priority).where(Warehouse.active))
    return sorted((Site(row.id, row.code, row.priority) for row in rows), key=lambda site: site.rank)


def _wait_at(session: Session, level: StockLevel, stuck: Sequence[StockLevel], by: Actor) -> None:
    by_id: Mapping[int, StockLevel] = {one.id: one for one in stuck}
    rows = session.scalars(
        select(Reservation).where(_WAITS, Reservation.stock_level_id == any_(literal(sorted(by_id), ARRAY(BigInteger)))).order_by(Reservation.id)
    )
    moved = []
    for row in rows.all():
        move(row, ReservationState.RELEASED)
        by_id[row.stock_level_id].waiting -= row.quantity
        level.waiting += row.quantity
        moved.append(copy_to(session, row, level.id, quantity=row.quantity, state=ReservationState.WAITING))
    session.flush()
    summary = tuple((row.order_line_id, row.stock_level_id, row.quantity) for row in moved)
    publish(session, StockAwaited(moved[0].id, "", summary), by=by)
