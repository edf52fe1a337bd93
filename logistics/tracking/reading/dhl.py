"""Answers of DHL's unified Shipment Tracking API (developer.dhl.com/api-reference/shipment-tracking): GET /track/shipments."""

from datetime import date, tzinfo
from typing import Any

from logistics.tracking.models import Problem
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_SIGNER, Node, between, fault_of, place_of
from logistics.tracking.reading.saying import Expected, Reading, Said

# The five values of `statusCode`; what `status` says beside it is free text.
STATUS_CODES: m.Meanings = {
    "pre-transit": m.LABEL,
    "transit": m.MOVING,
    "delivered": m.DELIVERED,
    "failure": m.Meaning(m.TRIED.status, Problem.OTHER),
}


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What DHL says of shipments. A problem (RFC 7807) is its word that it knows nothing."""
    top = Node(body).as_object()
    if not top.has("shipments") and top.has("status"):
        return Reading(fault=fault_of([top], code="status", message="detail" if top.has("detail") else "title"))
    said, expected = list[Said](), list[Expected]()
    for shipment in top.each("shipments"):
        number = shipment.number("id")
        events = [_event(number, event, zone) for event in shipment.some("events")]
        told = m.signed(events, _signer(shipment))
        said += told
        expected += () if m.is_delivered(told) else between(number, _expected(shipment))
    return Reading(tuple(said), tuple(expected))


def _event(number: str, event: Node, zone: tzinfo) -> Said:
    code, address = event.code("statusCode"), event.at("location").at("address")
    place = place_of(address.text(name) for name in ("addressLocality", "postalCode", "countryCode"))
    text = event.text("description") or event.text("status")
    return STATUS_CODES.get(code, m.UNKNOWN).tell(number, event.moment("timestamp", zone), code=code, text=text, place=place)


def _signer(shipment: Node) -> str:
    person = shipment.at("details").at("proofOfDelivery").at("signed")
    whole = person.text("name", LONGEST_SIGNER)
    return whole or place_of([" ".join(part for part in (person.text("givenName"), person.text("familyName")) if part)])


def _expected(shipment: Node) -> list[date | None]:
    frame = shipment.at("estimatedDeliveryTimeFrame")
    days = [frame.day("estimatedFrom"), frame.day("estimatedThrough")]
    return days if any(days) else [shipment.day("estimatedTimeOfDelivery")]
