"""Answers of the USPS Tracking API v3 (developers.usps.com/trackingv3r2, expand=DETAIL)."""

from datetime import UTC, datetime, timezone, tzinfo
from typing import Any

from logistics.tracking.models import ProofKind
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_SIGNER, Node, between, fault_of, place_of, tidy
from logistics.tracking.reading.saying import Reading, Said

# Publication 199, appendix "Event codes" (postalpro.usps.com/pub199).
EVENT_CODES: m.Meanings = {
    "01": m.DELIVERED,
    "02": m.NOBODY_IN,
    "03": m.MOVING,
    "04": m.TURNED_AWAY,
    "05": m.NO_SUCH_PLACE,
    "06": m.MOVING,
    "07": m.MOVING,
    "08": m.SLOWED,
    "09": m.RETURNING,
    "10": m.MOVING,
    "14": m.READY,
    "15": m.SLOWED,
    "16": m.READY,
    "21": m.NO_SUCH_PLACE,
    "22": m.NO_SUCH_PLACE,
    "23": m.NO_SUCH_PLACE,
    "24": m.NO_SUCH_PLACE,
    "25": m.NO_SUCH_PLACE,
    "26": m.NO_SUCH_PLACE,
    "27": m.NOT_COLLECTED,
    "28": m.RETURNING,
    "29": m.RETURNING,
    "30": m.TRIED,
    "31": m.RETURNING,
    "51": m.NOBODY_IN,
    "52": m.NOBODY_IN,
    "53": m.TRIED,
    "54": m.TRIED,
    "55": m.TRIED,
    "56": m.NOBODY_IN,
    "59": m.HELD,
    "80": m.LABEL,
    "81": m.MOVING,
    "82": m.MOVING,
    "83": m.LABEL,
    "89": m.LABEL,
    "A1": m.MOVING,
    "AD": m.MOVING,
    "DX": m.SLOWED,
    "EF": m.MOVING,
    "GX": m.LABEL,
    "L1": m.MOVING,
    "MA": m.LABEL,
    "NT": m.MOVING,
    "OA": m.MOVING,
    "OF": m.OUT,
    "PC": m.MOVING,
    "SF": m.MOVING,
    "T1": m.MOVING,
    "TL": m.MOVING,
    "TM": m.LABEL,
    "UA": m.MOVING,
}
# What stands behind "Delivered, " in the type of an event (the sub-events of code 01).
HANDED_OVER = {
    "PARCEL LOCKER": ProofKind.LOCKER,
    "LEFT WITH INDIVIDUAL": ProofKind.SELF,
    "INDIVIDUAL PICKED UP AT POST OFFICE": ProofKind.SELF,
    "INDIVIDUAL PICKED UP AT POSTAL FACILITY": ProofKind.SELF,
    "NEIGHBOR AS REQUESTED": ProofKind.NEIGHBOUR,
    "TO AGENT": ProofKind.NEIGHBOUR,
}
EXPECTED = ("expectedDeliveryTimeStamp", "expectedDeliveryDate", "guaranteedDeliveryTimeStamp")


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What USPS says of one parcel. `error` is its word that it knows nothing."""
    top = Node(body).as_object()
    if top.has("error"):
        return Reading(fault=_fault(top))
    number = top.number("trackingNumber")
    said = tuple(_event(number, event, zone) for event in top.each("trackingEvents"))
    days = [next((day for name in EXPECTED if (day := top.day(name))), None)]
    return Reading(said, () if m.is_delivered(said) else between(number, days))


def _fault(top: Node) -> str:
    """An error of the API, or of its sign-in (RFC 6749)."""
    error = top.at("error")
    if isinstance(error.value, str):
        return fault_of([top], code="error", message="error_description")
    return fault_of([error.as_object()])


def _event(number: str, event: Node, zone: tzinfo) -> Said:
    meaning, text = EVENT_CODES.get(event.code("eventCode"), m.UNKNOWN), event.text("eventType")
    place = place_of(event.text(name) for name in ("eventCity", "eventState", "eventZIP", "eventCountry"))
    said = meaning.tell(number, _moment(event, zone), code=event.code("eventCode"), text=text, place=place)
    if meaning is not m.DELIVERED:
        return said
    return m.signed([said], event.text("name", LONGEST_SIGNER), HANDED_OVER.get(_behind(text)))[0]


def _behind(text: str) -> str:
    return tidy(text.upper().removeprefix("DELIVERED").lstrip(", "), 100)


def _moment(event: Node, zone: tzinfo) -> datetime:
    """The GMT time, which alone has seconds, as the clock showed it there; else the local one, with the offset where it is told."""
    local = event.text("eventTimestamp") + event.text("GMTOffset")
    if not event.has("GMTTimestamp"):
        return event.at("eventTimestamp").read_moment(local, zone)
    exact = event.moment("GMTTimestamp", UTC)
    there = event.at("eventTimestamp").read_moment(local, zone).utcoffset() if event.has("GMTOffset") else None
    return exact.astimezone(timezone(there) if there is not None else zone)
