"""Refusals: the system saying no for a business reason. One handler (core.answers) turns them into pages, fragments or JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one input: `pointer` names the field ("lines/0/quantity"), `facts` are numbers a program can use."""

    pointer: str
    code: str
    message: str
    facts: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """A no that is part of the business. `code` is stable and machine-readable, `message` tells a person what to do."""

    status = 409
    code = "refused"

    def __init__(self, message: str, *, errors: Sequence[FieldError] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.errors = list(errors)
        self.facts = facts


class Invalid(Refusal):
    """Well-formed input whose values cannot be taken. Carries one FieldError per thing wrong, all at once."""

    status = 422
    code = "invalid"


class NotFound(Refusal):
    """Not there, or not yours: one answer for both, so that nothing can be learned from it."""

    status = 404
    code = "not_found"


class IllegalMove(Refusal):
    """The thing's state does not allow this step."""

    code = "illegal_move"


class Stale(Refusal):
    """Somebody changed it since the form was opened."""

    code = "stale_version"


class Busy(Refusal):
    """A lock was not had in time; asking again soon is likely to work."""

    status = 503
    code = "busy"


class BadValue(ValueError):
    """One value that cannot be read. Forms, files and the API say where it stood."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
