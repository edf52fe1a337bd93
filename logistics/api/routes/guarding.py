"""What stands before every call: the key and its scopes, how often it may ask, and how a body is read.

A POST is `@documented @scope @writes_json`: the key is looked at first, then the count, then type and size, then the one-time key
and the body, then the values.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import Response, abort, g, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from logistics.api.admitting import Caller, admit, note_use
from logistics.api.reading import read_body, read_query
from logistics.api.rules import looks_like_key
from logistics.api.taking import MissingScope
from logistics.core.database import session
from logistics.core.keys import Claim, act_once, find_answer, replace_answer, scope_of
from logistics.core.language import _
from logistics.core.limits import count_try
from logistics.core.programs import takes_up_to
from logistics.core.refusals import FieldError, Invalid, Refusal
from logistics.core.strict_json import canonical, read_object
from logistics.core.transactions import in_transaction
from logistics.orders.finishing import carry_out
from logistics.payments.asking import Question

P = ParamSpec("P")
Model = TypeVar("Model", bound=BaseModel)

READS, WRITES = "600/minute", "300/minute"
LARGEST = 1024 * 1024
_IN_ADDRESS = {"key", "api_key", "apikey", "access_token", "token", "authorization"}
# Visible ASCII; without the comma, by which two headers of one name come as one.
_ONE_TIME = re.compile(r"[!-+\--~]{1,255}")


@dataclass(frozen=True)
class GoOn:
    """A view's answer as it stands, and what goes on once that is committed: a provider is asked, what it says is booked.

    `tell` makes the answer that takes the first one's place, for a repeat as well. Where the provider does not answer the first stands.
    """

    answer: Response
    question: Question
    tell: Callable[[Session], Response]


class BadRequest(Refusal):
    """The request itself is not made as it must be."""

    status = 400
    code = "bad_request"


class KeyInAddress(BadRequest):
    """A key stood in the address, where logs and proxies keep it."""

    code = "key_in_address"


class BadIdempotencyKey(BadRequest):
    """There is no one-time key, or it cannot be one."""

    code = "bad_idempotency_key"


class WrongType(Refusal):
    """The body is not JSON, by what its header says."""

    status = 415
    code = "unsupported_media_type"


def scope(*names: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only programs in whose key has one of these scopes: 401 without a key that lets in, 403 without the scope, 429 too often."""

    def guard(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            caller = _admit()
            if not caller.scopes & set(names):
                raise MissingScope(_("This key is not good for this: it needs the scope “%(scope)s”.", scope="” / “".join(names)))
            only_reads = request.method in ("GET", "HEAD")
            count_try(READS if only_reads else WRITES, "api reads" if only_reads else "api writes", str(caller.key_id))
            return view(*args, **kwargs)

        guarded.scopes = frozenset(names)  # type: ignore[attr-defined] # functions carry attributes that their type does not name
        return guarded

    return guard


def writes_json(
    model: type[Model], *, once_more_after: type[Refusal] | tuple[()] = (), before: Callable[Concatenate[Model, P], None] | None = None
) -> Callable[[Callable[Concatenate[Session, Model, P], Response | GoOn]], Callable[P, Response]]:
    """Give a view its transaction and the body, read by its model; the same Idempotency-Key again gets the first answer again.

    A view that charges a card answers GoOn: what follows has no transaction around the provider's call.

    `before` is called before the view and outside of its transaction, unless the key has its answer already: done twice it must do nothing.

    `once_more_after`: a refusal that a rival of this very moment may have caused. The view is called once more, and sees what they did.
    """

    def open_door(view: Callable[Concatenate[Session, Model, P], Response | GoOn]) -> Callable[P, Response]:
        @wraps(view)
        # One more: a body without a length ends in silence at the limit.
        @takes_up_to(LARGEST + 1)
        def written(*args: P.args, **kwargs: P.kwargs) -> Response:
            _refuse_parameters()
            value = _read_value()
            claim = _claim(value)
            begun: list[GoOn] = []
            if before:
                if known := in_transaction(lambda session: find_answer(session, claim)):
                    return known
                before(read_body(model, value), *args, **kwargs)

            def act(session: Session) -> Response:
                found = view(session, read_body(model, value), *args, **kwargs)
                begun[:] = [found] if isinstance(found, GoOn) else []
                return found.answer if isinstance(found, GoOn) else found

            try:
                first = act_once(claim, act)
            except once_more_after:
                first = act_once(claim, act)
            return _go_on(begun[0], claim) if begun else first

        written.body_model = model  # type: ignore[attr-defined] # functions carry attributes that their type does not name
        return written

    return open_door


def reads(model: type[Model]) -> Callable[[Callable[Concatenate[Model, P], Response]], Callable[P, Response]]:
    """Give a view the parameters of the address, read by their model."""

    def open_door(view: Callable[Concatenate[Model, P], Response]) -> Callable[P, Response]:
        @wraps(view)
        def read(*args: P.args, **kwargs: P.kwargs) -> Response:
            return view(read_query(model, list(request.args.items(multi=True))), *args, **kwargs)

        read.query_model = model  # type: ignore[attr-defined] # functions carry attributes that their type does not name
        return read

    return open_door


def caller() -> Caller:
    """The program that asks, once it was let in."""
    found: Caller = g.caller
    return found


def answer(model: BaseModel, status: int = 200, **headers: str) -> Response:
    """What a program gets."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(model.model_dump_json(), status, headers=named, mimetype="application/json")


def _go_on(begun: GoOn, claim: Claim) -> Response:
    if carry_out(begun.question, by=caller().actor) is None:
        return begun.answer

    def tell(session: Session) -> Response:
        told = begun.tell(session)
        replace_answer(session, claim, told)
        return told

    return in_transaction(tell)


def _admit() -> Caller:
    if any(name.lower() in _IN_ADDRESS or looks_like_key(value) for name, value in request.args.items(multi=True)):
        raise KeyInAddress(_("Send the key in the header Authorization, never in the address. This one has been seen by others: replace it."))
    found = admit(session(), request.headers.get("Authorization", ""))
    # Noting and counting are transactions of their own: this one's connection is given back first.
    session().rollback()
    if found.unnoted:
        in_transaction(lambda session: note_use(session, found.key_id))
    g.caller, g.actor = found, found.actor
    return found


def _refuse_parameters() -> None:
    message = _("This call takes no parameters in its address.")
    if request.args:
        raise Invalid(message, errors=[FieldError(name[:80], "unknown_field", message) for name in request.args])


def _read_value() -> dict[str, Any]:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset not in ("utf-8", "utf8"):
        raise WrongType(_("Send JSON in UTF-8, with “Content-Type: application/json”."))
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongType(_("Send the body as it is, without “Content-Encoding”."))
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST:
        abort(413)
    return read_object(raw)


def _claim(value: dict[str, Any]) -> Claim:
    key = request.headers.get("Idempotency-Key", "")
    if not _ONE_TIME.fullmatch(key):
        message = _("Send one header Idempotency-Key, another one for each request: 1 to 255 visible ASCII characters without the comma.")
        raise BadIdempotencyKey(message)
    asked = b"\n".join((request.method.encode(), request.path.encode(), canonical(value)))
    return Claim(
        scope_of(caller().actor),
        key,
        hashlib.sha256(asked).hexdigest(),
        when_running=_("A request with this Idempotency-Key is being worked on. Send it again in a moment."),
        when_reused=_("This Idempotency-Key was used before, with another request. Send a new one."),
    )
