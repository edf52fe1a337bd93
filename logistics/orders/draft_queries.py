"""Reads for the pages about drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal, select, true, tuple_
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.paging import Slice, count_to, cut_page, read_cursor
from logistics.core.refusals import NotFound
from logistics.core.search import matches
from logistics.orders.models import OrderDraft
from logistics.staff.models import Staff

PAGE = 50
COUNTED_AT_MOST = 99


def whose(by: Actor, *, everybodys: bool) -> ColumnElement[bool]:
    """The condition that a draft is theirs to see."""
    return true() if everybodys else OrderDraft.staff_id == by.id


def find_draft(session: Session, number: str, *, by: Actor, everybodys: bool = False) -> OrderDraft:
    """The draft of a typed number. Raises NotFound, for somebody else's too."""
    draft = session.scalar(select(OrderDraft).where(OrderDraft.number == (read_code(number) or ""), whose(by, everybodys=everybodys)))
    if draft is None:
        raise NotFound(_("There is no such draft. It was placed or discarded."))
    return draft


def find_drafts(session: Session, *, by: Actor, everybodys: bool = False, q: str = "", cursor: str = "") -> Slice[Row[Any]]:
    """Drafts, the latest touched first: id, number, name, lines, units, currency, total (or None), updated_at, staff_id, staff (a name)."""
    draft = OrderDraft
    drafts: Select[*tuple[Any, ...]] = (
        select(draft.id, draft.number, draft.name, draft.lines, draft.units, draft.currency, draft.total, draft.updated_at, draft.staff_id)
        .add_columns(Staff.name.label("staff"))
        .join(Staff, Staff.id == draft.staff_id)
        .where(whose(by, everybodys=everybodys))
    )
    if q:
        drafts = drafts.where(matches(draft.search, q))
    if cursor:
        drafts = drafts.where(tuple_(draft.updated_at, draft.id) < tuple_(*read_cursor(cursor, datetime, int)))
    rows = session.execute(drafts.order_by(draft.updated_at.desc(), draft.id.desc()).limit(PAGE + 1)).all()
    return cut_page(rows, PAGE, "updated_at", "id")


def count_drafts(session: Session, *, by: Actor, everybodys: bool = False) -> int:
    """How many drafts there are, counted to COUNTED_AT_MOST + 1."""
    found = select(literal(1)).select_from(OrderDraft).where(whose(by, everybodys=everybodys))
    return session.scalar(select(count_to(COUNTED_AT_MOST + 1, found))) or 0
