"""Whatever is broken in a body, it is read or it is unreadable: no reader falls over, and nothing too long or unseen comes out of one."""

import math
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.tracking.reading.formats import READERS, read
from logistics.tracking.reading.saying import Reading, Unreadable
from tests.tracking.bodies import FULL, WRITTEN, recorded, trackers

ZONES = [ZoneInfo("Europe/London"), ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/St_Johns"), UTC]
TIMES = [
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2024-02-30T00:00",
    "2026-03-29T01:30:00",
    "2026-10-25T01:30:00",
    "23:59:60",
    "20260101",
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([*TIMES, "\x00\u202e", "‮", "x" * 3000, "delivered", "Delivered", "D", "01", "DL", "string", [], {}, [None], [[]], {"code": {}}]),
)
MISSING = object()


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every node but the root."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield (*path, name)
        yield from paths(one, (*path, name))


def broken(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The body with another value there, or without what stands there."""
    if not path:
        return value
    changed = deepcopy(body)
    node = changed
    for step in path[:-1]:
        node = node[step]
    if value is MISSING:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed


def samples_of(form: str) -> list[Any]:
    if form in FULL:
        return [recorded(form)]
    return trackers()[2:5] if form == "easypost" else [WRITTEN[form]]


def is_sound(told: Reading) -> bool:
    """Whether it can be kept as it is: bounded, seen, and told at a time that there is."""
    texts = [(one.text, 500) for one in told.said] + [(one.place, 200) for one in told.said] + [(one.code, 60) for one in told.said]
    texts += [(one.carrier, 60) for one in told.said] + [(one.signer, 200) for one in told.said] + [(told.fault, 500)]
    times = [one.occurred_at for one in told.said]
    return (
        all(len(text) <= longest and "\x00" not in text and "\u202e" not in text for text, longest in texts)
        and all(time.tzinfo is not None and 1999 <= time.astimezone(UTC).year <= 2101 for time in times)
        and all(0 < len(one.tracking_number) <= 60 for one in (*told.said, *told.expected))
        and all(one.earliest <= one.latest for one in told.expected)
        and not (told.fault and (told.said or told.expected))
    )


def read_or_refuse(form: str, body: Any, zone: Any) -> Reading | None:
    try:
        return read(form, body, zone=zone)
    except Unreadable:
        return None


@pytest.mark.parametrize("form", READERS)
def test_a_broken_body_is_read_or_unreadable(form: str) -> None:
    whole = [(body, path) for body in samples_of(form) for path in [(), *paths(body)]]

    @settings(max_examples=100)
    @given(st.sampled_from(whole), st.one_of(st.just(MISSING), ODD), st.sampled_from(ZONES), st.data())
    def never_falls(chosen: tuple[Any, tuple[Any, ...]], value: Any, zone: Any, data: st.DataObject) -> None:
        body, path = chosen
        once = broken(body, path, None if value is MISSING and not path else value)
        second = data.draw(st.sampled_from([(), *paths(once)]))
        for one in (once, broken(once, second, data.draw(ODD)) if second else once):
            told = read_or_refuse(form, one, zone)
            assert told is None or is_sound(told), told

    never_falls()


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("body", [None, [], {}, "", 1, True, math.nan, [[]], [None], {"a": 1}])
def test_what_is_no_body_of_the_format_says_nothing(form: str, body: Any) -> None:
    told = read_or_refuse(form, body, UTC)

    # No number asked for, none answered: that is what La Poste's empty list says.
    assert told == (Reading() if (form, body) == ("laposte", []) else None)


@pytest.mark.parametrize("form", READERS)
def test_dropping_any_single_node_never_falls(form: str) -> None:
    for body in samples_of(form):
        for path in paths(body):
            told = read_or_refuse(form, broken(body, path, MISSING), UTC)
            assert told is None or is_sound(told), path
