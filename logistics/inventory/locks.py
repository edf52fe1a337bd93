"""The only row locks of inventory: stock levels, always in id order."""

from collections.abc import Sequence

from sqlalchemy import Select, any_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.inventory.models import Place, StockLevel

_IDS = ARRAY(BigInteger)


def lock_stock(session: Session, warehouse_ids: Sequence[int], product_ids: Sequence[int]) -> dict[Place, StockLevel]:
    """Lock the rows of these products in these warehouses in id order, so that two orders can never wait for each other."""
    rows = session.scalars(
        _locking(
            select(StockLevel).where(
                StockLevel.warehouse_id == any_(literal(list(warehouse_ids), _IDS)), StockLevel.product_id == any_(literal(list(product_ids), _IDS))
            )
        )
    )
    return {row.place: row for row in rows}


def lock_levels(session: Session, level_ids: Sequence[int]) -> dict[int, StockLevel]:
    """Lock these rows, in id order."""
    rows = session.scalars(_locking(select(StockLevel).where(StockLevel.id == any_(literal(list(level_ids), _IDS)))))
    return {row.id: row for row in rows}


def lock_or_make_levels(session: Session, places: Sequence[Place]) -> dict[Place, StockLevel]:
    """Lock the rows of these places, making those that do not exist yet."""
    wanted = sorted(set(places))
    fresh = insert(StockLevel).values(
        [
            {"warehouse_id": place.warehouse_id, "product_id": place.product_id, "on_hand": 0, "reserved": 0, "quarantined": 0, "bin": "", "reorder_point": 0, "version": 1}
            for place in wanted
        ]
    )
    session.execute(fresh.on_conflict_do_nothing(index_elements=["warehouse_id", "product_id"]))
    levels = lock_stock(session, sorted({place.warehouse_id for place in wanted}), sorted({place.product_id for place in wanted}))
    return {place: levels[place] for place in wanted}


def _locking(query: Select[tuple[StockLevel]]) -> Select[tuple[StockLevel]]:
    # FOR NO KEY UPDATE: plain FOR UPDATE would wait for every insert that refers to the row.
    # populate_existing: a row this session has already read would otherwise keep its old numbers, lock or no lock.
    return query.order_by(StockLevel.id).with_for_update(key_share=True).execution_options(populate_existing=True)
