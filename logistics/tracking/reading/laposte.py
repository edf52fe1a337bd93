"""Answers of La Poste's "Suivi" API v2 (developer.laposte.fr/products/suivi/2): one object, or a list of them for several numbers."""

from datetime import tzinfo
from typing import Any

from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import Node, between, fault_of
from logistics.tracking.reading.saying import Expected, Reading, Said

# The table "Code événement" of its documentation. MD2 is "Mis en distribution", ET1 to ET4 are on the way, whatever happens then.
EVENT_CODES: m.Meanings = {
    "DR1": m.LABEL,
    "PC1": m.MOVING,
    "PC2": m.MOVING,
    "ET1": m.MOVING,
    "ET2": m.MOVING,
    "ET3": m.MOVING,
    "ET4": m.MOVING,
    "EP1": m.MOVING,
    "DO1": m.MOVING,
    "DO2": m.MOVING,
    "DO3": m.IN_CUSTOMS,
    "PB1": m.HELD,
    "PB2": m.MOVING,
    "MD2": m.OUT,
    "ND1": m.TRIED,
    "AG1": m.READY,
    "RE1": m.RETURNING,
    "DI1": m.DELIVERED,
    "DI2": m.RETURNED,
}
READ_WELL = {"", "200", "207"}


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What La Poste says of parcels. Nothing but answers with another code than 200 or 207 are its word that it knows nothing."""
    answers = Node(body).as_list() if isinstance(body, list) else [Node(body).as_object()]
    known = [answer for answer in answers if answer.code("returnCode") in READ_WELL]
    if not known and answers:
        return Reading(fault=fault_of(answers, code="returnCode", message="returnMessage"))
    said, expected = list[Said](), list[Expected]()
    for answer in known:
        shipment = answer.object("shipment")
        number = shipment.number("idShip")
        told = tuple(_event(number, event, zone) for event in shipment.each("event"))
        said += told
        expected += () if m.is_delivered(told) else between(number, [shipment.day("estimDate")])
    return Reading(tuple(said), tuple(expected))


def _event(number: str, event: Node, zone: tzinfo) -> Said:
    meaning = EVENT_CODES.get(event.code("code"), m.UNKNOWN)
    return meaning.tell(number, event.moment("date", zone), code=event.code("code"), text=event.text("label"))
