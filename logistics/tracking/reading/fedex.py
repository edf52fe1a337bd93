"""Answers of the FedEx Track API (developer.fedex.com/api/en-us/catalog/track/v1/docs.html): POST /track/v1/trackingnumbers."""

from datetime import tzinfo
from typing import Any

from logistics.core.language import _
from logistics.tracking.models import Problem, ProofKind, TrackingStatus
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_SIGNER, Node, between, fault_of, place_of
from logistics.tracking.reading.saying import Expected, Reading, Said

# Appendix "Tracking event and status codes" of the Track API's documentation.
EVENT_TYPES: m.Meanings = {
    "AA": m.MOVING,
    "AC": m.MOVING,
    "AD": m.MOVING,
    "AF": m.MOVING,
    "AP": m.MOVING,
    "AR": m.MOVING,
    "AX": m.MOVING,
    "CC": m.MOVING,
    "CD": m.IN_CUSTOMS,
    "CH": m.MOVING,
    "CP": m.MOVING,
    "DD": m.DELAYED,
    "DE": m.TRIED,
    "DL": m.DELIVERED,
    "DP": m.MOVING,
    "DY": m.DELAYED,
    "EA": m.MOVING,
    "ED": m.OUT,
    "EO": m.MOVING,
    "EP": m.MOVING,
    "FD": m.MOVING,
    "HA": m.MOVING,
    "HL": m.READY,
    "HP": m.READY,
    "IN": m.LABEL,
    "IT": m.MOVING,
    "IX": m.MOVING,
    "LO": m.MOVING,
    "OC": m.LABEL,
    "OD": m.OUT,
    "OF": m.MOVING,
    "OX": m.MOVING,
    "PF": m.MOVING,
    "PL": m.MOVING,
    "PM": m.MOVING,
    "PU": m.MOVING,
    "PX": m.MOVING,
    "RC": m.MOVING,
    "RS": m.RETURNING,
    "SE": m.HELD,
    "SF": m.MOVING,
    "SP": m.MOVING,
    "TR": m.MOVING,
}
# Appendix "Exception codes" of the same: why, beside what happened.
EXCEPTION_CODES: dict[str, Problem] = {
    "03": Problem.ADDRESS,
    "07": Problem.REFUSED,
    "08": Problem.ABSENT,
    "10": Problem.DAMAGED,
    "15": Problem.ABSENT,
    "71": Problem.CUSTOMS,
    "84": Problem.DELAYED,
    "93": Problem.PAYMENT,
}
DELAY_TYPES: dict[str, Problem] = {
    "WEATHER": Problem.WEATHER,
    "CUSTOMS": Problem.CUSTOMS,
    "OPERATIONAL": Problem.DELAYED,
    "LOCAL": Problem.DELAYED,
    "GENERAL": Problem.DELAYED,
}
LATE = {"DELAYED", "ON_TIME_AT_RISK"}
HANDED_OVER = {
    "NEIGHBOR": ProofKind.NEIGHBOUR,
    "PARCEL LOCKER": ProofKind.LOCKER,
    "LOCKER": ProofKind.LOCKER,
    "RESIDENCE": ProofKind.SELF,
}
EXPECTED = ("ESTIMATED_DELIVERY", "APPOINTMENT_DELIVERY", "COMMITMENT")
_NEEDS_NO_REASON = (None, TrackingStatus.DELIVERED, TrackingStatus.RETURNED_TO_SENDER)


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What FedEx says of parcels. Errors without any event are its word that it knows nothing."""
    top = Node(body).as_object()
    if top.has("errors"):
        return Reading(fault=fault_of(top.each("errors")))
    said, expected, errors = list[Said](), list[Expected](), list[Node]()
    for answer in top.object("output").each("completeTrackResults"):
        for result in answer.each("trackResults"):
            number = answer.number("trackingNumber")
            told = _told(number, result, zone)
            said += told
            expected += () if m.is_delivered(told) else _expected(number, result)
            errors += [result.object("error")] if result.has("error") else []
    if said or expected:
        return Reading(tuple(said), tuple(expected))
    if not errors:
        top.at("output").at("completeTrackResults").refuse(_("There is no event in it."))
    return Reading(fault=fault_of(errors))


def _told(number: str, result: Node, zone: tzinfo) -> tuple[Said, ...]:
    events = [_event(number, event, zone) for event in result.some("scanEvents")]
    delivery = result.at("deliveryDetails")
    signer = delivery.text("signedByName", LONGEST_SIGNER) or delivery.text("receivedByName", LONGEST_SIGNER)
    return m.signed(events, signer, HANDED_OVER.get(delivery.text("locationDescription").upper()))


def _event(number: str, event: Node, zone: tzinfo) -> Said:
    meaning, address = EVENT_TYPES.get(event.code("eventType"), m.UNKNOWN), event.at("scanLocation")
    place = place_of(address.text(name) for name in ("city", "stateOrProvinceCode", "postalCode", "countryCode"))
    text = event.text("exceptionDescription") or event.text("eventDescription")
    if meaning.status not in _NEEDS_NO_REASON:
        meaning = meaning._replace(problem=_problem(event) or meaning.problem)
    return meaning.tell(number, event.moment("date", zone), code=event.code("eventType"), text=text, place=place)


def _problem(event: Node) -> Problem | None:
    delay = event.at("delayDetail")
    late = DELAY_TYPES.get(delay.code("type"), Problem.DELAYED) if delay.code("status") in LATE else None
    return EXCEPTION_CODES.get(event.code("exceptionCode")) or late


def _expected(number: str, result: Node) -> tuple[Expected, ...]:
    window = result.at("estimatedDeliveryTimeWindow").at("window")
    days = [window.day("begins"), window.day("ends")]
    if not any(days):
        told = {one.code("type"): one.day("dateTime") for one in result.some("dateAndTimes")}
        days = [next((told[kind] for kind in EXPECTED if told.get(kind)), None)]
    return between(number, days)
