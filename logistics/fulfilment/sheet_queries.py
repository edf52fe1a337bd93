"""Reads for papers that are printed for many parcels in one go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Row, String, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, joinedload

from logistics.catalog.models import Product
from logistics.core.addressing import address_lines
from logistics.fulfilment.models import IN_HOUSE, Shipment, ShipmentLine, ShipmentState
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders.models import Order, OrderLine

# Of what is picked no pick list is needed any more; a slip is, until the parcel has left.
STATES = {"lists": (ShipmentState.PENDING, ShipmentState.PICKING), "slips": tuple(IN_HOUSE)}


@dataclass(frozen=True)
class Sheet:
    """A shipment with what lies in it (sku, name, bin, quantity, picked, note, in the order of a walk past the bins), and whom it goes to."""

    shipment: Shipment
    lines: Sequence[Row[*tuple[Any, ...]]]

    @property
    def recipient(self) -> list[str]:
        """The lines of the address."""
        return address_lines(self.shipment.order.address, self.shipment.order.name)


def find_sheets(session: Session, numbers: Sequence[str], what: str) -> list[Sheet]:
    """The shipments of these orders that a paper is printed for, warehouse by warehouse; `what` is one of STATES."""
    chosen = Order.number == any_(literal(list(numbers), ARRAY(String)))
    shipments = select(Shipment).join(Order).where(chosen, Shipment.state.in_([state.value for state in STATES[what]]))
    loaded = shipments.options(joinedload(Shipment.order), joinedload(Shipment.warehouse)).order_by(Shipment.warehouse_id, Shipment.id)
    found = session.scalars(loaded).all()
    lines = _lines_of(session, [shipment.id for shipment in found])
    return [Sheet(shipment, lines.get(shipment.id, [])) for shipment in found]


def _lines_of(session: Session, shipment_ids: Sequence[int]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    shown = (ShipmentLine.shipment_id, Product.sku, Product.name, StockLevel.bin, ShipmentLine.quantity, ShipmentLine.picked, OrderLine.note)
    rows = (
        select(*shown)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Reservation, Reservation.id == ShipmentLine.reservation_id)
        .join(StockLevel, StockLevel.id == Reservation.stock_level_id)
        .where(ShipmentLine.shipment_id == any_(literal(list(shipment_ids), ARRAY(BigInteger))))
        .order_by(StockLevel.bin == "", StockLevel.bin, func.lower(Product.sku), ShipmentLine.id)
    )
    lines: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in session.execute(rows):
        lines.setdefault(row.shipment_id, []).append(row)
    return lines
