"""Working what came in: an event becomes an order, money, a cancellation, nothing, or something that waits for a person.

Events come late, twice and in any order. What an event says is compared with what is there, and only what is missing is done.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.jobs import enqueue
from logistics.orders.models import Order
from logistics.orders.placing import AlreadyPlaced
from logistics.shops.changing import ask_about_refunds, follow
from logistics.shops.dialects import dialect_of
from logistics.shops.lifecycle import move
from logistics.shops.locks import claim_waiting, lock_story
from logistics.shops.models import InboxEvent, InboxState, Reason
from logistics.shops.outcomes import Outcome, Story, is_newer, parked, taken
from logistics.shops.shop_events import ShopOrderParked
from logistics.shops.shop_orders import ShopNews, Unreadable
from logistics.shops.starting import start

MOST_TRIES = 6


def hand_over(session: Session, job: Any, *, limit: int) -> int:
    """Give each waiting event a job of the task `job`, one after another for one order; how many there were, at most `limit`."""
    events = claim_waiting(session, limit=limit)
    for event in events:
        event.enqueued_at = clock.now()
        enqueue(session, job, lock=f"order inbox {event.channel_id} {event.external_id}", event_id=event.id)
    return len(events)


def work(session: Session, event_id: int, *, by: Actor) -> InboxEvent:
    """Do what a waiting event says. Locks its story, then what placing, paying or cancelling locks. A no-op for one that was worked.

    Raises NotFound. What cannot be done is no exception: the event is parked with the reason.
    """
    event, events = lock_story(session, event_id)
    if event.state != InboxState.WAITING:
        return event
    event.attempts, event.facts = event.attempts + 1, {}
    woken: list[InboxEvent] = []
    outcome = _read(event)
    if isinstance(outcome, ShopNews):
        story = Story(event, outcome, events)
        event.facts = _facts(story)
        outcome = _decide(session, story, by)
        woken = _tidy(story, outcome)
    _note(session, event, outcome, by)
    for other in woken:
        work(session, other.id, by=by)
    return event


def note_failure(session: Session, event_id: int) -> bool:
    """Count a try that broke off by a mistake of ours; whether another one is worth while. After MOST_TRIES it is parked. Locks its story."""
    event, _events = lock_story(session, event_id)
    if event.state != InboxState.WAITING:
        return False
    event.attempts += 1
    if event.attempts >= MOST_TRIES:
        move(event, InboxState.PARKED, Reason.OUR_MISTAKE)
    return event.state == InboxState.WAITING


def _read(event: InboxEvent) -> ShopNews | Outcome:
    dialect = dialect_of(event.channel.kind)
    try:
        if dialect is None or event.body is None:
            raise Unreadable([])
        return dialect.read(event.topic, event.body)
    except Unreadable as error:
        return parked(Reason.UNREADABLE, fields=[[problem.pointer, problem.code] for problem in error.problems])


def _facts(story: Story) -> dict[str, Any]:
    """What later events of the same order must know of this one, and what the shop calls the order."""
    news = story.news
    label = news.order.label if news.order else next((other.facts["label"] for other in story.others if "label" in other.facts), "")
    facts: dict[str, Any] = {"label": label} if label else {}
    if news.cancelled or (news.order and news.order.is_refunded):
        facts["cancels"] = True
    return facts | ({"refunds": dict(news.refunds)} if news.refunds else {})


def _decide(session: Session, story: Story, by: Actor) -> Outcome:
    order = _order_of(session, story.event)
    placed = None if order else _start(session, story, by)
    if isinstance(placed, Outcome):
        return placed
    order = order or placed or _order_of(session, story.event)
    if order is None:
        return parked(Reason.OUR_MISTAKE)
    if story.news.order and not story.placed:
        # A new dict: one that is changed in place is not seen to have changed.
        told = story.news.order
        left_out = [[line.title, line.net or 0] for line in told.left_out]
        baseline = {"content": told.content, "total": told.total or order.total, "left_out": left_out}
        story.event.facts = {**story.event.facts, **baseline}
    if placed:
        # Its money was booked with it.
        return ask_about_refunds(story, placed) or taken(Reason.PLACED, placed)
    return follow(session, story, story.event.channel, order, by=by)


def _start(session: Session, story: Story, by: Actor) -> Outcome | Order | None:
    """As start; nothing where the order came in by another way in this moment, and can be read now."""
    try:
        return start(session, story, story.event.channel, by=by)
    except AlreadyPlaced:
        return None


def _order_of(session: Session, event: InboxEvent) -> Order | None:
    return session.scalar(select(Order).where(Order.channel_id == event.channel_id, Order.external_id == event.external_id))


def _tidy(story: Story, outcome: Outcome) -> list[InboxEvent]:
    """Let parked events go that wait for what this one has brought; those that waited for the order itself, to be worked again."""
    settled = outcome.order is not None or outcome.reason == Reason.CANCELLED_BEFORE
    waiting = [other for other in story.others if other.state == InboxState.PARKED]
    woken = [other for other in waiting if settled and other.reason == Reason.ORDER_UNKNOWN]
    for other in waiting:
        if other in woken:
            move(other, InboxState.WAITING)
        elif _replaces(story, other, outcome, settled):
            story.event.corrections = {**other.corrections, **story.event.corrections}
            move(other, InboxState.TAKEN, Reason.SUPERSEDED)
    return woken


def _replaces(story: Story, other: InboxEvent, outcome: Outcome, settled: bool) -> bool:
    """Whether nobody needs to decide about the other one any more: it waited to be placed, or for a change that has changed since."""
    if other.order_id is None:
        return settled or (outcome.state == InboxState.PARKED and is_newer(story.event, other))
    told = story.news.order
    changed = other.reason == Reason.CHANGED and told is not None and told.content != other.facts.get("about")
    return changed and is_newer(story.event, other)


def _note(session: Session, event: InboxEvent, outcome: Outcome, by: Actor) -> None:
    event.facts = {**event.facts, **outcome.facts}
    if outcome.order:
        event.order_id = outcome.order.id
    move(event, outcome.state, outcome.reason)
    session.flush()
    if outcome.state == InboxState.PARKED:
        publish(session, ShopOrderParked(event.id, outcome.reason.value), by=by)
