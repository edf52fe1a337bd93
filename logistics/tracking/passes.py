"""A pass: that this browser's reader has told the second fact of an order. Signed, for one order and one version of its link, for two hours."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

LASTS = timedelta(hours=2)


def make_pass(number: str, version: int, *, secret: str, now: datetime) -> str:
    """A pass for the order of this number, from now on."""
    ends = int((now + LASTS).timestamp())
    return f"{ends}.{_mark(number, version, ends, secret)}"


def is_good(text: str, number: str, version: int, *, secret: str, now: datetime) -> bool:
    """Whether this is a pass for the order that holds now."""
    written, _point, mark = text.partition(".")
    if not (written.isascii() and written.isdigit() and len(written) <= 12):
        return False
    ends = int(written)
    return hmac.compare_digest(mark.encode(), _mark(number, version, ends, secret).encode()) and now.timestamp() < ends


def _mark(number: str, version: int, ends: int, secret: str) -> str:
    digest = hmac.new(secret.encode(), f"second fact:{number}:{version}:{ends}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
