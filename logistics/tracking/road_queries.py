"""Reads for the list of parcels on their way: one page of it, and how many there are on each tab.

Imported history is not among them: it has no timers (domain.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ScalarSelect,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.config import settings
from logistics.core.paging import Slice, count_to, cut_page
from logistics.core.search import matches
from logistics.fulfilment.models import ON_THE_ROAD, Carrier, Shipment, ShipmentState
from logistics.inventory.models import Warehouse
from logistics.orders.models import Order
from logistics.tracking.arriving import AWAITED
from logistics.tracking.models import ParcelIncident
from logistics.tracking.road_rows import QUIET_AFTER, TROUBLED, AnyRow, OnTheRoad, dress, see
from logistics.tracking.road_search import RoadSearch, Sort, View
from logistics.tracking.road_ways import LAST_HEARD, WAYS, Condition, Parcels, way_of

PAGE = 50
# Beyond this they are not counted on every page.
COUNTED_AT_MOST = 1000
LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Road:
    """A page of the list, and how many fit on each tab, counted to COUNTED_AT_MOST + 1."""

    parcels: Slice[OnTheRoad]
    counts: dict[str, int]


def read_road(session: Session, search: RoadSearch, *, timezone: str) -> Road:
    """A page of the list with its counts. Two statements, and one look-up each for a carrier and a warehouse."""
    return Road(find_parcels_on_road(session, search, timezone=timezone), count_road(session, search, timezone=timezone))


def find_parcels_on_road(session: Session, search: RoadSearch, *, timezone: str, size: int = PAGE) -> Slice[OnTheRoad]:
    """Parcels as searched for."""
    way = way_of(search)
    wanted = _view(search.view, timezone).add_columns(way.key.label("sort_0"), Shipment.id.label("sort_1")).where(*_filters(session, search))
    if search.cursor:
        wanted = wanted.where(way.after(search.cursor))
    rows = session.execute(dress(way.sort(wanted).limit(size + 1), way)).all()
    page = cut_page(rows, size, "sort_0", "sort_1")
    return Slice(see(page.rows, timezone), page.next)


def find_of_orders(session: Session, order_ids: Sequence[int], *, timezone: str) -> Mapping[int, Sequence[OnTheRoad]]:
    """The parcels of these orders that have left and have not come back, by order, the first first. One statement."""
    ids = literal(list(order_ids), ARRAY(BigInteger))
    way = WAYS[Sort.OLDEST]
    gone = select(Shipment.id).where(Shipment.order_id == any_(ids), Shipment.dispatched_at.is_not(None))
    keyed = gone.add_columns(way.key.label("sort_0"), Shipment.id.label("sort_1"))
    found: dict[int, list[OnTheRoad]] = {}
    for parcel in see(session.execute(dress(keyed, way)).all(), timezone):
        found.setdefault(parcel.row.order_id, []).append(parcel)
    return found


def find_one(session: Session, shipment_id: int, *, timezone: str) -> OnTheRoad:
    """One parcel that has left, as the list shows it."""
    way = WAYS[Sort.OLDEST]
    keyed = select(Shipment.id, way.key.label("sort_0"), Shipment.id.label("sort_1")).where(Shipment.id == shipment_id)
    return see([session.execute(dress(keyed, way)).one()], timezone)[0]


def count_road(session: Session, search: RoadSearch, *, timezone: str) -> dict[str, int]:
    """How many parcels fit on each tab. One statement."""
    filters = _filters(session, search)
    counts = [_count(_view(view, timezone).where(*filters)).label(view.name) for view in View]
    found = session.execute(select(*counts)).one()
    return {view.value: getattr(found, view.name) for view in View}


def late_count() -> ScalarSelect[int]:
    """How many parcels should have arrived by now, counted to COUNTED_AT_MOST + 1."""
    return _count(_view(View.LATE, settings().timezone))


def late_by_carrier(session: Session, *, timezone: str) -> Sequence[AnyRow]:
    """How many parcels are under way with each carrier, and how many of them are late: name, code, under_way, late; the most late first."""
    is_late = _is_late(clock.today(timezone))
    late = func.count().filter(is_late).label("late")
    rows = (
        select(Carrier.name, Carrier.code, func.count().label("under_way"), late)
        .join(Shipment, Shipment.carrier_id == Carrier.id)
        .join(Order, Order.id == Shipment.order_id)
        .where(_is_in(ON_THE_ROAD), Order.imported_at.is_(None))
        .group_by(Carrier.id)
    )
    return session.execute(rows.order_by(late.desc(), func.count().desc(), Carrier.id)).all()


def _view(view: View, timezone: str) -> Parcels:
    now, today = clock.now(), clock.today(timezone)
    ours = select(Shipment.id).join(Order, Order.id == Shipment.order_id).where(Order.imported_at.is_(None))
    if view == View.DELIVERED:
        return ours.where(Shipment.state == ShipmentState.DELIVERED.value, Shipment.delivered_at > now - LATELY)
    if view == View.PROBLEM:
        open_ones = select(ParcelIncident.shipment_id).where(ParcelIncident.resolved_at.is_(None))
        return ours.where(Shipment.dispatched_at.is_not(None), or_(_is_in(TROUBLED), Shipment.id.in_(open_ones)))
    conditions: dict[View, Sequence[Condition]] = {
        View.LATE: (_is_late(today),),
        View.QUIET: (now - QUIET_AFTER > LAST_HEARD,),
        View.OUT: (
            Shipment.state == ShipmentState.OUT_FOR_DELIVERY.value,
            Shipment.last_event_at >= clock.start_of_day(today, timezone),
        ),
    }
    return ours.where(_is_in(ON_THE_ROAD), *conditions.get(view, ()))


def _is_late(today: date) -> Condition:
    return and_(_is_in(AWAITED), Shipment.expected_to < today)


def _is_in(states: Sequence[ShipmentState]) -> Condition:
    # Written out, or the plan of a prepared statement could not know that the partial index holds them.
    written: BindParameter[Any] = bindparam(None, [state.value for state in states], expanding=True, literal_execute=True)
    return Shipment.state.in_(written)


def _filters(session: Session, search: RoadSearch) -> list[Condition]:
    found: list[Condition] = [matches(Order.search, search.q)] if search.q else []
    if search.state:
        found.append(Shipment.state == search.state)
    if search.carrier:
        found.append(Shipment.carrier_id == (session.scalar(select(Carrier.id).where(Carrier.code == search.carrier)) or 0))
    if search.warehouse:
        found.append(Shipment.warehouse_id == (session.scalar(select(Warehouse.id).where(Warehouse.code == search.warehouse)) or 0))
    return found


def _count(parcels: Parcels) -> ScalarSelect[int]:
    return count_to(COUNTED_AT_MOST + 1, parcels)
