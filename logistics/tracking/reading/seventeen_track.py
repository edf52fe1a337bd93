"""17TRACK's webhooks v2.2 (asset.17track.net/api/document/v2.2_en/index.html, "Webhook" and "Status"): all that is known of a number.

What an event means stands in its sub-status, else in its stage. An own word of 17TRACK for a carrier is its number ("3011").
"""

from datetime import tzinfo
from typing import Any

from logistics.core.language import _
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import Node, between, place_of
from logistics.tracking.reading.saying import Expected, Reading, Said

SUB_STATUSES: m.Meanings = {
    "InfoReceived": m.LABEL,
    "InTransit_PickedUp": m.MOVING,
    "InTransit_Other": m.MOVING,
    "InTransit_Departure": m.MOVING,
    "InTransit_Arrival": m.MOVING,
    "InTransit_CustomsProcessing": m.MOVING,
    "InTransit_CustomsReleased": m.MOVING,
    "InTransit_CustomsRequiringInformation": m.IN_CUSTOMS,
    "Expired_Other": m.SLOWED,
    "AvailableForPickup_Other": m.READY,
    "OutForDelivery_Other": m.OUT,
    "DeliveryFailure_Other": m.TRIED,
    "DeliveryFailure_NoBody": m.NOBODY_IN,
    "DeliveryFailure_Security": m.TRIED,
    "DeliveryFailure_Rejected": m.TURNED_AWAY,
    "DeliveryFailure_InvalidAddress": m.NO_SUCH_PLACE,
    "Delivered_Other": m.DELIVERED,
    "Exception_Other": m.HELD,
    "Exception_Returning": m.RETURNING,
    "Exception_Returned": m.RETURNED,
    "Exception_NoBody": m.NOT_COLLECTED,
    "Exception_Security": m.IN_CUSTOMS,
    "Exception_Damage": m.DAMAGED,
    "Exception_Rejected": m.REFUSED,
    "Exception_Delayed": m.DELAYED,
    "Exception_Lost": m.LOST,
    "Exception_Destroyed": m.LOST,
}
STAGES: m.Meanings = {
    "InfoReceived": m.LABEL,
    "PickedUp": m.MOVING,
    "Departure": m.MOVING,
    "Arrival": m.MOVING,
    "AvailableForPickup": m.READY,
    "OutForDelivery": m.OUT,
    "Delivered": m.DELIVERED,
    "Returning": m.RETURNING,
    "Returned": m.RETURNED,
}
EVENTS = {"TRACKING_UPDATED", "TRACKING_STOPPED"}
_OFFICIAL = "Official"


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What 17TRACK says of one parcel. That it has stopped to look says nothing."""
    top = Node(body).as_object()
    if top.code("event") not in EVENTS:
        top.at("event").refuse(_("“TRACKING_UPDATED” is missing here."))
    news = top.object("data")
    number, carrier = news.number("number"), news.code("carrier")
    if not news.has("track_info"):
        return Reading()
    known = news.object("track_info")
    providers = known.object("tracking").each("providers")
    said = tuple(_event(number, carrier, event, zone) for provider in providers for event in provider.some("events"))
    return Reading(said, () if m.is_delivered(said) else _expected(number, carrier, known))


def _event(number: str, carrier: str, event: Node, zone: tzinfo) -> Said:
    code, address = event.code("sub_status") or event.code("stage"), event.at("address")
    meaning = SUB_STATUSES.get(code) or STAGES.get(event.code("stage"), m.UNKNOWN if code else m.MOVING)
    parts = place_of(address.text(name) for name in ("city", "state", "postal_code", "country"))
    name = "time_iso" if event.has("time_iso") else "time_utc"
    told = {"code": code, "text": event.text("description"), "place": event.text("location", 200) or parts, "carrier": carrier}
    return meaning.tell(number, event.moment(name, zone), **told)


def _expected(number: str, carrier: str, known: Node) -> tuple[Expected, ...]:
    """The carrier's own word, not what 17TRACK reckons."""
    word = known.at("time_metrics").at("estimated_delivery_date")
    days = [word.day("from"), word.day("to")] if word.code("source") == _OFFICIAL else []
    return between(number, days, carrier=carrier)
