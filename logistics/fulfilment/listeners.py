"""What fulfilment does when orders change."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.jobs import enqueue_once
from logistics.fulfilment.assigning import assign
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.lifecycle import move
from logistics.fulfilment.locks import lock_shipments_in_house
from logistics.fulfilment.models import ShipmentState
from logistics.fulfilment.taking_off import list_to_put_back, take_off
from logistics.fulfilment.tasks import dispatch_assigning
from logistics.inventory.events import WaitingServed
from logistics.orders.billing import bill_difference
from logistics.orders.events import OrderLinesCancelled, OrderReaddressed, OrderStatusChanged
from logistics.orders.lifecycle import open_order
from logistics.orders.models import OrderStatus


def assign_when_paid(session: Session, event: OrderStatusChanged, by: Actor) -> None:
    """A paid order goes to its warehouses at once (T3-T5)."""
    if event.after == OrderStatus.PAID:
        assign(session, order_id=event.order_id, by=by)


def assign_when_served(session: Session, _event: WaitingServed, _by: Actor) -> None:
    """What waited for stock goes to its warehouse by a job per order: stock rows are held, and orders come before them."""
    enqueue_once(session, dispatch_assigning)


def cancel_shipments(session: Session, event: OrderStatusChanged, by: Actor) -> None:
    """A cancelled order's parcels are not packed any more (T6-T8)."""
    if event.after == OrderStatus.CANCELLED:
        for shipment in lock_shipments_in_house(session, event.order_id):
            list_to_put_back(session, shipment, {line.id: line.picked for line in shipment.lines})
            move(session, shipment, ShipmentState.CANCELLED, by=by)


def shorten_shipments(session: Session, event: OrderLinesCancelled, by: Actor) -> None:
    """What was cancelled is taken off the parcels (T9); an order that waited for nothing else goes to its warehouses."""
    take_off(session, order_id=event.order_id, by=by)
    assign(session, order_id=event.order_id, by=by)


def mark_readdressed(session: Session, event: OrderReaddressed, _by: Actor) -> None:
    """Paper of parcels that are being worked on may be printed already, with the old address: their pages say so."""
    for shipment in lock_shipments_in_house(session, event.order_id):
        shipment.readdressed_at = clock.now()
        shipment.version += 1
    session.flush()


def bill_when_dispatched(session: Session, event: ShipmentDispatched, by: Actor) -> None:
    """The first parcel brings the order's invoice, where its channel issues any; a later one whatever has changed since. History has had its own."""
    order = open_order(session, event.order_id)
    if order.channel.invoices and order.imported_at is None:
        bill_difference(session, order, by=by)
