"""Goods coming in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid
from logistics.inventory.events import StockReceived
from logistics.inventory.ledger import record_movement
from logistics.inventory.locks import lock_or_make_levels
from logistics.inventory.models import MovementKind, Place, StockLevel, Warehouse
from logistics.inventory.offering import serve, tell_served


@dataclass(frozen=True)
class Goods:
    """Units of one product on the paper that goods came with."""

    product_id: int
    quantity: int


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
    """Take `quantity` units (at least 1) of a product into a warehouse; `reference` is the paper they came with. Locks the stock row."""
    level = lock_or_make_levels(session, [place])[place]
    take_in(session, [(level, quantity)], kind=kind, reference=reference, by=by, at=at)
    return level


def receive_goods(session: Session, *, warehouse_id: int, goods: Sequence[Goods], reference: str, by: Actor) -> list[StockLevel]:
    """Take everything on one paper into a warehouse: one movement a line, all at one instant, all or none. Locks the stock rows.

    Raises Invalid, which names the lines whose product is not there ("lines/0/product"), or the warehouse that is closed.
    """
    if problems := _find_problems(session, warehouse_id, goods):
        raise Invalid(_("The goods cannot be received yet. Mend the marked fields."), errors=problems)
    levels = lock_or_make_levels(session, {Place(warehouse_id, line.product_id) for line in goods})
    arrivals = [(levels[Place(warehouse_id, line.product_id)], line.quantity) for line in goods]
    take_in(session, arrivals, kind=MovementKind.RECEIPT, reference=reference, by=by)
    return list(levels.values())


def take_in(
    session: Session,
    arrivals: Sequence[tuple[StockLevel, int]],
    *,
    kind: MovementKind,
    reference: str,
    by: Actor,
    at: datetime | None = None,
) -> None:
    """Put units on levels that are locked already: the movements, all of one instant, and the events that tell of them.

    What waits there is served at once.
    """
    moment = at or clock.now()
    movements = []
    for level, quantity in arrivals:
        if quantity < 1:
            raise ValueError(f"{quantity} units cannot come in")
        movements.append(record_movement(session, level, quantity=quantity, kind=kind, reference=reference, by=by, at=moment))
    served = serve(session, {level for level, _quantity in arrivals})
    session.flush()
    for (level, quantity), movement in zip(arrivals, movements, strict=True):
        publish(session, StockReceived(level.id, level.product_id, quantity, movement.id), by=by, at=at)
    tell_served(session, served, by=by)


def _find_problems(session: Session, warehouse_id: int, goods: Sequence[Goods]) -> list[FieldError]:
    problems = []
    warehouse = session.get(Warehouse, warehouse_id)
    if warehouse is None or not warehouse.active:
        problems.append(FieldError("warehouse", "closed", _("Choose a warehouse that is open.")))
    if not goods:
        problems.append(FieldError("lines", "required", _("Add what came in, at least one product.")))
    wanted = sorted({line.product_id for line in goods})
    known = set(session.scalars(select(Product.id).where(Product.id == any_(literal(wanted, ARRAY(BigInteger))))))
    for at, line in enumerate(goods):
        if line.product_id not in known:
            problems.append(FieldError(f"lines/{at}/product", "unknown_product", _("This product does not exist any more.")))
    return problems
