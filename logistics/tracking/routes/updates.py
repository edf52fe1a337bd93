"""News by e-mail: asked for by who knows a second fact, confirmed and ended from the mailbox by the links in its mails."""

from flask import Response, flash, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import CUSTOMER
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.keys import writes_once
from logistics.core.language import _, current_locale
from logistics.core.limits import count_try
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.tracking.disclosing import mask_email
from logistics.tracking.following import ask_for_updates, confirm_updates, end_updates, find_request
from logistics.tracking.forms import LinksForm
from logistics.tracking.public_queries import public_order
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.visiting import Visit, for_customers, for_visitors

# Each may send a mail to an address that nobody has confirmed yet.
ASKED = "10/day"


@bp.get("/track/<token>/updates")
@for_customers
def new_updates(visit: Visit) -> Response:
    """Ask for the address."""
    return _form(visit, session(), LinksForm(formdata=None))


@bp.post("/track/<token>/updates")
@for_customers
def create_updates(visit: Visit) -> Response:
    """Send a mail there that asks for confirmation."""
    session().rollback()
    count_try(ASKED, "updates", visit.number)
    return _create_updates(visit)


@bp.get("/track/<token>/updates/<mark>")
@for_visitors
def show_updates(visit: Visit, mark: str) -> str:
    """How it stands with the news to a mailbox, for who has the link from it: to be confirmed, or to be ended."""
    request = find_request(session(), order_id=visit.order_id, mark=mark, secret=settings().secret_key)
    return render_template("tracking/updates_of_mailbox.html", visit=visit, mark=mark, updates=request, email=mask_email(request.email))


@bp.post("/track/<token>/updates/<mark>/confirmation")
@for_visitors
@writes
def create_confirmation(session: Session, visit: Visit, mark: str) -> Response:
    """They want the news. Opening the link alone says nothing: mail programs open links by themselves."""
    confirm_updates(session, order_id=visit.order_id, mark=mark, secret=settings().secret_key, by=CUSTOMER)
    return make_response(redirect(url_for(".show_updates", token=visit.token, mark=mark), 303))


@bp.post("/track/<token>/updates/<mark>/end")
@for_visitors
@writes
def create_end(session: Session, visit: Visit, mark: str) -> Response:
    """They want no more of them."""
    end_updates(session, order_id=visit.order_id, mark=mark, secret=settings().secret_key, by=CUSTOMER)
    return make_response(redirect(url_for(".show_updates", token=visit.token, mark=mark), 303))


@writes_once
def _create_updates(session: Session, visit: Visit) -> Response:
    form = LinksForm()
    if not form.validate():
        return _form(visit, session, form, status=422)
    try:
        ask_for_updates(session, order_id=visit.order_id, email=form.email.data or "", language=current_locale(), by=CUSTOMER)
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _form(visit, session, form, status=422)
    flash(_("We have sent a mail to that address. The news begins once its link was followed."), "success")
    return make_response(redirect(url_for(".show_public", token=visit.token), 303))


def _form(visit: Visit, session: Session, form: LinksForm, *, status: int = 200) -> Response:
    told = public_order(session, visit.order_id, knows=True)
    return make_response(render_template("tracking/updates.html", visit=visit, order=told, form=form), status)
