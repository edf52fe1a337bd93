"""Reads for programs: the parcels of their channel's orders."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, contains_eager, joinedload

from logistics.api.schemas.shipments import ShipmentQuery
from logistics.catalog.models import Product
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.orders.models import Order, OrderLine
from logistics.tracking.queries import find_events

_LOADED = (contains_eager(Shipment.order), joinedload(Shipment.warehouse), joinedload(Shipment.carrier))


def find_shipment(session: Session, channel_id: int, typed: str) -> Shipment:
    """A parcel of an order of this channel, with order, warehouse and carrier. Raises NotFound, for those of others too."""
    reference = read_code(typed, "S") or ""
    shipments = select(Shipment).join(Shipment.order).where(Shipment.reference == reference, Order.channel_id == channel_id)
    shipment = session.scalar(shipments.options(*_LOADED))
    if shipment is None:
        raise NotFound(_("There is no such shipment."))
    return shipment


def find_shipments(session: Session, channel_id: int, query: ShipmentQuery) -> Slice[Shipment]:
    """Parcels of the channel's orders, the newest first, as find_shipment gives them."""
    shipments = select(Shipment).join(Shipment.order).where(Order.channel_id == channel_id).options(*_LOADED)
    if query.order is not None:
        shipments = shipments.where(Order.number == (read_code(query.order) or ""))
    if query.state:
        shipments = shipments.where(Shipment.state == query.state.value)
    if query.cursor:
        shipments = shipments.where(Shipment.id < read_cursor(query.cursor, int)[0])
    return cut_page(session.scalars(shipments.order_by(Shipment.id.desc()).limit(query.limit + 1)).all(), query.limit, "id")


def find_contents(session: Session, shipment_ids: Sequence[int]) -> dict[int, list[Row[int, str, str, int]]]:
    """What lies in each of these parcels, by its id: sku, name, quantity."""
    rows = session.execute(
        select(ShipmentLine.shipment_id, Product.sku, Product.name, ShipmentLine.quantity)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(ShipmentLine.shipment_id == any_(literal(list(shipment_ids), ARRAY(BigInteger))))
        .order_by(OrderLine.position, ShipmentLine.id)
    )
    contents: dict[int, list[Row[int, str, str, int]]] = {}
    for row in rows:
        contents.setdefault(row.shipment_id, []).append(row)
    return contents


def find_reports(session: Session, shipment: Shipment) -> list[Row[*tuple[Any, ...]]]:
    """What was reported of a parcel and not replaced since, the latest first: occurred_at, status, text, place."""
    return [row for row in reversed(find_events(session, shipment.order_id)) if row.shipment_id == shipment.id]
