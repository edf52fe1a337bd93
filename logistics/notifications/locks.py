"""The only row locks of notifications. SKIP LOCKED: messages are a queue."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.notifications.models import Message, MessageState

_ONE_DISPATCHER = "notifications: one dispatcher at a time"
_LOST_AFTER = timedelta(minutes=2)
_HAS_NO_JOB = text(
    """
    NOT EXISTS (SELECT 1 FROM procrastinate_jobs j
                 WHERE j.status IN ('todo', 'doing') AND j.task_name = 'notifications.send' AND (j.args->>'message_id')::bigint = messages.id)
    """
)


def claim_queued(session: Session, *, limit: int) -> Sequence[Message]:
    """Lock the oldest messages that no job is going to send: new ones, and those whose job was lost.

    One dispatcher at a time, or two could put a stream's messages into the wrong order.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_ONE_DISPATCHER, 0))))
    lost = (Message.enqueued_at < clock.now() - _LOST_AFTER) & _HAS_NO_JOB
    waiting = select(Message).where(Message.state == MessageState.QUEUED.value, Message.enqueued_at.is_(None) | lost)
    return session.scalars(waiting.order_by(Message.id).limit(limit).with_for_update(skip_locked=True, key_share=True)).all()


def lock_message(session: Session, message_id: int) -> Message | None:
    """Lock a message and re-read it; None where it was erased."""
    wanted = select(Message).where(Message.id == message_id).with_for_update(key_share=True)
    return session.scalar(wanted.execution_options(populate_existing=True))
