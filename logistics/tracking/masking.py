"""What carriers wrote, as far as anybody may read it: their words sometimes hold who lives where, and what is to be paid (SEC28)."""

import re
import unicodedata
from collections.abc import Iterator

from logistics.orders.models import Order

# An e-mail address, a phone number, an amount of money: whoever's it is.
_PRIVATE = re.compile(r"@|(?:[0-9][ ()/-]{0,2}){9,}|[$€£¥₹]\s?[0-9]|[0-9]\s?(?:[$€£¥₹]|元)|[0-9][.,][0-9]{2}(?![0-9.,])|\b[a-z]{3}\s?[0-9]+[.,][0-9]")
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af]")


def harmless(text: str | None, order: Order) -> str:
    """The text as it is, or an empty one where it names somebody's contact or an amount, or whom this order is for and where they live."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    if not plain or _PRIVATE.search(plain):
        return ""
    squeezed, words = _squeeze(plain), set(re.findall(r"\w+", plain))
    digits = re.sub(r"[^0-9]", "", plain)
    if any(part in squeezed for part in _parts(order)) or words & _names(order) or any(ending in digits for ending in _phone_ending(order)):
        return ""
    return text or ""


def _parts(order: Order) -> Iterator[str]:
    """What tells where somebody lives or who they are wherever it stands in a text, in small letters and without spaces and signs."""
    for line in (order.line1, order.line2):
        whole = _squeeze(line)
        # A street is known without its number; what is as short as "flat" says nothing.
        yield from (part for part in (whole, *re.split(r"[0-9]+", whole)) if len(part) >= (3 if _CJK.search(part) else 5))
    for whole in (_squeeze(order.name), _squeeze(order.postcode), _squeeze(order.email)):
        if len(whole) >= (2 if _CJK.search(whole) else 4):
            yield whole


def _names(order: Order) -> set[str]:
    """The words of a name in a script that has words, but for those that are no more than a letter or two."""
    return {word for word in re.findall(r"\w+", unicodedata.normalize("NFKC", order.name).casefold()) if len(word) >= 3}


def _phone_ending(order: Order) -> list[str]:
    digits = re.sub(r"[^0-9]", "", order.phone)
    return [digits[-6:]] if len(digits) >= 6 else []


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).casefold())
