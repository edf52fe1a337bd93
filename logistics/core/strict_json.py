"""JSON as RFC 8259 has it, and nothing else: Python's own reader takes NaN, repeated names, halves of characters and any depth.

What cannot be read is Malformed (400), which says where; whether the values are right is for others to say.
"""

import codecs
import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from logistics.core.language import _
from logistics.core.refusals import FieldError, Refusal

DEEPEST = 32
LONGEST_NUMBER = 64
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HALF = re.compile("[\ud800-\udfff]")
_NUL = re.compile("\0")


class Malformed(Refusal):
    """These bytes are not JSON."""

    status = 400
    code = "malformed_json"


def read_object(raw: bytes, *, to_keep: bool = False) -> dict[str, Any]:
    """The JSON object that these bytes are, in UTF-8. Raises Malformed with the line and column, or the byte, at which it ends to be one.

    `to_keep`: it is going to be stored as it is, so no text in it may hold NUL, which PostgreSQL keeps nowhere.
    """
    value = read_json(raw)
    if to_keep:
        _refuse_texts(value, _NUL, _("A text holds a character that cannot be kept."))
    if not isinstance(value, dict):
        _refuse(_("The body must be one JSON object, in braces: line 1, column 1."), line=1, column=1)
    return value


def read_json(raw: bytes) -> Any:
    """The JSON value that these bytes are, in UTF-8; numbers are int and float. Raises Malformed."""
    text = _decode(raw)
    reader = _Reader(text)
    try:
        value = json.loads(
            text,
            parse_int=reader.read_int,
            parse_float=reader.read_float,
            parse_constant=reader.refuse_constant,
            object_pairs_hook=reader.read_pairs,
        )
    except json.JSONDecodeError as error:
        message = _("This is not JSON from line %(line)s, column %(column)s on. It has no comments, and no comma after the last item.", **_at(error))
        _refuse(message, **_at(error))
    except RecursionError:
        _refuse_depth()
    _refuse_texts(value, _HALF, _("A text holds half of a character (a lone surrogate)."))
    return value


def canonical(value: Any) -> bytes:
    """The one way to write a value that was read, whatever its spaces and the order of its names: for comparing what was sent."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class _Reader:
    """Reads the parts of a text strictly, and finds the place of what it refuses."""

    def __init__(self, text: str) -> None:
        self.text = text

    def read_int(self, written: str) -> int:
        if len(written) > LONGEST_NUMBER:
            self._refuse_number(written, _("A number has at most %(count)s digits.", count=LONGEST_NUMBER))
        return int(written)

    def read_float(self, written: str) -> float:
        value = float(written)
        if len(written) > LONGEST_NUMBER or math.isinf(value):
            self._refuse_number(written, _("A number is too large or too long."))
        return value

    def refuse_constant(self, written: str) -> NoReturn:
        self._refuse_number(written, _("“%(written)s” is no number in JSON.", written=written))

    def read_pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        if len(read) < len(pairs):
            names = [name for name, _value in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            # It may be half of a character, which no answer can say.
            _refuse(_("“%(name)s” is given twice in one object.", name=_HALF.sub("\ufffd", twice)[:80]))
        return read

    def _refuse_number(self, written: str, message: str) -> NoReturn:
        before = self.text[: self.text.find(written)]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        place = _("Line %(line)s, column %(column)s.", line=line, column=column)
        _refuse(f"{message} {place}", line=line, column=column)


def _decode(raw: bytes) -> str:
    if raw.startswith(_MARKS):
        _refuse(_("The body must be plain UTF-8 without a byte order mark (byte 0)."), byte=0)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        _refuse(_("The body is not UTF-8 from byte %(byte)s on.", byte=error.start), byte=error.start)


def _refuse_texts(value: Any, wrong: re.Pattern[str], message: str) -> None:
    """Refuse a value in which any text holds this, and one too deep for others to walk through."""
    waiting = [(value, 1)]
    while waiting:
        found, depth = waiting.pop()
        if isinstance(found, str) and wrong.search(found):
            _refuse(message)
        if isinstance(found, (dict, list)):
            if depth > DEEPEST:
                _refuse_depth()
            waiting += [(inner, depth + 1) for inner in _inside(found)]


def _inside(found: dict[str, Any] | list[Any]) -> Iterator[Any]:
    if isinstance(found, dict):
        yield from found
        yield from found.values()
    else:
        yield from found


def _at(error: json.JSONDecodeError) -> dict[str, int]:
    return {"line": error.lineno, "column": error.colno}


def _refuse_depth() -> NoReturn:
    _refuse(_("The body is nested more than %(count)s levels deep.", count=DEEPEST))


def _refuse(message: str, **facts: int) -> NoReturn:
    raise Malformed(message, errors=[FieldError("", Malformed.code, message, facts)])
