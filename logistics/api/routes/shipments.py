"""Parcels, read by programs."""

from flask import Response
from sqlalchemy.orm import Session

from logistics.api.document import documented
from logistics.api.queries import shipments as queries
from logistics.api.reporting import report_events
from logistics.api.representing import dispatched_shipment_answer, followed_shipment_answer, shipment_answer
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import answer, caller, reads, scope, writes_json
from logistics.api.schemas.shipments import (
    DispatchBody,
    DispatchedShipmentAnswer,
    EventsBody,
    FollowedShipmentAnswer,
    ShipmentPage,
    ShipmentQuery,
    TakenEventsAnswer,
)
from logistics.api.sending import charge, send
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


def _charge(body: DispatchBody, reference: str) -> None:
    """Take the money before the parcel leaves: no transaction stands around a card's provider."""
    charge(session(), queries.find_shipment(session(), caller().channel_id, reference), body, caller=caller())


@bp.post("/api/v1/shipments/<reference>/dispatch")
@documented("Shipments", {200: DispatchedShipmentAnswer})
@scope("fulfilment")
@writes_json(DispatchBody, before=_charge)
def create_dispatch(session: Session, body: DispatchBody, reference: str) -> Response:
    """Hand a packed parcel to its carrier: its stock leaves, the customer is told. A number that looks wrong is a `warning`, no refusal.

    One that left already under this number stays as it is. Unless it is packed it is 409 `illegal_move`, on hold 409 `order_on_hold`, not
    paid 409 `not_covered`, and with a number that another parcel carries 409 `tracking_number_in_use`. What is due is taken from a card
    first: 409 `card_refused`, or 409 `payment_in_flight` where its provider does not answer; then send it again.
    """
    shipment = queries.find_shipment(session, caller().channel_id, reference)
    warning = send(session, shipment, body, caller=caller())
    contents = queries.find_contents(session, [shipment.id]).get(shipment.id, [])
    return answer(dispatched_shipment_answer(shipment, contents, warning=warning))


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
