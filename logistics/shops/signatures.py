"""Whether a body was signed with a secret: HMAC-SHA256 over the raw bytes, compared in constant time, letter for letter.

Letter for letter because base64 can be written in several ways: a decoder forgives what an attacker may have changed.
"""

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from standardwebhooks import Webhook

from logistics.core import clock
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue

WINDOW = timedelta(minutes=5)
# Shopify tries again for two days, and each try carries the time of the event, not its own.
OLDEST_SHOPIFY_TRY = timedelta(hours=72)
PREFIX = "whsec_"

# By their names in lower case.
Headers = Mapping[str, str]


def is_signed_by_shopify(headers: Headers, raw: bytes, secret: str) -> bool:
    """X-Shopify-Hmac-Sha256; and X-Shopify-Triggered-At, where it is given, is no future and no old time (it is not signed)."""
    return _is_hmac(headers.get("x-shopify-hmac-sha256", ""), raw, secret) and _is_timely(headers.get("x-shopify-triggered-at"))


def is_signed_by_woocommerce(headers: Headers, raw: bytes, secret: str) -> bool:
    """X-WC-Webhook-Signature."""
    return _is_hmac(headers.get("x-wc-webhook-signature", ""), raw, secret)


def is_signed_by_standard(headers: Headers, raw: bytes, secret: str) -> bool:
    """Standard Webhooks: webhook-signature over id, timestamp and body, the timestamp at most five minutes away."""
    identity, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not identity or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or stamp != str(int(stamp)):
        return False
    moment = datetime.fromtimestamp(int(stamp), clock.now().tzinfo)
    if abs(clock.now() - moment) > WINDOW:
        return False
    try:
        expected = Webhook(secret).sign(identity, moment, raw.decode())
    except UnicodeDecodeError:
        return False
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in given[:10])


def _is_hmac(given: str, raw: bytes, secret: str) -> bool:
    expected = base64.b64encode(hmac.new(secret.encode(), raw, sha256).digest())
    return hmac.compare_digest(given.encode(), expected)


def _is_timely(triggered_at: str | None) -> bool:
    if triggered_at is None:
        return True
    try:
        # They write nanoseconds, which nobody's clock can be held to.
        moment = parse_instant(re.sub(r"\.[0-9]{1,9}", "", triggered_at))
    except BadValue:
        return False
    return -WINDOW <= clock.now() - moment <= OLDEST_SHOPIFY_TRY
