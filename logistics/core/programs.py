"""The doors for programs: the API, let in by a key, and the hooks, let in by a signature. No cookie and no CSRF token counts there."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request

_PREFIXES = ("/api/", "/hooks/")
View = TypeVar("View", bound=Callable[..., Any])


def is_for_programs() -> bool:
    """Whether this request knocks at a door for programs."""
    return request.path.startswith(_PREFIXES)


def takes_up_to(largest: int) -> Callable[[View], View]:
    """Let a view take bodies of up to `largest` bytes instead of a form's 256 kB; a larger one is 413 before it is read."""

    def widen(view: View) -> View:
        view.largest_body = largest  # type: ignore[attr-defined] # functions carry attributes that their type does not name
        return view

    return widen


def largest_body(view: Callable[..., Any] | None) -> int | None:
    """How many bytes a view takes, where it says so."""
    return getattr(view, "largest_body", None)
