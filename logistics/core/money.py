"""Money: an integer of the currency's minor unit beside an ISO 4217 code, never a float."""

import re
from decimal import Decimal
from functools import cache

from babel.core import get_global
from babel.numbers import format_decimal, get_currency_precision

from logistics.core.language import _
from logistics.core.refusals import BadValue

MAX_MINOR = 10**14


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes that an amount may be in: what is legal tender somewhere today, by CLDR."""
    used = (used for places in get_global("territory_currencies").values() for used in places)
    return frozenset(code for code, _since, until, tender in used if until is None and tender)


@cache
def decimals(currency: str) -> int:
    """How many decimals the currency's amounts carry: 2 for USD, 0 for JPY, 3 for KWD (CLDR)."""
    places: int = get_currency_precision(currency)
    return places


def parse_money(text: str, currency: str) -> int:
    """Read "1234.50" as minor units. Plain ASCII digits and one point only, with no more decimals than the currency has.

    Raises BadValue, which says what the accepted form is.
    """
    places = decimals(currency)
    written = text.strip(" ")
    if not re.fullmatch(r"[0-9]{1,15}(\.[0-9]+)?", written):
        raise BadValue("bad_amount", _("Write the amount with digits and a point, like %(example)s.", example=_example(places)))
    whole, _point, fraction = written.partition(".")
    if len(fraction) > places:
        raise BadValue("too_many_decimals", _("%(currency)s has %(places)s decimals.", currency=currency, places=places))
    minor: int = int(whole) * 10**places + int(fraction.ljust(places, "0") or "0")
    if minor > MAX_MINOR:
        raise BadValue("amount_too_large", _("The amount is too large."))
    return minor


def parse_currency(text: str) -> str:
    """Read an ISO 4217 code as it is written there: three capitals. Raises BadValue."""
    if text not in currencies():
        raise BadValue("unknown_currency", _("“%(code)s” is not a currency code. Use one like USD or EUR.", code=text[:80]))
    return text


def plain(minor: int, currency: str) -> str:
    """The amount as the API and files write it: digits, a point, all the currency's decimals ("18.00")."""
    places = decimals(currency)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def format_money(minor: int, currency: str, locale: str) -> str:
    """The amount as people read it in their language, with its ISO code: "USD 1,234.50", and "−USD 1,234.50" below zero."""
    places = decimals(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    sign = "−" if minor < 0 else ""
    return f"{sign}{currency} {format_decimal(Decimal(abs(minor)).scaleb(-places), format=pattern, locale=locale)}"


def net_of_discount(quantity: int, unit_price: int, discount_bp: int) -> int:
    """quantity x price x (1 - discount), rounded half up, in minor units. The discount is in basis points (1/10,000)."""
    return (quantity * unit_price * (10_000 - discount_bp) * 2 + 10_000) // 20_000


def _example(places: int) -> str:
    return "18" + ("." + "0" * places if places else "")
