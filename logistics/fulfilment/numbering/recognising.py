"""Recognising tracking numbers: what one may be, whether it is one of a form, whose carrier's it is, and how people know it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeVar

from logistics.core.language import lazy
from logistics.fulfilment.numbering.shapes import DHL, FEDEX, LA_POSTE, POST, POSTS, SF, SHAPES, UPS, USPS, Shape

# What a carrier's numbers are checked by (Carrier.number_form), and how that is called.
NUMBER_FORMS = [
    ("", lazy("Not checked")),
    (UPS, "UPS"),
    (FEDEX, "FedEx"),
    (USPS, "USPS"),
    (DHL, "DHL"),
    (LA_POSTE, "La Poste / Colissimo"),
    (SF, "SF Express"),
    (POST, lazy("Postal service (S10, like RB123456785GB)")),
]


class Verdict(StrEnum):
    """Whether a number is one of a form."""

    FITS = "fits"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    UNLIKE = "unlike"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Recognised:
    """What a number may be: a kind of number (`shape`) of a form of NUMBER_FORMS. `number` is what people know of it.

    `checked`: it has a check digit; `is_valid`: it is right, or there is none. `carrier_words` are what such a carrier may be called, in
    lower case and without spaces. `tells`: nobody else writes numbers like this.
    """

    form: str
    shape: str
    number: str
    carrier_words: tuple[str, ...]
    checked: bool
    is_valid: bool
    tells: bool


class Named(Protocol):
    """What is read of a carrier."""

    code: str
    name: str
    aliases: str
    number_form: str


SomeCarrier = TypeVar("SomeCarrier", bound=Named)


def recognise(number: str) -> tuple[Recognised, ...]:
    """All that a number may be: first with a right check digit, then what has none, last what is wrong."""
    compact = _compact(number)
    found = [one for shape in SHAPES if (one := _match(shape, compact))]
    return tuple(sorted(found, key=lambda one: (not one.is_valid, not one.checked, not one.tells)))


def verdict(number: str, number_form: str) -> Verdict:
    """Whether a number is one of this form of NUMBER_FORMS. A form that does not look at numbers lets all pass unchecked."""
    if number_form not in {shape.form for shape in SHAPES}:
        return Verdict.UNCHECKED
    found = [one for one in recognise(number) if one.form == number_form]
    if any(one.is_valid for one in found):
        return Verdict.FITS
    return Verdict.WRONG_CHECK_DIGIT if found else Verdict.UNLIKE


def names_of(carrier: Named) -> set[str]:
    """What a carrier is called here, in lower case: the words of its code, name and aliases, and code and name without spaces."""
    said = f"{carrier.code} {carrier.name} {carrier.aliases}".lower()
    return {*re.findall(r"\w+", said), *(re.sub(r"\W", "", whole.lower()) for whole in (carrier.code, carrier.name))}


def known_number(number: str, carrier: Named) -> str:
    """The number that people and the carrier's web page know, where a barcode of this carrier holds more; else the number as it is."""
    for one in recognise(number):
        if one.checked and one.is_valid and (one.form == carrier.number_form or _is_called(carrier, one.carrier_words)):
            return one.number
    return number


def guess_carrier(number: str, carriers: Sequence[SomeCarrier]) -> SomeCarrier | None:
    """The one among these carriers whose number it is; None where it is nobody's, or may be several carriers'."""
    found = [one for one in recognise(number) if one.is_valid and one.tells]
    checked = [one for one in found if one.checked]
    words = {word for one in checked or found for word in one.carrier_words}
    forms = {one.form for one in checked or found}
    by_name = [carrier for carrier in carriers if _is_called(carrier, words)]
    by_form = [carrier for carrier in carriers if carrier.number_form in forms]
    both = [carrier for carrier in by_name if carrier in by_form]
    return next((some[0] for some in (both, by_form, by_name) if len(some) == 1), None)


def _match(shape: Shape, compact: str) -> Recognised | None:
    match = shape.pattern.fullmatch(compact)
    if match is None:
        return None
    parts = match.groupdict()
    right = shape.check is None or shape.check(parts["body"]) == int(parts["check"])
    words = POSTS.get(parts["country"] or "", ()) if "country" in parts else shape.words
    return Recognised(shape.form, shape.name, parts.get("known") or compact, words, shape.check is not None, right, shape.tells)


def _compact(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()


def _is_called(carrier: Named, words: Iterable[str]) -> bool:
    return not names_of(carrier).isdisjoint(words)
