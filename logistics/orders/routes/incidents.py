"""Payment incidents: what went wrong with the money of orders, and how it was settled."""

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.orders.alerting import resolve_incident
from logistics.orders.forms import ResolutionForm
from logistics.orders.incident_lists import IncidentSearch
from logistics.orders.incident_queries import count_incidents, find_incidents
from logistics.orders.models import IncidentKind
from logistics.orders.routes.blueprint import payments
from logistics.orders.wording import INCIDENT_KINDS, incident_advice, incident_text


@payments.get("/incidents")
@needs("payments.read")
def list_incidents() -> Response:
    """What waits for somebody, the oldest first; with `?state=resolved` what was settled."""
    search = IncidentSearch.from_query(request.args, IncidentKind)
    return page(
        "payments/incidents.html",
        fragment="incidents_table",
        search=search,
        incidents=find_incidents(session(), search),
        kinds=list(INCIDENT_KINDS.items()),
        open_count=count_incidents(session()),
        incident_text=incident_text,
        incident_advice=incident_advice,
        form=ResolutionForm(formdata=None),
    )


@payments.post("/incidents/<int:incident_id>/resolution")
@needs("incidents.resolve")
@writes
def create_resolution(session: Session, incident_id: int) -> Response:
    """Note how it was settled."""
    form = ResolutionForm()
    if not form.validate():
        raise Invalid(_("Say in at most 500 characters how it was settled."))
    resolve_incident(session, incident_id=incident_id, resolution=form.resolution.data or "", by=current_actor())
    return done(to=url_for(".list_incidents"), message=_("The incident is resolved."))
