"""Proof of delivery: what is added later, its photo, and forgetting it."""

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.programs import takes_up_to
from logistics.core.transactions import writes
from logistics.fulfilment.queries import find_shipment
from logistics.tracking.forms import ErasureForm, PhotoForm, ProofForm
from logistics.tracking.models import ProofKind
from logistics.tracking.photos import load_photo
from logistics.tracking.proving import add_photo, add_proof, erase_proof
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.recording import LARGEST_BODY, changed, show_form


@bp.get("/shipments/<reference>/proof/<name>")
@needs("shipments.read")
def show_photo(reference: str, name: str) -> Response:
    """The photo of a delivery; `?small` for pages, `?download` to keep it."""
    answer = Response(load_photo(session(), name, reference=reference, small="small" in request.args), mimetype="image/jpeg")
    answer.headers.set("Content-Disposition", "attachment" if "download" in request.args else "inline", filename=f"{name}.jpg")
    return answer


@bp.get("/shipments/<reference>/proofs/new")
@needs("tracking.record")
def new_proof(reference: str) -> Response:
    """The form for who took in a parcel that its carrier delivered."""
    return show_form("tracking/new_proof.html", find_shipment(session(), reference), ProofForm(formdata=None))


@bp.post("/shipments/<reference>/proofs")
@needs("tracking.record")
@takes_up_to(LARGEST_BODY)
def create_proof(reference: str) -> Response:
    """Say who took it in."""
    form = ProofForm()
    return _create_proof(reference, form, form.validate())


@writes_once
def _create_proof(session: Session, reference: str, form: ProofForm, is_good: bool) -> Response:
    shipment = find_shipment(session, reference)
    if not is_good:
        return show_form("tracking/new_proof.html", shipment, form, status=422)
    told: dict[str, Any] = {"signer": form.signer.data or "", "kind": ProofKind(form.kind.data), "picture": form.photo.picture}
    add_proof(session, reference=shipment.reference, by=current_actor(), **told)
    return changed(session, shipment, _("The proof of delivery is kept."))


@bp.get("/shipments/<reference>/proofs/<int:proof_id>/photo/new")
@needs("tracking.record")
def new_photo(reference: str, proof_id: int) -> Response:
    """The form for a photo of a delivery that was noted before."""
    return show_form("tracking/new_photo.html", find_shipment(session(), reference), PhotoForm(formdata=None), proof_id=proof_id)


@bp.post("/shipments/<reference>/proofs/<int:proof_id>/photo")
@needs("tracking.record")
@takes_up_to(LARGEST_BODY)
def create_photo(reference: str, proof_id: int) -> Response:
    """Add it."""
    form = PhotoForm()
    return _create_photo(reference, proof_id, form, form.validate())


@writes_once
def _create_photo(session: Session, reference: str, proof_id: int, form: PhotoForm, is_good: bool) -> Response:
    shipment, picture = find_shipment(session, reference), form.photo.picture
    if not is_good or picture is None:
        return show_form("tracking/new_photo.html", shipment, form, status=422, proof_id=proof_id)
    add_photo(session, reference=shipment.reference, proof_id=proof_id, picture=picture, by=current_actor())
    return changed(session, shipment, _("The photo is kept."))


@bp.post("/shipments/<reference>/proofs/<int:proof_id>/erasure")
@needs("proofs.erase")
@writes
def create_erasure(session: Session, reference: str, proof_id: int) -> Response:
    """Forget its photo, and who signed, if that is asked for."""
    shipment, form = find_shipment(session, reference), ErasureForm()
    erase_proof(session, proof_id=proof_id, and_signer=bool(form.and_signer.data), by=current_actor())
    return changed(session, shipment, _("It is forgotten."))
