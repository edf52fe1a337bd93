"""Photos of deliveries, and who took a parcel in: rows of the table of bad inputs on F (SEC32)."""

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PIL import Image

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.tracking.drawing import LARGEST_FILE
from logistics.tracking.models import EventSource, TrackingStatus
from logistics.tracking.recording import Report, record
from logistics.tracking.routes.recording import LARGEST_BODY
from tests.bad_inputs.order_form import Chosen, send_form
from tests.bad_inputs.rows import Bad, Open, Told
from tests.cast import Cast
from tests.tracking.pictures import a_picture, opened, written

SURFACE = "F proof"


def _proving(cast: Cast) -> Callable[[Any], Told]:
    """A clerk who says how a parcel was delivered of which its carrier said no more than that."""

    def deliver() -> str:
        parcel = cast.shipment(state="shipped")
        told = Report(TrackingStatus.DELIVERED, clock.now() - timedelta(hours=1), source=EventSource.CARRIER)
        record(cast.session, reference=parcel.reference, report=told, by=SYSTEM)
        return parcel.reference

    url, browser = f"/shipments/{cast.made(deliver)}/proofs", cast.client("clerk")

    return lambda sent: send_form(browser, url, {"signer": "M. Park", "kind": "self", "form_key": new_key(), **sent})


SURFACES: dict[str, Open] = {SURFACE: _proving}


def _png_of(width: int, height: int) -> Chosen:
    """A small file whose head promises so many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1_000_000, 9)
    return Chosen(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b""), "bomb.png", f"bomb {width} x {height}")


def _noted() -> Chosen:
    """A photo that lies on its side, with what its camera noted, and a script behind it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Spycam\x00 3000"
    exif.get_ifd(0x8825)[2] = (53.0, 47.0, 59.0)
    return Chosen(written(opened(a_picture()), exif=exif) + b"<script>alert(1)</script>", described="with EXIF, place and a script behind")


def _broken_exif() -> Chosen:
    return Chosen(written(opened(a_picture()), exif=b"Exif\0\0II*\0" + b"\xff" * 40), described="with broken EXIF")


WHOLE = a_picture(size=(800, 800))
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NO_PHOTO = "no photo that can be read"


def _wrong(number: str, *photos: Chosen, says: str = NO_PHOTO) -> list[Bad]:
    return [Bad(number, SURFACE, {"photo": photo}, 422, pointer="photo", says=says) for photo in photos]


def _taken(number: str, *sent: dict[str, Any]) -> list[Bad]:
    return [Bad(number, SURFACE, one, 303) for one in sent]


def _typed(number: str, pointer: str, *texts: str) -> list[Bad]:
    return [Bad(number, SURFACE, {pointer: text}, 422, pointer=pointer) for text in texts]


ROWS = [
    *_typed("B29", "signer", "a\x00b"),
    *_typed("B32", "signer", "\x1b[2J", "M.\x08Park"),
    *_typed("B36", "signer", "e" + "\u0301" * 502, "x" * 201),
    *_typed("B68", "kind", "", "thrown", "\x00"),
    *_taken("B34", {"signer": "👨‍👩‍👧 Ω≈ç√"}, {"signer": ""}),
    *_taken("B33", {"signer": "Park\u202eM"}),
    *_taken("B53", {"signer": "<script>alert(1)</script>{{7*7}}"}),
    *_wrong("SEC32", Chosen(b"\xff\xd8\xff\xe0"), Chosen(b"hello"), Chosen(b"\x00" * 1000), Chosen(SVG, "a.svg")),
    *_wrong("SEC32", Chosen(b"MZ\x90\x00", "photo.jpg.exe"), Chosen(b"%PDF-1.7 ..."), Chosen(b"<html>" + WHOLE), Chosen(b"PK\x03\x04" + WHOLE)),
    *_wrong("SEC32", *(Chosen(a_picture(kind), f"a.{kind.lower()}") for kind in ("BMP", "TIFF")), Chosen(a_picture("GIF", mode="P"), "a.gif")),
    *_wrong("SEC32", Chosen(WHOLE[:2000]), Chosen(a_picture("PNG", size=(800, 800))[:600]), Chosen(a_picture("WEBP", size=(800, 800))[:60])),
    *_wrong("SEC32", Chosen(WHOLE + b"\0" * LARGEST_FILE, described="a photo with 5 MB behind it"), says="larger than 5 MB"),
    *_wrong("SEC32", _png_of(50_000, 50_000), _png_of(5_001, 5_000), says="too many pixels"),
    # Its head promises a picture that never comes.
    *_wrong("SEC32", _png_of(4_000, 4_000)),
    *_taken("SEC32", {"photo": _noted()}, {"photo": _broken_exif()}),
    *_taken("SEC32", *({"photo": Chosen(WHOLE, name)} for name in ("../../etc/passwd", "a\x00.jpg", "\u202egpj.exe", "CON", "x" * 300))),
    # A browser sends an empty file where none was chosen.
    *_taken("SEC32", {"photo": Chosen(b"", "")}),
    *_wrong("SEC32", Chosen(b"", "empty.jpg")),
    Bad("B37", SURFACE, {"photo": Chosen(b"\xff" * LARGEST_BODY, described="far too large")}, 413),
]  # fmt: skip
