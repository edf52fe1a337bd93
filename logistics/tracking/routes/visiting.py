"""Customers at the door: who they are by their link or second fact, how often they may be wrong, and what all their pages have in common."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import Response, make_response, redirect, render_template, request, url_for

from logistics.core import clock
from logistics.core.config import settings
from logistics.core.database import session
from logistics.core.language import LOCALES
from logistics.core.limits import count_try, take_back_try
from logistics.core.refusals import NotFound, Refusal
from logistics.orders.linking import token_of
from logistics.tracking.knowing import Facts
from logistics.tracking.passes import LASTS, is_good, make_pass
from logistics.tracking.tokens import Found, find_by_fact, find_by_token, number_in

P = ParamSpec("P")
# Of one address of the internet, and of one order, whichever door was tried.
MISSES = "10/minute"
MISSES_OF_ORDER = "20/day"


@dataclass(frozen=True)
class Visit:
    """Somebody at an order's page. `knows`: this browser has told a second fact of it; `facts`: what can be asked for."""

    token: str
    order_id: int
    number: str
    token_version: int
    facts: Facts
    knows: bool


def for_anybody(view: Callable[P, Any]) -> Callable[P, Response]:
    """A page without a sign-in: no search engine lists it, no link of it tells where it came from, refusals are for customers to read."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            answer = make_response(view(*args, **kwargs))
        except Refusal as refusal:
            answer = _refused(refusal)
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        return _remember_language(answer)

    return shown


def for_visitors(view: Callable[Concatenate[Visit, P], Any]) -> Callable[..., Response]:
    """A page of the order of a token: the view gets the Visit instead. A wrong token sees the one answer, and counts."""

    @wraps(view)
    def visited(token: str, *args: P.args, **kwargs: P.kwargs) -> Any:
        visit = _visit(token)
        return nothing_here() if visit is None else view(visit, *args, **kwargs)

    return for_anybody(visited)


def for_customers(view: Callable[Concatenate[Visit, P], Any]) -> Callable[..., Response]:
    """As for_visitors, for those alone who know a second fact: the others are asked for it first."""

    def known(visit: Visit, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        if not visit.knows:
            return redirect(url_for(".new_identity", token=visit.token, to=request.path.rpartition("/")[2]), 303)
        return view(visit, *args, **kwargs)

    return for_visitors(wraps(view)(known))


def nothing_here() -> Response:
    """The one answer to every link and every fact that shows nothing: wrong, unknown or ended."""
    return make_response(render_template("tracking/no_parcel.html"), 404)


def find_visited(number: str, fact: str) -> Found | None:
    """The order of a number and a second fact as they were typed; None for a wrong one.

    The try is counted before it is looked at, and taken back if it was right: none of many at once gets past the limit.
    """
    keys = _keys(number_in(number) or number)
    for limit, *key in keys:
        count_try(limit, *key)
    try:
        found = find_by_fact(session(), number, fact)
    except NotFound:
        return None
    finally:
        session().rollback()
    for limit, *key in keys:
        take_back_try(limit, *key)
    return found


def welcome(answer: Response, found: Found) -> Response:
    """Give the browser the pass of somebody who knows a second fact."""
    given = make_pass(found.number, found.token_version, secret=settings().secret_key, now=clock.now())
    secure = settings().https
    answer.set_cookie(_cookie(found.number), given, int(LASTS.total_seconds()), path="/track", secure=secure, httponly=True, samesite="Lax")
    return answer


def page_of(found: Found) -> str:
    """The address of an order's page."""
    return url_for(".show_public", token=token_of(found.number, found.token_version, secret=settings().secret_key))


def _visit(token: str) -> Visit | None:
    try:
        found = find_by_token(session(), token, secret=settings().secret_key)
    except NotFound:
        # The count is a transaction of its own: holding this one's connection meanwhile, as many strangers as threads would wait for each other.
        session().rollback()
        for limit, *key in _keys(number_in(token)):
            count_try(limit, *key)
        return None
    given = request.cookies.get(_cookie(found.number), "")
    knows = is_good(given, found.number, found.token_version, secret=settings().secret_key, now=clock.now())
    return Visit(token, found.order_id, found.number, found.token_version, found.facts, knows)


def _keys(number: str) -> list[tuple[str, str, str]]:
    """What a wrong try counts against: the limit, and of what. A number is hashed: it may be anything that was typed."""
    tried = [(MISSES, "track", request.remote_addr or "")]
    return [*tried, (MISSES_OF_ORDER, "track order", hashlib.sha256(number.strip().upper().encode()).hexdigest())] if number else tried


def _cookie(number: str) -> str:
    # One each, so that two orders can be looked at beside each other.
    return f"{'__Secure-' if settings().https else ''}track-{number.replace('-', '')}"


def _remember_language(answer: Response) -> Response:
    """A language chosen on one page holds on the next."""
    if (asked := request.args.get("lang")) in LOCALES and request.method == "GET":
        answer.set_cookie("language", str(asked), 365 * 24 * 3600, path="/track", secure=settings().https, httponly=True, samesite="Lax")
    return answer


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, NotFound):
        return nothing_here()
    back = request.path.rpartition("/")[0] if request.view_args and "token" in request.view_args and request.method == "POST" else ""
    answer = make_response(render_template("tracking/refused.html", message=refusal.message, back=back), refusal.status)
    if after := refusal.facts.get("retry_after"):
        answer.headers["Retry-After"] = str(after)
    return answer
