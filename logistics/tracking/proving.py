"""Proving that parcels were delivered: what is added later, and what is taken off again."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import EventLog, publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, NotFound
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.tracking.drawing import Picture
from logistics.tracking.events import ProofAdded, ProofErased, ProofTold
from logistics.tracking.models import EventSource, Proof, ProofKind, ProofPhoto, TrackingEvent, TrackingStatus
from logistics.tracking.photos import keep_photo
from logistics.tracking.reading.saying import Said
from logistics.tracking.recording import events_of
from logistics.tracking.rules import is_future


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


def hear_proofs(session: Session, shipment: Shipment, told: Mapping[str, Said], *, new: Mapping[str, TrackingEvent], by: Actor) -> None:
    """Keep who took a parcel in, where its carrier tells it of a delivery: one that is new (by its source id), or one known before.

    The shipment must be locked. Of a delivery that was known only what was not told before is added: whoever signed stays, and so does all
    that people recorded or erased. A no-op when nothing is new.
    """
    proven = {source_id: one for source_id, one in told.items() if one.signer or one.proof}
    for event in events_of(session, shipment.id) if proven else ():
        source_id = _first_name(session, event)
        if source_id in proven and event.status == TrackingStatus.DELIVERED and not is_future(event):
            proof = _hear(session, event, proven[source_id])
            if proof and source_id not in new:
                publish(session, ProofTold(shipment.order_id, shipment.id, proof.id, proof.kind), by=by)


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


def _hear(session: Session, event: TrackingEvent, said: Said) -> Proof | None:
    """The proof of a delivery with what its carrier told added; None where that adds nothing, or changes what people did."""
    kept = select(Proof).where(Proof.shipment_id == event.shipment_id, Proof.at == event.occurred_at)
    proof = session.scalar(kept.order_by(Proof.id).limit(1).execution_options(populate_existing=True))
    if proof is None:
        # Without a word on it we take it that the recipient did.
        proof = Proof(shipment_id=event.shipment_id, event_id=event.id, kind=ProofKind.SELF.value, at=event.occurred_at)
        session.add(proof)
    elif not _adds(said, proof) or _is_peoples(session, proof):
        return None
    proof.signer = proof.signer or said.signer[:200] or None
    if said.proof and proof.kind == ProofKind.SELF:
        proof.kind = said.proof.value
    session.flush()
    return proof


def _adds(said: Said, proof: Proof) -> bool:
    """Whether a carrier tells more than is known: a signer where there is none, or who it was that took the parcel in for the recipient."""
    return bool(said.signer and not proof.signer) or (proof.kind == ProofKind.SELF and said.proof not in (None, ProofKind.SELF))


def _first_name(session: Session, event: TrackingEvent) -> str:
    """The source id under which an event was told, before its code was explained."""
    while event.replaces_id:
        event = session.get_one(TrackingEvent, event.replaces_id)
    return event.source_id


def _find_proof(session: Session, shipment: Shipment, proof_id: int) -> Proof:
    """The proof, read anew under its shipment's lock."""
    wanted = select(Proof).where(Proof.id == proof_id, Proof.shipment_id == shipment.id).execution_options(populate_existing=True)
    proof = session.scalar(wanted)
    if proof is None:
        raise NotFound(_("There is no such proof of delivery."))
    return proof


def _is_peoples(session: Session, proof: Proof) -> bool:
    """Whether our people recorded a proof, added it or erased something of it: then a carrier changes nothing of it."""
    told = select(TrackingEvent.source).where(TrackingEvent.id == proof.event_id)
    if session.scalar(told) != EventSource.CARRIER:
        return True
    log, names = EventLog, (ProofAdded.__name__, ProofErased.__name__)
    done = select(log.id).where(log.subject == "shipment", log.subject_id == proof.shipment_id, log.name.in_(names))
    return session.scalar(done.where(log.data["proof_id"].as_integer() == proof.id).limit(1)) is not None


def _last_delivery(session: Session, shipment: Shipment) -> TrackingEvent | None:
    """The event that this parcel counts as delivered by."""
    delivered = select(TrackingEvent).where(TrackingEvent.shipment_id == shipment.id, TrackingEvent.status == TrackingStatus.DELIVERED.value)
    return session.scalar(delivered.where(TrackingEvent.occurred_at == shipment.delivered_at).order_by(TrackingEvent.id.desc()).limit(1))
