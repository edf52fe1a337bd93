"""The list of parcels on their way, and what is shown of one of them beside it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from flask import Response, make_response, request

from logistics.core import clock
from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.exports import csv_lines
from logistics.core.htmx import asks_for_part
from logistics.core.language import _, current_locale
from logistics.core.limits import count_try
from logistics.core.pages import page, polled
from logistics.core.refusals import Invalid, NotFound
from logistics.fulfilment.models import ON_THE_ROAD
from logistics.fulfilment.queries import find_carriers, find_goods, find_shipment
from logistics.inventory.queries import find_warehouses
from logistics.tracking import arriving, queries, road_queries
from logistics.tracking.road_rows import OnTheRoad
from logistics.tracking.road_search import RoadSearch
from logistics.tracking.road_wording import BY_TEXT, EMPTY, SORTS, VIEWS
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.timeline import title_of

MOST_ROWS = 20_000
AT_A_TIME = 500
EXPORTS = "5/hour"
_COLUMNS = (
    "reference", "order", "name", "city", "country", "carrier", "tracking_number", "warehouse", "state", "dispatched_at",
    "expected_from", "expected_to", "expected_by", "promised_to", "late_by_days", "last_event_at", "last_event", "place", "delivered_at",
)  # fmt: skip

log = structlog.get_logger(__name__)


@bp.get("/shipments/")
@needs("shipments.read")
def list_parcels() -> Response:
    """Parcels that have left and not arrived: searched, filtered and sorted, and kept up to date while somebody looks at them."""
    search = RoadSearch.from_query(request.args)
    road = road_queries.read_road(session(), search, timezone=settings().timezone)
    # How long ago something was is told anew every ten minutes.
    lately = int(clock.now().timestamp() // 600)
    tag = hashlib.sha256(repr((road.parcels.rows, road.counts, lately, current_locale())).encode()).hexdigest()[:16]
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    return polled(tag, page("tracking/desk.html", fragment="parcels_table", road=road, tag=tag, **_context(search), **_words()))


@bp.get("/shipments/<reference>/journey")
@needs("shipments.read")
def show_journey(reference: str) -> Response:
    """One parcel that has left: where it is, when it comes, and all that was reported. Beside the list, or as a page."""
    shipment = find_shipment(session(), reference)
    if shipment.dispatched_at is None:
        raise NotFound(_("Shipment %(reference)s has not left yet. Dispatch it first.", reference=shipment.reference))
    parcel = road_queries.find_one(session(), shipment.id, timezone=settings().timezone)
    goods, panel = find_goods(session(), shipment.order_id).get(shipment.id, []), queries.shipment_panel(session(), shipment)
    return page("tracking/journey.html", fragment="preview", shipment=shipment, parcel=parcel, goods=goods, panel=panel, **_words())


@bp.get("/shipments/export.csv")
@needs("orders.export")
def export_parcels() -> Response:
    """The parcels that the list finds, all pages of it, in its order. At most MOST_ROWS, and a few times an hour (SEC48)."""
    search = replace(RoadSearch.from_query(request.args), cursor="")
    count_try(EXPORTS, "export", str(current_actor().id))
    rows = [_written(parcel) for parcel in _all_pages(search)]
    log.info("parcels_exported", rows=len(rows), query=search.text)
    answer = make_response("".join(csv_lines([_COLUMNS, *rows])))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="parcels-{clock.now():%Y-%m-%d}.csv"'
    return answer


def _context(search: RoadSearch) -> dict[str, Any]:
    return {
        "search": search,
        "views": VIEWS,
        "sorts": list(SORTS.items()),
        "empty": EMPTY[search.view],
        "most": road_queries.COUNTED_AT_MOST,
        "carriers": [(carrier.code, carrier.name) for carrier in find_carriers(session()) if carrier.takes_parcels],
        "warehouses": [(warehouse.code, warehouse.name) for warehouse in find_warehouses(session())],
        "states": [state.value for state in ON_THE_ROAD],
        "in_part": asks_for_part(),
    }


def _words() -> dict[str, Any]:
    return {
        "days_text": arriving.days_text,
        "day_text": arriving.day_text,
        "say_arrival": arriving.say_arrival,
        "say_promise": arriving.say_promise,
        "say_reason": arriving.say_reason,
        "say_lateness": arriving.say_lateness,
        "title_of": title_of,
        "by_text": BY_TEXT,
    }


def _all_pages(search: RoadSearch) -> Iterator[OnTheRoad]:
    """Every row. Raises Invalid for too many."""
    count = 0
    cursor: str | None = ""
    while cursor is not None:
        found = road_queries.find_parcels_on_road(session(), replace(search, cursor=cursor), timezone=settings().timezone, size=AT_A_TIME)
        count, cursor = count + len(found.rows), found.next
        if count > MOST_ROWS:
            raise Invalid(_("More than %(most)s parcels fit. Narrow the list first, for example by carrier.", most=MOST_ROWS))
        yield from found.rows


def _written(parcel: OnTheRoad) -> list[str]:
    row = parcel.row
    whose = [row.reference, row.number, row.name, row.city, row.country, row.carrier, row.tracking_number, row.warehouse, row.state]
    days = [_time(row.dispatched_at), row.expected_from, row.expected_to, row.expected_by, row.promised_to]
    late = parcel.arrival.late_by_days if parcel.arrival else ""
    return [str(value or "") for value in (*whose, *days, late, _time(row.last_event_at), row.status, row.place, _time(row.delivered_at))]


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
