"""What notifications do with the news: nearly all that a customer wants to hear hangs on the order's headline."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import EventLog
from logistics.core.jobs import enqueue
from logistics.fulfilment.events import ShipmentDispatched
from logistics.fulfilment.models import ShipmentState
from logistics.inventory.events import StockRanLow
from logistics.notifications.link_tasks import send_links
from logistics.notifications.models import Milestone, Subject
from logistics.notifications.telling import drop_news, tell_address, tell_customer, tell_followers, tell_managers
from logistics.orders.events import OrderLinesCancelled, OrderReaddressed, OrderRefunded, OrderStatusChanged, PaymentRequested
from logistics.orders.models import Order, OrderStatus
from logistics.tracking.events import LinksAsked, ParcelMoved, UpdatesAsked, UpdatesEnded
from logistics.tracking.models import UpdateRequest

# What those hear of who asked for news of a parcel.
_NEWS = (
    ShipmentState.OUT_FOR_DELIVERY,
    ShipmentState.READY_FOR_PICKUP,
    ShipmentState.ATTEMPT_FAILED,
    ShipmentState.HELD_UP,
    ShipmentState.RETURNING,
    ShipmentState.RETURNED_TO_SENDER,
    ShipmentState.LOST,
    ShipmentState.DELIVERED,
)
_MILESTONES = {OrderStatus.PAID: Milestone.CONFIRMED, OrderStatus.CANCELLED: Milestone.CANCELLED}


def tell_of_order(session: Session, event: OrderStatusChanged, _by: Actor) -> None:
    """Received when it was placed unpaid, confirmed once it is paid (placed and paid at once: only that), cancelled."""
    if event.before == OrderStatus.DRAFT and event.after == OrderStatus.UNPAID:
        tell_customer(session, Milestone.RECEIVED, order_id=event.order_id)
    elif milestone := _MILESTONES.get(OrderStatus(event.after)):
        tell_customer(session, milestone, order_id=event.order_id, reason=event.reason)


def tell_of_cancelled_lines(session: Session, event: OrderLinesCancelled, _by: Actor) -> None:
    """Some of it will not come: which units, and what is given back for them."""
    about = (Subject.CANCELLATION, event.cancellation_id)
    told = {"reason": event.reason, "lines": [list(line) for line in event.lines]}
    facts: dict[str, Any] = told | _money_of(event.refunded, event.at_shop, event.by_card)
    tell_customer(session, Milestone.CANCELLED_IN_PART, order_id=event.order_id, about=about, **facts)


def tell_of_refund(session: Session, event: OrderRefunded, _by: Actor) -> None:
    """Money is given back: how much, and where it goes."""
    about = (Subject.REFUND, event.refund_id)
    tell_customer(session, Milestone.REFUNDED, order_id=event.order_id, about=about, **_money_of(event.amount, event.at_shop, event.by_card))


def tell_of_request(session: Session, event: PaymentRequested, _by: Actor) -> None:
    """The customer is asked to pay by card on their page."""
    tell_customer(session, Milestone.PAYMENT_ASKED, order_id=event.order_id)


def tell_of_dispatch(session: Session, event: ShipmentDispatched, _by: Actor) -> None:
    """A parcel left: each is told by itself."""
    tell_customer(session, Milestone.SHIPPED, order_id=event.order_id, shipment_id=event.shipment_id)
    tell_followers(session, Milestone.SHIPPED, order_id=event.order_id, shipment_id=event.shipment_id)


def tell_of_delivery(session: Session, event: ParcelMoved, _by: Actor) -> None:
    """A parcel arrived. Delivered, disputed and delivered again is told once. Those who asked for news hear of the steps before as well."""
    if event.after == ShipmentState.DELIVERED:
        tell_customer(session, Milestone.DELIVERED, order_id=event.order_id, shipment_id=event.shipment_id)
    if event.after in _NEWS:
        tell_followers(session, Milestone(event.after), order_id=event.order_id, shipment_id=event.shipment_id)


def tell_of_updates(session: Session, event: UpdatesAsked, _by: Actor) -> None:
    """Whoever is to get the news is asked first, at the address itself."""
    request = session.get_one(UpdateRequest, event.update_request_id)
    about = (Subject.UPDATES, request.id)
    facts = {"update_id": request.id}
    tell_address(session, Milestone.UPDATES_ASKED, about=about, recipient=request.email, language=request.language, order_id=event.order_id, **facts)


def drop_updates(session: Session, event: UpdatesEnded, _by: Actor) -> None:
    """What was not sent yet is not sent any more."""
    drop_news(session, order_id=event.order_id, update_id=event.update_request_id)


def look_for_links(session: Session, event: LinksAsked, _by: Actor) -> None:
    """The worker looks whether there are any: who asked must not see it, not even by how long it takes."""
    enqueue(session, send_links, request_id=event.link_request_id)


def tell_of_address(session: Session, event: OrderReaddressed, by: Actor) -> None:
    """The customer hears at their own address that the parcel goes elsewhere: somebody else may have done it. Each change is told."""
    changes = select(func.max(EventLog.id)).where(EventLog.subject == event.SUBJECT, EventLog.subject_id == event.subject_id)
    change = session.scalars(changes.where(EventLog.name == type(event).__name__)).one()
    tell_customer(session, Milestone.ADDRESS_CHANGED, order_id=event.order_id, about=(Subject.ADDRESS, change or 0), by_us=by.kind != "customer")


def _money_of(amount: int, at_shop: int, by_card: int) -> dict[str, int]:
    return {"refunded": amount, "at_shop": at_shop, "by_card": by_card, "to_account": amount - at_shop - by_card}


def tell_of_low_stock(session: Session, event: StockRanLow, _by: Actor) -> None:
    """Managers hear of it, unless imported history took the units: that was not today."""
    if event.reference and session.scalar(select(Order.imported_at).where(Order.number == event.reference)):
        return
    told = select(func.max(EventLog.id)).where(
        EventLog.subject == event.SUBJECT, EventLog.subject_id == event.subject_id, EventLog.name == type(event).__name__
    )
    tell_managers(
        session,
        Milestone.STOCK_RAN_LOW,
        notice_id=session.scalars(told).one() or 0,
        product_id=event.product_id,
        warehouse_id=event.warehouse_id,
        available=event.available,
        reorder_point=event.reorder_point,
    )
