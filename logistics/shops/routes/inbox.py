"""What shops sent: what waits for a person, what became of the rest, and what can be done about it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.addressing import address_lines
from logistics.core.database import session
from logistics.core.language import _, current_locale
from logistics.core.pages import done, page, polled
from logistics.core.refusals import Invalid
from logistics.core.transactions import writes
from logistics.orders.wording import channel_text
from logistics.shops import inbox_queries as queries
from logistics.shops.deciding import discard, retry
from logistics.shops.forms import DismissalForm, MappingForm, RecipientForm
from logistics.shops.inbox_queries import InboxSearch
from logistics.shops.inbox_words import reason_text, state_words
from logistics.shops.looking import look
from logistics.shops.mapping import map_product
from logistics.shops.models import InboxEvent, InboxState
from logistics.shops.routes.blueprints import shops_bp as bp
from logistics.shops.starting import ACCEPTING
from logistics.shops.translating import CORRECTABLE, code_of
from logistics.shops.working import work
from logistics.staff.queries import name_of


@bp.get("/channels/inbox/")
@needs("intake.read")
def list_events() -> Response:
    """What came in, the latest first; at first only what waits for a person."""
    search, shops = InboxSearch.from_query(request.args), queries.find_shops(session())
    events, waiting = queries.find_events(session(), search), queries.count_open(session())
    tag = hashlib.sha256(repr((events.rows, waiting, current_locale())).encode()).hexdigest()[:16]
    if request.headers.get("HX-PTag") == tag:
        return polled(tag, Response())
    answer = page(
        "shops/inbox.html",
        fragment="inbox_table",
        search=search,
        events=events,
        waiting=waiting,
        shops=[(row.code, channel_text(row.code, row.name)) for row in shops],
        connected=any(row.shared for row in shops),
        reason_text=reason_text,
        state_words=state_words,
        tag=tag,
    )
    return polled(tag, answer)


@bp.get("/channels/inbox/<int:event_id>")
@needs("intake.read")
def show_event(event_id: int) -> Response:
    """One event: what the shop said, and what is to be decided."""
    return page("shops/event.html", fragment="event", **_context(session(), event_id))


@bp.post("/channels/inbox/<int:event_id>/attempts")
@needs("intake.write")
@writes
def create_attempt(session: Session, event_id: int) -> Response:
    """Try again; with `accepted` past the question that it was parked with."""
    event = retry(session, event_id=event_id, by=current_actor(), accepted=request.form.get("accepted") == "yes")
    return _answer(session, event)


@bp.post("/channels/inbox/<int:event_id>/corrections")
@needs("intake.write")
@writes
def create_correction(session: Session, event_id: int) -> Response:
    """Another recipient than the shop said, and try again."""
    form = RecipientForm()
    if not form.validate():
        return page("shops/event.html", fragment="event", status=422, **_context(session, event_id, recipient_form=form))
    return _answer(session, retry(session, event_id=event_id, by=current_actor(), corrections=form.corrections))


@bp.post("/channels/inbox/<int:event_id>/mappings")
@needs("intake.write")
@writes
def create_mapping(session: Session, event_id: int) -> Response:
    """Say which product a line means, and try again: this event at once, the others that waited for it by the worker."""
    event, form = queries.find_event(session, event_id), MappingForm()
    line = next((line for line in look(session, event).unknown if code_of(line) == (form.kind.data, form.code.data)), None)
    try:
        if line:
            kind, code = code_of(line)
            map_product(session, channel_id=event.channel_id, kind=kind, code=code, sku=form.sku, title=line.title, by=current_actor())
    except Invalid as refusal:
        told = {form.code.data or "": refusal.message}
        return page("shops/event.html", fragment="event", status=422, **_context(session, event_id, refused=told))
    return _answer(session, work(session, event_id, by=current_actor()))


@bp.post("/channels/inbox/<int:event_id>/dismissal")
@needs("intake.write")
@writes
def create_dismissal(session: Session, event_id: int) -> Response:
    """Nothing is to be done about it."""
    form = DismissalForm()
    if not form.validate():
        return page("shops/event.html", fragment="event", status=422, **_context(session, event_id, dismissal_form=form))
    event = discard(session, event_id=event_id, note=form.note.data or "", by=current_actor())
    return _answer(session, event)


def _answer(session: Session, event: InboxEvent) -> Response:
    """What became of it, on the page of the event."""
    context = _context(session, event.id)
    said = reason_text(event.reason)
    if event.state == InboxState.TAKEN and event.order:
        said = _("Done: see order %(number)s.", number=event.order.number)
    elif event.state == InboxState.DISCARDED:
        said = _("Settled.") if event.order else _("Discarded.")
    return done(to=url_for("shops.show_event", event_id=event.id), partial="shops/_event.html", message=said, **context)


def _context(
    session: Session,
    event_id: int,
    *,
    recipient_form: RecipientForm | None = None,
    dismissal_form: DismissalForm | None = None,
    refused: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    event = queries.find_event(session, event_id)
    view = look(session, event)
    form = recipient_form or (RecipientForm.of(view.recipient) if view.recipient else None)
    if form and not recipient_form:
        form.mark({problem.pointer: problem.message for problem in view.problems})
    return {
        "event": event,
        "view": view,
        "address": address_lines(view.recipient.address, view.recipient.name) if view.recipient else [],
        "codes": {line.row: code_of(line) for line in view.unknown},
        "story": queries.find_story(session, event),
        "decided_by": name_of(session, event.settled_by),
        "body": json.dumps(event.body, indent=1, ensure_ascii=False) if event.body and may("secrets.write") else "",
        "recipient_form": form,
        "dismissal_form": dismissal_form or DismissalForm(formdata=None),
        "refused": refused or {},
        "reason_text": reason_text,
        "state_words": state_words,
        "correctable": CORRECTABLE,
        "accepting": ACCEPTING,
    }
