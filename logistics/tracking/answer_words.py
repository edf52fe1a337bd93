"""What the formats are called in which carriers answer."""

from typing import Any

from logistics.tracking import inbox_words
from logistics.tracking.reading.formats import READERS

_APIS: dict[str, Any] = {"ups": "UPS", "fedex": "FedEx", "usps": "USPS", "laposte": "La Poste", "dhl": "DHL", "gls": "GLS"}
FORMATS: list[tuple[str, Any]] = [(form, (_APIS | inbox_words.FORMATS)[form]) for form in sorted(READERS)]
