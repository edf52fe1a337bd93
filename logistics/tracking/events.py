"""What happens to parcels on their way."""

from dataclasses import dataclass
from typing import ClassVar

from logistics.core.events import Event


@dataclass(frozen=True)
class TrackingRecorded(Event):
    """A tracking event was reported and kept."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    tracking_event_id: int
    status: str
    source: str


@dataclass(frozen=True)
class ParcelMoved(Event):
    """The parcel's state, folded from all its events, changed."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    before: str
    after: str
