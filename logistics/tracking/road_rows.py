"""The rows of the list of parcels on their way: what is shown of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select, true
from sqlalchemy.orm import aliased

from logistics.core import clock
from logistics.fulfilment.models import ON_THE_ROAD, Carrier, Shipment, ShipmentState
from logistics.inventory.models import Warehouse
from logistics.orders.models import Order
from logistics.tracking.arriving import Arrival, arrival_of, say_arrival, say_promise, say_reason
from logistics.tracking.models import ParcelIncident, TrackingEvent
from logistics.tracking.road_ways import Parcels, Way
from logistics.tracking.rules import FUTURE_AFTER
from logistics.tracking.timeline import title_of

QUIET_AFTER = timedelta(days=5)
TROUBLED = (ShipmentState.ATTEMPT_FAILED, ShipmentState.HELD_UP, ShipmentState.RETURNING, ShipmentState.LOST)

AnyRow = Row[*tuple[Any, ...]]

_SHOWN = (
    Shipment.id, Shipment.reference, Shipment.version, Shipment.order_id, Shipment.state, Shipment.tracking_number, Shipment.dispatched_at,
    Shipment.expected_from, Shipment.expected_to, Shipment.expected_by, Shipment.promised_to, Shipment.last_event_at, Shipment.delivered_at,
)  # fmt: skip


@dataclass(frozen=True)
class OnTheRoad:
    """A parcel on its way (`row`: columns as dress names them), when it is expected, and for how many days nothing was heard of it."""

    row: AnyRow
    arrival: Arrival | None
    quiet_days: int
    link: str

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was heard of it for so long that somebody should ask."""
        return self.row.state in ON_THE_ROAD and self.quiet_days >= QUIET_AFTER.days

    @property
    def expected(self) -> str:
        """When it comes, in one sentence, or an empty text."""
        return say_arrival(self.arrival) if self.arrival else ""

    @property
    def promised(self) -> str:
        """What was told first, where the carrier has changed its word since."""
        return say_promise(self.arrival) if self.arrival else ""

    @property
    def reason(self) -> str:
        """Why it is late, held up or coming back, where its carrier named a reason."""
        wrong = self.row.state in TROUBLED or (self.arrival is not None and self.arrival.is_late)
        return say_reason(self.row.problem or "") if wrong else ""

    @property
    def news(self) -> str:
        """What was heard last, or an empty text."""
        return str(title_of(self.row.status, self.row.source)) if self.row.status else ""


def dress(wanted: Parcels, way: Way) -> Parcels:
    """The page that was chosen, with its order, carrier and warehouse, the last thing that was heard, and what went wrong last.

    Columns: those of _SHOWN, number, name, city, country, token_version, carrier, tracking_url, warehouse (its code); status, text, place,
    source, offset_minutes of the last event; problem; has_incident.
    """
    page = wanted.subquery("page")
    last, trouble = _last_event(page).lateral("last"), _last_problem(page).lateral("trouble")
    incident = select(ParcelIncident.id).where(ParcelIncident.shipment_id == page.c.id, ParcelIncident.resolved_at.is_(None))
    dressed = (
        select(*_SHOWN, page.c.sort_0, page.c.sort_1, Order.number, Order.name, Order.city, Order.country, Order.token_version)
        .add_columns(Carrier.name.label("carrier"), Carrier.tracking_url, Warehouse.code.label("warehouse"))
        .add_columns(last.c.status, last.c.text, last.c.place, last.c.source, last.c.offset_minutes, trouble.c.problem)
        .add_columns(incident.exists().label("has_incident"))
        .select_from(page)
        .join(Shipment, Shipment.id == page.c.id)
        .join(Order, Order.id == Shipment.order_id)
        .join(Warehouse, Warehouse.id == Shipment.warehouse_id)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .outerjoin(last, true())
        .outerjoin(trouble, true())
    )
    return way.sort(dressed, page.c.sort_0, page.c.sort_1)


def _last_event(page: Any) -> Parcels:
    event, later = TrackingEvent, aliased(TrackingEvent)
    replaced = select(later.id).where(later.shipment_id == event.shipment_id, later.replaces_id == event.id)
    told = select(event.status, event.text, event.place, event.source, event.offset_minutes)
    told = told.where(event.shipment_id == page.c.id, event.occurred_at <= event.recorded_at + FUTURE_AFTER, ~replaced.exists())
    return told.order_by(event.occurred_at.desc(), event.rank.desc(), event.id.desc()).limit(1)


def _last_problem(page: Any) -> Parcels:
    event = TrackingEvent
    told = select(event.problem).where(event.shipment_id == page.c.id, event.problem != "")
    return told.order_by(event.occurred_at.desc(), event.id.desc()).limit(1)


def see(rows: Sequence[AnyRow], timezone: str) -> list[OnTheRoad]:
    """Rows with what follows from them today."""
    now, today = clock.now(), clock.today(timezone)
    return [
        OnTheRoad(
            row,
            arrival_of(row, today=today),
            max(0, (now - max(row.last_event_at or row.dispatched_at, row.dispatched_at)).days),
            Carrier(tracking_url=row.tracking_url).link_to(row.tracking_number) if row.tracking_url else "",
        )
        for row in rows
    ]
