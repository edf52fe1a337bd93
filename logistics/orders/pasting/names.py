"""Whose order it is: a name that is labelled, that stands beside a phone number, or with which somebody introduces themselves."""

import re

from logistics.orders.pasting.board import Board
from logistics.orders.pasting.words import FILLER_BEFORE, SURNAME, TITLE

_WORD = r"[A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*\.?"
_ENGLISH_NAME = rf"{_WORD}(?:[ ](?:(?:van|von|de|der|la|bin|al)[ ])*{_WORD}){{0,3}}"
_CHINESE_NAME = rf"(?:{SURNAME})[\u4e00-\u9fff·]{{1,3}}?{TITLE}?"
_INTRODUCED = re.compile(rf"\b(?:[Tt]his is|[Ii]t['’]?s|[Ii] am|[Ii]['’]m|[Mm]y name is|[Nn]ame is|[Aa]ttn[.:]?)\s+({_ENGLISH_NAME})")
_FOR = re.compile(rf"\b(?:[Ff]or|[Tt]o|[Ff]rom)\s*:?\s+({_ENGLISH_NAME})(?=\s*(?:[,.;\n\x00]|$))")
_SIGNED = re.compile(rf"(?:[Tt]hanks|[Tt]hank you|[Rr]egards|[Cc]heers|[Bb]est)[,!.\s]+({_ENGLISH_NAME})\s*$")
_ALONE = re.compile(rf"{_WORD}(?:[ ]{_WORD}){{1,3}}")
# Words with a capital that are nobody's name.
_NOBODY = re.compile(
    r"(?:Hi|Hello|Hey|Dear|Please|Thanks|Thank|The|And|Two|One|Three|Four|Five|Six|Ten|Order|Can|Could|Ship|Send|Deliver|My|We|It|Address|Phone|Mobile|Tel)\b"
)


def read_name(board: Board, labelled: list[int]) -> None:
    """Take the name, from the surest place to the least."""
    if not (_read_labelled(board, labelled) or _read_chinese(board)):
        _read_english(board)


def _read_labelled(board: Board, labelled: list[int]) -> bool:
    for start in labelled:
        match = re.compile(r"\s*([^\n,，;；、\x00\d]{1,60}?)[ \t]*(?=[\n,，;；、\x00]|\d|$)").match(board.text, start)
        if match and match[1].strip():
            board.take("name", *match.span(1))
            return True
    return False


def _read_chinese(board: Board) -> bool:
    """A stretch that is a name and nothing else, the one nearest to the phone number, or to the address."""
    near = board.first("phone") or board.first("line1")
    found = [span for span in _plain_stretches(board) if re.fullmatch(_CHINESE_NAME, board.text[slice(*span)])]
    if not found:
        return False
    place = near.start if near else 0
    start, end = min(found, key=lambda span: min(abs(span[1] - place), abs(span[0] - (near.end if near else 0))))
    beside = near is not None and not re.search(r"\w", board.text[end : near.start] + board.text[near.end : start])
    board.take("name", start, end, sure=bool(beside and near and near.kind == "phone" and len(re.sub(TITLE, "", board.text[start:end])) <= 3))
    return True


def _plain_stretches(board: Board) -> list[tuple[int, int]]:
    """What stands between spaces and signs, without politeness in front."""
    found = []
    for start, end in board.stretches(r"[\s,，;；、。.!！?？:：|/]+"):
        polite = re.match(rf"(?:{FILLER_BEFORE.pattern})+", board.text[start:end])
        found += [(start, end)] + ([(start + polite.end(), end)] if polite and polite.end() < end - start else [])
    return found


def _read_english(board: Board) -> bool:
    for pattern, sure in ((_INTRODUCED, True), (_FOR, False), (_SIGNED, True)):
        for match in pattern.finditer(board.text):
            if not _NOBODY.match(match[1]):
                board.take("name", *match.span(1), sure=sure)
                return True
    for start, end in board.stretches(r"[\n,;|]+"):
        words = board.text[start:end]
        if _ALONE.fullmatch(words) and not _NOBODY.match(words):
            board.take("name", start, end, sure=False)
            return True
    return False
