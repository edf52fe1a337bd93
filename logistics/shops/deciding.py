"""What a person does about an event that waits for them: try again, correct it, accept it as it is, discard it, take it up again."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import IllegalMove
from logistics.shops.lifecycle import move
from logistics.shops.locks import lock_story
from logistics.shops.models import InboxEvent, InboxState
from logistics.shops.shop_events import ShopOrderDecided
from logistics.shops.working import work


def retry(session: Session, *, event_id: int, by: Actor, corrections: Mapping[str, str] | None = None, accepted: bool = False) -> InboxEvent:
    """Work a parked (or discarded) event again, at once; `corrections` go over its recipient, `accepted` past the question it was parked with.

    Locks its story, then what placing or cancelling locks. What still cannot be done parks it again, with the reason. A no-op for one
    that was taken meanwhile. Raises IllegalMove for one that was altered or erased, NotFound.
    """
    event, _events = lock_story(session, event_id)
    if event.state == InboxState.TAKEN:
        return event
    if not event.can_retry:
        raise IllegalMove(_("This cannot be tried again."))
    event.corrections = {**event.corrections, **(corrections or {}), **({"accepted": "yes"} if accepted else {})}
    move(event, InboxState.WAITING)
    decision = "corrected" if corrections else "accepted" if accepted else "retried"
    publish(session, ShopOrderDecided(event.id, decision), by=by)
    return work(session, event.id, by=by)


def discard(session: Session, *, event_id: int, note: str, by: Actor) -> InboxEvent:
    """Decide that nothing is to be done about an event, and why: an order it would have become is not placed by later news either.

    Locks its story. A no-op when it is discarded. Raises IllegalMove for one that was taken, NotFound.
    """
    event, _events = lock_story(session, event_id)
    if event.state == InboxState.DISCARDED:
        return event
    move(event, InboxState.DISCARDED)
    event.say(note, by=by)
    publish(session, ShopOrderDecided(event.id, "discarded"), by=by)
    return event
