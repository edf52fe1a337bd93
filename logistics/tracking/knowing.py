"""The second fact: what only the customer of an order knows besides its number (SEC27). From plain values."""

import hmac
import re
import unicodedata
from dataclasses import dataclass

# Nobody can type it, so what an order does not have matches nothing.
_NOTHING = "\0"


@dataclass(frozen=True)
class Facts:
    """What an order has of these; each may be empty."""

    email: str = ""
    postcode: str = ""
    phone: str = ""

    @property
    def has_any(self) -> bool:
        """Whether there is anything to know."""
        return any(kept != _NOTHING for kept in _kept(self))


def knows(typed: str, facts: Facts) -> bool:
    """Whether somebody typed the order's e-mail address, its postcode, or the last four digits of its phone number.

    Case, spaces, hyphens and wide letters are forgiven. All three are compared, whole, whatever was typed and whatever there is.
    """
    given = unicodedata.normalize("NFKC", typed)
    pairs = zip((_email(given), _postcode(given), _ending(given)), _kept(facts), strict=True)
    same = [hmac.compare_digest(one.encode(), other.encode()) for one, other in pairs]
    return any(same)


def _kept(facts: Facts) -> tuple[str, str, str]:
    return (_email(facts.email) or _NOTHING, _postcode(facts.postcode) or _NOTHING, _ending(facts.phone) or _NOTHING)


def _email(text: str) -> str:
    written = unicodedata.normalize("NFKC", text).strip().casefold()
    return written if "@" in written else ""


def _postcode(text: str) -> str:
    written = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).upper()
    return written if len(written) >= 3 else ""


def _ending(text: str) -> str:
    """The last four digits of a phone number, or of what was typed for them."""
    if not re.fullmatch(r"[0-9+()./\s-]+((ext\.?|x|#)\s*[0-9]{1,7})?", text.strip(), re.IGNORECASE | re.ASCII):
        return ""
    digits = re.sub(r"[^0-9]", "", text)
    return digits[-4:] if len(digits) >= 4 else ""
