"""The token of an order's public page: derived, never stored, so that reading the database gives nobody a link.

Token = the order's number without its hyphen, then 128 bits of HMAC-SHA256 over number and token version, in URL-safe base64
(22 characters). A token in a URL is an exception to ASVS 14.2.1: the link is what a customer without a login has; it shows no
street, no full name, no price, and staff can rotate it.
"""

import base64
import hashlib
import hmac
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.codes import read_code
from logistics.core.language import _
from logistics.core.refusals import NotFound
from logistics.fulfilment.models import Shipment
from logistics.orders.models import Order
from logistics.tracking.models import TrackingEvent, TrackingStatus

ENDS_AFTER_DELIVERY = timedelta(days=90)
_NUMBER_LENGTH = 8


def make_token(order: Order, *, secret: str) -> str:
    """The token of this order's page, as long as its token version stands."""
    return order.number.replace("-", "") + _mark(order.number, order.token_version, secret)


def find_by_token(session: Session, token: str, *, secret: str) -> Order:
    """The order of a token. Raises NotFound alike for a wrong token, an unknown order and a page that ended."""
    number = read_code(token[:_NUMBER_LENGTH]) or ""
    order = session.scalar(select(Order).where(Order.number == number))
    # An unknown order costs the same as a wrong token.
    right = hmac.compare_digest(token[_NUMBER_LENGTH:].encode(), _mark(number, order.token_version if order else 0, secret).encode())
    if order is None or not right or _has_ended(session, order):
        raise NotFound(_("There is no parcel to show here. Check the link, or ask the shop."))
    return order


def _mark(number: str, version: int, secret: str) -> str:
    digest = hmac.new(secret.encode(), f"tracking page:{number}:{version}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _has_ended(session: Session, order: Order) -> bool:
    if order.status != "delivered":
        return False
    delivered = select(func.max(TrackingEvent.occurred_at)).join(Shipment, Shipment.id == TrackingEvent.shipment_id)
    last = session.scalar(delivered.where(Shipment.order_id == order.id, TrackingEvent.status == TrackingStatus.DELIVERED.value))
    return last is not None and clock.now() - last > ENDS_AFTER_DELIVERY
