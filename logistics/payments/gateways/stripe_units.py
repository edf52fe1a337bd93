"""Amounts as Stripe counts them.

Source: docs.stripe.com/currencies ("Zero-decimal currencies", "Three-decimal currencies", "Special cases"), read in 2026. Stripe's minor
unit is mostly ours, which is CLDR's, but:
- ISK and UGX have no decimals, and are given with two all the same: 5 ISK are 500;
- amounts in BHD, JOD, KWD, OMR and TND have three decimals, of which the last must be 0;
- what is not in these lists has two decimals at Stripe, also where CLDR counts none (ALL, RSD, LBP ...);
- HUF and TWD are without decimals for payouts only, which concerns nobody here.
"""

from logistics.core.money import decimals

ZERO = frozenset(("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"))
THREE = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))


def to_stripe(minor: int, currency: str) -> int | None:
    """Our minor units as Stripe's; None where Stripe has no such amount."""
    up, down = _scales(currency)
    amount, rest = divmod(minor * up, down)
    if rest or (currency in THREE and amount % 10):
        return None
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's minor units as ours; Stripe writes the currency in small letters. What is below our smallest unit is dropped."""
    up, down = _scales(currency.upper())
    return int(amount) * down // up


def _scales(currency: str) -> tuple[int, int]:
    """What our minor units are multiplied with, and divided by, to be Stripe's."""
    theirs: int = 10 ** (0 if currency in ZERO else 3 if currency in THREE else 2)
    ours: int = 10 ** decimals(currency)
    return theirs, ours
