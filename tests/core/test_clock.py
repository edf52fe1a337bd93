"""Time has one door, and the demo's past comes through it."""

from datetime import UTC, datetime, timedelta
from threading import Thread

from logistics.core import clock


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_a_past_is_replayed_inside_the_block_and_in_this_thread_only() -> None:
    then = datetime(2026, 11, 1, 9, tzinfo=UTC)
    elsewhere: list[datetime] = []

    with clock.replaying(then):
        with clock.replaying(then + timedelta(hours=1)):
            assert clock.now() == then + timedelta(hours=1)
        assert clock.now() == then
        other = Thread(target=lambda: elsewhere.append(clock.now()))
        other.start()
        other.join()

    assert elsewhere[0] != then
    assert clock.now() > then + timedelta(hours=2)


def test_a_day_begins_when_it_does_in_the_shops_zone() -> None:
    assert clock.start_of_day(datetime(2026, 11, 22, tzinfo=UTC).date(), "Asia/Shanghai") == datetime(2026, 11, 21, 16, tzinfo=UTC)
