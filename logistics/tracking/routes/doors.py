"""The customer's doors besides the link: the number with a second fact, and the links to all orders by e-mail."""

import hashlib

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import CUSTOMER
from logistics.core.keys import writes_once
from logistics.core.language import current_locale
from logistics.core.limits import count_try
from logistics.tracking.forms import FactForm, LinksForm, VisitForm
from logistics.tracking.requesting import request_links
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.routes.visiting import Visit, find_visited, for_anybody, for_visitors, nothing_here, page_of, welcome

LINKS_OF_ADDRESS = "3/hour"
LINKS = "10/hour"
# What somebody may be on the way to when they are asked for a second fact.
_GOALS = {"receipt", "problem", "address", "updates"}


@bp.get("/track")
@for_anybody
def new_visit() -> str:
    """Both doors: number and second fact, or the links by e-mail."""
    return render_template("tracking/doors.html", form=VisitForm(formdata=None), links_form=LinksForm(formdata=None))


@bp.post("/track")
@for_anybody
def create_visit() -> Response:
    """To the page of the order of this number, for who knows a second fact of it."""
    form = VisitForm()
    if not form.validate():
        return make_response(render_template("tracking/doors.html", form=form, links_form=LinksForm(formdata=None)), 422)
    found = find_visited(form.number.data or "", form.fact.data or "")
    return nothing_here() if found is None else welcome(make_response(redirect(page_of(found), 303)), found)


@bp.post("/track/links")
@for_anybody
def create_link_request() -> Response:
    """Let the links to all orders of an address be sent there. The answer is the same whether there are any."""
    form = LinksForm()
    if not form.validate():
        return make_response(render_template("tracking/doors.html", form=VisitForm(formdata=None), links_form=form), 422)
    email = form.email.data or ""
    count_try(LINKS, "links", request.remote_addr or "")
    count_try(LINKS_OF_ADDRESS, "links", hashlib.sha256(email.casefold().encode()).hexdigest())
    return _request_links(email)


@bp.get("/track/links")
@for_anybody
def show_link_request() -> str:
    """That the links are on their way, if there are any."""
    return render_template("tracking/links_asked.html")


@bp.get("/track/<token>/identity")
@for_visitors
def new_identity(visit: Visit) -> str:
    """Ask for a second fact, to do more."""
    return render_template("tracking/identity.html", form=FactForm(formdata=None), visit=visit, to=_goal())


@bp.post("/track/<token>/identity")
@for_visitors
def create_identity(visit: Visit) -> Response:
    """Give who knows a second fact a pass for two hours."""
    form = FactForm()
    if not form.validate():
        return make_response(render_template("tracking/identity.html", form=form, visit=visit, to=_goal()), 422)
    found = find_visited(visit.number, form.fact.data or "")
    if found is None:
        return nothing_here()
    goal = f"/{_goal()}" if _goal() else ""
    return welcome(make_response(redirect(url_for(".show_public", token=visit.token) + goal, 303)), found)


@writes_once
def _request_links(session: Session, email: str) -> Response:
    request_links(session, email=email, language=current_locale(), by=CUSTOMER)
    return make_response(redirect(url_for(".show_link_request"), 303))


def _goal() -> str:
    asked = request.args.get("to", "")
    return asked if asked in _GOALS else ""
