"""What the customer's page tells of an order and its parcels, moment by moment. `numbers`: which parcel each is, where there are several."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from logistics.core.config import settings
from logistics.core.events import EventLog
from logistics.core.language import _
from logistics.orders.models import Order, OrderStatus
from logistics.tracking.masking import harmless
from logistics.tracking.models import EventSource, TrackingStatus
from logistics.tracking.rules import is_future
from logistics.tracking.timeline import STATUS_TONE, Moment, in_shop_zone, title_of

AnyRow = Row[*tuple[Any, ...]]


def our_steps(session: Session, order: Order, parcels: Sequence[AnyRow], numbers: Mapping[int, int]) -> list[Moment]:
    """What became of an order in our house, by the parcels that it went in."""
    told: list[tuple[datetime | None, str, int]] = [
        (order.placed_at, _("Order received"), 0),
        (order.covered_at, _("Order confirmed"), 0),
        (_cancelled_at(session, order), _("Order cancelled"), 0),
    ]
    for parcel in parcels:
        carrier = parcel.Carrier.name if parcel.Carrier else ""
        told.append((parcel.packed_at, _("Packed"), numbers.get(parcel.id, 0)))
        told.append((parcel.dispatched_at, _("Handed to %(carrier)s", carrier=carrier), numbers.get(parcel.id, 0)))
    return [in_shop_zone(at, title, settings().timezone, parcel=parcel) for at, title, parcel in told if at]


def carrier_steps(order: Order, events: Sequence[AnyRow], numbers: Mapping[int, int]) -> list[Moment]:
    """What happened to its parcels on their way."""
    return [moment_of(row, order, numbers.get(row.shipment_id, 0)) for row in events if not is_future(row)]


def moment_of(row: Any, order: Order, parcel: int = 0) -> Moment:
    """An event as its customer may read it."""
    return Moment(
        row.occurred_at,
        str(title_of(row.status, row.source)),
        row.offset_minutes,
        place=harmless(row.place, order),
        text=_carriers_words(row, order),
        parcel=parcel,
        tone=STATUS_TONE.get(row.status, "progress"),
    )


def _carriers_words(row: Any, order: Order) -> str:
    """What the carrier wrote. What staff and customers wrote is no business of this page, nor is who took a parcel in."""
    if row.source != EventSource.CARRIER or row.status == TrackingStatus.DELIVERED:
        return ""
    return harmless(row.text, order)


def _cancelled_at(session: Session, order: Order) -> datetime | None:
    if order.status != OrderStatus.CANCELLED:
        return None
    changes = select(func.max(EventLog.at)).where(EventLog.subject == "order", EventLog.subject_id == order.id)
    return session.scalar(changes.where(EventLog.name == "OrderStatusChanged"))
