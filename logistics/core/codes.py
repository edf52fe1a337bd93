"""Codes people read out and type: random, so that none can be guessed from another, with a check character against typing errors.

Alphabet: Crockford's base 32, without I, L, O and U. Check character: ISO 7064 hybrid system over that alphabet (mod 33,32),
computed by python-stdnum.
"""

import secrets

from stdnum.iso7064 import mod_37_36 as hybrid

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def new_code(prefix: str = "") -> str:
    """A fresh code such as "K7M2-9QXF", or "S-K7M2-9QXF" with a prefix: 35 random bits and the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(7))
    whole = body + hybrid.calc_check_digit(body, alphabet=ALPHABET)
    return f"{prefix}-{whole[:4]}-{whole[4:]}" if prefix else f"{whole[:4]}-{whole[4:]}"


def read_code(text: str, prefix: str = "") -> str | None:
    """The canonical form of a typed code, or None where it is not one (a wrong check character included).

    Forgives case, spaces, hyphens and the letters that look like digits.
    """
    typed = "".join(char for char in text.upper() if char.isalnum() and char.isascii())
    if prefix:
        if not typed.startswith(prefix) or len(typed) != 8 + len(prefix):
            return None
        typed = typed.removeprefix(prefix)
    whole = typed.translate(_MISREAD)
    if len(whole) != 8 or any(char not in ALPHABET for char in whole):
        return None
    if hybrid.checksum(whole, alphabet=ALPHABET) != 1:
        return None
    return f"{prefix}-{whole[:4]}-{whole[4:]}" if prefix else f"{whole[:4]}-{whole[4:]}"
