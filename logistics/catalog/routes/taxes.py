"""Settings: what goods are taxed with, by country and class."""

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from logistics.catalog import queries
from logistics.catalog.forms import TaxRateForm
from logistics.catalog.models import RatedClass, TaxRate
from logistics.catalog.taxing import add_tax_rate, change_tax_rate, get_tax_rate, remove_tax_rate
from logistics.catalog.wording import TAX_CLASSES
from logistics.core.actors import current_actor, needs
from logistics.core.countries import country_name
from logistics.core.database import session
from logistics.core.language import _, current_locale
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes

taxes = Blueprint("taxes", __name__, url_prefix="/settings/taxes")


@taxes.get("/")
@needs("taxes.read")
def list_tax_rates() -> Response:
    """Every rate, by country."""
    return page("catalog/taxes.html", rates=queries.find_tax_rates(session(), current_locale()), classes=TAX_CLASSES)


@taxes.get("/new")
@needs("taxes.write")
def new_tax_rate() -> Response:
    """Another one."""
    return _page(None, TaxRateForm(formdata=None))


@taxes.post("/new")
@needs("taxes.write")
@writes
def create_tax_rate(session: Session) -> Response:
    """Add it."""
    form = TaxRateForm()
    if form.validate():
        try:
            chosen = RatedClass(form.tax_class.data)
            add_tax_rate(session, country=form.country.data, tax_class=chosen, facts=form.facts, by=current_actor())
            return done(to=url_for(".list_tax_rates"), message=_("The tax rate is added. It holds for orders placed from now on."))
        except Invalid as refusal:
            form.add_errors(refusal)
    return _page(None, form, status=422)


@taxes.get("/<int:rate_id>")
@needs("taxes.write")
def show_tax_rate(rate_id: int) -> Response:
    """One rate."""
    rate = get_tax_rate(session(), rate_id)
    return _page(rate, TaxRateForm.of(rate))


@taxes.post("/<int:rate_id>")
@needs("taxes.write")
@writes
def update_tax_rate(session: Session, rate_id: int) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    rate, form = get_tax_rate(session, rate_id), TaxRateForm.sent_for_known()
    status, differences = 422, list[tuple[str, str, str]]()
    if form.validate():
        try:
            change_tax_rate(session, rate_id=rate.id, facts=form.facts, version=form.version.data or 0, by=current_actor())
            return done(to=url_for(".list_tax_rates"), message=_("Saved. It holds for orders placed from now on."))
        except Stale as refusal:
            status, differences = refusal.status, form.differences(rate)
            form.version.typed = str(rate.version)
    return _page(rate, form, status=status, differences=differences)


@taxes.post("/<int:rate_id>/removal")
@needs("taxes.write")
@writes
def create_tax_rate_removal(session: Session, rate_id: int) -> Response:
    """Throw it away."""
    remove_tax_rate(session, rate_id=rate_id, by=current_actor())
    return done(to=url_for(".list_tax_rates"), message=_("The tax rate is removed. Orders that have it keep it."))


def _page(rate: TaxRate | None, form: TaxRateForm, *, status: int = 200, differences: list[tuple[str, str, str]] | None = None) -> Response:
    title = f"{country_name(rate.country)}, {TAX_CLASSES[rate.tax_class]}" if rate else _("New tax rate")
    shown = {"rate": rate, "title": title, "form": form, "differences": differences or []}
    return page("catalog/tax_rate.html", fragment="tax_rate_form", status=status, **shown)
