"""Whether a body was signed with a secret: over the raw bytes, compared in constant time, letter for letter.

Letter for letter because base64 and hex can be written in several ways: a decoder forgives what an attacker may have changed.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from standardwebhooks import Webhook

from logistics.core import clock
from logistics.core.refusals import Refusal

WINDOW = timedelta(minutes=5)
PREFIX = "whsec_"

# By their names in lower case.
Headers = Mapping[str, str]


class NotSigned(Refusal):
    """The signature is missing or not theirs, or we share no secret with them: one answer for all of it."""

    status = 401
    code = "unauthorized"


def new_secret() -> str:
    """A secret of ours, as Standard Webhooks writes them: 192 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


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
    return any(is_same(one, expected) for one in given[:10])


def is_hmac(given: str, raw: bytes, secret: str) -> bool:
    """Whether this is the HMAC-SHA256 of the body, in base64."""
    return is_same(given, base64.b64encode(hmac.new(secret.encode(), raw, sha256).digest()).decode())


def is_same(given: str, expected: str) -> bool:
    """Whether a signature is the one that was to be expected, without telling by the time it takes how much of it is."""
    return hmac.compare_digest(given.encode(), expected.encode())
