"""What staff record about parcels on their way."""

from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.queries import find_shipment
from logistics.tracking import queries
from logistics.tracking.forms import DeliveryForm, EventForm
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record, record_delivery
from logistics.tracking.routes.blueprint import bp


@bp.get("/shipments/<reference>/tracking-events/new")
@needs("tracking.record")
def new_event(reference: str) -> Response:
    """The form for what a carrier said."""
    return _form("tracking/new_event.html", find_shipment(session(), reference), EventForm.of_now(settings().timezone))


@bp.post("/shipments/<reference>/tracking-events")
@needs("tracking.record")
@writes_once
def create_event(session: Session, reference: str) -> Response:
    """Keep what a carrier said."""
    shipment, form = find_shipment(session, reference), EventForm()
    if not form.validate():
        return _form("tracking/new_event.html", shipment, form, status=422)
    record(session, reference=shipment.reference, report=form.report, by=current_actor())
    return _changed(session, shipment, _("The event is recorded."))


@bp.get("/shipments/<reference>/delivery/new")
@needs("tracking.record")
def new_delivery(reference: str) -> Response:
    """The form for who took the parcel in."""
    return _form("tracking/new_delivery.html", find_shipment(session(), reference), DeliveryForm.of_now(settings().timezone))


@bp.post("/shipments/<reference>/delivery")
@needs("tracking.record")
@writes_once
def create_delivery(session: Session, reference: str) -> Response:
    """Note that the parcel was delivered, and who signed."""
    shipment, form = find_shipment(session, reference), DeliveryForm()
    if not form.validate():
        return _form("tracking/new_delivery.html", shipment, form, status=422)
    signer, kind, by = form.signer.data or "", ProofKind(form.kind.data), current_actor()
    try:
        record_delivery(session, reference=shipment.reference, signer=signer, kind=kind, occurred_at=form.moment, by=by)
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _form("tracking/new_delivery.html", find_shipment(session, reference), form, status=refusal.status)
    return _changed(session, shipment, _("Shipment %(reference)s is delivered.", reference=shipment.reference))


def _form(template: str, shipment: Shipment, form: Any, *, status: int = 200) -> Response:
    return page(template, fragment="tracking_form", status=status, shipment=shipment, form=form, in_part=asks_for_part())


def _changed(session: Session, shipment: Shipment, message: str) -> Response:
    answer = done(
        to=url_for("fulfilment.show_shipment", reference=shipment.reference),
        partial="tracking/_order_panel.html",
        message=message,
        panel=queries.order_panel(session, shipment.order),
    )
    # The panel takes the place of the panel, not of the form in it; what else the page shows of the order looks again.
    answer.headers.update({"HX-Retarget": "#tracking", "HX-Reswap": "outerMorph", "HX-Trigger": "seen"})
    return answer
