"""An address as it stands on a parcel: in its country's order, with all that was typed."""

import re

from logistics.core.addresses import Address, rules_of
from logistics.core.countries import country_codes, country_name


def address_lines(address: Address, name: str = "") -> list[str]:
    """The address as it stands on a parcel, in its country's order, from what was typed and all of it; the country last, in words."""
    if address.country not in country_codes():
        return [line for line in (name, *address.as_columns().values()) if line]
    rules = rules_of(address.country)
    region = "" if address.country == "CN" and address.region == address.city else address.region
    parts = {"N": name, "S": region, "C": address.city, "D": address.district, "Z": address.postcode}
    written = "".join(address.as_columns().values())
    order = rules.address_format if re.search(r"[\u2e80-\uffff]", written) else rules.address_latin_format
    # What the country's own order has no place for is printed all the same: a district with the street, the rest at the end.
    street = [address.line1, address.line2] + [parts[sign] for sign in "D" if f"%{sign}" not in order]
    parts["A"] = "\n".join(line for line in street if line)
    left = " ".join(parts[sign] for sign in "SZ" if parts[sign] and f"%{sign}" not in order)
    lines = [_fill(line, parts) for line in order.split("%n")] + [left, country_name(address.country)]
    return [line for filled in lines for line in filled.split("\n") if line]


def _fill(line: str, parts: dict[str, str]) -> str:
    """One line of a country's order: "%C, %S %Z". Signs stand between two parts that are there."""
    filled, between = "", ""
    for token in re.split("(%.)", line):
        if not token.startswith("%"):
            between = token
        elif text := parts.get(token[1], ""):
            filled += (between if filled else between.lstrip(" ,-")) + text
            between = ""
    return filled
