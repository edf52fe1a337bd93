"""What a message asks for: a number and a product, in the orders people write them in."""

import re

from logistics.core.parsing import MAX_QUANTITY
from logistics.orders.pasting.board import Board, Goods
from logistics.orders.pasting.words import CHINESE_NUMBER, CHINESE_UNIT, ENGLISH_NUMBER, ENGLISH_UNIT, FILLER_AFTER, FILLER_BEFORE, SEVERAL, count

_SIGNS = r"[\n,，;；、。!！?？|+＋]+|\.(?=\s|$)"
_BETWEEN = rf"{_SIGNS}|\bto\s*[:：]|\s(?:and|plus|&)\s|以及|还有|另外|再来|再要|[和跟与](?=\s*(?:\d|{CHINESE_NUMBER}))"
_UNIT = rf"(?P<unit>{ENGLISH_UNIT}(?![\w])|{CHINESE_UNIT})"
_DIGITS = r"(?P<number>\d{1,7})"
_CODE = r"[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)+"
# From the plainest to the one that may as well mean something else.
_SHAPES = [
    (True, rf"{_DIGITS}\s*{_UNIT}\s*(?:of\s+|的)?(?P<product>\S.*)"),
    (True, rf"(?P<number>{CHINESE_NUMBER})\s*(?P<unit>{CHINESE_UNIT})(?:的)?\s*(?P<product>\S.*)"),
    (True, rf"{_DIGITS}\s*[x×*✕]\s*(?P<product>\S.*)"),
    (True, rf"(?P<product>\S.*?)\s*[x×*✕]\s*{_DIGITS}\s*{_UNIT}?"),
    (True, rf"(?P<product>\S.*?)\s*[-–:：(（]?\s*{_DIGITS}\s*{_UNIT}[)）]?"),
    (True, rf"(?P<product>\S.*?)\s*(?P<number>{CHINESE_NUMBER})\s*(?P<unit>{CHINESE_UNIT})"),
    (True, rf"(?P<product>\S.*?)\s*(?:[-–:：(（]\s*|qty\.?\s*|quantity\s*){_DIGITS}\s*[)）]?"),
    (True, rf"(?P<product>{_CODE})\s+{_DIGITS}"),
    (True, rf"(?:{_DIGITS}|(?P<words>{CHINESE_NUMBER}))\s*{_UNIT}(?P<product>)"),
    (False, rf"(?P<number>{ENGLISH_NUMBER})\s+(?:{_UNIT}\s+(?:of\s+)?)?(?P<product>\S.*)"),
    (False, rf"{_DIGITS}\s*(?P<product>[^\W\d_].*)"),
    (False, rf"(?P<product>{_CODE})"),
]
_PATTERNS = [(plain, re.compile(shape, re.IGNORECASE)) for plain, shape in _SHAPES]
_LONGEST = 120


def read_goods(board: Board) -> None:
    """Take every stretch that asks for goods, and the politeness around it."""
    for start, end in list(board.stretches(_BETWEEN)):
        start, end = _without_politeness(board.text, start, end)
        if 0 < end - start <= _LONGEST and (goods := _read(board.text, start, end)):
            board.take_goods(goods)


def read_politeness(board: Board) -> None:
    """Take what is polite and nothing else, so that only what matters is left to look at."""
    for start, end in list(board.stretches(_SIGNS)):
        if re.fullmatch(rf"(?:{FILLER_BEFORE.pattern})+", board.text[start:end] + " ", re.IGNORECASE):
            board.take("filler", start, end)


def _without_politeness(text: str, start: int, end: int) -> tuple[int, int]:
    while (match := FILLER_BEFORE.match(text, start, end)) and match.end() > start:
        start = match.end()
    while (found := FILLER_AFTER.search(text[start:end])) and found.start() < end - start:
        end = start + found.start()
    return start, end


def _read(text: str, start: int, end: int) -> Goods | None:
    for plain, pattern in _PATTERNS:
        if match := pattern.fullmatch(text, start, end):
            named = match.groupdict()
            number = named.get("number") or named.get("words") or "1"
            quantity, unit = count(number), (named.get("unit") or "").lower()
            if quantity and 1 <= quantity <= MAX_QUANTITY:
                said = bool(named.get("number") or named.get("words")) and number.lower() not in ("a", "an")
                return Goods(start, end, named["product"].strip(" \t,，.。:：-"), quantity, said and unit not in SEVERAL, plain)
    return None
