"""What people paste of a carrier's answer, or send as a file: rows of the table of bad inputs on F."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.tracking.answering import LARGEST
from tests.bad_inputs.order_form import Chosen, send_form
from tests.bad_inputs.rows import Bad, Open, Told
from tests.cast import Cast
from tests.tracking.pictures import a_picture

SURFACE = "F pasted answer"
PAGE = "/tracking/answers/new"
LATELY = f"{clock.now() - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


def _pasting(cast: Cast) -> Callable[[Any], Told]:
    """A clerk who asked a carrier about a parcel that is on its way, and takes what it answered."""
    reference = cast.made(lambda: cast.hand_over(cast.shipment(state="packed"), number="A1").reference)
    browser = cast.client("clerk")

    def send(sent: dict[str, Any]) -> Told:
        fields = {"carrier": "DHL", "answer_format": "own", "answer": "", "take": "1", "form_key": new_key(), **sent}
        told = send_form(browser, PAGE, fields)
        return replace(told, text=told.text + browser.get(f"/shipments/{reference}").text) if told.status < 400 else told

    return send


SURFACES: dict[str, Open] = {SURFACE: _pasting}


def event(**changes: Any) -> dict[str, str]:
    """An answer of one event that is changed like this; None leaves a field out."""
    given = {"tracking_number": "A1", "id": "scan-1", "at": LATELY, "status": "in_transit", **changes}
    return {"answer": json.dumps({"events": [{name: value for name, value in given.items() if value is not None}]})}


def many(count: int) -> dict[str, str]:
    """An answer of so many events."""
    told = [{"tracking_number": "A1", "id": str(at), "at": LATELY, "status": "in_transit"} for at in range(count)]
    return {"answer": json.dumps({"events": told}, separators=(",", ":"))}


def _wrong(number: str, *sent: dict[str, Any], says: str = "", pointer: str = "answer", status: int = 422) -> list[Bad]:
    return [Bad(number, SURFACE, one, status, pointer=pointer, says=says) for one in sent]


def _texts(number: str, *texts: str, says: str = "") -> list[Bad]:
    return _wrong(number, *({"answer": text} for text in texts), says=says)


def _files(number: str, *files: bytes, says: str = "") -> list[Bad]:
    return _wrong(number, *({"file": Chosen(file, "answer.json")} for file in files), says=says)


def _taken(number: str, *sent: dict[str, Any], says: str = "") -> list[Bad]:
    return [Bad(number, SURFACE, one, 303, says=says) for one in sent]


NOT_UTF_8 = "The file is not text in UTF-8."
ROWS = [
    *_texts("B4", '{"events":' + "9" * 5000 + "}"),
    *_texts("B13", '{"events": [NaN]}', '{"events": [Infinity]}', '{"events": [1e400]}'),
    *_wrong("B20", event(tracking_number=""), event(tracking_number=None), event(id="")),
    *_wrong("B29", event(text="a\x00b"), event(place="\x00"), event(id="\x00"), event(signer="M\x00")),
    *_texts("B29", '{"events": [{"id": "a\x00b"}]}', "\x00\x00\x00"),
    *_texts("B31", '{"events": [{"id": "\\ud800"}]}'),
    *_wrong("B32", event(place="\x1b[2J"), event(signer="\x08")),
    *_wrong("B36", event(text="e" + "\u0301" * 502), event(signer="x" * 201), event(code="x" * 61)),
    *_texts("B37", "[" + "1," * (LARGEST // 2) + "1]", '"' * (LARGEST + 1), says="at most 200 KB"),
    *_wrong("B37", {"answer": "9" * (10 * 1024 * 1024)}, status=413, pointer=""),
    *_files("B37", b" " * (LARGEST + 1), says="at most 200 KB"),
    *_texts("B39", "[" * 90_000, '{"events":' * 9_000),
    *_texts("B40", '{"events": [], "events": []}'),
    *_wrong("B41", event(plaice="Leeds")),
    *_taken("B42", {"file": Chosen(b"\xef\xbb\xbf" + event()["answer"].encode(), "answer.json")}),
    *_files("B42", event()["answer"].encode("utf-16"), b'{"events": "\xc3\x28"}', says=NOT_UTF_8),
    *_texts("B43", "", "   ", "null", "[]", "7", '"x"', '{"events": [],}', "{} // none", '{"events": []}', '{"events": [7]}', '{"events": {}}'),
    *_taken("B53", event(text="<script>alert(1)</script>", place="{{7*7}}"), says="&lt;script&gt;alert(1)&lt;/script&gt;"),
    *_wrong("B55", event(at="2026-11-22T09:30:00")),
    *_wrong("B56", event(at="2026-W01-1"), event(at="20260101"), event(at=1766534400000), event(at="1e12"), event(at=None)),
    *_wrong("B57", event(at="0001-01-01T00:00:00+14:00"), event(at="9999-12-31T23:59:59Z")),
    *_wrong("B58", event(at="2026-06-30T23:59:60Z"), event(at="2026-06-30T24:00Z"), event(at="2026-02-30T10:00:00Z")),
    *_wrong("B58", event(expected_on="2026-02-30"), event(expected_on="tomorrow")),
    *_taken("B60", event(at=f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}", status="delivered"), says="still to come when it was reported"),
    *_wrong("B68", event(status="gone"), event(status="disputed"), event(problem="dog"), event(proof="cat")),
    *_wrong("B68", {**event(), "carrier": "NONE"}, {**event(), "carrier": ""}, pointer="carrier"),
    *_wrong("B68", {**event(), "answer_format": "nonsense"}, {**event(), "answer_format": "\x00"}, pointer="answer_format"),
    *_taken("B69", event(tracking_number="NOBODYS1")),
    *_wrong("B73", event(tracking_number="x" * 200), event(tracking_number="JD①"), event(tracking_number="JD\u202e1")),
    *_taken("B72", many(500)),
    *_files("B74", a_picture("PNG"), b"%PDF-1.7\n\xe2\xe3", b"PK\x03\x04\xff\xff", says=NOT_UTF_8),
    *_texts("B74", "<html><body>Not found</body></html>", "date;status\r\n2026-11-22;in_transit"),
]  # fmt: skip
