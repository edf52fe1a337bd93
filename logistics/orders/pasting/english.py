"""An address in a message that is not Chinese: found by its postcode, read backwards from there; or by what introduces it."""

import re
from functools import cache

from logistics.core.places import areas_of, country_names, postcode_pattern
from logistics.core.search import fold
from logistics.orders.pasting.board import TAKEN, Board

# Whose postcodes are told apart by their shape; the others' only where the country is named.
_SHAPES = {
    "GB": re.compile(r"(?<![A-Z0-9])[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![A-Z0-9])", re.IGNORECASE),
    "CA": re.compile(r"(?<![A-Z0-9])[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?![A-Z0-9])", re.IGNORECASE),
    "US": re.compile(r"(?<=[A-Z]{2}[ ])\d{5}(?:-\d{4})?(?!\d)"),
}
_INTRODUCED = re.compile(
    r"\b(?:ship|send|deliver|post|mail)(?:ed|ped)?\s+(?:(?:it|them|this|everything)\s+)?to\b|\baddress(?:\s+is)?\b|\b(?:to|at)\b(?=\s+(?:\d|flat|apt|unit|suite|apartment))",
    re.IGNORECASE,
)
_STREET = re.compile(r"\d+[A-Za-z]?(?:[-/]\d+[A-Za-z]?)?,?\s+[^\W\d_]|[^\W\d_]{3,}\.?\s+\d+[A-Za-z]?$")
_ROOM = re.compile(r"(?:flat|apt\.?|apartment|unit|suite|room|floor|building|block|c/o)\b", re.IGNORECASE)
# A point behind these ends no sentence.
_SHORT = re.compile(r"\b(?:\w*[Ss]tr|St|Rd|Ave|Dr|Apt|No|Mt|Ste|Blvd|Ltd|Co|Inc|[A-Z])$")
_MOST_PARTS = 5
_BACK = 240


def read_country(board: Board) -> str:
    """Take the country that is named; its code, empty where none is."""
    match = _countries().search(board.text)
    if match is None:
        return ""
    code = country_names()[match[0]]
    board.take("country", *match.span(), value=code)
    return code


@cache
def _countries() -> re.Pattern[str]:
    names = sorted(country_names(), key=len, reverse=True)
    latin = "|".join(re.escape(name) for name in names if name.isascii())
    others = "|".join(re.escape(name) for name in names if not name.isascii())
    return re.compile(rf"(?<![\w'’-])(?:{latin})(?![\w'’-])|{others}")


def read_english_address(board: Board, country: str) -> str:
    """Take the first address whose postcode is found, else one that is introduced; the code of its country, empty where none was found."""
    for code, pattern in _patterns(country).items():
        for match in pattern.finditer(board.text):
            if _read_around(board, match.start(), match.end(), code):
                if not country:
                    board.take("country", match.end(), match.end(), value=code, sure=board.has("region") or code != "US")
                return code
    _read_introduced(board)
    return ""


def _patterns(country: str) -> dict[str, re.Pattern[str]]:
    if not country:
        return _SHAPES
    pattern = postcode_pattern(country)
    return {country: pattern} if pattern else {}


def _read_around(board: Board, start: int, end: int, country: str) -> bool:
    """Read the parts before a postcode, and the town behind it where it stands first ("10115 Berlin")."""
    parts = _parts_before(board.text, start)
    behind = re.compile(r"[ \t]+([^\W\d_][^\n,;\d\x00]{1,60}?)(?=[\n,;\x00]|\.(?:\s|$)|$)").match(board.text, end)
    here = parts.pop(0) if parts and not board.text[parts[0][1] : start].strip(" \t") and "," not in board.text[parts[0][1] : start] else None
    found: dict[str, tuple[int, int]] = {}
    if here and country in ("US", "CA", "AU"):
        here = _read_area(board.text, here, country, found)
    if here and not _STREET.search(board.text[slice(*here)]):
        found["city"] = here
    elif here:
        parts.insert(0, here)
    if "city" not in found and behind:
        found["city"] = behind.span(1)
    if "city" not in found and len(parts) > 1 and not _STREET.search(board.text[slice(*parts[0])]):
        found["city"] = parts.pop(0)
    _read_streets(board.text, parts, found)
    if "line1" not in found:
        return False
    sure = "city" in found and bool(_STREET.search(board.text[slice(*found["line1"])]))
    board.take("postcode", start, end)
    for part, span in found.items():
        board.take(part, *span, sure=sure)
    return True


def _parts_before(text: str, start: int) -> list[tuple[int, int]]:
    """What stands before the postcode, the nearest first, cut at commas and lines, back to another sentence or what introduces an address."""
    begin = max(text.rfind(TAKEN, 0, start) + 1, start - _BACK, 0)
    sentences = [match for match in re.finditer(r"[.!?](?=\s)|[:：]", text[begin:start]) if not _SHORT.search(text[begin : begin + match.start()])]
    begin += sentences[-1].end() if sentences else 0
    introduced = [match.end() for match in _INTRODUCED.finditer(text[begin:start])]
    begin += introduced[-1] if introduced else 0
    parts = [(begin + part.start(), begin + part.end()) for part in re.finditer(r"[^,;\n]+", text[begin:start])]
    return [_trimmed(text, *part) for part in reversed(parts) if text[slice(*part)].strip()][:_MOST_PARTS]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _read_area(text: str, here: tuple[int, int], country: str, found: dict[str, tuple[int, int]]) -> tuple[int, int] | None:
    """Take the state off the end of "Springfield IL"; what is left of it."""
    match = re.search(r"([A-Z]{2,3})\s*$", text[slice(*here)])
    if not match or fold(match[1]) not in areas_of(country):
        return here
    found["region"] = (here[0] + match.start(1), here[0] + match.end(1))
    left = _trimmed(text, here[0], here[0] + match.start(1))
    return left if left[0] < left[1] else None


def _read_streets(text: str, parts: list[tuple[int, int]], found: dict[str, tuple[int, int]]) -> None:
    """The street is the nearest part with a house number; a flat before it, or what stands between it and the town, is the second line."""
    at = next((at for at, part in enumerate(parts[:3]) if _STREET.search(text[slice(*part)])), 0 if parts else -1)
    if at < 0:
        return
    found["line1"] = _from_number(text, *parts[at])
    if at == 0 and _ROOM.match(text[slice(*parts[0])]) and len(parts) > 1:
        found["line1"], found["line2"] = _from_number(text, *parts[1]), parts[0]
    elif at > 0:
        found["line2"] = parts[at - 1]
    elif len(parts) > 1 and _ROOM.match(text[slice(*parts[1])]):
        found["line2"] = parts[1]


def _from_number(text: str, start: int, end: int) -> tuple[int, int]:
    """Without a sentence before the house number: "please bring it to 12 Park Row"."""
    talk = re.match(r".*\b(?:to|at|is|address)\s+(?=\d)", text[start:end])
    return (start + talk.end(), end) if talk else (start, end)


def _read_introduced(board: Board) -> None:
    """Without a postcode: what "ship to" introduces, none of it sure."""
    for match in _INTRODUCED.finditer(board.text):
        behind = re.compile(r"[\s:：]*(\d+[A-Za-z]?\s+[^\n,;.\x00]{2,60})(?:,\s*([^\W\d_][^\n,;.\x00\d]{1,40}))?").match(board.text, match.end())
        if behind:
            board.take("line1", *behind.span(1), sure=False)
            if behind[2]:
                board.take("city", *behind.span(2), sure=False)
            return
