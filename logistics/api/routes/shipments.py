"""Parcels, read by programs."""

from flask import Response

from logistics.api.document import documented
from logistics.api.queries import shipments as queries
from logistics.api.representing import followed_shipment_answer, shipment_answer
from logistics.api.routes.blueprint import bp
from logistics.api.routes.guarding import answer, caller, reads, scope
from logistics.api.schemas.shipments import FollowedShipmentAnswer, ShipmentPage, ShipmentQuery
from logistics.core.database import session


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
