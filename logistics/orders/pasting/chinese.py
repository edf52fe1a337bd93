"""A Chinese address in a message: province, city, district and street, with or without anything between them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from logistics.core.places import APART, MUNICIPALITIES, china
from logistics.orders.pasting.board import TAKEN, Board
from logistics.orders.pasting.words import CHINESE_AMOUNT, SURNAME

_GAP = re.compile(r"[ \t]*[,，、/-]?[ \t]*")
_CITY = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:自治州|地区|盟|市)")
_DISTRICT = re.compile(r"(?:(?![路街道巷弄村])[\u4e00-\u9fff]){1,8}?(?:自治县|自治旗|(?<![小社园景校厂院])区|县|旗|市)")
# What a street has: its own word, or a number with what is counted.
_STREETLIKE = re.compile(
    r"[路街道巷弄村镇乡苑园城庄里坊湾]|大厦|广场|小区|公寓|花园|中心|\d+[A-Za-z]?(?:号|栋|幢|座|单元|室|楼|层|弄)|\d{1,4}-\d{1,4}"
)
_END = re.compile(rf"[{TAKEN}\n，,;；。!！?？]")
_HOUSE = r"(?:号楼|号院|号|室|楼|栋|幢|单元|层|座|店|铺)"


@dataclass
class _Reader:
    """Reads one part of an address after the other."""

    text: str
    at: int
    found: dict[str, tuple[int, int, str, bool]]

    def take(self, part: str, names: Mapping[str, str] | Iterable[str], pattern: re.Pattern[str] | None = None) -> str:
        """The longest of these names that stands here, or what looks like one; its own name, empty where there is none."""
        at = _GAP.match(self.text, self.at).end()  # type: ignore[union-attr] # it matches nothing, too
        known = [name for name in names if self.text.startswith(name, at)]
        if known:
            name = max(known, key=len)
            self.found[part] = (at, at + len(name), name, True)
        elif pattern and (match := pattern.match(self.text, at)):
            name = match[0]
            self.found[part] = (at, match.end(), name, False)
        else:
            return ""
        self.at = self.found[part][1]
        return names[name] if isinstance(names, Mapping) and name in names else name

    def written(self, part: str) -> bool:
        """Whether a part stands in the text, and was not inferred."""
        return part in self.found and self.found[part][0] < self.found[part][1]


def read_chinese_address(board: Board) -> bool:
    """Take the first address of China that the message holds."""
    for start in _starts(board.text):
        reader = _Reader(board.text, start, {})
        if _read_places(reader) and _read_street(reader):
            _put(board, reader)
            return True
    return False


@cache
def _beginnings() -> re.Pattern[str]:
    places = china()
    cities = {name for names in places.cities.values() for name in names}
    districts = {name for names in places.districts.values() for name in names if len(name) > 2}
    names = sorted({*places.provinces, *cities, *districts}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


def _starts(text: str) -> list[int]:
    return [match.start() for match in _beginnings().finditer(text)][:50]


def _read_places(reader: _Reader) -> bool:
    places = china()
    province = reader.take("region", places.provinces)
    if province in MUNICIPALITIES:
        reader.take("city", {province: province})
        reader.take("district", places.districts[province, province], _DISTRICT)
        return True
    city = reader.take("city", places.cities.get(province, {}) if province else _all_cities(), _CITY if province else None)
    if city and not province and len(homes := places.provinces_with(city)) == 1:
        province = homes[0]
        _infer(reader, "region", province)
    known = places.districts.get((province, city), frozenset())
    district = reader.take("district", known or (_all_districts() if not city else known), _DISTRICT)
    if district and not city:
        _infer_home(reader, district, province)
    # A city's name without its last word, such as 杭州 or 龙井's 丽水, means the place only before another place.
    written = reader.found.get("city", (0, 0, "", True))[2]
    return bool(district or written.endswith("市") or reader.written("region"))


def _infer_home(reader: _Reader, district: str, province: str) -> None:
    """The city of a district that was named alone, where only one has such a district."""
    homes = [home for home, names in china().districts.items() if district in names and province in ("", home[0])]
    if len(homes) == 1:
        _infer(reader, "city", homes[0][1])
        if not province:
            _infer(reader, "region", homes[0][0])


def _infer(reader: _Reader, part: str, name: str) -> None:
    reader.found[part] = (reader.at, reader.at, name, True)


@cache
def _all_cities() -> Mapping[str, str]:
    return {way: name for names in china().cities.values() for way, name in names.items()}


@cache
def _all_districts() -> frozenset[str]:
    return frozenset(name for names in china().districts.values() for name in names if len(name) > 2)


def _read_street(reader: _Reader) -> bool:
    """Up to where goods, a name or another sentence begins."""
    start = _GAP.match(reader.text, reader.at).end()  # type: ignore[union-attr] # it matches nothing, too
    end = _street_end(reader.text, start)
    street = reader.text[start:end]
    if not _STREETLIKE.search(street) and not (street and "district" in reader.found and re.search(r"\d", street)):
        return False
    reader.found["line1"] = (start, end, street, bool(re.search(r"\d", street)))
    return True


def _street_end(text: str, start: int) -> int:
    match = _END.search(text, start)
    end = match.start() if match else len(text)
    end = start + _spaced_street(text[start:end])
    end = start + _without_goods(text[start:end])
    if match and end == match.start() and match[0] in "，,":  # "文三路123号，2单元301室"
        more = re.match(
            rf"[，,][ \t]*((?:[\u4e00-\u9fff]{{0,8}}?(?:[A-Za-z]|\d{{1,5}}[A-Za-z]?){_HOUSE})+)(?=[{TAKEN}\s，,;；。]|$)", text[end : end + 40]
        )
        end += more.end() if more else 0
    return end


def _spaced_street(line: str) -> int:
    """How much of it is street: words between spaces, as long as they look like it."""
    end = 0
    for word in re.finditer(r"\S+", line):
        looks = _STREETLIKE.search(word[0]) and not re.fullmatch(CHINESE_AMOUNT, word[0])
        room = re.fullmatch(r"\d{2,4}[A-Za-z]?室?", word[0]) and re.search(r"[号栋幢座元层楼]\s*$", line[:end])
        if end and not looks and not room:
            break
        end = word.end()
    return end


def _without_goods(street: str) -> int:
    """Without the goods or the name that follow a house number with nothing between."""
    goods = re.search(rf"(?<=[号室楼栋幢元层座店铺])(?:{CHINESE_AMOUNT})", street)
    street = street[: goods.start()] if goods else street
    name = re.search(rf"(?<=[号室楼栋幢层座])(?:{SURNAME})[\u4e00-\u9fff]{{1,2}}$", street)
    return name.start() if name else len(street)


def _put(board: Board, reader: _Reader) -> None:
    apart = APART.get(str(reader.found.get("region", (0, 0, "", True))[2])[:2], "")
    board.take("country", reader.at, reader.at, value=apart or "CN", sure=not apart)
    for part, (start, end, name, sure) in sorted(reader.found.items(), key=lambda one: one[1][0]):
        board.take(part, start, end, value=name, sure=sure)
    region = board.first("region")
    if region and not board.has("city") and china().provinces.get(region.value) in MUNICIPALITIES:
        board.take("city", region.end, region.end, value=region.value, sure=region.sure)
