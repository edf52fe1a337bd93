"""When a parcel is expected."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.fulfilment.models import Carrier, CarrierZone, ExpectedBy, Shipment
from logistics.tracking.estimating import estimate, expect
from logistics.tracking.learning import ENOUGH
from logistics.tracking.models import TransitTime
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("session")
FIRST, LAST, LATER = date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 9)


def test_the_first_promise_is_kept_when_the_carrier_changes_its_word() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=FIRST, latest=LAST, by=ExpectedBy.TABLE)
    expect(parcel, earliest=LATER, latest=LATER, by=ExpectedBy.CARRIER)
    assert (parcel.expected_from, parcel.expected_to, parcel.expected_by, parcel.promised_to) == (LATER, LATER, "carrier", LAST)


def test_a_reckoning_never_replaces_the_carriers_word() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=LAST, latest=LAST, by=ExpectedBy.CARRIER)
    expect(parcel, earliest=FIRST, latest=LATER, by=ExpectedBy.HISTORY)
    assert (parcel.expected_from, parcel.expected_to, parcel.expected_by, parcel.promised_to) == (LAST, LAST, "carrier", LAST)


def test_days_told_the_wrong_way_round_are_a_span_all_the_same() -> None:
    parcel = Shipment(expected_by="")
    expect(parcel, earliest=LAST, latest=FIRST, by=ExpectedBy.CARRIER)
    assert (parcel.expected_from, parcel.expected_to) == (FIRST, LAST)


def tell_days(cast: Cast, carrier: Carrier, **zones: tuple[int, int]) -> None:
    """What a carrier's own table says."""
    cast.session.add_all(CarrierZone(carrier_id=carrier.id, zone=zone, least_days=few, most_days=many) for zone, (few, many) in zones.items())
    cast.session.flush()


def have_learned(cast: Cast, carrier: Carrier, zone: str, early: int, late: int, *, samples: int = 30) -> None:
    """What we know of a carrier."""
    days = {"early_days": early, "usual_days": early, "late_days": late}
    cast.session.add(TransitTime(carrier_id=carrier.id, zone=zone, samples=samples, computed_at=clock.now(), **days))
    cast.session.flush()


def sent(cast: Cast, at: datetime, **values: Any) -> Shipment:
    """A parcel that left at this moment, from Leeds to Leeds unless something else is said."""
    cast.warehouse(postcode="LS10 1AA")
    with clock.replaying(at):
        return cast.shipment(state="shipped", **values)


NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
BERLIN = Address(line1="Torstr. 1", city="Berlin", postcode="10115", country="DE")


def test_a_parcel_is_expected_by_its_carriers_table(cast: Cast) -> None:
    tell_days(cast, cast.carrier(), local=(1, 2), near=(3, 5))

    here, there = sent(cast, NOON), sent(cast, NOON, address=BERLIN)

    assert (here.zone, here.expected_from, here.expected_to, here.expected_by) == ("local", date(2026, 12, 2), date(2026, 12, 3), "table")
    assert (there.zone, there.expected_from, there.expected_to, there.promised_to) == (
        "near",
        date(2026, 12, 4),
        date(2026, 12, 6),
        date(2026, 12, 6),
    )


def test_what_was_learned_from_enough_parcels_comes_first(cast: Cast) -> None:
    tell_days(cast, cast.carrier(), local=(1, 2))
    have_learned(cast, cast.carrier(), "local", 2, 4, samples=ENOUGH)
    assert (sent(cast, NOON).expected_to, sent(cast, NOON).expected_by) == (date(2026, 12, 5), "history")


def test_a_few_parcels_are_not_enough(cast: Cast) -> None:
    tell_days(cast, cast.carrier(), local=(1, 2))
    have_learned(cast, cast.carrier(), "local", 2, 4, samples=ENOUGH - 1)
    assert sent(cast, NOON).expected_by == "table"


def test_where_nobody_can_know_nothing_is_said(cast: Cast) -> None:
    parcel = sent(cast, NOON)
    assert (parcel.zone, parcel.expected_from, parcel.expected_to, parcel.expected_by) == ("local", None, None, "")


def test_imported_history_is_learned_from_and_gets_no_estimate(cast: Cast) -> None:
    tell_days(cast, cast.carrier(), local=(1, 2))
    parcel = sent(cast, NOON, imported_at=NOON)
    assert (parcel.zone, parcel.expected_by) == ("local", "")


@pytest.mark.parametrize(
    ("at", "timezone", "day"),
    [
        (datetime(2026, 12, 1, 15, 0, tzinfo=UTC), "", date(2026, 12, 2)),
        (datetime(2026, 12, 1, 15, 0, 1, tzinfo=UTC), "", date(2026, 12, 3)),
        # 23:00 in Shanghai, long after the cut-off there.
        (datetime(2026, 12, 1, 15, 0, tzinfo=UTC), "Asia/Shanghai", date(2026, 12, 3)),
        # 07:30 in Shanghai, of the next day.
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), "Asia/Shanghai", date(2026, 12, 3)),
        # The day on which clocks go forward, before and after the cut-off of summer time.
        (datetime(2026, 3, 29, 13, 59, tzinfo=UTC), "Europe/London", date(2026, 3, 30)),
        (datetime(2026, 3, 29, 14, 1, tzinfo=UTC), "Europe/London", date(2026, 3, 31)),
    ],
)
def test_what_is_dispatched_after_the_cut_off_is_collected_the_next_day(cast: Cast, at: datetime, timezone: str, day: date) -> None:
    tell_days(cast, cast.carrier(cut_off=time(15, 0), timezone=timezone), local=(1, 1))
    assert sent(cast, at).expected_to == day


def test_nothing_is_expected_before_today_wherever_the_carrier_is(cast: Cast) -> None:
    # In Honolulu it is still yesterday.
    tell_days(cast, cast.carrier(timezone="Pacific/Honolulu"), local=(0, 0))
    parcel = sent(cast, datetime(2026, 12, 2, 1, tzinfo=UTC))
    assert (parcel.expected_from, parcel.expected_to) == (date(2026, 12, 2), date(2026, 12, 2))


def test_an_estimate_costs_few_statements(session: Session, cast: Cast, queries: SimpleNamespace) -> None:
    tell_days(cast, cast.carrier(), local=(1, 2))
    parcel = sent(cast, NOON)
    before = queries.count
    estimate(session, parcel, timezone="UTC")
    assert queries.count - before <= 2
