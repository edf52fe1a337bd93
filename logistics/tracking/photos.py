"""Keeping photos of deliveries, and giving them out."""

from secrets import token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Shipment
from logistics.tracking.drawing import Picture
from logistics.tracking.events import ProofPhotoAdded
from logistics.tracking.models import Proof, ProofPhoto


def keep_photo(session: Session, proof: Proof, picture: Picture, *, by: Actor) -> ProofPhoto:
    """Keep the photo of a proof that has none, under a random name. Its shipment must be locked."""
    photo = ProofPhoto(
        proof_id=proof.id,
        name=token_urlsafe(18),
        width=picture.width,
        height=picture.height,
        data=picture.data,
        small=picture.small,
        added_at=clock.now(),
        added_by=by.id if by.kind == "staff" else None,
    )
    session.add(photo)
    session.flush()
    publish(session, ProofPhotoAdded(proof.shipment_id, proof.id), by=by)
    return photo


def load_photo(session: Session, name: str, *, order_id: int | None = None, reference: str = "", small: bool = False) -> bytes:
    """A photo of a delivery, a JPEG; `small`: for a page that shows several.

    Raises NotFound for an unknown name, and for a photo of another order or of another shipment than what is given.
    """
    photos = select(ProofPhoto.small if small else ProofPhoto.data).where(ProofPhoto.name == name)
    if order_id is not None or reference:
        photos = photos.join(Proof, Proof.id == ProofPhoto.proof_id).join(Shipment, Shipment.id == Proof.shipment_id)
    if order_id is not None:
        photos = photos.where(Shipment.order_id == order_id)
    if reference:
        photos = photos.where(Shipment.reference == reference)
    found = session.scalar(photos)
    if found is None:
        raise NotFound(_("There is no such photo."))
    return found
