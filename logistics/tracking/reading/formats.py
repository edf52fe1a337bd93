"""The formats that are read, by the name a carrier has for it (HookFormat), or the carrier's whose answer it is."""

from collections.abc import Mapping

from logistics.fulfilment.models import HookFormat
from logistics.tracking.reading import own
from logistics.tracking.reading.saying import Reader

READERS: Mapping[str, Reader] = {HookFormat.OWN.value: own.read}
