"""When a parcel is expected, in words."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.language import speaking
from logistics.fulfilment.models import ShipmentState
from logistics.tracking.arriving import AWAITED, Arrival, arrival_of, day_text, days_text, latest_of, say_arrival, say_promise, say_reason
from logistics.tracking.models import Problem

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 3)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def a_parcel(**columns: Any) -> Any:
    """A row of a parcel on its way, expected from Tuesday to Thursday."""
    given = {"state": "in_transit", "expected_from": FIRST, "expected_to": LAST, "expected_by": "history", "promised_to": LAST}
    return SimpleNamespace(**{**given, **columns})


def expected(today: date, **columns: Any) -> Arrival:
    """The arrival of such a parcel."""
    arrival = arrival_of(a_parcel(**columns), today=today)
    assert arrival is not None
    return arrival


@pytest.mark.parametrize(
    ("today", "english", "chinese"),
    [
        (date(2026, 11, 28), "Expected Tue 1 – Thu 3 Dec.", "12月1日周二至3日周四"),
        (date(2026, 12, 1), "Expected Tue 1 – Thu 3 Dec.", "12月1日周二至3日周四"),
        (date(2026, 12, 2), "Expected by Thu 3 Dec.", "12月3日周四"),
        (date(2026, 12, 3), "Expected today.", ""),
        (date(2026, 12, 4), "Late: it was expected by Thu 3 Dec.", "12月3日周四"),
    ],
)
def test_it_is_said_as_a_range_and_honestly_when_late(today: date, english: str, chinese: str) -> None:
    assert say_arrival(expected(today)) == english
    with speaking("zh_Hans"):
        assert chinese in say_arrival(expected(today))


def test_late_counts_from_the_last_day() -> None:
    assert [expected(LAST + timedelta(days=later)).late_by_days for later in (-1, 0, 1, 5)] == [0, 0, 1, 5]


def test_one_day_is_one_day_and_a_span_over_two_months_names_both() -> None:
    assert days_text(LAST, LAST) == day_text(LAST) == "Thu 3 Dec"
    assert days_text(date(2026, 11, 30), LAST) == "Mon 30 Nov – Thu 3 Dec"
    assert days_text(date(2026, 12, 31), date(2027, 1, 2)) == "Thu 31 Dec – Sat 2 Jan"
    with speaking("zh_Hans"):
        assert days_text(date(2026, 11, 30), LAST) == "11月30日周一至12月3日周四"


@pytest.mark.parametrize("state", [state for state in ShipmentState if state not in AWAITED])
def test_nothing_is_expected_of_a_parcel_that_nobody_waits_for(state: ShipmentState) -> None:
    assert arrival_of(a_parcel(state=state.value), today=FIRST) is None


def test_nothing_is_invented_where_nobody_knows() -> None:
    assert arrival_of(a_parcel(expected_from=None, expected_to=None, expected_by="", promised_to=None), today=FIRST) is None


def test_a_changed_word_is_said_beside_the_first_one() -> None:
    changed = expected(FIRST, expected_to=LAST + timedelta(days=3), expected_by="carrier")
    assert say_arrival(changed) == "Expected Tue 1 – Sun 6 Dec."
    assert say_promise(changed) == "At first it was expected by Thu 3 Dec."
    assert say_promise(expected(FIRST)) == ""


def test_a_carrier_who_spoke_first_has_changed_nothing() -> None:
    assert say_promise(expected(FIRST, expected_by="carrier", promised_to=None)) == ""


def test_of_several_parcels_the_last_one_counts() -> None:
    later = expected(FIRST, expected_to=LAST + timedelta(days=1))
    assert latest_of([expected(FIRST), None, later]) == later
    assert latest_of([None]) is None


def test_every_reason_but_an_unknown_one_can_be_said() -> None:
    assert {problem for problem in Problem if not say_reason(problem)} == {Problem.OTHER}
    assert say_reason("customs") == "The carrier gives the reason: customs are looking at it."
    assert say_reason("") == ""


@given(first=DAYS, length=st.integers(0, 40), today=DAYS)
def test_it_is_late_exactly_when_its_last_day_is_over(first: date, length: int, today: date) -> None:
    last = first + timedelta(days=length)
    arrival = expected(today, expected_from=first, expected_to=last)
    assert arrival.is_late == (today > last)
    assert ("Late" in say_arrival(arrival)) == arrival.is_late
