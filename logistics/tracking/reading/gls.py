"""Answers of GLS's ShipIT tracking API (dev-portal.gls-group.net, Track and trace): parcels with their events."""

from datetime import tzinfo
from typing import Any

from logistics.core.language import _
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import Node, fault_of, place_of
from logistics.tracking.reading.saying import Reading, Said

# Codes have two parts: where in its life the parcel is, and how. The whole code is looked up first. GLS writes INTIAL.
CODES: m.Meanings = {
    "INTIAL.PREADVICE": m.LABEL,
    "INITIAL.PREADVICE": m.LABEL,
}
STAGES: m.Meanings = {
    "PREADVICE": m.LABEL,
    "INTIAL": m.MOVING,
    "INITIAL": m.MOVING,
    "INPICKUP": m.MOVING,
    "INBOUND": m.MOVING,
    "OUTBOUND": m.MOVING,
    "INTRANSIT": m.MOVING,
    "INWAREHOUSE": m.MOVING,
    "INDELIVERY": m.OUT,
    "DELIVEREDPS": m.READY,
    "DELIVERED": m.DELIVERED,
    "NOTDELIVERED": m.TRIED,
}


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What GLS says of parcels. Nothing but parcels with an error are its word that it knows nothing."""
    parcels = Node(body).as_object().each("parcels")
    known = [parcel for parcel in parcels if not parcel.has("errorCode")]
    if not parcels:
        Node(body).at("parcels").refuse(_("There is no parcel in it."))
    if not known:
        return Reading(fault=fault_of(parcels, code="errorCode", message="errorMessage"))
    return Reading(tuple(said for parcel in known for said in _told(parcel, zone)))


def _told(parcel: Node, zone: tzinfo) -> list[Said]:
    number = parcel.number("unitno" if parcel.has("unitno") else "requested")
    return [_event(number, event, zone) for event in parcel.each("events")]


def _event(number: str, event: Node, zone: tzinfo) -> Said:
    code = event.code("code")
    meaning = CODES.get(code) or STAGES.get(code.partition(".")[0], m.UNKNOWN)
    place = place_of(event.text(name) for name in ("city", "postalCode", "country"))
    return meaning.tell(number, event.moment("eventDateTime", zone), code=code, text=event.text("description"), place=place)
