"""How shops sign what they send."""

import re
from datetime import timedelta

from logistics.core import clock
from logistics.core.parsing import parse_instant
from logistics.core.refusals import BadValue
from logistics.core.signatures import WINDOW, Headers, is_hmac

# Shopify tries again for two days, and each try carries the time of the event, not its own.
OLDEST_SHOPIFY_TRY = timedelta(hours=72)


def is_signed_by_shopify(headers: Headers, raw: bytes, secret: str) -> bool:
    """X-Shopify-Hmac-Sha256; and X-Shopify-Triggered-At, where it is given, is no future and no old time (it is not signed)."""
    return is_hmac(headers.get("x-shopify-hmac-sha256", ""), raw, secret) and _is_timely(headers.get("x-shopify-triggered-at"))


def is_signed_by_woocommerce(headers: Headers, raw: bytes, secret: str) -> bool:
    """X-WC-Webhook-Signature."""
    return is_hmac(headers.get("x-wc-webhook-signature", ""), raw, secret)


def _is_timely(triggered_at: str | None) -> bool:
    if triggered_at is None:
        return True
    try:
        # They write nanoseconds, which nobody's clock can be held to.
        moment = parse_instant(re.sub(r"\.[0-9]{1,9}", "", triggered_at))
    except BadValue:
        return False
    return -WINDOW <= clock.now() - moment <= OLDEST_SHOPIFY_TRY
