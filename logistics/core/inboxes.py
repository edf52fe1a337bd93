"""Keeping what others send us by hook, at once and as it came, to be worked later.

The same again is the same news: it only counts. Other news under an old id is kept apart.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, exists, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from logistics.core import clock
from logistics.core.inbox_rows import IGNORED, QUARANTINED, WAITING

RECEIVED, REPEATED = "received", "repeated"
ALTERED = "altered"
_LONGEST_ID = 200
# What a new row begins with.
_STILL: Mapping[str, Any] = {"facts": {}, "attempts": 0, "repeats": 0, "note": ""}


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery: received, repeated, ignored or quarantined; and its row. `altered_of`: it was kept apart from this one."""

    outcome: str
    row_id: int
    altered_of: int | None = None


@dataclass(frozen=True)
class Delivery:
    """What was sent: under which name (any text), its digest, and its JSON as text. `ignored` is why it is none of our business, or empty."""

    event_id: str
    digest: str
    body: str
    ignored: str = ""


def keep(session: Session, sender: InstrumentedAttribute[int], sender_id: int, sent: Delivery, **more: Any) -> Receipt:
    """Keep a delivery in the inbox that the column `sender` is of, by one statement unless its id is taken; `more` are columns of that inbox.

    Locks no rows but its own. Of what is none of our business only that it came is kept.
    """
    given = {sender.key: sender_id, "event_id": _name(sent.event_id), "digest": sent.digest, "received_at": clock.now(), **_STILL, **more}
    known = _count_again(sender, given).cte("known")
    fresh = _store_first(sender, {**given, **_fate(sent, given["received_at"])}, unless=exists(select(known.c.id))).cte("fresh")
    row = session.execute(select(select(known.c.id).scalar_subquery().label("known"), select(fresh.c.id).scalar_subquery().label("fresh"))).one()
    if row.known:
        return Receipt(REPEATED, row.known)
    if row.fresh:
        return Receipt(IGNORED if sent.ignored else RECEIVED, row.fresh)
    return _keep_apart(session, sender, sent, given)


def _count_again(sender: InstrumentedAttribute[int], given: Mapping[str, Any]) -> ReturningUpdate[Any]:
    """The same news as some that was kept: it only counts."""
    inbox = sender.class_
    same = (sender == given[sender.key], inbox.digest == given["digest"], inbox.state != IGNORED)
    first = select(inbox.id).where(*same).order_by(inbox.id).limit(1).scalar_subquery()
    return update(inbox).where(inbox.id == first).values(repeats=inbox.repeats + 1).returning(inbox.id)


def _store_first(sender: InstrumentedAttribute[int], row: Mapping[str, Any], *, unless: ColumnElement[bool]) -> ReturningInsert[Any]:
    """The first of its id, unless something is known."""
    inbox = sender.class_
    values = [_value(inbox, name, value) for name, value in row.items()]
    new = insert(inbox).from_select(list(row), select(*values).where(~unless))
    return new.on_conflict_do_nothing(index_elements=[sender.key, "event_id"], index_where=inbox.first_id.is_(None)).returning(inbox.id)


def _value(inbox: Any, name: str, value: Any) -> ColumnElement[Any]:
    # The body comes as it was sent, and is not written anew.
    return cast(literal(value, Text), JSONB) if name == "body" else literal(value, inbox.__table__.c[name].type)


def _fate(sent: Delivery, moment: datetime) -> dict[str, Any]:
    """What waits is worked; of what is ignored the body is not kept."""
    if sent.ignored:
        return {"body": None, "state": IGNORED, "reason": sent.ignored, "settled_at": moment}
    return {"body": sent.body, "state": WAITING, "reason": "", "settled_at": None}


def _name(given: str) -> str:
    """The sender's own id, where it is one that can be kept and shown; otherwise its digest."""
    plain = given.isascii() and given.isprintable() and len(given) <= _LONGEST_ID
    return given if plain else hashlib.sha256(given.encode()).hexdigest()


def _keep_apart(session: Session, sender: InstrumentedAttribute[int], sent: Delivery, given: Mapping[str, Any]) -> Receipt:
    """Its id is there already: the same news from a rival in this moment, or other news under an old id."""
    inbox = sender.class_
    first = session.scalars(select(inbox).where(sender == given[sender.key], inbox.event_id == given["event_id"], inbox.first_id.is_(None))).one()
    if first.digest == sent.digest or first.state == IGNORED:
        first.repeats = inbox.repeats + 1
        return Receipt(REPEATED, first.id)
    body = _value(inbox, "body", None if sent.ignored else sent.body)
    apart = insert(inbox).values(**given, body=body, state=QUARANTINED, reason=ALTERED, first_id=first.id)
    kept = session.scalar(apart.on_conflict_do_nothing(index_elements=["first_id", "digest"]).returning(inbox.id))
    return Receipt(QUARANTINED, kept or first.id, first.id if kept else None)
