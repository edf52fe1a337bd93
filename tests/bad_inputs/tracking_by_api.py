"""What programs report of parcels by the API: rows of the table of bad inputs on J."""

from datetime import timedelta
from typing import Any

from logistics.core import clock
from tests.api.programs import program
from tests.bad_inputs.rows import Bad, Open, Send, Told
from tests.cast import Cast

SURFACE = "J events"


def _reporting(cast: Cast) -> Send:
    """A partner of the channel whose parcel is on its way."""
    parcel = cast.hand_over(cast.shipment(state="packed", channel="api"), number="A1")
    cast.session.commit()
    partner, path = program(cast, "fulfilment"), f"/shipments/{parcel.reference}/tracking-events"
    return lambda sent: Told.by(partner.post(path, sent))


def _dispatching(cast: Cast) -> Send:
    """A partner of the channel whose parcel is packed."""
    parcel = cast.shipment(state="packed", channel="api")
    cast.carrier()
    cast.session.commit()
    partner, path = program(cast, "fulfilment"), f"/shipments/{parcel.reference}/dispatch"
    return lambda sent: Told.by(partner.post(path, {"carrier": "DHL", "tracking_number": "JD0011", **sent}))


SURFACES: dict[str, Open] = {SURFACE: _reporting, "J dispatch": _dispatching}


def event(**changes: Any) -> dict[str, Any]:
    """One event that is changed like this."""
    at = (clock.now() - timedelta(hours=1)).isoformat()
    return {"events": [{"id": "scan-1", "at": at, "status": "in_transit", **changes}]}


def _wrong(number: str, code: str, name: str, *values: Any) -> list[Bad]:
    return [Bad(number, SURFACE, event(**{name: value}), 422, code, f"/events/0/{name}") for value in values]


def _taken(number: str, *bodies: dict[str, Any], says: str = '"new"') -> list[Bad]:
    return [Bad(number, SURFACE, body, 201, says=says) for body in bodies]


def _numbered(code: str, *numbers: Any) -> list[Bad]:
    return [Bad("B73", "J dispatch", {"tracking_number": number}, 422, code, "/tracking_number") for number in numbers]


ROWS = [
    *_wrong("B29", "control_character", "text", "a\x00b"),
    *_wrong("B32", "control_character", "place", "\x1b[2J"),
    *_wrong("B36", "too_long", "text", "e" + "\u0301" * 502, "x" * 501),
    *[Bad("B41", SURFACE, event(plaice="Leeds"), 422, "unknown_field", "/events/0/plaice")],
    *_taken("B53", event(text="<script>alert(1)</script>", place="{{7*7}}")),
    *_wrong("B55", "no_offset", "at", "2026-11-22T09:30:00"),
    *_wrong("B56", "bad_time", "at", "2026-W01-1", "20260101", 1766534400000, "1e12", None),
    *_wrong("B57", "bad_time", "at", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"),
    *_wrong("B58", "bad_time", "at", "2026-06-30T23:59:60Z", "2026-06-30T24:00Z", "2026-02-30T10:00:00Z"),
    # Whatever the clock showed there, the offset says which instant it was.
    *_taken("B59", event(at="2026-03-29T02:30:00+01:00"), event(at="2026-10-25T01:30:00+01:00"), event(at="2026-10-25T01:30:00+00:00")),
    *_taken("B60", event(at=(clock.now() + timedelta(days=2)).isoformat(), status="delivered"), says='"state":"shipped"'),
    *_taken("B60", event(at=(clock.now() + timedelta(days=2)).isoformat(), status="delivered"), says='"future":true'),
    *_numbered("required", "", "   "),
    *_numbered("bad_tracking_number", "x" * 200, "JD①", "JD\u202e1", "JD\x00"),
    *_numbered("bad_type", 11, None, ["JD0011"], True),
    Bad("B73", "J dispatch", {"carrier": "NONE"}, 422, "unknown_carrier", "/carrier"),
    *[Bad("B73", "J dispatch", {"tracking_number": text}, 200, says='"warning":null') for text in ("1", " JD 00 11 ")],
    # A wrong check digit is said only where a carrier's form of number is known; nothing is refused for it.
    Bad("B73", "J dispatch", {"tracking_number": "1Z999AA10123456785"}, 200),
]
