"""Asking by e-mail for the links to all of one's orders. Whether there are any shows nowhere but in that mailbox (SEC15, SEC27)."""

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.tracking.events import LinksAsked
from logistics.tracking.models import LinkRequest


def request_links(session: Session, *, email: str, language: str, by: Actor) -> None:
    """Note that somebody asked; the worker looks for orders and writes to that address alone. It costs the same whoever asks."""
    request = LinkRequest(email=email, language=language, asked_at=clock.now())
    session.add(request)
    session.flush()
    publish(session, LinksAsked(request.id), by=by)
