"""In which zone a carrier tells times without an offset."""

from zoneinfo import ZoneInfo

from logistics.core.config import settings
from logistics.fulfilment.models import Carrier


def zone_of(carrier: Carrier) -> ZoneInfo:
    """The carrier's own zone, else the shop's."""
    return ZoneInfo(carrier.timezone or settings().timezone)
