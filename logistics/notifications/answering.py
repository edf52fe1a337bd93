"""Answering who asked at the customer's door for the links to all their orders."""

from sqlalchemy.orm import Session

from logistics.notifications.link_queries import find_orders_of
from logistics.notifications.models import Milestone, Subject
from logistics.notifications.telling import tell_address
from logistics.tracking.models import LinkRequest


def answer_request(session: Session, request_id: int) -> None:
    """Put a message with the orders of the last 90 days into the queue, to the address that asked and in the language of its newest order.

    Nothing is told where there are none. The request is gone afterwards: that somebody asked is nobody's business. A no-op when it is.
    """
    request = session.get(LinkRequest, request_id)
    if request is None:
        return
    if orders := find_orders_of(session, request.email):
        about, language = (Subject.LINKS, request.id), orders[0].language
        tell_address(session, Milestone.LINKS, about=about, recipient=request.email, language=language)
    session.delete(request)
    session.flush()
