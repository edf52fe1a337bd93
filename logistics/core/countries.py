"""Countries: their codes, and their names in the language being spoken."""

import re
from functools import cache

from babel import Locale

from logistics.core.language import _, current_locale
from logistics.core.refusals import BadValue
from logistics.core.search import fold

COMMON = ("US", "GB", "CN", "DE", "FR", "CA", "AU", "JP")
_NOT_PLACES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "CP", "CQ", "DG", "EA", "IC"}


def parse_country(text: str) -> str:
    """Read an ISO 3166 code as it is written there: two capitals. Raises BadValue."""
    code = text.strip(" ")
    if code not in country_codes():
        raise BadValue("unknown_country", _("“%(code)s” is not a country code. Use one like GB or CN.", code=text[:80]))
    return code


@cache
def countries(locale: str) -> tuple[tuple[str, str], ...]:
    """Every country as (ISO code, name in that language): the common ones first, then all the others by name."""
    names = [(code, _names(locale)[code]) for code in country_codes()]
    # GB 18030 keeps the usual characters in the order of their pinyin, as Chinese readers expect a list.
    others = sorted(names, key=lambda one: one[1].encode("gb18030") if locale.startswith("zh") else fold(one[1]).encode())
    return tuple((code, _names(locale)[code]) for code in COMMON) + tuple(one for one in others if one[0] not in COMMON)


def country_name(code: str) -> str:
    """The country's name in the language being spoken; the code itself where there is none."""
    return _names(current_locale()).get(code, code)


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166 code of every country."""
    return frozenset(code for code in _names("en") if re.fullmatch(r"[A-Z]{2}", code)) - _NOT_PLACES


@cache
def _names(locale: str) -> dict[str, str]:
    return dict(Locale.parse(locale).territories.items())
