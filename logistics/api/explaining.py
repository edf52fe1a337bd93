"""The OpenAPI document in the order in which people read it: calls by subject, each with its fields in rows and an example to try."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HIDDEN = {"Idempotency-Key"}


@dataclass(frozen=True)
class Field:
    """One field or parameter: lines[].sku, what it holds, whether it must be there, what to know about it."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True)
class Call:
    """One call. `description` is in pieces, every other one a code; `answers` are (status, rows), `errors` (status, text)."""

    id: str
    method: str
    path: str
    summary: str
    description: list[str]
    scopes: list[str]
    parameters: list[Field]
    body: list[Field]
    example: str
    answers: list[tuple[str, list[Field]]]
    errors: list[tuple[str, str]]


def explain(document: Mapping[str, Any]) -> dict[str, list[Call]]:
    """The calls by subject, in the order of the document."""
    told: dict[str, list[Call]] = {}
    for path, operations in document["paths"].items():
        for method, call in operations.items():
            told.setdefault(call["tags"][0], []).append(_call(document, path, method, call))
    return told


def _call(document: Mapping[str, Any], path: str, method: str, call: Mapping[str, Any]) -> Call:
    schema = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    refused = [(status, answer["description"]) for status, answer in call["responses"].items() if status >= "400"]
    given = [(status, _answered(document, answer)) for status, answer in call["responses"].items() if status < "400"]
    return Call(
        id=call["operationId"],
        method=method.upper(),
        path=path,
        summary=call["summary"],
        description=call["description"].split("`") if call["description"] else [],
        scopes=[scope for need in call["security"] for scope in need["key"]],
        parameters=[_parameter(document, row) for row in call["parameters"] if row["name"] not in _HIDDEN],
        body=list(_rows(document, schema)) if schema else [],
        example=_example(document, path, method, schema),
        answers=given,
        errors=refused,
    )


def _answered(document: Mapping[str, Any], answer: Mapping[str, Any]) -> list[Field]:
    return list(_rows(document, answer["content"]["application/json"]["schema"]))


def _parameter(document: Mapping[str, Any], row: Mapping[str, Any]) -> Field:
    return Field(row["name"], _kind(document, row["schema"]), bool(row["required"]), row.get("description", ""))


def _rows(document: Mapping[str, Any], schema: Mapping[str, Any], inside: str = "") -> Iterator[Field]:
    """The fields of an object, those of inner ones below them."""
    found = _resolved(document, schema)
    for name, inner in found.get("properties", {}).items():
        path = f"{inside}{name}"
        plain = _without_null(inner)
        target = _resolved(document, plain)
        yield Field(path, _kind(document, plain), name in found.get("required", []), inner.get("description") or "")
        if target.get("type") == "array":
            yield from _rows(document, target["items"], f"{path}[].")
        elif "properties" in target:
            yield from _rows(document, target, f"{path}.")


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a value is, in a few words."""
    found = _resolved(document, _without_null(schema))
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"])
    if found.get("type") == "array":
        return f"[{_kind(document, found['items'])}]"
    limits = [f"≤ {found[name]}" for name in ("maxLength", "maximum") if name in found]
    return " ".join([str(found.get("format") or found.get("type") or "string"), *limits])


def _example(document: Mapping[str, Any], path: str, method: str, schema: Mapping[str, Any] | None) -> str:
    """The call for a shell."""
    server = document["servers"][0]["url"]
    address = path.replace("{number}", "K7M2-9QXF").replace("{reference}", "S-K7M2-9QXF").replace("{sku}", "LAMP-OAK")
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}{server}{address}", "-H 'Authorization: Bearer KEY'"]
    if schema:
        value = _in_order(document, schema, _resolved(document, schema)["examples"][0])
        body = json.dumps(value, indent=2, ensure_ascii=False).replace("'", "'\\''")
        lines += ["-H 'Idempotency-Key: 5f1c7e0a-1'", "-H 'Content-Type: application/json'", f"-d '{body}'"]
    return " \\\n  ".join(lines)


def _in_order(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Any:
    """The same value with its names in the order of the model: pydantic sorts those of examples."""
    found = _resolved(document, _without_null(schema))
    if isinstance(value, list):
        return [_in_order(document, found["items"], inner) for inner in value]
    if isinstance(value, dict):
        return {name: _in_order(document, inner, value[name]) for name, inner in found["properties"].items() if name in value}
    return value


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]] if reference else schema
    return found


def _without_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands beside null, where null may stand too."""
    others: list[Mapping[str, Any]] = [option for option in schema.get("anyOf", []) if option.get("type") != "null"]
    return others[0] if others else schema
