"""Bringing messages of a past that is only played to their end: written and kept, and nobody gets a mail."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.config import Settings
from logistics.notifications.composing import compose
from logistics.notifications.locks import claim_queued
from logistics.notifications.sending import begin_try, note_failed, note_sent

_ALL = 10_000
_AFTER = timedelta(seconds=20)


def note_as_told(session: Session, settings: Settings, *, refused: Mapping[str, str]) -> int:
    """Write every waiting message's text and note it as sent when it was due; how many there were. Nothing leaves the house.

    `refused` says to which recipients mail comes back, and with which words: theirs are noted as dead. Locks the messages.
    """
    messages = claim_queued(session, limit=_ALL)
    for message in messages:
        compose(session, message.id, settings)
        attempt = begin_try(session, message.id) or 0
        with clock.replaying(message.created_at + _AFTER):
            if words := refused.get(message.recipient):
                note_failed(session, message.id, attempt, words, for_good=True)
            else:
                note_sent(session, message.id, attempt)
    return len(messages)
