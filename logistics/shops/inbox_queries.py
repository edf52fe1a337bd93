"""Reads for the pages about what shops sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from logistics.core import clock, parsing
from logistics.core.language import _
from logistics.core.paging import Slice, count_to, cut_page, read_cursor
from logistics.core.refusals import BadValue, Invalid, NotFound
from logistics.orders.models import Channel, Order
from logistics.shops.dialects import DIALECTS, dialect_of
from logistics.shops.inbox_words import reason_text, state_words
from logistics.shops.models import ChannelSecret, InboxEvent, InboxState, SkuMapping
from logistics.shops.sharing_secrets import held_secrets

PAGE = 50
COUNTED_AT_MOST = 1000
VIEWS: dict[str, tuple[str, ...]] = {
    "open": InboxEvent.OPEN,
    "waiting": (InboxState.WAITING.value,),
    "taken": (InboxState.TAKEN.value,),
    "discarded": (InboxState.DISCARDED.value, InboxState.IGNORED.value),
    "all": (),
}


@dataclass(frozen=True)
class InboxSearch:
    """Which events are wanted: a view of VIEWS, a channel's code, an order's number or id at the shop."""

    view: str = "open"
    channel: str = ""
    q: str = ""
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "InboxSearch":
        """As the URL says. Raises Invalid for what cannot be searched for."""
        view = query.get("view", "") or "open"
        try:
            if view not in VIEWS:
                raise Invalid(_("This list cannot be shown in that way."))
            channel, q = parsing.clean_line(query.get("channel", ""), longest=40), parsing.clean_line(query.get("q", ""), longest=100)
        except BadValue as error:
            raise Invalid(error.message) from error
        return cls(view, channel, q, query.get("cursor", ""))


def find_events(session: Session, search: InboxSearch) -> Slice[Row[Any]]:
    """Events, the latest first: id, received_at, state, reason, topic, external_id, label, repeats, channel, kind, number (of our order)."""
    event = InboxEvent
    rows = (
        select(
            event.id,
            event.received_at,
            event.state,
            event.reason,
            event.topic,
            event.external_id,
            event.facts["label"].astext.label("label"),
            event.repeats,
            Channel.name.label("channel"),
            Order.number,
        )
        .join(Channel, Channel.id == event.channel_id)
        .outerjoin(Order, Order.id == event.order_id)
        .order_by(event.id.desc())
        .limit(PAGE + 1)
    )
    if states := VIEWS[search.view]:
        rows = rows.where(event.state.in_(states))
    if search.channel:
        rows = rows.where(Channel.code == search.channel)
    if search.q:
        rows = rows.where(or_(event.external_id == search.q, event.facts["label"].astext == search.q, Order.number == search.q.upper()))
    if search.cursor:
        rows = rows.where(event.id < read_cursor(search.cursor, int)[0])
    return cut_page(session.execute(rows).all(), PAGE, "id")


def open_count() -> ScalarSelect[int]:
    """How many wait for a person, counted to COUNTED_AT_MOST."""
    return count_to(COUNTED_AT_MOST + 1, select(literal(1)).select_from(InboxEvent).where(InboxEvent.state.in_(InboxEvent.OPEN)))


def count_open(session: Session) -> int:
    """As open_count, asked at once."""
    return session.scalar(select(open_count())) or 0


def find_event(session: Session, event_id: int) -> InboxEvent:
    """One event with its channel and order. Raises NotFound."""
    wanted = select(InboxEvent).where(InboxEvent.id == event_id)
    event = session.scalar(wanted.options(joinedload(InboxEvent.channel), joinedload(InboxEvent.order)))
    if event is None:
        raise NotFound(_("There is no such event."))
    return event


def find_story(session: Session, event: InboxEvent) -> Sequence[Row[Any]]:
    """The other events of the same order at the shop, the latest first: id, received_at, topic, state, reason."""
    same = (InboxEvent.channel_id == event.channel_id, InboxEvent.external_id == event.external_id, InboxEvent.id != event.id)
    columns: Select[*tuple[Any, ...]] = select(InboxEvent.id, InboxEvent.received_at, InboxEvent.topic, InboxEvent.state, InboxEvent.reason)
    return session.execute(columns.where(*same).order_by(InboxEvent.id.desc()).limit(20)).all() if event.external_id else []


def find_shops(session: Session) -> Sequence[Row[str, str, bool]]:
    """The channels that have a hook: code, name, and whether a secret is shared with them."""
    kinds = [kind.value for kind in DIALECTS]
    holds = or_(ChannelSecret.ends_at.is_(None), ChannelSecret.ends_at > clock.now())
    shared = select(ChannelSecret.id).where(ChannelSecret.channel_id == Channel.id, holds).exists()
    return session.execute(select(Channel.code, Channel.name, shared.label("shared")).where(Channel.kind.in_(kinds)).order_by(Channel.name)).all()


def find_mappings(session: Session, channel_id: int) -> Sequence[SkuMapping]:
    """Which codes of a shop mean which product, by code."""
    rows = select(SkuMapping).where(SkuMapping.channel_id == channel_id).order_by(SkuMapping.kind, SkuMapping.code)
    return session.scalars(rows.options(joinedload(SkuMapping.product)).limit(1000)).all()


def last_received(session: Session, channel_id: int) -> Row[Any] | None:
    """The newest event of a channel: received_at, topic."""
    newest: Select[*tuple[Any, ...]] = select(InboxEvent.received_at, InboxEvent.topic).where(InboxEvent.channel_id == channel_id)
    return session.execute(newest.order_by(InboxEvent.id.desc()).limit(1)).first()


def order_panel(session: Session, order: Order) -> dict[str, Any]:
    """For the page of an order: what its shop sent about it, the latest first; as find_story gives it, with facts; and what it left out."""
    columns = (InboxEvent.id, InboxEvent.received_at, InboxEvent.topic, InboxEvent.state, InboxEvent.reason, InboxEvent.facts)
    rows = session.execute(select(*columns).where(InboxEvent.order_id == order.id).order_by(InboxEvent.id.desc()).limit(20)).all()
    placed: dict[str, Any] = next((row.facts for row in rows if "content" in row.facts), {})
    return {
        "order": order,
        "events": rows,
        "label": placed.get("label") or order.external_id or "",
        "left_out": placed.get("left_out", []),
        "reason_text": reason_text,
        "state_words": state_words,
    }


def channel_panel(session: Session, channel: Channel) -> dict[str, Any]:
    """For the page of a channel: whether it has a hook, whether a secret is shared, when something came last, how much waits for a person."""
    here = (InboxEvent.channel_id == channel.id, InboxEvent.state.in_(InboxEvent.OPEN))
    waiting = session.scalar(select(count_to(COUNTED_AT_MOST + 1, select(literal(1)).where(*here))))
    return {
        "channel": channel,
        "has_hook": dialect_of(channel.kind) is not None,
        "is_shared": bool(held_secrets(session, channel.id)),
        "last": last_received(session, channel.id),
        "waiting": waiting or 0,
    }
