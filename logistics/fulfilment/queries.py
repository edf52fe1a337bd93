"""Reads for the pages about shipments and carriers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from logistics.catalog.models import Product
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import Invalid, NotFound
from logistics.fulfilment.models import IN_HOUSE, Carrier, PutBack, Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Reservation, ReservationState, StockLevel, Warehouse
from logistics.orders.models import Order, OrderLine, OrderStatus

# Three columns of the board are one page.
PAGE = 30


class Stage(StrEnum):
    """What is to be done with a shipment next: a column of the board."""

    PICK = "pick"
    PACK = "pack"
    DISPATCH = "dispatch"


STATES: dict[Stage, tuple[ShipmentState, ...]] = {
    Stage.PICK: (ShipmentState.PENDING, ShipmentState.PICKING),
    Stage.PACK: (ShipmentState.PICKED,),
    Stage.DISPATCH: (ShipmentState.PACKED,),
}


@dataclass(frozen=True)
class BoardSearch:
    """Which part of the board is wanted; `cursor` pages the column of `stage`, the others show their beginning."""

    warehouse: str = ""
    stage: Stage = Stage.PICK
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "BoardSearch":
        """As the URL says. Raises Invalid for a column there is not."""
        asked = query.get("tab", Stage.PICK.value)
        if asked not in list(Stage):
            raise Invalid(_("This list cannot be shown in that way."))
        return cls(query.get("warehouse", ""), Stage(asked), query.get("cursor", ""))


@dataclass(frozen=True)
class Column:
    """One column of the board: the shipments shown, oldest first, and how many there are in all."""

    stage: Stage
    shipments: Slice[Row[Any]]
    count: int


def find_board(session: Session, search: BoardSearch) -> list[Column]:
    """What is to be picked, packed and dispatched."""
    counts = _count_by_state(session, search.warehouse)
    return [Column(stage, _find_stage(session, search, stage), sum(counts.get(state, 0) for state in STATES[stage])) for stage in Stage]


def waiting_count() -> ScalarSelect[int]:
    """How many shipments wait to be picked, packed or dispatched."""
    return select(func.count(Shipment.id)).where(Shipment.state.in_(IN_HOUSE)).scalar_subquery()


def find_scanned(session: Session, code: str) -> str | None:
    """The reference of the shipment that a scanned or typed code means: its own, or the first one in the house of an order."""
    if reference := read_code(code, "S"):
        return session.scalar(select(Shipment.reference).where(Shipment.reference == reference))
    of_order = select(Shipment.reference).join(Order, Order.id == Shipment.order_id).where(Order.number == (read_code(code) or ""))
    return session.scalar(of_order.where(Shipment.state.in_(IN_HOUSE)).order_by(Shipment.id).limit(1))


def find_shipment(session: Session, reference: str) -> Shipment:
    """The shipment of this reference, however it was typed, with its order, warehouse and carrier. Raises NotFound."""
    loaded = (joinedload(Shipment.order), joinedload(Shipment.warehouse), joinedload(Shipment.carrier))
    shipment = session.scalar(select(Shipment).where(Shipment.reference == (read_code(reference, "S") or "")).options(*loaded))
    if shipment is None:
        raise NotFound(_("There is no such shipment."))
    return shipment


def find_lines(session: Session, shipment_id: int) -> Sequence[Row[int, str, str, str, int, str, str, int, int, int]]:
    """What lies in a shipment, in the order of a walk past the bins: id, sku, name, gtin, weight_grams, bin, note, quantity, picked, packed."""
    shown = (Product.sku, Product.name, Product.gtin, Product.weight_grams, StockLevel.bin, OrderLine.note)
    lines = (
        select(ShipmentLine.id, *shown, ShipmentLine.quantity, ShipmentLine.picked, ShipmentLine.packed)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Reservation, Reservation.id == ShipmentLine.reservation_id)
        .join(StockLevel, StockLevel.id == Reservation.stock_level_id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(StockLevel.bin == "", StockLevel.bin, func.lower(Product.sku), ShipmentLine.id)
    )
    return session.execute(lines).all()


def find_parcels(session: Session, order_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """The shipments of an order: id, reference, state, tracking_number, packed_at, dispatched_at, warehouse (its name), Carrier (or None);

    and what the road wrote: zone, expected_from, expected_to, expected_by, promised_to, last_event_at, delivered_at.
    """
    shown = (Shipment.id, Shipment.reference, Shipment.state, Shipment.tracking_number, Shipment.packed_at, Shipment.dispatched_at)
    expected = (Shipment.zone, Shipment.expected_from, Shipment.expected_to, Shipment.expected_by, Shipment.promised_to)
    parcels = (
        select(*shown, *expected, Shipment.last_event_at, Shipment.delivered_at, Carrier, Warehouse.name.label("warehouse"))
        .join(Warehouse, Warehouse.id == Shipment.warehouse_id)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.id)
    )
    return session.execute(parcels).all()


def find_goods(session: Session, order_id: int) -> dict[int, list[Row[int, str, str, int]]]:
    """What lies in each shipment of an order, by shipment id: sku, name, quantity."""
    quantity = func.sum(ShipmentLine.quantity).label("quantity")
    lines = (
        select(ShipmentLine.shipment_id, Product.sku, Product.name, quantity)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Shipment.order_id == order_id)
        .group_by(ShipmentLine.shipment_id, Product.id)
        .order_by(func.min(OrderLine.position), ShipmentLine.shipment_id)
    )
    goods: dict[int, list[Row[int, str, str, int]]] = {}
    for line in session.execute(lines):
        goods.setdefault(line.shipment_id, []).append(line)
    return goods


def find_to_put_back(session: Session, *, warehouse: str = "", order_id: int | None = None) -> Sequence[Row[*tuple[Any, ...]]]:
    """Picked goods that were cancelled and are not back in their place, the oldest first, PAGE of them; of a warehouse, or of an order.

    id, quantity, from_parcel, created_at, reference (the parcel's), number (the order's), sku, name, bin, warehouse (its code).
    """
    shown = (PutBack.id, PutBack.quantity, PutBack.from_parcel, PutBack.created_at, Shipment.reference, Order.number)
    goods = (
        select(*shown, Product.sku, Product.name, StockLevel.bin, Warehouse.code.label("warehouse"))
        .join(Shipment, Shipment.id == PutBack.shipment_id)
        .join(Order, Order.id == Shipment.order_id)
        .join(StockLevel, StockLevel.id == PutBack.stock_level_id)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Warehouse, Warehouse.id == StockLevel.warehouse_id)
        .where(PutBack.done_at.is_(None))
    )
    if warehouse:
        goods = goods.where(Warehouse.code == warehouse)
    if order_id is not None:
        goods = goods.where(Shipment.order_id == order_id)
    return session.execute(goods.order_by(PutBack.id).limit(PAGE)).all()


def count_unassigned(session: Session, order: Order) -> tuple[int, int]:
    """Units of an open order that are promised and lie in no shipment yet, though they could; and those that wait for stock."""
    if not order.is_open:
        return 0, 0
    in_none = ~select(ShipmentLine.id).where(ShipmentLine.reservation_id == Reservation.id).exists()
    units = func.sum(Reservation.quantity)
    counted = (
        select(
            func.coalesce(units.filter(Reservation.state == ReservationState.ACTIVE.value, in_none), 0),
            func.coalesce(units.filter(Reservation.state == ReservationState.WAITING.value), 0),
        )
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(OrderLine.order_id == order.id)
    )
    promised, waiting = session.execute(counted).one()
    may_go = order.status != OrderStatus.UNPAID and not (order.ship_complete and waiting)
    return int(promised) if may_go else 0, int(waiting)


def order_panel(session: Session, order: Order) -> dict[str, Any]:
    """What the order's page shows of its shipments."""
    unassigned, waiting = count_unassigned(session, order)
    return {
        "parcels": find_parcels(session, order.id),
        "goods": find_goods(session, order.id),
        "unassigned": unassigned,
        "incomplete": order.ship_complete and waiting > 0,
        # Only what was cancelled has to be put back.
        "to_put_back": find_to_put_back(session, order_id=order.id) if any(line.cancelled for line in order.lines) else [],
        "order": order,
    }


def find_carriers(session: Session, *, active: bool | None = None) -> Sequence[Carrier]:
    """Carriers by name; if asked only the active ones that take parcels, which are offered at dispatch."""
    carriers = select(Carrier).options(selectinload(Carrier.services)).order_by(Carrier.active.desc(), func.lower(Carrier.name), Carrier.id)
    return session.scalars(carriers if active is None else carriers.where(Carrier.active == active, Carrier.takes_parcels)).all()


def get_carrier(session: Session, code: str) -> Carrier:
    """The carrier of this code. Raises NotFound."""
    carrier = session.scalar(select(Carrier).where(Carrier.code == code))
    if carrier is None:
        raise NotFound(_("There is no such carrier."))
    return carrier


def _find_stage(session: Session, search: BoardSearch, stage: Stage) -> Slice[Row[Any]]:
    # What is shown is chosen first: counting what lies in all that waits would cost more the more waits.
    chosen = select(Shipment.id).where(Shipment.state.in_([state.value for state in STATES[stage]]))
    if search.warehouse:
        chosen = chosen.join(Warehouse, Warehouse.id == Shipment.warehouse_id).where(Warehouse.code == search.warehouse)
    if search.cursor and stage is search.stage:
        (after,) = read_cursor(search.cursor, int)
        chosen = chosen.where(Shipment.id > after)
    page = chosen.order_by(Shipment.id).limit(PAGE + 1).subquery()
    count, units, picked = func.count(ShipmentLine.id), func.sum(ShipmentLine.quantity), func.sum(ShipmentLine.picked)
    inside = select(count.label("lines"), units.label("units"), picked.label("picked")).where(ShipmentLine.shipment_id == page.c.id).lateral()
    shown = (Shipment.id, Shipment.reference, Shipment.state, Shipment.version, Shipment.created_at, Order.number, Order.name, Order.hold_reason)
    shipments = (
        select(*shown, Warehouse.code.label("warehouse"), inside.c.lines, inside.c.units, inside.c.picked)
        .join(page, page.c.id == Shipment.id)
        .join(Order, Order.id == Shipment.order_id)
        .join(Warehouse, Warehouse.id == Shipment.warehouse_id)
        .join(inside, true())
        .order_by(Shipment.id)
    )
    return cut_page(session.execute(shipments).all(), PAGE, "id")


def _count_by_state(session: Session, warehouse: str) -> dict[str, int]:
    counted = select(Shipment.state, func.count(Shipment.id).label("shipments")).where(Shipment.state.in_(IN_HOUSE)).group_by(Shipment.state)
    if warehouse:
        counted = counted.join(Warehouse, Warehouse.id == Shipment.warehouse_id).where(Warehouse.code == warehouse)
    return {row.state: row.shipments for row in session.execute(counted)}
