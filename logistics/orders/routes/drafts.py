"""Drafts: saved while one types, listed, opened again, discarded."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from logistics.core.actors import current_actor, may, needs
from logistics.core.database import session
from logistics.core.language import _
from logistics.core.pages import done, page
from logistics.core.refusals import Invalid
from logistics.core.search import read_question
from logistics.core.transactions import writes
from logistics.orders import draft_queries, queries
from logistics.orders.drafting import DraftContent, DraftGone, DraftPlaced, discard_draft, save_draft
from logistics.orders.forms import OrderForm, content_of, form_of
from logistics.orders.models import OrderDraft
from logistics.orders.routes.blueprint import bp
from logistics.orders.routes.order_form import desk_of, form_page, quote_of


@dataclass(frozen=True)
class Saved:
    """How saving went: the draft and when; whether it had to become one of its own; or why nothing is kept, and what it was `placed` as."""

    number: str = ""
    version: int = 0
    at: datetime | None = None
    is_another: bool = False
    refusal: str = ""
    placed: str = ""


@bp.get("/drafts")
@needs("orders.write")
def list_drafts() -> Response:
    """What was typed and not placed yet: one's own, and everybody's for who may see them."""
    q, everybodys = read_question(request.args.get("q", "")), may("drafts.all")
    drafts = draft_queries.find_drafts(session(), by=current_actor(), everybodys=everybodys, q=q, cursor=request.args.get("cursor", ""))
    return page("orders/drafts.html", fragment="drafts_table", drafts=drafts, q=q, everybodys=everybodys)


@bp.post("/drafts")
@needs("orders.write")
@writes
def create_draft(session: Session) -> Response:
    """Keep what is typed, in the draft that `draft` names or a new one: the form sends itself here. Nothing touches stock.

    With `anew` it becomes a new one in any case.
    """
    form = OrderForm(desk=desk_of(session))
    if not 16 <= len(form.form_key.data or "") <= 255:
        raise Invalid(_("This form is out of date. Open it again."))
    if not form.is_begun and not form.draft.data:
        return page("orders/_draft_status.html", form=form, saved=None)
    try:
        draft, is_another = _save(session, form)
    except (DraftPlaced, DraftGone) as refusal:
        return page("orders/_draft_status.html", form=form, saved=Saved(refusal=refusal.message, placed=refusal.facts.get("number") or ""))
    to = url_for("orders.show_draft", number=draft.number)
    saved = Saved(draft.number, draft.version, draft.updated_at, is_another)
    answer = done(to=to, partial="orders/_draft_status.html", form=form, saved=saved)
    if draft.number != form.draft.data:
        answer.headers["HX-Replace-Url"] = to  # so that a reload opens it again
    return answer


@bp.get("/drafts/<number>")
@needs("orders.write")
def show_draft(number: str) -> Response:
    """The form as it was typed."""
    draft = draft_queries.find_draft(session(), number, by=current_actor(), everybodys=may("drafts.all"))
    return form_page(session(), form_of(draft, desk_of(session())), draft=draft)


@bp.post("/drafts/<number>/removal")
@needs("orders.write")
@writes
def create_draft_removal(session: Session, number: str) -> Response:
    """Discard a draft."""
    discard_draft(session, number=number, by=current_actor(), everybodys=may("drafts.all"))
    return done(to=url_for("orders.list_drafts"), message=_("The draft is discarded."))


def _save(session: Session, form: OrderForm) -> tuple[OrderDraft, bool]:
    return save_draft(
        session,
        number="" if "anew" in request.form else form.draft.data or "",
        version=form.draft_version.data or 0,
        form_key=form.form_key.data,
        content=_content(session, form),
        by=current_actor(),
        everybodys=may("drafts.all"),
    )


def _content(session: Session, form: OrderForm) -> DraftContent:
    return content_of(form, quote_of(session, form, form.begun_lines), queries.find_customer(session, form.customer_id.data or 0))
