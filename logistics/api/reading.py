"""Reading what programs send by its model: everything that is wrong at once, each with its place and what would be right."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from logistics.core.config import settings
from logistics.core.language import _, lazy
from logistics.core.money import currencies
from logistics.core.refusals import BadValue, FieldError, Invalid, Refusal

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[int | str, ...]
# More mistakes than these are none that anybody mends one by one, and each takes a while to explain.
MOST_TOLD = 100


class TooLarge(Refusal):
    """More of something than one request may hold."""

    status = 413
    code = "too_large"


def read_body(model: type[Model], value: Mapping[str, Any]) -> Model:
    """The body of a request. Amounts are read in its `currency`, or the shop's. Raises Invalid, with JSON pointers, and TooLarge."""
    for name, most in getattr(model, "MOST", {}).items():
        _refuse_more_than(most, value.get(name), f"/{name}")
    return _read(model, value, lambda path: "".join(f"/{_escaped(part)}" for part in path))


def read_query(model: type[Model], pairs: Sequence[tuple[str, str]]) -> Model:
    """The parameters of a request. Raises Invalid, with their names."""
    if twice := {name[:80] for name, times in Counter(name for name, _value in pairs).items() if times > 1}:
        message = _("This parameter is given twice.")
        raise Invalid(message, errors=[FieldError(name, "given_twice", message) for name in sorted(twice)[:MOST_TOLD]])
    return _read(model, dict(pairs), lambda path: str(path[0])[:80])


@contextmanager
def pointing(place: Callable[[FieldError], str]) -> Iterator[None]:
    """What is refused inside the block points where `place` says: capabilities name fields of a form, programs send a body."""
    try:
        yield
    except Refusal as refusal:
        refusal.errors = [replace(error, pointer=place(error)) for error in refusal.errors]
        raise


def _refuse_more_than(most: int, found: Any, pointer: str) -> None:
    if isinstance(found, list) and len(found) > most:
        message = _("At most %(most)s of them in one request.", most=most)
        raise TooLarge(message, errors=[FieldError(pointer, "too_many", message, {"most": most, "given": len(found)})])


def _read(model: type[Model], value: Mapping[str, Any], point: Callable[[Path], str]) -> Model:
    asked = value.get("currency")
    currency = asked if isinstance(asked, str) and asked in currencies() else settings().currency
    try:
        return model.model_validate(value, context={"currency": currency})
    except ValidationError as error:
        found = error.errors(include_url=False)
        errors = [_explain(model, wrong["type"], wrong["loc"], wrong, point) for wrong in found[:MOST_TOLD]]
        message = _("The request cannot be taken. What is wrong is listed in “errors”.")
        if len(found) > MOST_TOLD:
            message = _("The request cannot be taken. The first %(count)s mistakes are listed in “errors”.", count=MOST_TOLD)
        raise Invalid(message, errors=errors) from None


def _explain(model: type[BaseModel], kind: str, path: Path, wrong: Mapping[str, Any], point: Callable[[Path], str]) -> FieldError:
    found = wrong.get("ctx", {}).get("error")
    if isinstance(found, BadValue):
        return FieldError(point(path), found.code, found.message)
    if kind == "extra_forbidden":
        return FieldError(point(path), "unknown_field", _unknown(model, path))
    return FieldError(point(path), _CODES.get(kind, "bad_type"), _say(kind, wrong))


_CODES = {"missing": "required", "literal_error": "unknown_value", "enum": "unknown_value", "greater_than_equal": "out_of_range"}
_CODES["less_than_equal"] = "out_of_range"


def _say(kind: str, wrong: Mapping[str, Any]) -> str:
    context = wrong.get("ctx", {})
    if "expected" in context:
        return str(_("Use one of these: %(values)s.", values=context["expected"].replace("'", "").replace(" or ", ", ")))
    if "ge" in context or "le" in context:
        return str(_("It must be a whole number of 0 to 999,999."))
    return str(_SAID.get(kind, wrong["msg"]))


_SAID: dict[str, Any] = {
    "missing": lazy("This is needed."),
    "string_type": lazy("Send a text here, in quotes."),
    "int_type": lazy("Send a whole number here, without quotes."),
    "bool_type": lazy("Send true or false here, without quotes."),
    "list_type": lazy("Send a list here, in square brackets."),
    "model_type": lazy("Send an object here, in braces."),
}


def _unknown(model: type[BaseModel], path: Path) -> str:
    name = str(path[-1])
    near = get_close_matches(name, _names_at(model, path[:-1]), n=1, cutoff=0.6)
    if near:
        return str(_("There is no field “%(name)s” here. Is “%(near)s” meant?", name=name[:80], near=near[0]))
    return str(_("There is no field “%(name)s” here. Leave it out.", name=name[:80]))


def _names_at(model: type[BaseModel], path: Path) -> list[str]:
    """The names that may stand where this path leads."""
    for part in path:
        if isinstance(part, str):
            model = _inner(model.model_fields[part].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner(annotation: Any) -> type[BaseModel] | None:
    """The model inside `Model`, `Model | None` or `list[Model]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for argument in get_args(annotation) if (found := _inner(argument))), None)


def _escaped(part: int | str) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(part)[:80].replace("~", "~0").replace("/", "~1")
