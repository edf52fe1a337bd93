"""Settings: the company that documents are issued by."""

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.payments.company import get_company, save_company
from logistics.payments.forms import CompanyForm

bp = Blueprint("company", __name__, url_prefix="/settings/company")


@bp.get("/")
@needs("company.read")
def show_company() -> Response:
    """What documents say of the seller."""
    company = get_company(session())
    return page("payments/company.html", company=company, form=CompanyForm.of(company), differences=[])


@bp.post("/")
@needs("company.write")
@writes
def update_company(session: Session) -> Response:
    """Save it; a save that comes too late shows what is there now beside what was typed."""
    form, differences = CompanyForm(), list[tuple[str, str, str]]()
    status = 422
    if form.validate():
        try:
            save_company(session, details=form.details, version=form.version.data or 0, by=current_actor())
            return done(to=url_for("company.show_company"), message=_("Saved. Documents from now on say so."))
        except Invalid as refusal:
            form.add_errors(refusal)
        except Stale as refusal:
            now = get_company(session)
            status, differences = refusal.status, form.differences(now)
            form.version.typed = str(now.version)
    session.rollback()
    context = {"company": get_company(session), "form": form, "differences": differences}
    return page("payments/company.html", fragment="company_form", status=status, **context)
