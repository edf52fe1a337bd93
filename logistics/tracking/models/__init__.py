"""Parcels on their way: what was reported, what carriers sent, who took them in, what went wrong, how long they take."""

from logistics.tracking.models.events import EventSource, Problem, TrackingEvent, TrackingStatus
from logistics.tracking.models.inbox import CarrierCode, CarrierDelivery, CarrierSecret, DeliveryState, ParkedEvent
from logistics.tracking.models.incidents import ParcelIncident, ParcelIncidentKind
from logistics.tracking.models.proofs import Proof, ProofKind, ProofPhoto
from logistics.tracking.models.transit import TransitTime
from logistics.tracking.models.updates import LinkRequest, UpdateRequest

__all__ = [
    "CarrierCode",
    "CarrierDelivery",
    "CarrierSecret",
    "DeliveryState",
    "EventSource",
    "LinkRequest",
    "ParcelIncident",
    "ParcelIncidentKind",
    "ParkedEvent",
    "Problem",
    "Proof",
    "ProofKind",
    "ProofPhoto",
    "TrackingEvent",
    "TrackingStatus",
    "TransitTime",
    "UpdateRequest",
]
