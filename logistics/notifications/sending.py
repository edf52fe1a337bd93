"""A message's tries: counted before each one, noted after it, so that a worker that was lost or overtaken changes nothing.

Each function is one short transaction of the caller's; the network is asked between them, never inside.
"""

from typing import Any

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.jobs import enqueue
from logistics.notifications.locks import claim_queued, lock_message
from logistics.notifications.models import Message, MessageState
from logistics.notifications.rules import MOST_TRIES, stream

_LONGEST_PROBLEM = 300


def hand_over(session: Session, send: Any, *, limit: int) -> int:
    """Give each waiting message a job of the task `send`, in its stream; how many there were, at most `limit`."""
    messages = claim_queued(session, limit=limit)
    for message in messages:
        message.enqueued_at = clock.now()
        enqueue(session, send, lock=stream(message.order_id, message.means, message.recipient), message_id=message.id)
    return len(messages)


def begin_try(session: Session, message_id: int) -> int | None:
    """Count one more try of a message; its number, or None where nothing is to be sent any more. Locks the message.

    One whose every try took the worker down with it is given up like any other.
    """
    message = lock_message(session, message_id)
    if message is None or message.state != MessageState.QUEUED:
        return None
    if message.attempts >= MOST_TRIES:
        message.state = MessageState.DEAD.value
        return None
    message.attempts += 1
    return message.attempts


def note_sent(session: Session, message_id: int, attempt: int) -> None:
    """The try with this number succeeded. A no-op for one that was overtaken by a later try."""
    _note(session, message_id, attempt, state=MessageState.SENT.value, sent_at=clock.now(), problem="")


def note_failed(session: Session, message_id: int, attempt: int, problem: str, *, for_good: bool) -> None:
    """The try with this number failed; for good, the message is dead and its stream goes on. A no-op for one that was overtaken."""
    state = MessageState.DEAD if for_good else MessageState.QUEUED
    readable = "".join(char if char.isprintable() else " " for char in problem)
    _note(session, message_id, attempt, state=state.value, problem=readable[:_LONGEST_PROBLEM])


def _note(session: Session, message_id: int, attempt: int, **values: Any) -> CursorResult[Any]:
    still_ours = (Message.id == message_id, Message.attempts == attempt, Message.state == MessageState.QUEUED.value)
    return session.execute(update(Message).where(*still_ours).values(**values))  # type: ignore[return-value]
