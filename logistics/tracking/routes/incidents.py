"""Parcel incidents: what went wrong with parcels and how it was settled; and disputing a delivery."""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.fulfilment.queries import find_shipment
from logistics.orders.incident_lists import IncidentSearch
from logistics.tracking.disputing import dispute
from logistics.tracking.forms import DisputeForm, ResolutionForm
from logistics.tracking.incident_queries import WORDS, count_incidents, find_incidents
from logistics.tracking.incident_wording import KINDS
from logistics.tracking.incidents import resolve_incident
from logistics.tracking.models import EventSource, ParcelIncidentKind
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.recording import changed, show_form


@bp.get("/shipments/incidents")
@needs("shipments.read")
def list_incidents() -> Response:
    """What waits for somebody, the oldest first; with `?state=resolved` what was settled."""
    search = IncidentSearch.from_query(request.args, ParcelIncidentKind)
    return page(
        "tracking/incidents.html",
        fragment="incidents_table",
        search=search,
        incidents=find_incidents(session(), search),
        kinds=list(KINDS.items()),
        open_count=count_incidents(session()),
        form=ResolutionForm(formdata=None),
        **WORDS,
    )


@bp.post("/shipments/incidents/<int:incident_id>/resolution")
@needs("incidents.resolve")
@writes
def create_resolution(session: Session, incident_id: int) -> Response:
    """Note how it was settled."""
    form = ResolutionForm()
    if not form.validate():
        raise Invalid(_("Say in at most 500 characters how it was settled."))
    resolve_incident(session, incident_id=incident_id, resolution=form.resolution.data or "", by=current_actor())
    return done(to=url_for(".list_incidents"), message=_("The incident is resolved."))


@bp.get("/shipments/<reference>/dispute/new")
@needs("tracking.dispute")
def new_dispute(reference: str) -> Response:
    """The form for a delivery that did not arrive."""
    return show_form("tracking/new_dispute.html", find_shipment(session(), reference), DisputeForm(formdata=None))


@bp.post("/shipments/<reference>/dispute")
@needs("tracking.dispute")
@writes_once
def create_dispute(session: Session, reference: str) -> Response:
    """Note that the customer did not get it."""
    shipment, form = find_shipment(session, reference), DisputeForm()
    if not form.validate():
        return show_form("tracking/new_dispute.html", shipment, form, status=422)
    dispute(session, reference=shipment.reference, reason=form.reason.data or "", source=EventSource.STAFF, by=current_actor())
    return changed(session, shipment, _("The delivery is disputed, and an incident is open."))
