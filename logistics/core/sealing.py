"""Secrets of others that we must be able to read again: kept encrypted, so that a copy of the database alone opens none of them.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from SECRET_KEY by HKDF-SHA256.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from logistics.core.config import settings

_PURPOSE = b"logistics: secrets shared with shops"


def seal(secret: str) -> str:
    """The secret as it may be stored. Each time it looks different."""
    return _box(settings().secret_key).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str | None:
    """The secret again; None where it was sealed under another SECRET_KEY, or altered since."""
    try:
        return _box(settings().secret_key).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _box(secret_key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
