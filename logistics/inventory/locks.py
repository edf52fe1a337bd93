"""The only row locks of inventory: warehouses, and stock levels always in id order."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, any_, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.inventory.models import Place, StockLevel, Warehouse

_IDS = ARRAY(BigInteger)


def lock_warehouse(session: Session, warehouse_id: int) -> Warehouse | None:
    """Lock this warehouse; None where there is none."""
    query = select(Warehouse).where(Warehouse.id == warehouse_id)
    return session.scalar(query.with_for_update(key_share=True).execution_options(populate_existing=True))


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


def lock_products(session: Session, product_ids: Sequence[int]) -> dict[Place, StockLevel]:
    """Lock the rows of these products in all warehouses: until they are let go, none is promised and no row that waits moves."""
    rows = session.scalars(_locking(select(StockLevel).where(StockLevel.product_id == any_(literal(list(product_ids), _IDS)))))
    return {row.place: row for row in rows}


def lock_levels(session: Session, level_ids: Sequence[int]) -> dict[int, StockLevel]:
    """Lock these rows, in id order."""
    rows = session.scalars(_locking(select(StockLevel).where(StockLevel.id == any_(literal(list(level_ids), _IDS)))))
    return {row.id: row for row in rows}


def lock_or_make_levels(session: Session, places: Collection[Place]) -> dict[Place, StockLevel]:
    """Lock the rows of these places, making those that do not exist yet."""
    warehouses, products = sorted({place.warehouse_id for place in places}), sorted({place.product_id for place in places})
    levels = lock_stock(session, warehouses, products)
    if missing := sorted({place for place in places if place not in levels}):
        _make(session, missing)
        levels = lock_stock(session, warehouses, products)
    return {place: levels[place] for place in places}


def _make(session: Session, places: Sequence[Place]) -> None:
    # Sorted, because an insert waits for a rival's insert of the same place; a rival's row is taken as it is.
    warehouses = func.unnest(literal([place.warehouse_id for place in places], _IDS))
    products = func.unnest(literal([place.product_id for place in places], _IDS))
    empty = {"on_hand": 0, "reserved": 0, "waiting": 0, "quarantined": 0, "bin": "", "reorder_point": 0, "version": 1}
    rows = select(warehouses, products, *(literal(value) for value in empty.values()))
    fresh = insert(StockLevel).from_select(["warehouse_id", "product_id", *empty], rows)
    session.execute(fresh.on_conflict_do_nothing(index_elements=["warehouse_id", "product_id"]))


def _locking(query: Select[StockLevel]) -> Select[StockLevel]:
    # FOR NO KEY UPDATE: plain FOR UPDATE would wait for every insert that refers to the row.
    # populate_existing: a row this session has already read would otherwise keep its old numbers, lock or no lock.
    return query.order_by(StockLevel.id).with_for_update(key_share=True).execution_options(populate_existing=True)
