"""Codes on goods and parcels, carriers' addresses on the web: plain values in, plain values out."""

import re
from urllib.parse import urlsplit

from logistics.core.language import _
from logistics.core.refusals import BadValue

LONGEST_NUMBER = 60
_PLACEHOLDER = "{number}"


def is_code_of(scanned: str, *, sku: str, gtin: str) -> bool:
    """Whether a scanner read this product: its SKU, whatever the case, or its GTIN, with or without the leading zeros of GTIN-14."""
    typed = scanned.strip()
    if typed.lower() == sku.lower():
        return True
    return bool(gtin) and typed.isascii() and typed.isdigit() and typed.zfill(14) == gtin.zfill(14)


def read_tracking_number(text: str) -> str:
    """A tracking number as carriers know it: 1 to 60 visible ASCII characters, the spaces people type between them dropped.

    Raises BadValue.
    """
    number = "".join(text.split())
    if not number:
        raise BadValue("required", _("This is needed."))
    if len(number) > LONGEST_NUMBER or not re.fullmatch(r"[!-~]+", number):
        raise BadValue("bad_tracking_number", _("A tracking number has at most %(count)s letters, digits and plain signs.", count=LONGEST_NUMBER))
    return number


def read_tracking_url(text: str) -> str:
    """The address of a carrier's tracking page, with {number} where the tracking number goes. Raises BadValue.

    Only https, and {number} only after the host: what a clerk types at dispatch must not choose whom the customer visits.
    """
    typed = text.strip()
    if len(typed) > 300 or not re.fullmatch(r"[!-~]+", typed):
        raise BadValue("bad_url", _("Write the whole address, like https://carrier.example/track?n={number}."))
    try:
        parts = urlsplit(typed)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host, parts = None, None
    if not host or parts is None or parts.scheme != "https" or "@" in parts.netloc:
        raise BadValue("bad_url", _("Write the whole address, like https://carrier.example/track?n={number}."))
    if _PLACEHOLDER in parts.netloc or typed.count(_PLACEHOLDER) != 1:
        raise BadValue("no_number", _("Write {number} once, where the tracking number goes."))
    return typed
