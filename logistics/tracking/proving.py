"""Proving that parcels were delivered: what is added later, and what is taken off again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, NotFound
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.tracking.drawing import Picture
from logistics.tracking.events import ProofAdded, ProofErased
from logistics.tracking.models import Proof, ProofKind, ProofPhoto, TrackingEvent, TrackingStatus
from logistics.tracking.photos import keep_photo


def add_proof(session: Session, *, reference: str, kind: ProofKind, by: Actor, signer: str = "", picture: Picture | None = None) -> Proof:
    """Say who took in a parcel whose carrier only said that it was delivered. Locks the order and the shipment.

    Raises IllegalMove for a parcel that is not delivered, or whose delivery has a proof already; NotFound.
    """
    shipment = take_in_hand(session, reference).shipment
    event = _last_delivery(session, shipment)
    if event is None or shipment.state != ShipmentState.DELIVERED:
        raise IllegalMove(_("Shipment %(reference)s is not delivered yet.", reference=reference))
    if session.scalar(select(Proof.id).where(Proof.shipment_id == shipment.id, Proof.at == event.occurred_at).limit(1)):
        raise IllegalMove(_("This delivery has its proof already."))
    proof = Proof(shipment_id=shipment.id, event_id=event.id, signer=signer or None, kind=kind.value, at=event.occurred_at)
    session.add(proof)
    session.flush()
    publish(session, ProofAdded(shipment.id, proof.id, kind.value), by=by)
    if picture:
        keep_photo(session, proof, picture, by=by)
    return proof


def add_photo(session: Session, *, reference: str, proof_id: int, picture: Picture, by: Actor) -> ProofPhoto:
    """Add the photo of a delivery that was noted before. Locks the order and the shipment.

    Raises IllegalMove for a proof that has a photo, NotFound for one of another shipment.
    """
    proof = _find_proof(session, take_in_hand(session, reference).shipment, proof_id)
    if proof.photo:
        raise IllegalMove(_("This delivery has a photo already. Remove it first."))
    return keep_photo(session, proof, picture, by=by)


def erase_proof(session: Session, *, proof_id: int, by: Actor, and_signer: bool = False) -> Proof:
    """Forget the photo of a delivery for good, and who signed, if that is asked for; that it was delivered stays. Locks the order and the shipment.

    A no-op where nothing is left to forget. Raises NotFound.
    """
    reference = session.scalar(select(Shipment.reference).join(Proof, Proof.shipment_id == Shipment.id).where(Proof.id == proof_id))
    proof = _find_proof(session, take_in_hand(session, reference or "").shipment, proof_id)
    photo, signer = proof.photo, proof.signer if and_signer else None
    if not photo and not signer:
        return proof
    if photo:
        session.delete(photo)
    if signer:
        proof.signer = None
    session.flush()
    session.expire(proof, ["photo"])
    publish(session, ProofErased(proof.shipment_id, proof.id, photo=photo is not None, signer=signer is not None), by=by)
    return proof


def _find_proof(session: Session, shipment: Shipment, proof_id: int) -> Proof:
    """The proof, read anew under its shipment's lock."""
    wanted = select(Proof).where(Proof.id == proof_id, Proof.shipment_id == shipment.id).execution_options(populate_existing=True)
    proof = session.scalar(wanted)
    if proof is None:
        raise NotFound(_("There is no such proof of delivery."))
    return proof


def _last_delivery(session: Session, shipment: Shipment) -> TrackingEvent | None:
    """The event that this parcel counts as delivered by."""
    delivered = select(TrackingEvent).where(TrackingEvent.shipment_id == shipment.id, TrackingEvent.status == TrackingStatus.DELIVERED.value)
    return session.scalar(delivered.where(TrackingEvent.occurred_at == shipment.delivered_at).order_by(TrackingEvent.id.desc()).limit(1))
