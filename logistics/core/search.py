"""Full-text search without extensions: we cut the words ourselves, because PostgreSQL's parsers do not split Chinese.

A row's `search` column is a tsvector of our own lexemes (array_to_tsvector); a question becomes prefix terms that must all match.
Words are case-folded and lose their accents; codes are kept whole as well; Chinese, Japanese and Korean text is cut into
single characters and bigrams; phone numbers give all their endings of four digits and more.
"""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, cast, func
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR
from sqlalchemy.types import Text

from logistics.core.parsing import clean_line
from logistics.core.refusals import BadValue, Invalid

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_PIECES = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_TERMS_AT_MOST = 12
LONGEST_QUESTION = 120


def search_vector(*texts: str | None, phones: tuple[str | None, ...] = ()) -> ColumnElement[Any]:
    """The SQL value for a row's search column, from everything a person may type to find the row."""
    lexemes = {lexeme for text in texts if text for lexeme in cut(text)}
    lexemes |= {ending for phone in phones if phone for ending in phone_endings(phone)}
    return cast(func.array_to_tsvector(cast(sorted(lexemes), ARRAY(Text))), TSVECTOR)


def read_question(text: str) -> str:
    """What somebody typed into a search box, trimmed. Raises Invalid for what no keyboard types and for more than 120 characters."""
    try:
        return clean_line(text, longest=LONGEST_QUESTION)
    except BadValue as error:
        raise Invalid(error.message) from error


def matches(column: Any, question: str) -> ColumnElement[bool]:
    """The condition that a row answers the question: every term typed begins one of the row's lexemes."""
    return column.op("@@", is_comparison=True)(cast(_tsquery(question), TSQUERY))  # type: ignore[no-any-return]


def as_query(question: str) -> str:
    """The question as the text of a tsquery, for statements that ask many at once; empty, which finds nothing, where it has no words."""
    return _tsquery(question)


def is_called(column: Any, code: str) -> ColumnElement[bool]:
    """The condition that a row is called exactly so: what was typed, whatever its case, spaces and hyphens, is one of its lexemes."""
    whole = re.sub(r"[\W_]", "", fold(code))[:60]
    return column.op("@@", is_comparison=True)(cast(f"'{whole}'" if whole else "", TSQUERY))  # type: ignore[no-any-return] # op() says Any


def cut(text: str) -> set[str]:
    """The lexemes of a text."""
    folded = fold(text)
    pieces = _PIECES.findall(folded)
    lexemes = {piece for piece in pieces if not _is_cjk(piece)}
    lexemes |= {gram for piece in pieces if _is_cjk(piece) for gram in _grams(piece)}
    codes = (re.sub(r"[\W_]", "", word) for word in folded.split())
    return {lexeme[:60] for lexeme in lexemes | {code for code in codes if code and not _is_cjk(code)}}


def phone_endings(phone: str) -> set[str]:
    """The number's digits and each of its endings of four digits and more; a zero in brackets may be dialled or not."""
    written = {re.sub(r"[^0-9]", "", text) for text in (phone, phone.replace("(0)", ""))}
    return {digits[start:] for digits in written for start in range(len(digits) - 3)}


def fold(text: str) -> str:
    """Case-folded, compatibility forms made plain, accents dropped."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", "".join(char for char in plain if not unicodedata.combining(char)))


def _tsquery(question: str) -> str:
    """All terms, or the whole as one phone number; empty, which finds nothing, where there are none."""
    terms = _terms(question)
    wanted = " & ".join(f"'{term}':*" for term in terms)
    phone = _phone(question)
    return f"{wanted} | '{phone}':*" if wanted and phone else wanted


def _terms(question: str) -> list[str]:
    terms: list[str] = []
    for word in fold(question).split():
        for piece in _PIECES.findall(word):
            terms += _bigrams(piece) if _is_cjk(piece) else [piece]
    return [term[:60] for term in terms[:_TERMS_AT_MOST]]


def _phone(question: str) -> str:
    """The digits of a typed phone number, from where every way of dialling it agrees; empty where it looks like none."""
    if not re.fullmatch(r"[+0-9][0-9 ()./-]{5,30}", question.strip()):
        return ""
    digits = re.sub(r"[^0-9]", "", question.replace("(0)", "")).lstrip("0")
    return digits if len(digits) >= 6 else ""


def _grams(piece: str) -> set[str]:
    return set(piece) | set(_bigrams(piece))


def _bigrams(piece: str) -> list[str]:
    return [piece[at : at + 2] for at in range(len(piece) - 1)] or [piece]


def _is_cjk(piece: str) -> bool:
    return re.match(rf"[{_CJK}]", piece) is not None
