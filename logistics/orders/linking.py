"""The link to an order's public page: derived, never stored, so that reading the database gives nobody a link.

Its token is the order's number without its hyphen, then 128 bits of HMAC-SHA256 over number and token version, in URL-safe base64
(22 characters). A token in a URL is an exception to ASVS 14.2.1: the link is what a customer without a login has; it shows no
street, no full name, no price, and staff can rotate it.
"""

import base64
import hashlib
import hmac

from logistics.core.config import settings
from logistics.orders.models import Order


def make_token(order: Order, *, secret: str) -> str:
    """The token of this order's page, as long as its token version stands."""
    return order.number.replace("-", "") + mark_of(order.number, order.token_version, secret)


def public_link(order: Order) -> str:
    """The address of an order's public page."""
    return link_of(order.number, order.token_version)


def link_of(number: str, version: int) -> str:
    """The same of an order with this number and token version."""
    return f"{settings().base_url}/track/{number.replace('-', '')}{mark_of(number, version, settings().secret_key)}"


def mark_of(number: str, version: int, secret: str) -> str:
    """The secret part of a token."""
    digest = hmac.new(secret.encode(), f"tracking page:{number}:{version}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")
