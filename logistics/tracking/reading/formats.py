"""The formats that can be read. Which one a body is in is known from its carrier, never guessed from the body."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import HookFormat
from logistics.tracking.reading import aftership, dhl, easypost, fedex, gls, kuaidi100, laposte, own, seventeen_track, ups, usps
from logistics.tracking.reading.saying import Reader, Reading

READERS: Mapping[str, Reader] = {
    HookFormat.OWN.value: own.read,
    HookFormat.AFTERSHIP.value: aftership.read,
    HookFormat.EASYPOST.value: easypost.read,
    HookFormat.SEVENTEEN_TRACK.value: seventeen_track.read,
    HookFormat.KUAIDI100.value: kuaidi100.read,
    "ups": ups.read,
    "fedex": fedex.read,
    "usps": usps.read,
    "laposte": laposte.read,
    "dhl": dhl.read,
    "gls": gls.read,
}


def read(form: str, body: Any, *, zone: tzinfo) -> Reading:
    """What a decoded body of this format says; `zone` is where times without an offset are told. Raises Unreadable, NotFound for a format."""
    reader = READERS.get(form)
    if reader is None:
        raise NotFound(_("There is no format “%(name)s”.", name=form[:40]))
    return reader(body, zone=zone)
