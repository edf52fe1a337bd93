"""The only row locks of the inbox. They come before all others: whoever works an event locks its story first, then the order."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.orders.models import Channel
from logistics.shops.models import ChannelSecret, InboxEvent, InboxState

_ONE_DISPATCHER = "order inbox: one dispatcher at a time"
_LOST_AFTER = timedelta(minutes=2)
_HAS_NO_JOB = text(
    """
    NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
                 WHERE j.status IN ('todo', 'doing') AND j.task_name = 'shops.work_event' AND (j.args->>'event_id')::bigint = order_inbox.id)
    """
)


def lock_story(session: Session, event_id: int) -> tuple[InboxEvent, list[InboxEvent]]:
    """Lock an event and all others of the same order at the shop, in id order, and re-read them: the event, and the whole story.

    Whatever is sent about one order is worked one after another by it. Raises NotFound.
    """
    event = session.get(InboxEvent, event_id)
    if event is None:
        raise NotFound(_("There is no such event."))
    same = (InboxEvent.channel_id == event.channel_id, InboxEvent.external_id == event.external_id)
    wanted = select(InboxEvent).where(*same) if event.external_id else select(InboxEvent).where(InboxEvent.id == event_id)
    rows = wanted.order_by(InboxEvent.id).with_for_update(key_share=True).execution_options(populate_existing=True)
    return event, list(session.scalars(rows))


def claim_waiting(session: Session, *, limit: int) -> Sequence[InboxEvent]:
    """Lock the oldest events that no job is going to work: new ones, and those whose job was lost. SKIP LOCKED: it is a queue.

    One dispatcher at a time, or two could put an order's events into the wrong order.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_ONE_DISPATCHER, 0))))
    lost = (InboxEvent.enqueued_at < clock.now() - _LOST_AFTER) & _HAS_NO_JOB
    waiting = select(InboxEvent).where(InboxEvent.state == InboxState.WAITING.value, InboxEvent.enqueued_at.is_(None) | lost)
    return session.scalars(waiting.order_by(InboxEvent.id).limit(limit).with_for_update(skip_locked=True, key_share=True)).all()


def lock_secrets(session: Session, channel_id: int) -> Sequence[ChannelSecret]:
    """Lock a channel's secrets, the newest first. Whoever changes them locks the channel before, for there may be none yet."""
    session.execute(select(Channel.id).where(Channel.id == channel_id).with_for_update(key_share=True))
    rows = select(ChannelSecret).where(ChannelSecret.channel_id == channel_id).order_by(ChannelSecret.id.desc())
    return session.scalars(rows.with_for_update(key_share=True).execution_options(populate_existing=True)).all()
