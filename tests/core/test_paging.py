"""Cursors: what was written is read back, and nothing else gets as far as the database."""

import base64
import json
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core import clock
from logistics.core.paging import cut_page, read_cursor, write_cursor
from logistics.core.refusals import Invalid

pytestmark = pytest.mark.usefixtures("session")


@given(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=80), st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_cursor_is_read_back(name: str, row_id: int) -> None:
    assert read_cursor(write_cursor(name, row_id), str, int) == [name, row_id]


@pytest.mark.parametrize("name", ["灯" * 200, "👩" * 200, "Café\u00a0Léon", "👩\u200d👩\u200d👧 & Co"])
def test_every_name_a_list_may_be_sorted_by_can_end_a_page(name: str) -> None:
    assert read_cursor(write_cursor(name, 10**18), str, int) == [name, 10**18]


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read_cursor(text, str, int)
    except Invalid as refusal:
        said = refusal.message
        assert said.startswith("This page of the list does not exist")


OTHER_LENGTHS = [["a"], ["a", 1, 2], {"a": 1, "b": 2}, 7, None, "ab", []]
OTHER_KINDS = [[1, "a"], ["a", True], ["a", 1.0], ["a", None], ["a", 2**63], ["a", -(2**63)], ["a\x00b", 1], ["\ud800", 1]]


@pytest.mark.parametrize("values", [*OTHER_LENGTHS, *OTHER_KINDS])
def test_a_cursor_of_another_shape_is_refused(values: object) -> None:
    with pytest.raises(Invalid):
        read_cursor(_encoded(values), str, int)


def test_days_and_moments_are_read_back_and_nothing_else_passes_for_one() -> None:
    moment, day = clock.now(), clock.now().date()
    assert read_cursor(write_cursor(moment.isoformat(), day.isoformat(), None), datetime, date, date | None) == [moment, day, None]

    moments, days = [("yesterday", datetime), (day.isoformat(), datetime)], [("2026-02-30", date), (None, date), (7, date | None), ("", date | None)]
    for written, kind in (*moments, *days):
        with pytest.raises(Invalid):
            read_cursor(write_cursor(written, 1), kind, int)


def test_an_endless_cursor_is_refused() -> None:
    for text in (_encoded(["a" * 1000, 1]), "W" * 100_000, base64.urlsafe_b64encode(b"[" * 100_000).decode()):
        with pytest.raises(Invalid):
            read_cursor(text, str, int)


def test_a_page_says_where_the_next_one_begins_and_the_last_says_nothing() -> None:
    rows = [SimpleNamespace(id=number, at=clock.now()) for number in range(3)]

    first = cut_page(rows, 2, "at", "id")
    last = cut_page(rows[2:], 2, "at", "id")

    assert list(first.rows) == rows[:2]
    assert first.next is not None
    assert read_cursor(first.next, datetime, int) == [rows[1].at, 1]
    assert (list(last.rows), last.next) == (rows[2:], None)
    assert cut_page([], 2, "id").next is None


def _encoded(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
