"""An address that stands in one field, cut into its parts: Chinese ones by the endings that places have, others stay one line."""

import re

from logistics.core.addresses import Address

_MUNICIPALITIES = "北京|天津|上海|重庆"
_AUTONOMOUS = "新疆(?:维吾尔)?|广西(?:壮族)?|宁夏(?:回族)?|西藏|内蒙古"
_CHINESE = re.compile(
    rf"""
    (?P<region> (?:{_MUNICIPALITIES})市? | (?:{_AUTONOMOUS})(?:自治区)?
        | (?:香港|澳门)(?:特别行政区)? | [^\s省市区县]{{2,4}}省 )
    \s* (?P<city> [^\s市区县]{{2,10}}?(?:自治州|地区|盟|市) )?
    \s* (?P<district> [^\s区县市旗]{{1,10}}?(?:新区|区|自治县|县|市|旗) )?
    \s* (?P<street> .+ )
    """,
    re.VERBOSE,
)
_POSTCODE = re.compile(r"(?:^|[\s(（])([0-9]{6})[)）]?$")


def cut_address(text: str, country: str) -> Address:
    """The parts of an address. What cannot be told apart stays in the first line, all of it, and the rules of the country judge it."""
    if country not in ("CN", ""):
        return Address(line1=text[:200], line2=text[200:].strip(), country=country)
    return _cut_chinese(text) or Address(line1=text[:200], line2=text[200:].strip(), country=country)


def _cut_chinese(text: str) -> Address | None:
    code = _POSTCODE.search(text)
    written = text[: code.start()].strip() if code else text.strip()
    found = _CHINESE.fullmatch(re.sub(r"^中国[,，\s]*", "", written))
    if not found:
        return None
    region, city, district, street = (found[part] or "" for part in ("region", "city", "district", "street"))
    if re.match(_MUNICIPALITIES, region) and not city:
        city = region
    return Address(
        line1=street[:200], line2=street[200:], district=district, city=city, region=region, postcode=code[1] if code else "", country="CN"
    )
