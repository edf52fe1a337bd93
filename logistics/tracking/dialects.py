"""How each format of a carrier's hook is signed, packed, named, read and answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from logistics.core.language import _
from logistics.core.signatures import Headers, is_signed_by_standard, new_secret
from logistics.core.strict_json import read_object
from logistics.fulfilment.models import HookFormat
from logistics.tracking import signatures

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Body = Mapping[str, Any]


def _unpack_form(raw: bytes) -> dict[str, Any]:
    return read_object(signatures.read_fields(raw).get("param", "").encode(), to_keep=True)


def _unpack_json(raw: bytes) -> dict[str, Any]:
    return read_object(raw, to_keep=True)


def _say_outcome(outcome: str) -> dict[str, Any]:
    return {"outcome": outcome}


@dataclass(frozen=True)
class Dialect:
    """One format. `event_id` is the sender's own of what it sends, or empty; `told` what stays the same when it is sent again.

    `is_ours`: whether it is about a parcel at all. `make_secret`: where we choose it. `reads_at_once`: a fault in it is the sender's to know.
    """

    is_signed: Callable[[Headers, bytes, str], bool]
    unpack: Callable[[bytes], dict[str, Any]] = _unpack_json
    event_id: Callable[[Headers, Body], str] = lambda _headers, _body: ""
    told: Callable[[Body], Any] | None = None
    is_ours: Callable[[Body], bool] = lambda _body: True
    answer: Callable[[str], dict[str, Any]] = _say_outcome
    make_secret: Callable[[], str] | None = None
    mimetype: str = JSON
    reads_at_once: bool = False


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _say_as_kuaidi100(_outcome: str) -> dict[str, Any]:
    # Anything else is sent again, up to three times (their documentation).
    return {"result": True, "returnCode": "200", "message": _("received")}


DIALECTS: dict[HookFormat, Dialect] = {
    HookFormat.OWN: Dialect(
        is_signed_by_standard,
        event_id=lambda headers, _body: headers.get("webhook-id", ""),
        make_secret=new_secret,
        reads_at_once=True,
    ),
    HookFormat.AFTERSHIP: Dialect(
        signatures.is_signed_by_aftership, event_id=lambda _headers, body: _text(body, "event_id"), told=lambda body: body.get("msg")
    ),
    # Around what it tells, an event lists where it has been sent: another list each time.
    HookFormat.EASYPOST: Dialect(
        signatures.is_signed_by_easypost,
        event_id=lambda _headers, body: _text(body, "id"),
        told=lambda body: body.get("result"),
        is_ours=lambda body: _text(body, "description").startswith("tracker."),
        make_secret=signatures.new_salt,
    ),
    HookFormat.SEVENTEEN_TRACK: Dialect(signatures.is_signed_by_17track, is_ours=lambda body: _text(body, "event") != "TRACKING_STOPPED"),
    HookFormat.KUAIDI100: Dialect(
        signatures.is_signed_by_kuaidi100,
        unpack=_unpack_form,
        told=lambda body: body,
        answer=_say_as_kuaidi100,
        make_secret=signatures.new_salt,
        mimetype=FORM,
    ),
}


def dialect_of(hook_format: str) -> Dialect | None:
    """The dialect of a carrier's format; None where it has no hook."""
    return DIALECTS.get(HookFormat(hook_format))
