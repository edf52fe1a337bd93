"""Who acts: a signed-in member of staff, a program with its key, the system, a customer. And what they may do, asked in one place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import abort, current_app, g

from logistics.core.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Actor:
    """Whoever causes a change. `kind` is staff, key, system or customer; `id` is the staff member's or the key's, where there is one."""

    kind: str
    id: int | None
    name: str
    role: str = ""


SYSTEM = Actor("system", None, "system")
CUSTOMER = Actor("customer", None, "customer")


class Forbidden(Refusal):
    """The role lacks this function."""

    status = 403
    code = "forbidden"


def current_actor() -> Actor:
    """Who sends this request. Outside a request, and before sign-in, it is the system."""
    return getattr(g, "actor", None) or SYSTEM


def signed_in() -> Actor | None:
    """The member of staff who is signed in, or None."""
    return getattr(g, "actor", None)


def may(function: str, actor: Actor | None = None) -> bool:
    """Whether the actor's role has this function, by the table that create_app was given. Unknown functions raise KeyError."""
    who = actor or signed_in()
    permissions: Mapping[str, frozenset[str]] = current_app.extensions["permissions"]
    return who is not None and who.role in permissions[function]


def needs(function: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only those through whose role has `function`: 401 for nobody, 403 for somebody else."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if signed_in() is None:
                abort(401)
            if not may(function):
                abort(403)
            return view(*args, **kwargs)

        guarded.needs = function  # type: ignore[attr-defined]
        return guarded

    return guard


def needed_function(view: Callable[..., Any] | None) -> str | None:
    """The function a view was guarded with, or None."""
    return getattr(view, "needs", None)


def needed_scopes(view: Callable[..., Any] | None) -> frozenset[str] | None:
    """The scopes of which a program's key must have one at a view (logistics/api guards it), or None where no key lets in."""
    return getattr(view, "scopes", None)
