"""How far a parcel goes, in four zones: plain values in, plain values out (docs/decisions/18-arrival.md)."""

import re
from enum import StrEnum

from logistics.core.addresses import Address, same_region


class Zone(StrEnum):
    """Where a parcel goes, seen from its warehouse: the drawers in which we keep how long parcels take."""

    LOCAL = "local"
    DOMESTIC = "domestic"
    NEAR = "near"
    FAR = "far"


# Countries between which parcels go by road or without customs: a country may be in several of these.
_NEIGHBOURS: tuple[frozenset[str], ...] = tuple(
    frozenset(codes.split())
    for codes in (
        # The EU's single market, with those who are in it by treaty.
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK NO IS LI CH MC SM VA AD",
        "GB IE IM JE GG FR BE NL DE",
        "RS ME MK AL BA XK",
        "US CA MX PR",
        "CN HK MO TW",
        "JP KR",
        "AU NZ",
        "SG MY BN",
        "TH LA KH VN MM MY",
        "AE SA BH KW OM QA",
        "ZA NA BW LS SZ",
        "AR CL UY PY BR",
        "IN NP BT BD LK",
    )
)
# Letters of a postcode that begins with them (LS1 5HD, M5V 2T6), else two digits: about a city with its surroundings, or a province.
_AREA = re.compile(r"[A-Z]+|[0-9]{2}")


def zone_of(origin: Address, destination: Address) -> Zone | None:
    """The zone of a parcel from one address to another; None where a country is not known.

    Local: same region, or same beginning of the postcode. Domestic: same country. Near: neighbours by road or without customs. Else far.
    """
    if not (origin.country and destination.country):
        return None
    if origin.country == destination.country:
        is_local = same_region(origin, destination) or _same_postcode_area(origin.postcode, destination.postcode)
        return Zone.LOCAL if is_local else Zone.DOMESTIC
    is_near = any({origin.country, destination.country} <= countries for countries in _NEIGHBOURS)
    return Zone.NEAR if is_near else Zone.FAR


def _same_postcode_area(one: str, other: str) -> bool:
    areas = {area.group() if (area := _AREA.match(postcode.strip().upper())) else "" for postcode in (one, other)}
    return len(areas) == 1 and areas != {""}
