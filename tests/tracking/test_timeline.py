"""Local times, as the clock showed them there."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from logistics.core.language import speaking
from logistics.tracking.models import ProofKind, TrackingStatus
from logistics.tracking.timeline import PROOF_TEXT, STATUS_TEXT, in_shop_zone, local_time, newest_first

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offset", "written"),
    [
        (0, "1 Jul 2026, 12:00 UTC"),
        (60, "1 Jul 2026, 13:00 UTC+1"),
        (480, "1 Jul 2026, 20:00 UTC+8"),
        (-210, "1 Jul 2026, 08:30 UTC-3:30"),
        (345, "1 Jul 2026, 17:45 UTC+5:45"),
        (840, "2 Jul 2026, 02:00 UTC+14"),
    ],
)
def test_a_time_is_told_in_the_zone_it_happened_in(app: Flask, offset: int, written: str) -> None:
    with app.app_context():
        assert local_time(NOON, offset) == written


def test_a_time_is_told_in_chinese(app: Flask) -> None:
    with app.app_context(), speaking("zh_Hans"):
        assert local_time(NOON, 480) == "2026年7月1日 20:00 UTC+8"


def test_our_own_steps_are_told_in_the_zone_of_the_shop_summer_and_winter() -> None:
    winter = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert [in_shop_zone(at, "Packed", "Europe/London").offset_minutes for at in (NOON, winter)] == [60, 0]


def test_one_timeline_is_sorted_by_the_instant_and_not_by_the_clock() -> None:
    first = in_shop_zone(datetime(2026, 7, 1, 12, tzinfo=UTC), "first", "Asia/Shanghai")
    second = in_shop_zone(datetime(2026, 7, 1, 13, tzinfo=UTC), "second", "America/New_York")

    assert [moment.title for moment in newest_first([first, second])] == ["second", "first"]


def test_every_status_and_every_proof_has_its_words() -> None:
    assert set(STATUS_TEXT) == set(TrackingStatus)
    assert set(PROOF_TEXT) == set(ProofKind)
