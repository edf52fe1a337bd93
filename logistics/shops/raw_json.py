"""Reading JSON from programs we do not know, as strictly as RFC 8259 allows: what Python's reader forgives could mean two things."""

import json
import math
from typing import Any, NoReturn

from logistics.core.language import _
from logistics.core.refusals import Refusal

DEEPEST = 40
LONGEST_NUMBER = 40


class Malformed(Refusal):
    """The body is no JSON object that can be taken."""

    status = 400
    code = "malformed_json"


def read_object(raw: bytes) -> dict[str, Any]:
    """The object that these bytes are. Raises Malformed, which says what is wrong and where.

    Refused: other encodings than UTF-8, a byte order mark, NaN and infinities, doubled names, NUL and half characters, deep nesting.
    """
    try:
        found = json.loads(_text(raw), object_pairs_hook=_without_doubles, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole)
    except json.JSONDecodeError as error:
        message = _("The body is no JSON: line %(line)s, column %(column)s.", line=error.lineno, column=error.colno)
        raise Malformed(message) from error
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(found, dict):
        raise Malformed(_("The body must be a JSON object."))
    _check(found, 1)
    return found


def _text(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(_("The body is not UTF-8: see byte %(offset)s.", offset=error.start)) from error
    if text.startswith("\ufeff"):
        raise Malformed(_("The body begins with a byte order mark. Send it without."))
    return text


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise Malformed(_("“%(name)s” is named twice in one object.", name=doubled[:80]))
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise Malformed(_("%(name)s is no number of JSON.", name=name))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or len(text) > LONGEST_NUMBER:
        raise Malformed(_("%(number)s is too large a number.", number=text[:80]))
    return number


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Malformed(_("%(number)s is too large a number.", number=text[:80]))
    return int(text)


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Malformed(_("A text holds a character that cannot be kept."))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)


def _too_deep() -> Malformed:
    return Malformed(_("The body is nested too deeply: at most %(count)s levels.", count=DEEPEST))
