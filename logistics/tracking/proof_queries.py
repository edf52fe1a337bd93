"""Reads for pages that show how parcels were delivered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from logistics.fulfilment.models import Shipment
from logistics.tracking.models import Proof, ProofPhoto, TrackingEvent
from logistics.tracking.timeline import PROOF_TEXT


def find_proofs(session: Session, order_id: int) -> Sequence[Row[Any]]:
    """How an order's parcels were delivered, the latest first.

    Columns: id, shipment_id, reference, signer, kind, at, offset_minutes, photo (its name or None), width, height.
    """
    proofs = (
        select(Proof.id, Proof.shipment_id, Shipment.reference, Proof.signer, Proof.kind, Proof.at, TrackingEvent.offset_minutes)
        .add_columns(ProofPhoto.name.label("photo"), ProofPhoto.width, ProofPhoto.height)
        .join(Shipment, Shipment.id == Proof.shipment_id)
        .outerjoin(ProofPhoto, ProofPhoto.proof_id == Proof.id)
        .outerjoin(TrackingEvent, TrackingEvent.id == Proof.event_id)
        .where(Shipment.order_id == order_id)
    )
    return session.execute(proofs.order_by(Proof.at.desc(), Proof.id.desc())).all()


def proof_text(kind: str) -> str:
    """Who took the parcel in."""
    return str(PROOF_TEXT[kind])
