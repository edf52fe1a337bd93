"""The link to an order's public page: derived, never stored, so that reading the database gives nobody a link.

Its token is the order's number without its hyphen, then 128 bits of HMAC-SHA256 over number and token version, in URL-safe base64
(22 characters). A token in a URL is an exception to ASVS 14.2.1: the link is what a customer without a login has; it shows no
street, no full name, no price, and staff can rotate it.
"""

import base64
import hashlib
import hmac

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.config import settings
from logistics.core.events import publish
from logistics.orders.events import OrderLinkRenewed
from logistics.orders.locks import lock_order
from logistics.orders.models import Order


def make_token(order: Order, *, secret: str) -> str:
    """The token of this order's page, as long as its token version stands."""
    return token_of(order.number, order.token_version, secret=secret)


def token_of(number: str, version: int, *, secret: str) -> str:
    """The token of the page of the order with this number and token version."""
    return number.replace("-", "") + mark_of(number, version, secret)


def public_link(order: Order) -> str:
    """The address of an order's public page."""
    return link_of(order.number, order.token_version)


def link_of(number: str, version: int) -> str:
    """The same of an order with this number and token version."""
    return f"{settings().base_url}/track/{number.replace('-', '')}{mark_of(number, version, settings().secret_key)}"


def renew_link(session: Session, *, number: str, by: Actor) -> Order:
    """Give an order's page another link; the one it had, wherever it went, shows nothing from now on. Locks the order. Raises NotFound."""
    order = lock_order(session, number=number)
    order.token_version += 1
    order.version += 1
    session.flush()
    publish(session, OrderLinkRenewed(order.id, order.number), by=by)
    return order


def mark_of(number: str, version: int, secret: str) -> str:
    """The secret part of a token."""
    digest = hmac.new(secret.encode(), f"tracking page:{number}:{version}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
