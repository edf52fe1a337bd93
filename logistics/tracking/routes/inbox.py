"""What carriers sent: what waits for a person, what is parked, and what their codes mean."""

import json
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Stale
from logistics.core.transactions import writes
from logistics.staff.queries import name_of
from logistics.tracking import inbox_queries as queries
from logistics.tracking.deciding import discard, retry
from logistics.tracking.explaining import explain_code
from logistics.tracking.forms import CodeForm, DismissalForm
from logistics.tracking.inbox_queries import NewsSearch
from logistics.tracking.inbox_words import problem_text, reason_text, state_words
from logistics.tracking.routes.blueprint import bp
from logistics.tracking.timeline import STATUS_TEXT, local_time


@bp.get("/tracking/inbox/")
@needs("tracking.map")
def list_deliveries() -> Response:
    """What came in, the latest first; at first only what waits for a person."""
    search = NewsSearch.from_query(request.args, tuple(queries.DELIVERIES))
    found = queries.find_deliveries(session(), search)
    return _list("tracking/inbox.html", search, found, reason_text=reason_text, state_words=state_words)


@bp.get("/tracking/inbox/parked")
@needs("tracking.map")
def list_parked() -> Response:
    """What was said about parcels nobody here knows."""
    search = NewsSearch.from_query(request.args, queries.PARKED)
    found = queries.find_parked(session(), search)
    return _list("tracking/parked.html", search, found, status_text=STATUS_TEXT, local_time=local_time)


@bp.get("/tracking/inbox/codes")
@needs("tracking.map")
def list_codes() -> Response:
    """Codes of carriers that their format does not explain."""
    search = NewsSearch.from_query(request.args, queries.CODES)
    found = queries.find_codes(session(), search)
    return _list("tracking/codes.html", search, found, status_text=STATUS_TEXT, problem_text=problem_text)


@bp.get("/tracking/inbox/codes/<int:code_id>")
@needs("tracking.map")
def show_code(code_id: int) -> Response:
    """One code, and what it means."""
    return _code(session(), code_id, CodeForm(formdata=None, obj=queries.find_code(session(), code_id)))


@bp.post("/tracking/inbox/codes/<int:code_id>")
@needs("tracking.map")
@writes
def update_code(session: Session, code_id: int) -> Response:
    """Say what it means."""
    code, form = queries.find_code(session, code_id), CodeForm()
    if not form.validate():
        return _code(session, code_id, form, status=422)
    try:
        explain_code(session, code_id=code_id, status=form.meaning, problem=form.trouble, version=form.version.data or 0, by=current_actor())
    except Stale as refusal:
        form.version.typed = str(code.version)
        return _code(session, code_id, form, status=refusal.status, differences=form.differences(code))
    told = _("From now on %(code)s means “%(status)s”. What came before is put right in a moment.", code=code.code, status=STATUS_TEXT[form.meaning])
    return done(to=url_for(".list_codes"), message=told)


@bp.get("/tracking/inbox/<int:delivery_id>")
@needs("tracking.map")
def show_delivery(delivery_id: int) -> Response:
    """One thing a carrier sent: what is with it, and what is to be decided."""
    return page("tracking/delivery.html", fragment="delivery", **_context(session(), delivery_id))


@bp.post("/tracking/inbox/<int:delivery_id>/attempts")
@needs("tracking.map")
@writes
def create_attempt(session: Session, delivery_id: int) -> Response:
    """Let it be read again."""
    retry(session, delivery_id=delivery_id, by=current_actor())
    return done(to=url_for(".show_delivery", delivery_id=delivery_id), message=_("It is read again in a moment."))


@bp.post("/tracking/inbox/<int:delivery_id>/dismissal")
@needs("tracking.map")
@writes
def create_dismissal(session: Session, delivery_id: int) -> Response:
    """Nothing is to be done about it."""
    form = DismissalForm()
    if not form.validate():
        return page("tracking/delivery.html", fragment="delivery", status=422, **_context(session, delivery_id, form))
    discard(session, delivery_id=delivery_id, note=form.note.data or "", by=current_actor())
    return done(to=url_for(".show_delivery", delivery_id=delivery_id), message=_("Discarded."))


def _list(template: str, search: NewsSearch, found: Any, **words: Any) -> Response:
    counts = queries.count_kinds(session())
    return page(template, fragment="news_table", search=search, found=found, counts=counts, tellers=queries.find_tellers(session()), **words)


def _code(session: Session, code_id: int, form: CodeForm, *, status: int = 200, differences: Any = ()) -> Response:
    code = queries.find_code(session, code_id)
    facts = {"code": code, "events": queries.count_events(session, code), "explained_by": name_of(session, code.mapped_by)}
    return page("tracking/code.html", fragment="code_form", status=status, form=form, differences=differences, **facts)


def _context(session: Session, delivery_id: int, form: DismissalForm | None = None) -> dict[str, Any]:
    delivery = queries.find_delivery(session, delivery_id)
    return {
        "delivery": delivery,
        "decided_by": name_of(session, delivery.settled_by),
        "body": json.dumps(delivery.body, indent=1, ensure_ascii=False) if delivery.body and may("secrets.write") else "",
        "form": form or DismissalForm(formdata=None),
        "reason_text": reason_text,
        "state_words": state_words,
    }
