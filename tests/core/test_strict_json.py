"""JSON is read as the standard has it: what Python's reader would let through is refused, with its place (B4, B13, B31, B39, B40, B42, B43)."""

import json
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logistics.core.strict_json import DEEPEST, LONGEST_NUMBER, Malformed, canonical, read_json, read_object


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, -2, 1.5, true, null, "x"]}\r\n', {"a": [1, -2, 1.5, True, None, "x"]}),
        ('{"名": "é😀"}'.encode(), {"名": "é😀"}),
        (rb'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        (b'{"a": {"a": 1}, "b": {"a": 1}}', {"a": {"a": 1}, "b": {"a": 1}}),
        (b'{"a": ' + b"9" * LONGEST_NUMBER + b"}", {"a": int("9" * LONGEST_NUMBER)}),
        (b'{"a": 1e-400}', {"a": 0.0}),
    ],
)
def test_json_is_read(app: Flask, raw: bytes, value: Any) -> None:
    with app.test_request_context():
        assert read_object(raw) == value


@pytest.mark.parametrize(
    ("raw", "facts"),
    [
        (b"", {"line": 1, "column": 1}),
        (b"null", {"line": 1, "column": 1}),
        (b"[]", {"line": 1, "column": 1}),
        (b'"text"', {"line": 1, "column": 1}),
        (b'{"a": 1,}', {"line": 1, "column": 9}),
        (b'{\n  "a": 1 // one\n}', {"line": 2, "column": 10}),
        (b"{'a': 1}", {"line": 1, "column": 2}),
        (b'{"a": 1} {"b": 2}', {"line": 1, "column": 10}),
        (b'{"a": 01}', {"line": 1, "column": 8}),
        (b'{"a": "x\ny"}', {"line": 1, "column": 9}),
        (b'{"a": NaN}', {"line": 1, "column": 7}),
        (b'{"a":\n  -Infinity}', {"line": 2, "column": 3}),
        (b'{"a": 1e400}', {"line": 1, "column": 7}),
        (b'{"a": ' + b"1" * 5000 + b"}", {"line": 1, "column": 7}),
        (b'{"a": 0.' + b"1" * 5000 + b"}", {"line": 1, "column": 7}),
        (b"\xef\xbb\xbf{}", {"byte": 0}),
        ('{"a": 1}'.encode("utf-16"), {"byte": 0}),
        (b'{"a": "\xc3\x28"}', {"byte": 7}),
        ('{"a": "é"}'.encode("latin-1"), {"byte": 7}),
        (b"\xff\xfe", {"byte": 0}),
        (rb'{"a": "\ud800"}', {}),
        (rb'{"a": ["\udc00x"]}', {}),
        (rb'{"\ud800": 1}', {}),
        (rb'{"\ud800": 1, "\ud800": 2}', {}),
        (b'{"qty": 1, "qty": 99}', {}),
        (b'{"a": [{"b": 1, "b": 1}]}', {}),
        (b"[" * 100_000, {}),
        (b'{"a":' * 100_000, {}),
        (b'{"a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}", {}),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(app: Flask, raw: bytes, facts: dict[str, int]) -> None:
    with app.test_request_context(), pytest.raises(Malformed) as refusal:
        read_object(raw)

    (error,) = refusal.value.errors
    assert (refusal.value.status, error.code, error.facts) == (400, "malformed_json", facts)
    assert all(str(number) in error.message for number in facts.values())


def test_a_name_given_twice_is_named(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(Malformed, match="“qty” is given twice"):
        read_object(b'{"lines": [{"qty": 1, "sku": "A", "qty": 99}]}')


def test_as_deep_as_allowed_is_read(app: Flask) -> None:
    with app.test_request_context():
        assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)


def test_the_same_said_otherwise_is_the_same() -> None:
    one, other = json.loads('{"a": 1, "b": ["é", {"c": null, "d": 1.5}]}'), json.loads('{"b":["\\u00e9",{"d":1.5,"c":null}],"a":1}')

    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical(json.loads('{"a": 1, "b": [{"c": null, "d": 1.5}, "é"]}'))


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
                       lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=20)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_VALUES)
def test_whatever_is_json_comes_back_as_it_was(app: Flask, value: Any) -> None:
    with app.test_request_context():
        assert read_json(json.dumps(value).encode()) == value
        assert read_json(canonical(value)) == value


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=60) | st.text(alphabet='{}[]",:\\u0d8e1-.aNfn \n', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused(app: Flask, raw: bytes) -> None:
    with app.test_request_context(), suppress(Malformed):
        read_object(raw)
