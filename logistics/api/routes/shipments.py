"""Parcels, read by programs."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.api.document import documented
from logistics.api.queries import shipments as queries
from logistics.api.reporting import report_events
from logistics.api.representing import followed_shipment_answer, shipment_answer
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import answer, caller, reads, scope, writes_json
from logistics.api.schemas.shipments import EventsBody, FollowedShipmentAnswer, ShipmentPage, ShipmentQuery, TakenEventsAnswer
from logistics.core.database import session
from logistics.fulfilment.models import ShipmentState


@bp.get("/api/v1/shipments")
@documented("Shipments", {200: ShipmentPage})
@scope("orders", "fulfilment")
@reads(ShipmentQuery)
def list_shipments(query: ShipmentQuery) -> Response:
    """The parcels of the channel's orders, the newest first."""
    found = queries.find_shipments(session(), caller().channel_id, query)
    contents = queries.find_contents(session(), [row.id for row in found.rows])
    return answer(ShipmentPage(items=[shipment_answer(row, contents.get(row.id, [])) for row in found.rows], next=found.next))


@bp.get("/api/v1/shipments/<reference>")
@documented("Shipments", {200: FollowedShipmentAnswer})
@scope("orders", "fulfilment")
def show_shipment(reference: str) -> Response:
    """One parcel of the channel's orders, with what its carrier reported."""
    shipment = queries.find_shipment(session(), caller().channel_id, reference)
    contents = queries.find_contents(session(), [shipment.id]).get(shipment.id, [])
    return answer(followed_shipment_answer(shipment, contents, queries.find_reports(session(), shipment)))


@bp.post("/api/v1/shipments/<reference>/tracking-events")
@documented("Shipments", {201: TakenEventsAnswer, 200: TakenEventsAnswer})
@scope("fulfilment")
@writes_json(EventsBody)
def create_tracking_events(session: Session, body: EventsBody, reference: str) -> Response:
    """Report what happened to a parcel on its way, all of it or nothing: 201, or 200 where all of it was known.

    Events may come late, twice and in any order; the parcel's state follows from all of them. Of a parcel that has not left it is 409
    `illegal_move`.
    """
    shipment = queries.find_shipment(session, caller().channel_id, reference)
    events = report_events(session, shipment, body, caller=caller())
    told = TakenEventsAnswer(reference=shipment.reference, state=ShipmentState(shipment.state), events=events)
    return answer(told, 201 if any(event.outcome == "new" for event in events) else 200)
