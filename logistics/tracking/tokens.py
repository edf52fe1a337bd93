"""Finding the order of a public page's token (orders.linking makes it)."""

import hmac
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Shipment
from logistics.orders.linking import mark_of
from logistics.orders.models import Order
from logistics.tracking.models import TrackingEvent, TrackingStatus

ENDS_AFTER_DELIVERY = timedelta(days=90)
_NUMBER_LENGTH = 8


def find_by_token(session: Session, token: str, *, secret: str) -> Order:
    """The order of a token. Raises NotFound alike for a wrong token, an unknown order and a page that ended."""
    number = read_code(token[:_NUMBER_LENGTH]) or ""
    order = session.scalar(select(Order).where(Order.number == number))
    # An unknown order costs the same as a wrong token.
    right = hmac.compare_digest(token[_NUMBER_LENGTH:].encode(), mark_of(number, order.token_version if order else 0, secret).encode())
    if order is None or not right or _has_ended(session, order):
        raise NotFound(_("There is no parcel to show here. Check the link, or ask the shop."))
    return order


def _has_ended(session: Session, order: Order) -> bool:
    if order.status != "delivered":
        return False
    delivered = select(func.max(TrackingEvent.occurred_at)).join(Shipment, Shipment.id == TrackingEvent.shipment_id)
    last = session.scalar(delivered.where(Shipment.order_id == order.id, TrackingEvent.status == TrackingStatus.DELIVERED.value))
    return last is not None and clock.now() - last > ENDS_AFTER_DELIVERY
