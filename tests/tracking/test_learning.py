"""How long parcels take is learned from those that arrived."""

from datetime import UTC, date, datetime, time, timedelta
from secrets import token_hex

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.fulfilment.models import Carrier, Shipment
from logistics.tracking.learning import LAST, learn
from logistics.tracking.models import TrackingEvent, TransitTime
from tests.cast import Cast

TRIPS = st.lists(st.integers(0, 30), min_size=1, max_size=40)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def arrived(cast: Cast, carrier: Carrier, days: list[int], *, zone: str = "domestic", at: datetime = NOON, source: str = "carrier") -> None:
    """Parcels of a carrier that arrived at this moment, so many days after they had left."""
    order = cast.order()
    given = {"order_id": order.id, "warehouse_id": cast.warehouse().id, "state": "delivered", "carrier_id": carrier.id, "zone": zone}
    blank = {"tracking_number": "", "expected_by": "", "version": 1, "created_at": at, "delivered_at": at, "last_event_at": at, **given}
    rows = [{**blank, "reference": f"S{token_hex(6)}", "dispatched_at": at - timedelta(days=many)} for many in days]
    ids = cast.session.scalars(insert(Shipment).returning(Shipment.id), rows).all()
    told = {"occurred_at": at, "recorded_at": at, "status": "delivered", "rank": 80, "source": source, "offset_minutes": 0, "code": "", "problem": ""}
    cast.session.execute(insert(TrackingEvent), [{**told, "shipment_id": each, "source_id": token_hex(8)} for each in ids])


def learned(session: Session, timezone: str = "UTC") -> dict[tuple[int, str], tuple[int, int, int, int]]:
    """What is known after learning: samples, early, usual and late days by carrier and zone."""
    learn(session, timezone=timezone)
    known = session.scalars(select(TransitTime).execution_options(populate_existing=True))
    return {(row.carrier_id, row.zone): (row.samples, row.early_days, row.usual_days, row.late_days) for row in known}


def test_nine_in_ten_arrive_within_the_late_days(session: Session, cast: Cast) -> None:
    dhl = cast.carrier()
    arrived(cast, dhl, [1, 2, 2, 2, 3, 3, 3, 4, 4, 9], at=clock.now())

    assert learned(session) == {(dhl.id, "domestic"): (10, 1, 3, 4)}


def test_carriers_and_zones_are_kept_apart(session: Session, cast: Cast) -> None:
    dhl, ups = cast.carrier(), cast.carrier("UPS")
    arrived(cast, dhl, [1], at=clock.now())
    arrived(cast, dhl, [8], zone="far", at=clock.now())
    arrived(cast, ups, [3], at=clock.now())

    assert learned(session) == {(dhl.id, "domestic"): (1, 1, 1, 1), (dhl.id, "far"): (1, 8, 8, 8), (ups.id, "domestic"): (1, 3, 3, 3)}


def test_only_the_last_ones_of_half_a_year_teach(session: Session, cast: Cast) -> None:
    dhl = cast.carrier()
    arrived(cast, dhl, [20] * 5, at=clock.now() - timedelta(days=181))
    arrived(cast, dhl, [9] * 10, at=clock.now() - timedelta(days=30))
    arrived(cast, dhl, [2] * (LAST - 10), at=clock.now() - timedelta(days=1))
    assert learned(session)[dhl.id, "domestic"][:2] == (LAST, 2)

    arrived(cast, dhl, [2] * 10, at=clock.now())
    assert learned(session)[dhl.id, "domestic"] == (LAST, 2, 2, 2)


def test_what_the_system_or_a_customer_said_teaches_nothing(session: Session, cast: Cast) -> None:
    dhl = cast.carrier()
    arrived(cast, dhl, [12, 12], at=clock.now(), source="system")
    arrived(cast, dhl, [12, 12], at=clock.now(), source="customer")
    assert learned(session) == {}


def test_what_nobody_sends_any_more_is_forgotten(session: Session, cast: Cast) -> None:
    dhl = cast.carrier()
    session.add(
        TransitTime(carrier_id=dhl.id, zone="far", samples=40, early_days=1, usual_days=2, late_days=3, computed_at=clock.now() - timedelta(days=200))
    )
    session.flush()
    assert learned(session) == {}


def test_a_trip_begins_the_day_after_the_cut_off(session: Session, cast: Cast) -> None:
    dhl = cast.carrier(cut_off=time(16, 0), timezone="Asia/Shanghai")
    # 20:00 in Shanghai: after the cut-off, so one day is not the carrier's.
    arrived(cast, dhl, [3], at=clock.now().replace(hour=12, minute=0) - timedelta(days=1))
    assert learned(session)[dhl.id, "domestic"] == (1, 2, 2, 2)


def test_days_are_counted_on_the_shops_calendar_over_the_change_of_clocks(session: Session, cast: Cast) -> None:
    dhl = cast.carrier()
    # Clocks went back on 25 October: 23:30 to 00:30 five calendar days later is not a whole number of 24 hours.
    order_at, there = datetime(2026, 10, 23, 22, 30, tzinfo=UTC), datetime(2026, 10, 28, 0, 30, tzinfo=UTC)
    arrived(cast, dhl, [0], at=there)
    session.scalars(select(Shipment).where(Shipment.delivered_at == there)).one().dispatched_at = order_at
    session.flush()
    with clock.replaying(datetime(2026, 11, 1, tzinfo=UTC)):
        assert learned(session, "Europe/London")[dhl.id, "domestic"] == (1, (date(2026, 10, 28) - date(2026, 10, 23)).days, 5, 5)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trips=TRIPS)
def test_the_learned_span_is_in_order_and_within_what_happened(session: Session, cast: Cast, trips: list[int]) -> None:
    savepoint = session.begin_nested()
    dhl = cast.carrier()
    arrived(cast, dhl, trips, at=clock.now())
    samples, early, usual, late = learned(session)[dhl.id, "domestic"]
    savepoint.rollback()
    assert samples == len(trips)
    assert min(trips) <= early <= usual <= late <= max(trips)
    assert {early, usual, late} <= set(trips)
    assert sum(trip <= late for trip in trips) >= 0.9 * len(trips)
