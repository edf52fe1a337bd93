"""What a product's facts may look like: plain values in, plain values or BadValue out."""

import re
from dataclasses import dataclass

from stdnum import ean

from logistics.catalog.models import TaxClass
from logistics.core.language import _
from logistics.core.parsing import parse_percent, parse_quantity
from logistics.core.refusals import BadValue

_LENGTHS = (8, 12, 13, 14)
_RESERVED = {"new", "options", ".", ".."}


@dataclass(frozen=True)
class ProductFacts:
    """What people say about a product. `price` is in minor units of `currency`."""

    sku: str
    name: str
    price: int
    currency: str
    gtin: str = ""
    description: str = ""
    weight_grams: int = 0
    tax_class: str = TaxClass.STANDARD.value
    sellable: bool = True
    discontinued: bool = False


def parse_gtin(text: str) -> str:
    """The number under a barcode: GTIN-8, -12 (UPC), -13 (EAN) or -14, whose last digit must fit the others (GS1). Raises BadValue."""
    digits = re.sub(r"[\s-]", "", text)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in _LENGTHS:
        raise BadValue("bad_gtin", _("A barcode number has 8, 12, 13 or 14 digits, like 4006381333931."))
    if not ean.is_valid(digits):
        expected = digits[:-1] + ean.calc_check_digit(digits[:-1])
        message = _("A digit of %(gtin)s is wrong: the last one does not fit the others, as in %(expected)s.", gtin=digits, expected=expected)
        raise BadValue("bad_check_digit", message)
    return digits


def gtin_forms(gtin: str) -> list[str]:
    """Every length in which the same number may be stored or scanned: shorter forms are longer ones without their leading zeros."""
    bare = gtin.lstrip("0")
    return [bare.zfill(length) for length in _LENGTHS if len(bare) <= length] if bare else []


def parse_weight(text: str) -> int:
    """A weight in whole grams, 0 to 999,999. Raises BadValue."""
    try:
        return parse_quantity(text, lowest=0)
    except BadValue:
        raise BadValue("bad_weight", _("Write the weight in whole grams, 0 to 999,999, like 250.")) from None


def check_sku(sku: str) -> None:
    """Raise BadValue for a SKU that could not stand in an address such as /products/LAMP-1."""
    if sku.lower() in _RESERVED or sku.startswith("/") or sku.endswith("/") or "//" in sku or {".", ".."} & set(sku.split("/")):
        raise BadValue("reserved_sku", _("This SKU cannot be used. Choose another one."))


def parse_tax_class(text: str) -> str:
    """How goods are taxed: a word of TaxClass. Raises BadValue."""
    written = text.strip(" ").lower()
    if written not in set(TaxClass):
        raise BadValue("bad_tax_class", _("Write one of: %(choices)s.", choices=", ".join(TaxClass)))
    return written


def parse_rate(text: str) -> int:
    """A tax rate of 0 to 100 percent with at most two decimals, as basis points (7.5 -> 750). Raises BadValue."""
    try:
        return parse_percent(text)
    except BadValue:
        raise BadValue("bad_rate", _("Write the rate in percent, 0 to 100, like 7.5.")) from None
