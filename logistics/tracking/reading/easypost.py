"""EasyPost's trackers (docs.easypost.com/docs/trackers), alone or in the envelope of a webhook (docs.easypost.com/docs/events)."""

from datetime import date, tzinfo
from typing import Any

from logistics.core.language import _
from logistics.tracking.models import TrackingStatus
from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_CODE, LONGEST_SIGNER, Node, between, fault_of, place_of, tidy
from logistics.tracking.reading.saying import Reading, Said

# "Tracker statuses" of the documentation. Nothing has happened in `unknown`, and `error` is a fault.
STATUSES: m.Meanings = {
    "pre_transit": m.LABEL,
    "in_transit": m.MOVING,
    "out_for_delivery": m.OUT,
    "available_for_pickup": m.READY,
    "delivered": m.DELIVERED,
    "return_to_sender": m.RETURNING,
    "failure": m.TRIED,
}
# "Tracker status details" that say why, whatever the status.
DETAILS: m.Meanings = {
    "address_correction": m.BAD_ADDRESS,
    "awaiting_information": m.HELD,
    "damaged": m.DAMAGED,
    "delayed": m.DELAYED,
    "delivery_exception": m.TRIED,
    "held": m.HELD,
    "lost": m.LOST,
    "missorted": m.SLOWED,
    "refused": m.TURNED_AWAY,
    "return": m.RETURNING,
    "transit_exception": m.HELD,
    "weather_delay": m.BAD_WEATHER,
}
_ENDS = (TrackingStatus.DELIVERED, TrackingStatus.RETURNING)


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What EasyPost says of one parcel. News of something else than a tracker says nothing; a tracker that failed is a fault."""
    top = Node(body).as_object()
    if top.code("object") == "Event":
        if not top.code("description").startswith("tracker."):
            return Reading()
        top = top.object("result")
    if top.code("object") != "Tracker":
        top.at("object").refuse(_("“Tracker” is missing here."))
    details = top.some("tracking_details")
    if top.code("status") == "error":
        return Reading(fault=fault_of(details, code="", message="message") or "error")
    number, carrier = top.number("tracking_code"), top.code("carrier")
    events = [_event(number, carrier, one, zone, goes_back=top.at("is_return").value is True) for one in details]
    said = m.signed(events, top.text("signed_by", LONGEST_SIGNER))
    return Reading(said, () if m.is_delivered(said) else between(number, [_expected(top)], carrier=carrier))


def _event(number: str, carrier: str, event: Node, zone: tzinfo, *, goes_back: bool) -> Said:
    status, detail, place = event.code("status"), event.code("status_detail"), event.at("tracking_location")
    code = tidy("/".join(part for part in (status, detail) if part), LONGEST_CODE)
    meaning = STATUSES.get(status, m.UNKNOWN)
    if meaning.status not in _ENDS:
        meaning = DETAILS.get(detail, meaning)
    where = place_of(place.text(name) for name in ("city", "state", "zip", "country"))
    told = {"code": code, "text": event.text("message") or event.text("description"), "place": where, "carrier": carrier}
    return (m.sent_back(meaning) if goes_back else meaning).tell(number, event.moment("datetime", zone), **told)


def _expected(tracker: Node) -> date | None:
    """The day as the recipient's clock shows it, where it is told."""
    return tracker.at("carrier_detail").day("est_delivery_date_local") or tracker.day("est_delivery_date")
