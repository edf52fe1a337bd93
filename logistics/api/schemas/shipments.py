"""Parcels, as programs get them."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from logistics.api.schemas.kinds import Answer, Body, Code, Cursor, Identifier, Instant, Limit, Line, LineNote, Query, Short, TrackingNumber, example
from logistics.fulfilment.models import ShipmentState
from logistics.tracking.models import TrackingStatus
from logistics.tracking.receiving import MOST_EVENTS

Reported = Literal[
    "label_created", "in_transit", "out_for_delivery", "ready_for_pickup", "attempt_failed", "held_up",
    "delivered", "returning", "returned_to_sender", "lost",
]  # fmt: skip


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


class DispatchBody(Body):
    """By whom a packed parcel leaves, and under which number."""

    model_config = example(carrier="DHL", tracking_number="JD014600006281230701")

    carrier: Code = Field(description="The code of a carrier that takes parcels.")
    tracking_number: TrackingNumber = Field(description="As it stands on the label. Spaces are dropped; of a barcode the number is kept.")


class DispatchedShipmentAnswer(ShipmentAnswer):
    """A parcel that has left."""

    warning: str | None = Field(description="Why the number may be none of this carrier's, for people; null where nothing speaks against it.")


class EventBody(Body):
    """One thing that happened to the parcel. The same `id` again is the same event: the first one stays."""

    id: Identifier = Field(description="Your own name for the event, for this parcel.")
    at: Instant
    status: Reported
    text: LineNote | None = Field(None, description="In the carrier's words.")
    place: Line | None = None


class EventsBody(Body):
    """What happened to a parcel on its way, in whatever order."""

    MOST: ClassVar = {"events": MOST_EVENTS}
    model_config = example(events=[{"id": "scan-81", "at": "2026-11-26T09:30:00+01:00", "status": "out_for_delivery", "place": "Leeds"}])

    events: list[EventBody] = Field(min_length=1)


class TakenEventAnswer(Answer):
    """What became of one event: `new`, or `known` from before. A `future` one is kept and left out, until somebody tells a time that has come."""

    id: str
    outcome: Literal["new", "known"]
    future: bool = Field(description="Its time was more than ten minutes ahead.")


class TakenEventsAnswer(Answer):
    """What became of the events, in the order sent, and where the parcel is now."""

    reference: str
    state: ShipmentState
    events: list[TakenEventAnswer]


class ShipmentPage(Answer):
    """A page of parcels; `next` is the cursor of the page after it, null at the end."""

    items: list[ShipmentAnswer]
    next: str | None
