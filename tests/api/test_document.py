"""The documentation says what is there: every call, no other, and examples that work."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from logistics.api.reading import read_body
from logistics.core.strict_json import read_object
from logistics.staff.permissions import KEYED
from tests.api.programs import program
from tests.cast import Cast


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    """The OpenAPI document, as anybody gets it."""
    answer = client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    told: dict[str, Any] = answer.get_json()
    return told


def test_every_call_is_in_the_document_and_every_call_in_it_is_there(app: Flask, document: dict[str, Any]) -> None:
    written = {(path, method.upper()) for path, calls in document["paths"].items() for method in calls}
    there = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint in KEYED
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert written == there
    assert {f"api.{call['operationId']}" for call in _calls(document)} == set(KEYED)


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"]
    assert document["info"]["version"] == "v1"
    known = set(document["components"]["schemas"])
    assert {reference.rpartition("/")[2] for reference in _references(document)} - known == set()
    assert all("." not in name for name in known), "names of models only"
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for call in _calls(document):
        assert call["summary"], call["operationId"]
        assert all(answer["description"] for answer in call["responses"].values())
        assert {"400", "401", "403", "429", "503"} <= set(call["responses"])
        assert {scope for need in call["security"] for scope in need["key"]} == KEYED[f"api.{call['operationId']}"]


def test_every_argument_of_a_path_is_a_parameter(document: dict[str, Any]) -> None:
    for path, calls in document["paths"].items():
        for call in calls.values():
            named = {parameter["name"] for parameter in call["parameters"] if parameter["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_every_post_needs_a_one_time_key_and_a_body(document: dict[str, Any]) -> None:
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            keys = [parameter["required"] for parameter in call["parameters"] if parameter["name"] == "Idempotency-Key"]
            assert keys == ([True] if method == "post" else []), path
            assert ("requestBody" in call) == (method == "post"), path


def test_every_example_is_one(app: Flask, document: dict[str, Any]) -> None:
    bodies = {call["operationId"]: _schema(document, call) for call in _calls(document) if "requestBody" in call}
    models = {endpoint.removeprefix("api."): getattr(app.view_functions[endpoint], "body_model", None) for endpoint in KEYED}

    assert {name for name, model in models.items() if model} == set(bodies)
    with app.test_request_context():
        for name, schema in bodies.items():
            for example in schema["examples"]:
                assert read_body(models[name], read_object(json.dumps(example).encode()))  # type: ignore[arg-type]


def test_what_is_answered_is_what_is_written(app: Flask, cast: Cast, document: dict[str, Any]) -> None:
    """The example of the document places an order; the answer has exactly the fields that the document names."""
    cast.made(lambda: (cast.stock("LAMP-OAK", 5), cast.stock("BULB-E27-3", 5)))
    example = document["components"]["schemas"]["OrderBody"]["examples"][0]

    told = program(cast).post("/orders", example).get_json()

    _compare(document, document["components"]["schemas"]["OrderAnswer"], told)


def test_the_page_tells_every_call_with_an_example_to_try(client: FlaskClient, document: dict[str, Any]) -> None:
    page = client.get("/api/docs")

    assert page.status_code == 200
    for call in _calls(document):
        assert f'id="{call["operationId"]}"' in page.text
    assert page.text.count("curl ") == len(list(_calls(document)))
    assert "lines[].sku" in page.text
    assert "&#39;{\n" in page.text
    assert "http://127.0.0.1:8000/api/v1/orders" in page.text
    assert "set-cookie" not in {name.lower() for name, _value in page.headers}


def test_the_page_speaks_both_languages_around_the_calls(client: FlaskClient) -> None:
    english, chinese = client.get("/api/docs"), client.get("/api/docs?lang=zh_Hans")

    assert 'lang="zh-Hans"' in chinese.text.split("<head>")[0]
    assert "What holds for every call" in english.text


def _calls(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for calls in document["paths"].values():
        yield from calls.values()


def _schema(document: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    reference = call["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _compare(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if value is None:
            assert {"type": "null"} in schema["anyOf"]
            return
        schema = next(option for option in schema["anyOf"] if option.get("type") != "null")
        _compare(document, schema, value)
    elif schema.get("type") == "object":
        assert set(value) == set(schema["properties"])
        for name, inner in value.items():
            _compare(document, schema["properties"][name], inner)
    elif schema.get("type") == "array":
        for inner in value:
            _compare(document, schema["items"], inner)
    else:
        kinds = {"string": str, "integer": int, "boolean": bool}
        assert isinstance(value, kinds[schema["type"]])
