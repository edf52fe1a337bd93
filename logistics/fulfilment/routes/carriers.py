"""Carriers."""

from flask import Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.fulfilment import queries
from logistics.fulfilment.contracting import add_carrier, change_carrier
from logistics.fulfilment.forms import CarrierForm
from logistics.fulfilment.routes.blueprint import bp


@bp.get("/settings/carriers/")
@needs("carriers.write")
def list_carriers() -> Response:
    """Everybody who takes parcels, or took them."""
    return page("fulfilment/carriers.html", carriers=queries.find_carriers(session()))


@bp.get("/settings/carriers/new")
@needs("carriers.write")
def new_carrier() -> Response:
    """Another one."""
    return page("fulfilment/carrier.html", carrier=None, form=CarrierForm(formdata=None), differences=[])


@bp.post("/settings/carriers/new")
@needs("carriers.write")
@writes
def create_carrier(session: Session) -> Response:
    """Add it."""
    form = CarrierForm()
    if form.validate():
        try:
            carrier = add_carrier(session, code=form.code.data or "", **form.facts, by=current_actor())
            return done(to=url_for("fulfilment.list_carriers"), message=_("%(name)s takes parcels now.", name=carrier.name))
        except Invalid as refusal:
            form.add_errors(refusal)
    return page("fulfilment/carrier.html", fragment="carrier_form", status=422, carrier=None, form=form, differences=[])


@bp.get("/settings/carriers/<code>")
@needs("carriers.write")
def show_carrier(code: str) -> Response:
    """One carrier."""
    carrier = queries.get_carrier(session(), code)
    return page("fulfilment/carrier.html", carrier=carrier, form=CarrierForm(formdata=None, obj=carrier), differences=[])


@bp.post("/settings/carriers/<code>")
@needs("carriers.write")
@writes
def update_carrier(session: Session, code: str) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    carrier, form = queries.get_carrier(session, code), CarrierForm.without_code()
    status, differences = 422, list[tuple[str, str, str]]()
    if form.validate():
        try:
            change_carrier(session, code=carrier.code, **form.facts, version=form.version.data or 0, by=current_actor())
            return done(to=url_for("fulfilment.list_carriers"), message=_("Saved."))
        except Stale as refusal:
            status, differences = refusal.status, form.differences(carrier)
            form.version.typed = str(carrier.version)
    return page("fulfilment/carrier.html", fragment="carrier_form", status=status, carrier=carrier, form=form, differences=differences)
