"""Carriers."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.fulfilment import queries
from logistics.fulfilment.carrier_queries import CarrierSearch, search_carriers
from logistics.fulfilment.contracting import add_carrier, change_carrier
from logistics.fulfilment.forms import CarrierForm
from logistics.fulfilment.models import Carrier
from logistics.fulfilment.routes.blueprint import bp
from logistics.fulfilment.wording import HOOK_FORMATS, ZONES


@bp.get("/settings/carriers/")
@needs("carriers.write")
def list_carriers() -> Response:
    """Everybody who takes parcels or reports about them, or did."""
    search = CarrierSearch.from_query(request.args)
    carriers = search_carriers(session(), search)
    return page("fulfilment/carriers.html", fragment="carriers_table", search=search, carriers=carriers, formats=HOOK_FORMATS)


@bp.get("/settings/carriers/new")
@needs("carriers.write")
def new_carrier() -> Response:
    """Another one."""
    return _form(None, CarrierForm.of(None))


@bp.post("/settings/carriers/new")
@needs("carriers.write")
@writes
def create_carrier(session: Session) -> Response:
    """Add it."""
    form = CarrierForm.sent(is_new=True)
    if form.change_rows(request.form):
        return _form(None, form)
    if form.validate():
        try:
            carrier = add_carrier(session, code=form.code.data or "", facts=form.facts, by=current_actor())
            return done(to=url_for("fulfilment.list_carriers"), message=_added(carrier))
        except Invalid as refusal:
            form.add_errors(refusal)
    return _form(None, form, status=422)


@bp.get("/settings/carriers/<code>")
@needs("carriers.write")
def show_carrier(code: str) -> Response:
    """One carrier."""
    carrier = queries.get_carrier(session(), code)
    return _form(carrier, CarrierForm.of(carrier))


@bp.post("/settings/carriers/<code>")
@needs("carriers.write")
@writes
def update_carrier(session: Session, code: str) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    carrier, form = queries.get_carrier(session, code), CarrierForm.sent(is_new=False)
    if form.change_rows(request.form):
        return _form(carrier, form)
    status, differences = 422, list[tuple[str, str, str]]()
    if form.validate():
        try:
            change_carrier(session, code=carrier.code, facts=form.facts, version=form.version.data or 0, by=current_actor())
            return done(to=url_for("fulfilment.list_carriers"), message=_("Saved."))
        except Stale as refusal:
            status, differences = refusal.status, form.differences(carrier)
            form.version.typed = str(carrier.version)
    return _form(carrier, form, status=status, differences=differences)


def _form(carrier: Carrier | None, form: CarrierForm, *, status: int = 200, differences: Any = ()) -> Response:
    shown = {"carrier": carrier, "form": form, "differences": differences, "zones": ZONES, "timezone": settings().timezone}
    return page("fulfilment/carrier.html", fragment="carrier_form", status=status, **shown)


def _added(carrier: Carrier) -> str:
    if carrier.takes_parcels:
        return str(_("%(name)s takes parcels now.", name=carrier.name))
    return str(_("%(name)s may report about parcels now.", name=carrier.name))
