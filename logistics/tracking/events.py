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
class ArrivalTold(Event):
    """A carrier said between which days (YYYY-MM-DD) it expects to deliver a parcel, and it had said otherwise before, or nothing."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    earliest: str
    latest: str


@dataclass(frozen=True)
class CarrierSecretSet(Event):
    """A carrier signs with a new secret from now on; the one before holds until `ends_at` (an RFC 3339 time), if there was one."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int
    ends_at: str = ""


@dataclass(frozen=True)
class CarrierSecretsEnded(Event):
    """Nothing that the carrier signs is taken any more."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int


@dataclass(frozen=True)
class CarrierNewsAltered(Event):
    """A carrier signed two different things under one event id: the second is kept apart."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int
    delivery_id: int
    first_id: int


@dataclass(frozen=True)
class CarrierNewsDecided(Event):
    """A person decided about something that a carrier sent and nobody could read: tried again, or discarded."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int
    delivery_id: int
    decision: str


@dataclass(frozen=True)
class CarrierCodeMapped(Event):
    """A carrier's own code means this status, and perhaps problem, from now on and for what came before."""

    SUBJECT: ClassVar[str] = "carrier"
    carrier_id: int
    code: str
    status: str
    problem: str


@dataclass(frozen=True)
class ProofAdded(Event):
    """Somebody said later how the parcel was delivered; `kind` is one of ProofKind."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    proof_id: int
    kind: str


@dataclass(frozen=True)
class ProofTold(Event):
    """A carrier told later who took in a parcel of which it had only said that it was delivered; `kind` is one of ProofKind."""

    SUBJECT: ClassVar[str] = "order"
    order_id: int
    shipment_id: int
    proof_id: int
    kind: str


@dataclass(frozen=True)
class ProofPhotoAdded(Event):
    """There is a photo of the delivery."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    proof_id: int


@dataclass(frozen=True)
class ProofErased(Event):
    """The photo of a delivery, or who signed for it, was forgotten for good."""

    SUBJECT: ClassVar[str] = "shipment"
    shipment_id: int
    proof_id: int
    photo: bool
    signer: bool


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
