"""Drafts of orders: what was typed is kept while one types, found again, and gone once it is an order or discarded. None holds stock.

Whoever began a draft sees it; `by` with `everybodys` sees those of all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.codes import read_code
from logistics.core.events import publish
from logistics.core.keys import is_used_up
from logistics.core.language import _
from logistics.core.refusals import IllegalMove, NotFound
from logistics.core.search import search_vector
from logistics.orders.draft_queries import whose
from logistics.orders.events import DraftDiscarded
from logistics.orders.locks import lock_draft
from logistics.orders.models import Order, OrderDraft
from logistics.orders.numbering import fresh_number

KEPT = timedelta(days=30)


@dataclass(frozen=True)
class DraftContent:
    """What is in the form: its fields as they were typed, and what the list says of them. `total` in minor units, None if unknown."""

    fields: Mapping[str, str]
    currency: str
    customer_id: int | None = None
    name: str = ""
    lines: int = 0
    units: int = 0
    total: int | None = None
    words: Sequence[str] = field(default_factory=tuple)
    phone: str = ""


class DraftGone(NotFound):
    """Somebody discarded the draft; a late save does not bring it back. Or it is somebody else's."""

    code = "draft_gone"


class DraftPlaced(IllegalMove):
    """The draft is an order by now. The fact `number` is both their number; None for a form that was never saved as a draft."""

    code = "draft_placed"


def save_draft(
    session: Session, *, number: str, version: int, form_key: str, content: DraftContent, by: Actor, everybodys: bool = False
) -> tuple[OrderDraft, bool]:
    """Keep what was typed, in the draft of this number, or else of this window, which may be a new one. Locks the draft.

    The second value says whether somebody else has changed the draft since `version`, so that this became one of its own. A no-op when
    nothing changed. Raises DraftPlaced, DraftGone.
    """
    _refuse_placed(session, number, form_key, by)
    known = _find(session, number, form_key, by, everybodys)
    if number and known is None:
        raise DraftGone(_("This draft was discarded."))
    draft = known if known and (known.form_key == form_key or known.version == version) else _begin(session, form_key, content, by)
    if draft.fields != dict(content.fields) or draft.form_key != form_key:
        _write(draft, form_key, content)
        session.flush()
    return draft, draft is not known and known is not None


def take_draft(session: Session, *, number: str, form_key: str, by: Actor, everybodys: bool = False) -> str | None:
    """Take the draft of this number, or of this window, out of the drafts, for an order gets its number; None where there is none.

    Locks it until the caller's transaction ends. Raises DraftPlaced when somebody has placed it before.
    """
    draft = _find(session, number, form_key, by, everybodys)
    if draft is None:
        _refuse_placed(session, number, "", by)
        return None
    session.delete(draft)
    session.flush()
    return draft.number


def discard_draft(session: Session, *, number: str, by: Actor, everybodys: bool = False) -> None:
    """Delete a draft. A no-op when there is none. Locks it."""
    draft = _find(session, number, "", by, everybodys)
    if draft:
        session.delete(draft)
        session.flush()
        publish(session, DraftDiscarded(draft.id, draft.number), by=by)


def discard_old_drafts(session: Session) -> int:
    """Delete the drafts that nobody has touched for KEPT; how many they were."""
    old = delete(OrderDraft).where(OrderDraft.updated_at < clock.now() - KEPT)
    return len(session.scalars(old.returning(OrderDraft.id)).all())


def _refuse_placed(session: Session, number: str, form_key: str, by: Actor) -> None:
    placed = session.scalar(select(Order.number).where(Order.number == read_code(number))) if read_code(number) else None
    if placed or (form_key and is_used_up(session, form_key, by)):
        message = _("This draft was placed as order %(number)s.", number=placed) if placed else _("This order was placed.")
        raise DraftPlaced(message, number=placed)


def _find(session: Session, number: str, form_key: str, by: Actor, everybodys: bool) -> OrderDraft | None:
    theirs = whose(by, everybodys=everybodys)
    if code := read_code(number):
        return lock_draft(session, OrderDraft.number == code, theirs)
    return lock_draft(session, OrderDraft.form_key == form_key, OrderDraft.staff_id == by.id) if form_key else None


def _begin(session: Session, form_key: str, content: DraftContent, by: Actor) -> OrderDraft:
    moment = clock.now()
    new: dict[str, Any] = {
        "number": fresh_number(session),
        "staff_id": by.id,
        "form_key": form_key,
        "fields": {},
        "name": "",
        "lines": 0,
        "units": 0,
        "currency": content.currency,
        "created_at": moment,
        "updated_at": moment,
        "version": 0,
    }
    # Two requests of one window make one draft.
    session.execute(insert(OrderDraft).values(new).on_conflict_do_nothing(index_elements=["staff_id", "form_key"]))
    draft = lock_draft(session, OrderDraft.form_key == form_key, OrderDraft.staff_id == by.id)
    if draft is None:
        raise NotFound(_("There is no such draft. It was placed or discarded."))
    return draft


def _write(draft: OrderDraft, form_key: str, content: DraftContent) -> None:
    draft.form_key, draft.fields = form_key, dict(content.fields)
    draft.customer_id, draft.name = content.customer_id, content.name[:200]
    draft.lines, draft.units = content.lines, content.units
    draft.currency, draft.total = content.currency, content.total
    draft.updated_at = clock.now()
    draft.version += 1
    draft.search = search_vector(draft.number, content.name, *content.words, phones=(content.phone,))
