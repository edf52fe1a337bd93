"""How carriers, and those who report for many, sign what they send. Our own format has Standard Webhooks (core.signatures).

Of these four none signs a time: what is sent again is known by its id or its bytes, and only counts.
"""

import hashlib
import hmac
import secrets
import unicodedata
from hashlib import sha256
from urllib.parse import parse_qsl

from logistics.core.signatures import Headers, is_hmac, is_same

_MOST_FIELDS = 20


def is_signed_by_aftership(headers: Headers, raw: bytes, secret: str) -> bool:
    """aftership-hmac-sha256: HMAC-SHA256 of the body in base64 (aftership.com/docs/tracking/webhook/webhook-signature)."""
    return is_hmac(headers.get("aftership-hmac-sha256", ""), raw, secret)


def is_signed_by_easypost(headers: Headers, raw: bytes, secret: str) -> bool:
    """X-Hmac-Signature: "hmac-sha256-hex=" and HMAC-SHA256 of the body in hex, under the secret in NFKD (EasyPost's own clients)."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return is_same(headers.get("x-hmac-signature", ""), f"hmac-sha256-hex={hmac.new(key, raw, sha256).hexdigest()}")


def is_signed_by_17track(headers: Headers, raw: bytes, secret: str) -> bool:
    """sign: SHA-256 in hex of the body, a slash and the account's key (17TRACK's API documentation, "Webhook")."""
    return is_same(headers.get("sign", ""), sha256(raw + b"/" + secret.encode()).hexdigest())


def is_signed_by_kuaidi100(_headers: Headers, raw: bytes, secret: str) -> bool:
    """Form fields: `sign` is MD5 in capital hex of `param` and the salt given when subscribing (Kuaidi100's documentation, 订阅推送).

    What is signed is `param` as it reads, not how the form writes it.
    """
    given = read_fields(raw)
    # Theirs is MD5: for whether a body comes from who knows the salt, behind https, it has to do.
    digest = hashlib.md5((given.get("param", "") + secret).encode(), usedforsecurity=False).hexdigest().upper()
    return "param" in given and is_same(given.get("sign", ""), digest)


def read_fields(raw: bytes) -> dict[str, str]:
    """The fields of a form; none where it is none, or has a field twice."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return dict(pairs) if len(dict(pairs)) == len(pairs) else {}


def new_salt() -> str:
    """A secret to be typed into the pages of one of those who let us choose it: 160 random bits, letters and digits only."""
    return secrets.token_hex(20)
