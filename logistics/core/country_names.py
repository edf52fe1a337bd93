"""Countries as files name them: by code, or by name in either language of the house."""

from functools import cache

from logistics.core.countries import countries, parse_country
from logistics.core.language import LOCALES, _
from logistics.core.refusals import BadValue
from logistics.core.search import fold

# What people and shop systems write, and no list of official names has.
_OTHERWISE = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "usa": "US",
    "united states of america": "US", "america": "US", "eire": "IE", "republic of ireland": "IE", "holland": "NL", "rsa": "ZA",
    "channel islands": "JE", "prc": "CN", "mainland china": "CN", "中国大陆": "CN", "中华人民共和国": "CN", "香港": "HK", "澳门": "MO",
    "台湾地区": "TW", "hong kong": "HK", "macau": "MO", "korea": "KR", "south korea": "KR", "russia": "RU", "turkey": "TR",
    "czech republic": "CZ", "uae": "AE", "viet nam": "VN",
}  # fmt: skip


def read_country(text: str) -> str:
    """The ISO 3166 code of a country that is written as its code ("GB") or as its name in English or Chinese. Raises BadValue."""
    written = text.strip(" ")
    code = _by_name().get(_plain(written), written)
    try:
        return parse_country(code.upper() if len(code) == len("GB") else code)
    except BadValue as error:
        message = _("“%(name)s” is no country we know. Write its name, or its code like GB or CN.", name=written[:80])
        raise BadValue(error.code, message) from error


@cache
def _by_name() -> dict[str, str]:
    names = {_plain(name): code for locale in LOCALES for code, name in countries(locale)}
    return {**names, **_OTHERWISE}


def _plain(name: str) -> str:
    return " ".join(fold(name).replace(".", "").split())
