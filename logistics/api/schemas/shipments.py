"""Parcels, as programs get them."""

from datetime import datetime

from pydantic import Field

from logistics.api.schemas.kinds import Answer, Cursor, Limit, Query, Short
from logistics.fulfilment.models import ShipmentState
from logistics.tracking.models import TrackingStatus


class ShipmentQuery(Query):
    """Which parcels are wanted; the newest come first."""

    order: Short | None = Field(None, description="The number of their order.")
    state: ShipmentState | None = None
    cursor: Cursor = ""
    limit: Limit = 50


class CarrierAnswer(Answer):
    """Who takes the parcel."""

    code: str
    name: str


class ShipmentLineAnswer(Answer):
    """Units of a product in a parcel."""

    sku: str
    name: str
    quantity: int


class TrackingAnswer(Answer):
    """What was reported of a parcel."""

    at: datetime
    status: TrackingStatus
    text: str
    place: str


class ShipmentAnswer(Answer):
    """One parcel from one warehouse."""

    reference: str
    order: str
    external_id: str | None = Field(description="The channel's own number of the order.")
    warehouse: str
    state: ShipmentState
    carrier: CarrierAnswer | None
    tracking_number: str
    carrier_url: str = Field(description="The carrier's own page about it.")
    created_at: datetime
    packed_at: datetime | None
    dispatched_at: datetime | None
    lines: list[ShipmentLineAnswer]


class FollowedShipmentAnswer(ShipmentAnswer):
    """A parcel with what was reported of it, the latest first."""

    events: list[TrackingAnswer]


class ShipmentPage(Answer):
    """A page of parcels; `next` is the cursor of the page after it, null at the end."""

    items: list[ShipmentAnswer]
    next: str | None
