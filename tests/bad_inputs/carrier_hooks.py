"""What carriers send to their hooks, or others in their name: rows of the table of bad inputs on W."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.fulfilment.models import HookFormat, Shipment
from logistics.tracking.models import CarrierDelivery
from logistics.tracking.sharing_secrets import share_secret
from tests.api.programs import JSON
from tests.bad_inputs.hooks import FORGERIES, NO_JSON
from tests.bad_inputs.rows import Bad, Open, Send, Told
from tests.cast import Cast
from tests.tracking.bodies import aftership, aftership_said
from tests.tracking.carriers import Sender, open_hook, own_body, own_event, work_off

NOW, REVOKED, ANOTHERS = "ours", "revoked", "another carrier's"
SIGNATURES = ("webhook-signature", "aftership-hmac-sha256")
INBOX = frozenset({"tracking_inbox"})
OWN, MANY = "W carrier", "W reporter"
LARGEST = 256 * 1024
LATELY = clock.now() - timedelta(hours=1)
Headers = dict[str, str]


@dataclass(frozen=True)
class News:
    """A body, signed as this carrier does with one of the secrets, this long after now; then changed on its way.

    `body` is what is said about the parcel A1 (of our own format: what is other than in a good event), or bytes as they are.
    """

    body: Any = field(default_factory=dict)
    event: str = "event-1"
    secret: str = NOW
    after: timedelta = timedelta(0)
    headers: Callable[[Headers], Headers] = dict
    respaced: bool = False
    content_type: str = JSON
    to: str = ""


def _opening(hook_format: HookFormat) -> Open:
    """A carrier that writes in this format, another one with a secret and a parcel of its own, and a secret that held before."""

    def open_door(cast: Cast) -> Send:
        takes = hook_format == HookFormat.OWN
        parcel = cast.hand_over(cast.shipment(state="packed"), number="A1")
        other = cast.hand_over(cast.shipment(state="packed"), number="A2")
        another = open_hook(cast, hook_format.value, code="UPS")
        other.carrier_id, other.tracking_number = another.carrier.id, "A1"
        first = open_hook(cast, hook_format.value, code="DHL" if takes else "MANY", takes_parcels=takes)
        secrets = {NOW: _fresh(cast, first, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), REVOKED: first.secret}
        secrets[ANOTHERS] = _fresh(cast, another, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
        first.secret = secrets[NOW]
        cast.session.commit()
        reader, numbers = cast.client("admin"), (parcel.id, other.id, parcel.reference)
        return lambda sent: _send(cast.session, first, reader, numbers, secrets, sent)

    return open_door


def _fresh(cast: Cast, sender: Sender, secret: str) -> str:
    share_secret(cast.session, carrier_id=sender.carrier.id, secret=secret, overlap=timedelta(0), by=SYSTEM)
    return secret


def _send(session: Session, sender: Sender, reader: FlaskClient, numbers: tuple[int, int, str], secrets: dict[str, str], sent: News) -> Told:
    body = sent.body
    if not isinstance(body, bytes) and sender.carrier.hook_format == HookFormat.OWN and "events" not in body:
        body = own_body(own_event("A1", id="scan-1", at=LATELY) | body)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    moment = clock.now()
    with time_machine.travel(moment + sent.after, tick=False):
        headers = sent.headers(sender.headers(raw, sent.event, secrets[sent.secret]))
    raw = json.dumps(body, indent=1).encode() if sent.respaced else raw
    with time_machine.travel(moment, tick=False):
        answer = sender.client.post(sent.to or sender.door, data=raw, headers=headers, content_type=sent.content_type)
    if answer.status_code >= 400:
        return Told.by(answer)
    return Told(answer.status_code, _shown(session, reader, numbers), answer.json["outcome"])


def _shown(session: Session, reader: FlaskClient, numbers: tuple[int, int, str]) -> str:
    """What came of it once the worker was there: its pages, and how the two parcels stand."""
    work_off(session)
    newest = session.scalar(select(CarrierDelivery.id).order_by(CarrierDelivery.id.desc()).limit(1))
    places = (f"/tracking/inbox/{newest}", "/tracking/inbox/parked", "/tracking/inbox/codes", f"/shipments/{numbers[2]}")
    pages = [reader.get(place) for place in places]
    assert {page.status_code for page in pages} == {200}
    states = [session.scalar(select(Shipment.state).where(Shipment.id == number)) for number in numbers[:2]]
    return "".join(page.text for page in pages) + f" parcels: {states[0]}, {states[1]}."


SURFACES: dict[str, Open] = {OWN: _opening(HookFormat.OWN), MANY: _opening(HookFormat.AFTERSHIP)}


def _refused(number: str, status: int, code: str, *news: News, on: Iterable[str] = SURFACES, says: str = "") -> list[Bad]:
    return [Bad(number, surface, _good(surface, sent), status, code, says=says) for surface in on for sent in news]


def _unsigned(number: str, *news: News, on: Iterable[str] = SURFACES) -> list[Bad]:
    return _refused(number, 401, "unauthorized", *news, on=on, says="The signature does not fit. Nothing was taken.")


def _good(surface: str, sent: News) -> News:
    """The same with a good body of AfterShip's where it has none of its own."""
    return News(**{**vars(sent), "body": TOLD}) if surface == MANY and sent.body == {} else sent


TOLD = aftership_said("InTransit", "InTransit_003", tracking_number="A1", slug="dhl")


def _signed_with(change: Callable[[str], str]) -> News:
    return News(headers=lambda headers: {name: change(value) if name in SIGNATURES else value for name, value in headers.items()})


def _stamped(text: str) -> News:
    return News(headers=lambda headers: {**headers, "webhook-timestamp": text})


def _without(*names: str) -> News:
    return News(headers=lambda headers: {name: value for name, value in headers.items() if name not in names})


def _untimely(number: str, *times: Any) -> list[Bad]:
    return [Bad(number, OWN, News({"at": at}), 422, pointer="/events/0/at") for at in times]


def _no_json(number: str, *bodies: bytes) -> list[Bad]:
    return _refused(number, 400, "malformed_json", *(News(body) for body in bodies), on=(MANY,))


def _taken(number: str, surface: str, *bodies: Any, says: str) -> list[Bad]:
    return [Bad(number, surface, News(body), 200, "received", says=says) for body in bodies]


def _ago(status: str, *, hours: float, name: str, **more: Any) -> dict[str, Any]:
    return {"tracking_number": "A1", "id": name, "status": status, "at": (clock.now() - timedelta(hours=hours)).isoformat(), **more}


HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", 'hx-get="/x"')
MANY_EVENTS = own_body(*(_ago("in_transit", hours=1, name=str(at)) for at in range(1000)))
ROWS = [
    *_no_json("B4", b'{"id": ' + b"9" * 5000 + b"}"),
    *_no_json("B13", b'{"id": NaN}', b'{"id": 1e400}'),
    *_no_json("B29", b'{"id": "\\u0000"}'),
    *_no_json("B31", b'{"id": "\\ud800"}'),
    *_no_json("B39", b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    *_no_json("B40", b'{"id": 1, "id": 2}'),
    *_no_json("B42", b"\xef\xbb\xbf{}", b"\xff{}"),
    *_no_json("B43", b"", b"{", b"[]", b"7", b'{"id": 1,}'),
    *_refused("B44", 415, "unsupported_media_type", *(News(content_type=kind) for kind in NO_JSON)),
    *[row for text in HOSTILE for row in _taken("B53", OWN, {"text": text, "place": text}, {"tracking_number": "X9", "text": text}, says="parcels:")],
    *[row for text in HOSTILE for row in _taken("B53", MANY, aftership(tracking_number="X9", signed_by=text), says="X9")],
    *_untimely("B55", "2026-11-22T09:30:00"),
    *_untimely("B56", "2026-W01-1", "20260101", 1766534400000, "1e12"),
    *_untimely("B57", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"),
    *_untimely("B58", "2026-06-30T23:59:60Z", "2026-06-30T24:00Z", "2026-02-30T10:00:00Z"),
    *_taken("B60", OWN, own_body(_ago("delivered", hours=-48, name="1")), says="This time was still to come when it was reported"),
    *_taken("B60", OWN, own_body(_ago("delivered", hours=-48, name="1")), says="parcels: shipped, shipped."),
    *_unsigned("B62", _without(*SIGNATURES), *(_signed_with(change) for change in FORGERIES)),
    *_unsigned("B63", News(respaced=True)),
    *_unsigned("B64", *(News(after=timedelta(seconds=seconds)) for seconds in (-301, 301)), on=(OWN,)),
    *_unsigned("B64", *(_stamped(text) for text in ("", "abc", "-1", "1e9", "1_0", "00012", "9" * 30)), on=(OWN,)),
    *_unsigned("B64", _without("webhook-timestamp"), _without("webhook-id"), on=(OWN,)),
    *[Bad("B65", surface, _good(surface, News()), 200, "repeated", before=_good(surface, News()), writes=INBOX) for surface in SURFACES],
    Bad("B66", OWN, News({"place": "Leeds"}), 200, "quarantined", before=News(), writes=INBOX | {"event_log"}),
    Bad("B66", MANY, News(aftership(tracking_number="A1")), 200, "quarantined", before=News(aftership(tracking_number="X9"))),
    *_unsigned("B67", News(secret=ANOTHERS), News(secret=REVOKED)),
    *_refused("B68", 404, "not_found", *(News(to=f"/hooks/carriers/{code}") for code in ("nowhere", "dhl", "x" * 300))),
    *_refused("B68", 400, "bad_request", News(to="/hooks/carriers/%00"), on=(OWN,)),
    *_taken("B68", MANY, aftership_said("Levitating", "Levitating_001", tracking_number="A1", slug="dhl"), says="Levitating_001"),
    *_taken("B69", OWN, {"tracking_number": "NOBODY-1"}, says="NOBODY1"),
    *_taken(
        "B70", OWN, own_body(_ago("delivered", hours=1, name="1"), _ago("label_created", hours=9, name="2")), says="parcels: delivered, shipped."
    ),
    *_taken("B70", OWN, own_body(_ago("delivered", hours=2, name="1"), _ago("in_transit", hours=1, name="2")), says="parcels: delivered, shipped."),
    *_taken("B70", OWN, own_body(_ago("in_transit", hours=24 * 730, name="1")), says="parcels: in_transit, shipped."),
    *_taken("B71", OWN, own_body(_ago("out_for_delivery", hours=1, name="1")), says="parcels: out_for_delivery, shipped."),
    *_taken(
        "B71",
        MANY,
        aftership_said("OutForDelivery", "OutForDelivery_001", tracking_number="A1", slug="ups"),
        says="parcels: shipped, out_for_delivery.",
    ),
    *_taken("B71", MANY, aftership_said("OutForDelivery", "OutForDelivery_001", tracking_number="A1", slug="who"), says="parcels: shipped, shipped."),
    *_refused("B72", 413, "too_many_events", News(MANY_EVENTS), on=(OWN,)),
    *_refused("B72", 413, "request_entity_too_large", News(b" " * (LARGEST + 1))),
    *[Bad("B73", OWN, News({"tracking_number": number}), 422, pointer="/events/0/tracking_number") for number in ("x" * 61, "№ 1", "")],
]
