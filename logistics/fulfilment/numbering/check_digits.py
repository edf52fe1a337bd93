"""The check digits that carriers put behind their numbers: each from the part before it, digits and capitals.

The rules are those of the couriers in tracking_number_data (github.com/jkeen/tracking_number_data), which names their documents.
"""

from collections.abc import Sequence
from itertools import cycle

from stdnum import ean

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def gs1(body: str) -> int:
    """GS1's check digit (General Specifications 7.9), of USPS, FedEx Ground and SSCC: weights 3, 1, 3, ... from the right, modulo 10."""
    return int(ean.calc_check_digit(body))


def ups(body: str) -> int:
    """That of UPS: weights 1, 2, 1, ... from the left, letters by their place (A 2, B 3, ... H 9, I 0, ...), modulo 10."""
    return -_weighted(body, (1, 2)) % 10


def fedex_express(body: str) -> int:
    """That of FedEx Express: weights 1, 3, 7, 1, ... from the right, modulo 11, and 0 for 10."""
    return _weighted(body[::-1], (1, 3, 7)) % 11 % 10


def dhl_express(body: str) -> int:
    """That of DHL Express: the number modulo 7."""
    return int(body) % 7


def s10(body: str) -> int:
    """That of the postal services (UPU standard S10): 11 minus the weighted sum modulo 11, where 10 is written 0 and 11 is written 5."""
    digit = 11 - _weighted(body, _S10_WEIGHTS) % 11
    return {10: 0, 11: 5}.get(digit, digit)


def usps_legacy(body: str) -> int:
    """GS1's, with the application identifier 91 in front, whether it is printed or not."""
    return gs1(body if body.startswith("91") else f"91{body}")


def smart_post(body: str) -> int:
    """GS1's, with the application identifier 92 in front, whether it is printed or not."""
    return gs1(body if body.startswith("92") else f"92{body}")


def _weighted(body: str, weights: Sequence[int]) -> int:
    return sum(_value(char) * weight for char, weight in zip(body, cycle(weights), strict=False))


def _value(char: str) -> int:
    return int(char) if char.isdigit() else (ord(char) - 3) % 10
