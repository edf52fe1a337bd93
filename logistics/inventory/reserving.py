"""Promising stock to order lines, taking promises back, and keeping them by handing the goods out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, any_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.expression import literal
from sqlalchemy.types import BigInteger

from logistics.catalog.models import Product
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Refusal
from logistics.inventory.events import StockReleased, StockReserved
from logistics.inventory.ledger import record_movement, warn_if_low
from logistics.inventory.lifecycle import move
from logistics.inventory.locks import lock_levels, lock_stock
from logistics.inventory.models import MovementKind, Place, Reservation, ReservationState, Warehouse
from logistics.inventory.rules import Demand, find_missing, plan, total_by_product


class OutOfStock(Refusal):
    """There is not enough. `missing` says by how many units each product id is short."""

    code = "insufficient_stock"

    def __init__(self, missing: Mapping[int, int], errors: Sequence[FieldError]) -> None:
        super().__init__(" ".join(error.message for error in errors), errors=errors)
        self.missing = dict(missing)


class NotReserved(Refusal):
    """Goods were to leave that are no longer promised to this parcel."""

    code = "not_reserved"


@dataclass(frozen=True)
class Take:
    """Units of a reservation that leave the house in a shipment line."""

    reservation_id: int
    quantity: int
    shipment_line_id: int


def reserve(session: Session, *, demands: Sequence[Demand], reference: str, placed_at: datetime, by: Actor) -> list[Reservation]:
    """Promise stock at the active warehouses to order lines: all of them, or none. A no-op where nothing is demanded.

    Holds the stock rows of these products in all the warehouses until the caller's transaction ends.
    Raises OutOfStock, which says how much of each product is missing.
    """
    if not demands:
        return []
    wanted = total_by_product(demands)
    warehouses = list(session.scalars(select(Warehouse.id).where(Warehouse.active).order_by(Warehouse.priority, Warehouse.id)))
    levels = lock_stock(session, warehouses, sorted(wanted))
    available = {place: level.available for place, level in levels.items()}
    if missing := find_missing(wanted, available):
        raise _out_of_stock(session, missing, wanted)

    taken = plan(wanted, available, warehouses)
    reservations = [
        Reservation(stock_level_id=levels[place].id, order_line_id=line, quantity=units, placed_at=placed_at, reference=reference)
        for line, place, units in _share_out(demands, taken)
    ]
    session.add_all(reservations)
    before = {place: levels[place].available for place in taken}
    for place, units in taken.items():
        levels[place].reserved += units
    session.flush()
    publish(session, StockReserved(reservations[0].id, reference, _summary(reservations)), by=by)
    for place in taken:
        warn_if_low(session, levels[place], available_before=before[place], by=by, reference=reference)
    return reservations


def release(session: Session, *, order_line_ids: Sequence[int], by: Actor) -> list[Reservation]:
    """Take back every open promise to these order lines. Locks their stock rows; a no-op where nothing is promised."""
    reservations = _lock_open(session, Reservation.order_line_id == any_(literal(list(order_line_ids), ARRAY(BigInteger))))
    if not reservations:
        return []
    for reservation in reservations:
        if reservation.state == ReservationState.ACTIVE:
            reservation.level.reserved -= reservation.quantity
        move(reservation, ReservationState.RELEASED)
    session.flush()
    publish(session, StockReleased(reservations[0].id, reservations[0].reference, _summary(reservations)), by=by)
    return reservations


def consume(session: Session, *, takes: Sequence[Take], reference: str, by: Actor, at: datetime | None = None) -> None:
    """Hand out promised goods: each take becomes a movement out, and its reservation is consumed (split where only in part).

    Locks the stock rows. Raises NotReserved when a reservation is not active or smaller than the take.
    """
    wanted = {take.reservation_id: take for take in takes}
    reservations = {row.id: row for row in _lock_open(session, Reservation.id == any_(literal(sorted(wanted), ARRAY(BigInteger))))}
    for take in takes:
        reservation = reservations.get(take.reservation_id)
        if reservation is None or reservation.state != ReservationState.ACTIVE or reservation.quantity < take.quantity:
            raise NotReserved(_("These goods are no longer reserved for this shipment. Open the order and assign it again."))
        if take.quantity < reservation.quantity:
            _split_off_rest(session, reservation, take.quantity)
        move(reservation, ReservationState.CONSUMED)
        reservation.level.reserved -= take.quantity
        record_movement(
            session,
            reservation.level,
            quantity=-take.quantity,
            kind=MovementKind.DISPATCH,
            reference=reference,
            shipment_line_id=take.shipment_line_id,
            by=by,
            at=at,
        )
    session.flush()


def lock_reserved_levels(session: Session, *, order_line_ids: Sequence[int]) -> list[Reservation]:
    """Lock the stock rows that open promises to these lines stand on, and read the promises under the lock."""
    return _lock_open(session, Reservation.order_line_id == any_(literal(list(order_line_ids), ARRAY(BigInteger))))


def split(session: Session, reservation: Reservation, quantity: int) -> Reservation:
    """Make this reservation one of `quantity` units, fewer than it has; the rest as a row of its own. Its level must be locked."""
    rest = _split_off_rest(session, reservation, quantity)
    session.flush()
    return rest


def _lock_open(session: Session, condition: ColumnElement[bool]) -> list[Reservation]:
    is_open = Reservation.state.in_((ReservationState.ACTIVE.value, ReservationState.WAITING.value))
    ids = session.scalars(select(Reservation.stock_level_id).where(condition, is_open).distinct())
    levels = lock_levels(session, sorted(ids))
    reread = select(Reservation).where(condition, is_open).order_by(Reservation.id)
    reservations = list(session.scalars(reread.execution_options(populate_existing=True)))
    for reservation in reservations:
        # The session holds rows weakly: without this each .level would be read again, one by one.
        set_committed_value(reservation, "level", levels[reservation.stock_level_id])
    return reservations


def _split_off_rest(session: Session, reservation: Reservation, quantity: int) -> Reservation:
    rest = Reservation(
        stock_level_id=reservation.stock_level_id,
        order_line_id=reservation.order_line_id,
        quantity=reservation.quantity - quantity,
        state=reservation.state,
        priority=reservation.priority,
        placed_at=reservation.placed_at,
        reference=reservation.reference,
        picked=max(0, reservation.picked - quantity),
    )
    reservation.quantity, reservation.picked = quantity, min(quantity, reservation.picked)
    session.add(rest)
    return rest


def _share_out(demands: Sequence[Demand], taken: Mapping[Place, int]) -> Iterable[tuple[int, Place, int]]:
    left = dict(taken)
    for demand in demands:
        wanted = demand.quantity
        for place in taken:
            if place.product_id == demand.product_id and wanted and left[place]:
                units = min(wanted, left[place])
                left[place] -= units
                wanted -= units
                yield demand.order_line_id, place, units


def _out_of_stock(session: Session, missing: Mapping[int, int], wanted: Mapping[int, int]) -> OutOfStock:
    products = session.scalars(select(Product).where(Product.id == any_(literal(sorted(missing), ARRAY(BigInteger)))).order_by(Product.sku))
    return OutOfStock(missing, [_shortage(product, wanted[product.id], missing[product.id]) for product in products])


def _shortage(product: Product, requested: int, short: int) -> FieldError:
    available = requested - short
    message = _(
        "%(sku)s %(name)s: %(requested)s wanted, %(available)s available.",
        sku=product.sku,
        name=product.name,
        requested=requested,
        available=available,
    )
    facts = {"sku": product.sku, "product_id": product.id, "requested": requested, "available": available}
    return FieldError(f"products/{product.sku}", OutOfStock.code, message, facts)


def _summary(reservations: Sequence[Reservation]) -> tuple[tuple[int, int, int], ...]:
    return tuple((row.order_line_id, row.stock_level_id, row.quantity) for row in reservations)
