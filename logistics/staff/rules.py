"""Decisions on plain values: which passwords are good enough, where a browser may be sent, and what it is called."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from logistics.core.language import _
from logistics.core.refusals import BadValue

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
# Guesses a thief of the hashes would need: 3 is "safely unguessable: moderate protection from offline slow-hash scenario".
_GOOD_ENOUGH = 3
# zxcvbn's time grows with the square of the length, and what is strong at this length stays strong.
_JUDGED = 72
# In this order: each one also names those below it.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


def check_password(password: str, *, known: Sequence[str] = ()) -> None:
    """Refuse a password that is too short, holds something `known` about its owner or the shop, or is easy to guess (SEC14).

    Any characters will do, spaces included; none are asked for. Raises BadValue, which says what to do.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadValue("too_short", _("Use at least %(count)s characters. Several words are easier to remember than signs.", count=SHORTEST_PASSWORD))
    if len(password) > LONGEST_PASSWORD:
        raise BadValue("too_long", _("At most %(count)s characters.", count=LONGEST_PASSWORD))
    words = _telling(known)
    if any(word in password.casefold() for word in words):
        raise BadValue("too_personal", _("Leave out your name, your e-mail address and the shop's name: they are tried first."))
    if zxcvbn(password[:_JUDGED], user_inputs=[*words])["score"] < _GOOD_ENOUGH:
        raise BadValue("guessable", _("This password is easy to guess. Use several words that have nothing to do with each other."))


def local_path(text: str | None) -> str | None:
    """A path of this site to send a browser to, or None for anything that could lead elsewhere (SEC10).

    What would change the language is left out.
    """
    if not text or not text.startswith("/") or len(text) > 2000:
        return None
    for read in (text, unquote(text)):
        if read.startswith(("//", "/\\")) or "\\" in read or any(ord(char) < 32 or ord(char) == 127 for char in read):
            return None
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        return None
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name != "lang"])
    return f"{parts.path}?{query}" if query else parts.path


def describe_browser(agent: str) -> str:
    """What a browser calls itself, as far as people tell browsers apart: "Firefox, Linux". Empty where it does not say."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part)


def _telling(known: Sequence[str]) -> list[str]:
    """What must not stand in a password: the things known, whole and in their words; very short ones would forbid too much."""
    words = {piece for text in known for piece in (text, text.partition("@")[0], *re.split(r"[\W_]+", text))}
    return sorted(word.casefold() for word in words if len(word) >= 4)
