"""Strict reading of what people type and files carry: each kind of value in one place, so that forms, files and the API agree.

Python's own readers are too kind: int() takes "1_000" and Arabic-Indic digits, date.fromisoformat() takes week dates.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time

from logistics.core.language import _
from logistics.core.refusals import BadValue

MAX_QUANTITY = 999_999
FIRST_YEAR_OF_HISTORY = 1990
_MINUS_LOOKALIKES = "\u2212\u2013\u2014\ufe63\uff0d"
# str.strip() alone would also swallow control characters that look like separators to it.
_SPACES = " \t\r\n\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def parse_quantity(text: str, *, lowest: int = 1) -> int:
    """A whole number of units, `lowest` to 999,999, in plain ASCII digits. Raises BadValue."""
    written = _plain_number(text)
    if not re.fullmatch(r"-?[0-9]{1,9}", written) or not lowest <= int(written) <= MAX_QUANTITY or written == "-0":
        raise BadValue("bad_quantity", _("Quantity must be a whole number, %(lowest)s to 999,999, like 12.", lowest=lowest))
    return int(written)


def parse_change(text: str) -> int:
    """A signed change of a quantity, -999,999 to 999,999 and not 0, as "5", "+5" or "-5". Raises BadValue."""
    written = _plain_number(text)
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", written) or int(written) == 0:
        raise BadValue("bad_change", _("Write the change as a whole number with its sign, like +5 or -2."))
    return int(written)


def parse_percent(text: str) -> int:
    """A discount of 0 to 100 percent with at most two decimals, as basis points (12.5 -> 1250). Raises BadValue."""
    written = text.strip(" ")
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", written):
        raise BadValue("bad_percent", _("Write the discount in percent, 0 to 100, like 12.5."))
    whole, _point, fraction = written.partition(".")
    points = int(whole) * 100 + int(fraction.ljust(2, "0") or "0")
    if points > 10_000:
        raise BadValue("bad_percent", _("Write the discount in percent, 0 to 100, like 12.5."))
    return points


def parse_flag(text: str) -> bool:
    """A yes or no as files write it: yes, no, true, false, 1 or 0. Raises BadValue."""
    meaning = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.strip(" ").lower())
    if meaning is None:
        raise BadValue("bad_flag", _("Write yes or no."))
    return meaning


def parse_day(text: str, *, first: int = 2000, last: int = 2100) -> date:
    """A calendar day written YYYY-MM-DD, within the years given. Raises BadValue."""
    written = text.strip(" ")
    try:
        day = date.fromisoformat(written) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", written) else None
    except ValueError:
        day = None
    if day is None or not first <= day.year <= last:
        raise BadValue("bad_date", _("Write the day as YYYY-MM-DD, between %(first)s and %(last)s.", first=first, last=last))
    return day


def parse_instant(text: str, *, first: int = 2000, last: int = 2100) -> datetime:
    """An RFC 3339 time with its offset ("2026-11-22T09:30:00+01:00"), aware, offset kept. Raises BadValue."""
    written = text.strip(" ")
    shape = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
    moment = None
    if re.fullmatch(shape, written):
        try:
            moment = datetime.fromisoformat(written.upper())
            in_range = moment.tzinfo is None or first <= moment.astimezone(UTC).year <= last
        except (ValueError, OverflowError):
            moment, in_range = None, False
        if moment is not None and not in_range:
            moment = None
    if moment is None:
        raise BadValue("bad_time", _("Write the time like 2026-11-22T09:30:00+01:00."))
    if moment.tzinfo is None:
        raise BadValue("no_offset", _("The time needs its zone: add Z or an offset like +01:00."))
    return moment


def parse_moment(text: str, *, first: int = FIRST_YEAR_OF_HISTORY) -> datetime:
    """When something happened in a file of history: a day (its midnight in UTC) or a time with its offset. Raises BadValue."""
    if len(text.strip(" ")) == len("1996-07-04"):
        return datetime.combine(parse_day(text, first=first), time.min, UTC)
    return parse_instant(text, first=first)


def parse_code(text: str, *, longest: int = 64) -> str:
    """A code people type, such as a SKU: visible ASCII without spaces inside, surrounding spaces dropped. Raises BadValue."""
    written = text.strip(" \t")
    if not written:
        raise BadValue("required", _("This is needed."))
    if len(written) > longest:
        raise BadValue("too_long", _("At most %(count)s characters.", count=longest))
    if not re.fullmatch(r"[!-~]+( [!-~]+)*", written):
        raise BadValue("bad_code", _("Use letters without accents, digits and signs like - _ . / only."))
    return written


def clean_line(text: str, *, longest: int = 200) -> str:
    """One line of free text: trimmed, NFC, without control or direction-changing characters. Raises BadValue."""
    return _clean(text, longest, allowed="")


def clean_note(text: str, *, longest: int = 2000) -> str:
    """Free text that may have line breaks and tabs; otherwise as clean_line. Raises BadValue."""
    return _clean(text.replace("\r\n", "\n"), longest, allowed="\n\t")


def _clean(text: str, longest: int, *, allowed: str) -> str:
    normal = unicodedata.normalize("NFC", text.translate(_BIDI)).strip(_SPACES)
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in normal):
        raise BadValue("control_character", _("This holds a control character that cannot be kept. Type it again."))
    if len(normal) > longest or len(normal.encode()) > 4 * longest:
        raise BadValue("too_long", _("At most %(count)s characters.", count=longest))
    return normal


def _plain_number(text: str) -> str:
    written = text.strip(" ").removesuffix("\n").strip(" ")
    if any(char in _MINUS_LOOKALIKES for char in written):
        raise BadValue("bad_minus", _("That is not a plain minus sign. Type it as - from the keyboard."))
    return written
