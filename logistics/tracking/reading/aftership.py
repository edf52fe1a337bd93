"""AfterShip's webhooks (aftership.com/docs/tracking/2025-01/webhook/webhook-specifications): a tracking under `msg`.

What a checkpoint means stands in its sub-status (.../enum/delivery-sub-statuses), else in its status (.../enum/delivery-statuses).
"""

from datetime import date, tzinfo
from typing import Any

from logistics.tracking.reading import meanings as m
from logistics.tracking.reading.bodies import LONGEST_SIGNER, Node, between, place_of
from logistics.tracking.reading.saying import Reading, Said

STATUSES: m.Meanings = {
    "InfoReceived": m.LABEL,
    "InTransit": m.MOVING,
    "OutForDelivery": m.OUT,
    "AvailableForPickup": m.READY,
    "AttemptFail": m.TRIED,
    "Delivered": m.DELIVERED,
    "Exception": m.HELD,
    # Nothing was heard for 30 days: AfterShip looks no more, and the parcel is where it was.
    "Expired": m.SLOWED,
}
SUB_STATUSES: m.Meanings = {
    "Delivered_002": m.TO_RECIPIENT,
    "Delivered_003": m.TO_RECIPIENT,
    "Delivered_004": m.AGAINST_CASH,
    "AttemptFail_001": m.TRIED,
    "AttemptFail_002": m.NOBODY_IN,
    "AttemptFail_003": m.NOBODY_IN,
    "Exception_002": m.BAD_ADDRESS,
    "Exception_003": m.REFUSED,
    "Exception_004": m.IN_CUSTOMS,
    "Exception_005": m.DELAYED,
    "Exception_006": m.UNPAID,
    "Exception_007": m.BAD_ADDRESS,
    "Exception_008": m.NOT_COLLECTED,
    "Exception_010": m.RETURNING,
    "Exception_011": m.RETURNED,
    "Exception_012": m.DAMAGED,
    "Exception_013": m.LOST,
    "Exception_016": m.DELAYED,
    "Exception_017": m.BAD_WEATHER,
    "Exception_018": m.IN_CUSTOMS,
    "Exception_019": m.DELAYED,
    "Exception_021": m.LOST,
}
# Before anything has happened.
_NOT_YET = {"Pending"}


def read(body: Any, *, zone: tzinfo) -> Reading:
    """What AfterShip says of one parcel. Its checkpoints' times have no offset where the carrier tells none."""
    top = Node(body).as_object()
    tracking = top.object("msg")
    number, slug = tracking.number("tracking_number"), tracking.code("slug")
    checkpoints = [one for one in tracking.each("checkpoints") if one.code("tag") not in _NOT_YET]
    said = m.signed([_event(number, slug, one, zone) for one in checkpoints], tracking.text("signed_by", LONGEST_SIGNER))
    return Reading(said, () if m.is_delivered(said) else between(number, _expected(tracking), carrier=slug))


def _event(number: str, slug: str, checkpoint: Node, zone: tzinfo) -> Said:
    code = checkpoint.code("subtag") or checkpoint.code("tag")
    meaning = SUB_STATUSES.get(code) or STATUSES.get(checkpoint.code("tag"), m.UNKNOWN)
    return meaning.tell(
        number,
        checkpoint.moment("checkpoint_time", zone),
        code=code,
        text=checkpoint.text("message"),
        place=_place(checkpoint),
        event_id=checkpoint.text("hash", 80),
        carrier=checkpoint.code("slug") or slug,
    )


def _place(checkpoint: Node) -> str:
    country = checkpoint.text("country_name") or checkpoint.text("country_region_name") or checkpoint.text("country_iso3")
    told = place_of([*(checkpoint.text(name) for name in ("city", "state", "zip")), country])
    return checkpoint.text("location", 200) or told


def _expected(tracking: Node) -> list[date | None]:
    """The carrier's own word, not what AfterShip reckons."""
    own = tracking.at("courier_estimated_delivery_date")
    days = [own.day(f"estimated_delivery_date{end}") for end in ("_min", "_max")]
    return days if any(days) else [own.day("estimated_delivery_date") or tracking.day("expected_delivery")]
