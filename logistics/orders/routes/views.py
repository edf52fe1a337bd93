"""The views of the list that people keep."""

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.htmx import asks_for_part
from logistics.core.keys import writes_once
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid, Stale
from logistics.core.transactions import writes
from logistics.orders import viewing
from logistics.orders.filtering import OrderSearch
from logistics.orders.forms.lists import ViewForm
from logistics.orders.list_wording import built_in_views
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.listing import asked_for


@bp.get("/views/")
@needs("orders.read")
def list_views() -> Response:
    """All views somebody can open, to be put into order, renamed, shared and thrown away."""
    return page("orders/views.html", fragment="views", **_context(session()))


@bp.get("/views/new")
@needs("orders.read")
def new_view() -> Response:
    """A name for what the list shows now."""
    return _ask(ViewForm(formdata=None, data={"query": asked_for().text}))


@bp.post("/views/new")
@needs("orders.read")
@writes_once
def create_view(session: Session) -> Response:
    """Keep it."""
    form, person = ViewForm(), _person()
    if not form.validate():
        return _ask(form, 422)
    try:
        facts: dict[str, Any] = {
            "name": form.name.data or "",
            "query": form.query.data or "",
            "shared": form.shared.data and may("orders.share_views"),
        }
        view = viewing.keep_view(session, person_id=person, instead=form.instead.data, **facts)
    except Invalid as refusal:
        session.rollback()
        form.add_errors(refusal)
        return _ask(form, refusal.status)
    if form.first.data:
        viewing.choose_default(session, person_id=person, view_id=view.id)
    return done(to=url_for("orders.list_orders") + f"?{view.query}", message=_("The view “%(name)s” is kept.", name=view.name))


@bp.post("/views/<int:view_id>")
@needs("orders.read")
@writes
def update_view(session: Session, view_id: int) -> Response:
    """Rename it, or share it."""
    form = ViewForm()
    if not form.validate():
        raise Invalid(_("Give the view a name of at most 60 characters."))
    shared = form.shared.data and may("orders.share_views")
    given: dict[str, Any] = {"name": form.name.data or "", "shared": shared, "version": form.version.data or 0}
    try:
        viewing.change_view(session, view_id=view_id, person_id=_person(), **given)
    except Stale:
        session.rollback()
        raise
    return _changed(session, _("Saved."))


@bp.post("/views/<int:view_id>/removal")
@needs("orders.read")
@writes
def destroy_view(session: Session, view_id: int) -> Response:
    """Throw it away."""
    name = viewing.remove_view(session, view_id=view_id, person_id=_person())
    session.flush()
    return _changed(session, _("The view “%(name)s” is gone.", name=name))


@bp.post("/views/<int:view_id>/place")
@needs("orders.read")
@writes
def update_view_place(session: Session, view_id: int) -> Response:
    """Put it earlier or later among one's own."""
    viewing.move_view(session, view_id=view_id, person_id=_person(), step=1 if request.form.get("step") == "later" else -1)
    session.flush()
    return _changed(session, "")


@bp.post("/views/first")
@needs("orders.read")
@writes
def update_first_view(session: Session) -> Response:
    """Choose what the list shows first: `view` is an id, the name of a built-in one, or nothing for the plain list."""
    chosen = request.form.get("view", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= 18 else None
    viewing.choose_default(session, person_id=_person(), view_id=number, built_in="" if number else chosen[:20])
    return _changed(session, _("Saved."))


def _ask(form: ViewForm, status: int = 200) -> Response:
    search = OrderSearch.from_text(form.query.data or "")
    answer = page("orders/new_view.html", fragment="new_view", status=status, form=form, search=search, in_part=asks_for_part())
    if status >= 400 and asks_for_part():
        answer.headers["HX-Retarget"] = "#asked"
    return answer


def _changed(session: Session, message: str) -> Response:
    return done(to=url_for("orders.list_views"), partial="orders/_views.html", message=message, **_context(session))


def _context(session: Session) -> dict[str, Any]:
    return {"views": viewing.find_views(session, _person()), "first": viewing.find_default(session, _person()), "built_in": built_in_views()}


def _person() -> int:
    return current_actor().id or 0
