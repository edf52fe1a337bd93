"""What numbers look like: one row a kind of number, with the form of carrier that writes it, its check digit, and who that may be.

In a pattern `body` is what the check digit `check` is reckoned from, and `known` the number people know, where a barcode holds more. It is
matched with the number in capitals, without spaces and hyphens. The rules are those of github.com/jkeen/tracking_number_data, but for:
DHL's piece ids, which are longer today (ISO/IEC 15459, J and two or three letters, as DHL's own examples have them), DHL Paket's SSCC,
Colissimo and SF Express (known by their form only), and FedEx SmartPost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from logistics.core.countries import country_codes
from logistics.fulfilment.numbering import check_digits as digits

UPS, FEDEX, USPS, DHL, POST, LA_POSTE, SF = "ups", "fedex", "usps", "dhl", "s10", "laposte", "sf"


@dataclass(frozen=True)
class Shape:
    """A kind of number. `tells`: its form alone says whose it is; bare digits that nothing checks do not."""

    name: str
    form: str
    pattern: re.Pattern[str]
    words: tuple[str, ...]
    check: Callable[[str], int] | None = None
    tells: bool = True


# Who writes S10 numbers, by the country at their end; what nobody asked for yet is known as a postal service's all the same.
POSTS: dict[str, tuple[str, ...]] = {
    "AU": ("auspost", "australiapost"),
    "BE": ("bpost",),
    "CA": ("canadapost",),
    "CH": ("swisspost",),
    "CN": ("chinapost", "ems"),
    "DE": ("deutschepost", "dhl"),
    "DK": ("postnord",),
    "ES": ("correos",),
    "FR": ("laposte", "colissimo", "chronopost"),
    "GB": ("royalmail", "parcelforce"),
    "HK": ("hongkongpost",),
    "IE": ("anpost",),
    "IT": ("posteitaliane",),
    "JP": ("japanpost",),
    "KR": ("koreapost",),
    "NL": ("postnl",),
    "SE": ("postnord",),
    "SG": ("singpost",),
    "US": ("usps",),
}
_S10 = r"[A-Z]{2}(?P<body>[0-9]{8})(?P<check>[0-9])"
_ZIP = r"(?:420[0-9]{5}(?:[0-9]{4}(?=[0-9]{22}$))?)?"
# Who mails it: nine digits that begin with 9, else six; then the package, in as many digits as make the whole 22, 26 or 30.
_MAILED_C = r"(?:9[0-9]{8}(?:[0-9]{7}|[0-9]{11})|[0-8][0-9]{5}(?:[0-9]{10}|[0-9]{14}))"
_MAILED_N = r"(?:9[0-9]{8}(?:[0-9]{7}|[0-9]{11}|[0-9]{15})|[0-8][0-9]{5}(?:[0-9]{10}|[0-9]{14}))"


def _shape(name: str, form: str, pattern: str, *words: str, check: Callable[[str], int] | None = None, tells: bool = True) -> Shape:
    return Shape(name, form, re.compile(pattern), words or (form,), check, tells)


SHAPES: tuple[Shape, ...] = (
    _shape("ups", UPS, r"1Z(?P<body>[A-Z0-9]{15})(?P<check>[0-9])", check=digits.ups),
    _shape("ups_waybill", UPS, r"[AHJKTV](?P<body>[0-9]{9})(?P<check>[0-9])", check=digits.ups),
    _shape("fedex_12", FEDEX, r"(?P<body>[0-9]{11})(?P<check>[0-9])", check=digits.fedex_express),
    _shape("fedex_34", FEDEX, r"[0-8][0-9]{19}(?=00(?P<known>[0-9]{12})$)?(?P<body>[0-9]{13})(?P<check>[0-9])", check=digits.fedex_express),
    _shape("fedex_astra_32", FEDEX, r"3[0-9]{15}(?P<known>(?P<body>[0-9]{11})(?P<check>[0-9]))[0-9]{4}", check=digits.fedex_express),
    _shape("fedex_ground", FEDEX, r"(?P<body>[0-9]{14})(?P<check>[0-9])", check=digits.gs1),
    _shape("fedex_ground_sscc_18", FEDEX, r"[0-9]{2}(?P<body>[0-9]{15})(?P<check>[0-9])", check=digits.gs1),
    _shape("fedex_ground_96", FEDEX, r"96[0-9]{5}(?P<known>(?P<body>[0-9]{14})(?P<check>[0-9]))", check=digits.gs1),
    _shape("fedex_ground_gsn", FEDEX, r"96[0-9]{18}(?=00(?P<known>[0-9]{12})$)?(?P<body>[0-9]{13})(?P<check>[0-9])", check=digits.fedex_express),
    _shape("fedex_smartpost", FEDEX, _ZIP + r"(?P<known>(?P<body>(?:92)?6129[0-9]{15})(?P<check>[0-9]))", check=digits.smart_post),
    _shape("usps_20", USPS, r"(?P<body>[0-9]{19})(?P<check>[0-9])", check=digits.gs1),
    _shape("usps_impb_n", USPS, _ZIP + rf"(?P<known>(?P<body>94[0-9]{{3}}{_MAILED_N})(?P<check>[0-9]))", check=digits.gs1),
    _shape(
        "usps_impb_c", USPS, _ZIP + rf"(?P<known>(?P<body>(?:92(?=...9)|93(?=...[0-8])|95)[0-9]{{3}}{_MAILED_C})(?P<check>[0-9]))", check=digits.gs1
    ),
    _shape("usps_legacy", USPS, r"(?:420[0-9]{5}(?:[0-9]{4})?)?(?P<known>(?P<body>(?:91)?[0-9]{19})(?P<check>[0-9]))", check=digits.usps_legacy),
    _shape("s10_us", USPS, rf"{_S10}US", check=digits.s10),
    _shape("dhl_express", DHL, r"(?P<body>[0-9]{9,10})(?P<check>[0-9])", check=digits.dhl_express),
    _shape("dhl_express_piece_id", DHL, r"J[A-Z]{1,3}[0-9]{9,20}"),
    _shape("dhl_ecommerce", DHL, r"(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)[0-9][0-9A-Z]{9,38}"),
    _shape("dhl_ecommerce_14", DHL, r"[0-9]{14}", tells=False),
    _shape("dhl_paket", DHL, r"(?P<body>00340[0-9]{14})(?P<check>[0-9])", check=digits.gs1),
    _shape("s10_de", DHL, rf"{_S10}DE", "dhl", "deutschepost", check=digits.s10),
    _shape("colissimo", LA_POSTE, r"[0-9][A-Z][0-9]{11}", "laposte", "colissimo"),
    _shape("s10_fr", LA_POSTE, rf"{_S10}FR", *POSTS["FR"], check=digits.s10),
    _shape("sf", SF, r"SF[0-9]{12,13}", "sf", "sfexpress", "shunfeng", "顺丰"),
    _shape("sf_12", SF, r"[0-9]{12}", "sf", "sfexpress", "shunfeng", "顺丰", tells=False),
    _shape("s10", POST, rf"{_S10}(?P<country>{'|'.join(sorted(country_codes()))})", check=digits.s10),
)
