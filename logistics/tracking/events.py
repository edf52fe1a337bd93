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


@dataclass(frozen=True)
class ParcelIncidentOpened(Event):
    """Something wrong with a parcel waits for a person; `kind` is one of ParcelIncidentKind."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    incident_id: int
    kind: str


@dataclass(frozen=True)
class ParcelIncidentResolved(Event):
    """Somebody settled it."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    order_id: int
    incident_id: int
    kind: str


@dataclass(frozen=True)
class UpdatesAsked(Event):
    """Somebody wants the news of an order at an e-mail address: it is asked first."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    update_request_id: int


@dataclass(frozen=True)
class UpdatesConfirmed(Event):
    """Whoever reads that mailbox agreed."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    update_request_id: int


@dataclass(frozen=True)
class UpdatesEnded(Event):
    """No more news go there."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    update_request_id: int


@dataclass(frozen=True)
class LinksAsked(Event):
    """Somebody asked for the links to all the orders of an e-mail address."""

    SUBJECT: ClassVar[str] = "link_request"
    link_request_id: int
