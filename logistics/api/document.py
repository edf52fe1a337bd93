"""The OpenAPI document, made by spectree from the models that read and answer; the human page is drawn from it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from logistics.api.schemas.problems import Problem
from logistics.core.config import settings
from logistics.staff.permissions import KEYED

View = TypeVar("View", bound=Callable[..., Any])

PREFIX = "/api/v1/"
OWN_PATH = "/api/v1/openapi.json"
SUBJECTS = ("Orders", "Shipments", "Stock", "Products", "Customers")
_ABOUT = """Every call carries a key: `Authorization: Bearer KEY`. A key belongs to a channel: it places orders there and sees no others.
Money is a text with the currency's decimals ("18.00"), times are RFC 3339. Unknown fields are refused, and so is everything that is not
quite JSON. Every POST needs a header `Idempotency-Key`: sent again with the same body it gets the first answer again, for at least 24 hours
(`Idempotent-Replayed: true`); with another body it is 422, while the first one runs 409. What was refused uses no key up.
A key may write 300 and read 600 times a minute; a body has at most 1 MB, an order at most 500 lines."""
_ERRORS = {
    400: "Malformed: no JSON, no Idempotency-Key, a key in the address",
    401: "No key, or none that lets in",
    403: "The key lacks the scope",
    404: "Not there, or not this channel's",
    409: "Refused as things are: stock, state, placed before, one-time key in use",
    413: "Too large",
    415: "Not JSON",
    422: "JSON with values that cannot be taken; all of them are listed",
    429: "Too often; Retry-After says when",
    503: "Busy or away; Retry-After says when",
}
_ONE_TIME_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-+\\--~]+$"},
    "description": "Another one for each request, and the same one when a request is sent again: visible ASCII without the comma.",
}
_key = SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))
tree = SpecTree(
    "flask",
    title="Logistics",
    version="v1",
    description=_ABOUT,
    annotations=False,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    validation_error_model=Problem,
    security_schemes=[_key],
    security={"key": []},
)


def documented(tag: str, answers: Mapping[int, type[BaseModel]]) -> Callable[[View], View]:
    """Put a call into the document: its docstring, its models and what it answers. Reading and checking is done elsewhere."""

    def note(view: View) -> View:
        noted: View = tree.validate(
            json=getattr(view, "body_model", None),
            query=getattr(view, "query_model", None),
            resp=Response(**{f"HTTP_{status}": model for status, model in answers.items()}),
            tags=(tag,),
            operation_id=view.__name__,
            skip_validation=True,
        )(view)
        return noted

    return note


def document() -> dict[str, Any]:
    """The whole OpenAPI document of the application that is running."""
    made: dict[str, Any] = tree.spec
    paths = [path for path in made["paths"] if path.startswith(PREFIX) and path != OWN_PATH]
    paths.sort(key=lambda path: (SUBJECTS.index(_subject(made["paths"][path])), path))
    finished = {path: {method: _finished(path, method, call) for method, call in made["paths"][path].items()} for path in paths}
    return {**made, "tags": [{"name": name} for name in SUBJECTS], "servers": [{"url": settings().base_url}], "paths": finished}


def _subject(operations: Mapping[str, Any]) -> str:
    return str(next(iter(operations.values()))["tags"][0])


def _finished(path: str, method: str, call: Mapping[str, Any]) -> dict[str, Any]:
    """What spectree cannot know: the one-time key, and every way to be refused."""
    answers = {status: text for status, text in call["responses"].items() if status != "422"}
    refused = {str(status): _refused(_ERRORS[status]) for status in _possible(path, method, call)}
    key = [_ONE_TIME_KEY] if method == "post" else []
    scopes = sorted(KEYED[f"api.{call['operationId']}"])
    return {**call, "parameters": [*call["parameters"], *key], "responses": answers | refused, "security": [{"key": [scope]} for scope in scopes]}


def _possible(path: str, method: str, call: Mapping[str, Any]) -> list[int]:
    possible = {400, 401, 403, 429, 503}
    possible |= {409, 413, 415, 422} if method == "post" else set()
    possible |= {404} if "{" in path else set()
    possible |= {422} if any(parameter["in"] == "query" for parameter in call["parameters"]) else set()
    return sorted(possible)


def _refused(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
