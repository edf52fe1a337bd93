"""What a key looks like: lgk_<8 characters to know it by>_<160 random bits>. Plain values in, plain values out."""

import hashlib
import re
import secrets
from dataclasses import dataclass

_SIGNS = "abcdefghjkmnpqrstvwxyz0123456789"
_SHAPE = re.compile(r"lgk_([a-z0-9]{8})_([0-9a-f]{40})")


@dataclass(frozen=True)
class Key:
    """A key in the clear: what its holder sends. Never stored, never logged."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        """As it is handed out."""
        return f"lgk_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is kept of it. It is random and long, so a plain digest cannot be reversed by guessing."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def new_key() -> Key:
    """A fresh one."""
    return Key("".join(secrets.choice(_SIGNS) for _place in range(8)), secrets.token_hex(20))


def read_key(text: str) -> Key | None:
    """The key that was sent, or None where it is shaped like none."""
    shaped = _SHAPE.fullmatch(text)
    return Key(*shaped.groups()) if shaped else None


def looks_like_key(text: str) -> bool:
    """Whether one of ours stands anywhere in this text."""
    return _SHAPE.search(text) is not None
