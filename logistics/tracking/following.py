"""News of an order's way by e-mail: asked for on the customer's page, told only once it was confirmed from the mailbox itself, ended by a link."""

import base64
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.contacts import check_email
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid, NotFound
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order, OrderStatus
from logistics.tracking.events import UpdatesAsked, UpdatesConfirmed, UpdatesEnded
from logistics.tracking.models import UpdateRequest

MOST = 5
# A mail may have been lost: whoever asks again after this gets another.
ASKED_AGAIN_AFTER = timedelta(minutes=10)
_CLOSED = (OrderStatus.DELIVERED, OrderStatus.RETURNED, OrderStatus.CANCELLED)


def ask_for_updates(session: Session, *, order_id: int, email: str, language: str, by: Actor) -> None:
    """Ask for the news of an order to an e-mail address: it gets a mail whose link confirms it. Locks the order.

    A no-op where they are told already, and within ten minutes of the last time. Raises Invalid for what is no address, and beyond five
    addresses an order; IllegalMove once there is nothing more to be told.
    """
    order = open_order(session, order_id)
    _refuse_wrong(order, email)
    open_ones = _open_requests(session, order_id)
    earlier = next((request for request in open_ones if request.email.lower() == email.lower()), None)
    if earlier and (earlier.confirmed_at or clock.now() - earlier.asked_at < ASKED_AGAIN_AFTER):
        return
    if earlier:
        earlier.ended_at = clock.now()
        session.flush()
    elif len(open_ones) >= MOST:
        message = _("The news goes to %(most)s addresses at most. End one of them first.", most=MOST)
        raise Invalid(message, errors=[FieldError("email", "too_many", message)])
    request = UpdateRequest(order_id=order_id, email=email, language=language, asked_at=clock.now())
    session.add(request)
    session.flush()
    publish(session, UpdatesAsked(order_id, request.id), by=by)


def confirm_updates(session: Session, *, order_id: int, mark: str, secret: str, by: Actor) -> UpdateRequest:
    """Whoever reads that mailbox wants the news. Locks the order. A no-op when it was confirmed, or ended. Raises NotFound."""
    open_order(session, order_id)
    request = find_request(session, order_id=order_id, mark=mark, secret=secret)
    if request.confirmed_at is None and request.ended_at is None:
        request.confirmed_at = clock.now()
        session.flush()
        publish(session, UpdatesConfirmed(order_id, request.id), by=by)
    return request


def end_updates(session: Session, *, order_id: int, mark: str, secret: str, by: Actor) -> UpdateRequest:
    """No more news to that mailbox. Locks the order. A no-op when it was ended. Raises NotFound."""
    open_order(session, order_id)
    request = find_request(session, order_id=order_id, mark=mark, secret=secret)
    _end(session, request, by)
    return request


def end_all_updates(session: Session, order_id: int, *, by: Actor) -> None:
    """No more news to anybody who asked for them. The order must be locked."""
    for request in _open_requests(session, order_id):
        _end(session, request, by)


def find_request(session: Session, *, order_id: int, mark: str, secret: str) -> UpdateRequest:
    """The request whose mails carry this mark, read anew. Raises NotFound."""
    requests = select(UpdateRequest).where(UpdateRequest.order_id == order_id).order_by(UpdateRequest.id)
    every = session.scalars(requests.execution_options(populate_existing=True))
    same = [request for request in every if hmac.compare_digest(mark.encode(), mark_of_request(request, secret=secret).encode())]
    if not same:
        raise NotFound(_("There is no parcel to show here. Check the link, or ask the shop."))
    return same[0]


def mark_of_request(request: UpdateRequest, *, secret: str) -> str:
    """The secret part of the links in the mails of a request: whoever has it reads that mailbox."""
    digest = hmac.new(secret.encode(), f"updates:{request.id}:{request.email}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _refuse_wrong(order: Order, email: str) -> None:
    if order.status in _CLOSED:
        raise IllegalMove(_("Nothing more is going to happen to this order."))
    message = "" if email else _("Write the e-mail address.")
    if error := check_email(email):
        message = error.message
    if message:
        raise Invalid(message, errors=[FieldError("email", "bad_email", message)])


def _open_requests(session: Session, order_id: int) -> list[UpdateRequest]:
    requests = select(UpdateRequest).where(UpdateRequest.order_id == order_id, UpdateRequest.ended_at.is_(None))
    return list(session.scalars(requests.order_by(UpdateRequest.id).execution_options(populate_existing=True)))


def _end(session: Session, request: UpdateRequest, by: Actor) -> None:
    if request.ended_at is None:
        request.ended_at = clock.now()
        session.flush()
        publish(session, UpdatesEnded(request.order_id, request.id), by=by)
