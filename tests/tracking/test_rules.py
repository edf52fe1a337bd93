"""The fold: one state from all that was reported, in whatever order it came."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from logistics.fulfilment.models import IN_HOUSE, ShipmentState
from logistics.tracking.models import EventSource, TrackingStatus
from logistics.tracking.rules import RANK, Folded, fold, in_order, is_future

NINE = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Scan:
    """What the fold reads of a tracking event."""

    id: int
    status: str
    occurred_at: datetime
    recorded_at: datetime
    rank: int
    source: str = "carrier"


def scans(*told: str) -> list[Scan]:
    """Events an hour apart, in this order: "in_transit", or "staff:held_up" for one that staff told."""
    return [scan(number, text, hour=number) for number, text in enumerate(told)]


def scan(number: int, told: str, *, hour: int) -> Scan:
    """One event, at nine and so many hours."""
    source, _colon, status = told.rpartition(":")
    at = NINE + timedelta(hours=hour)
    return Scan(number, status, at, at, RANK[TrackingStatus(status)], source or "carrier")


def state_after(*told: str) -> str:
    """The state that these events fold to."""
    return fold(scans(*told)).state.value


def test_a_parcel_nobody_reported_on_is_with_its_carrier() -> None:
    assert fold([]) == Folded(ShipmentState.SHIPPED, frozenset())


def test_all_720_orders_of_six_events_give_one_state() -> None:
    """P10."""
    told = scans("label_created", "in_transit", "held_up", "out_for_delivery", "attempt_failed", "delivered")

    assert {fold(order) for order in permutations(told)} == {Folded(ShipmentState.DELIVERED, frozenset())}


@given(some.data())
def test_any_events_in_any_order_and_any_of_them_twice_give_one_state(data: some.DataObject) -> None:
    told = data.draw(some.lists(some.tuples(some.sampled_from(TrackingStatus), some.sampled_from(EventSource), some.integers(0, 5)), max_size=8))
    events = [scan(number, f"{source}:{status}", hour=hour) for number, (status, source, hour) in enumerate(told)]

    shuffled = data.draw(some.permutations(events))

    assert fold(shuffled) == fold(events)
    assert fold(shuffled).state not in (*IN_HOUSE, ShipmentState.CANCELLED)


def test_events_of_one_moment_are_taken_by_rank_and_then_as_they_came() -> None:
    out, scanned = scan(1, "out_for_delivery", hour=0), scan(2, "in_transit", hour=0)
    again = scan(3, "in_transit", hour=0)

    assert in_order([again, out, scanned]) == [scanned, again, out]
    assert fold([out, scanned]).state == "out_for_delivery"


@pytest.mark.parametrize("late", ["label_created", "in_transit", "out_for_delivery", "attempt_failed", "ready_for_pickup", "held_up", "lost"])
def test_a_late_scan_by_a_carrier_never_undoes_delivered(late: str) -> None:
    folded = fold(scans("in_transit", "delivered", late))

    assert folded.state == "delivered"
    assert folded.skipped == {2}


def test_a_return_leg_moves_on_from_delivered_and_ends_with_the_sender() -> None:
    assert state_after("delivered", "returning") == "returning"
    assert state_after("delivered", "returned_to_sender") == "returned_to_sender"
    assert state_after("delivered", "returning", "in_transit") == "returning"
    assert state_after("delivered", "returning", "in_transit", "returned_to_sender") == "returned_to_sender"
    assert state_after("delivered", "returning", "returned_to_sender", "in_transit") == "returned_to_sender"
    assert state_after("delivered", "returning", "delivered") == "delivered"


@pytest.mark.parametrize("who", ["staff", "customer"])
def test_people_dispute_a_delivery_and_the_parcel_is_held_up(who: str) -> None:
    assert state_after("delivered", f"{who}:disputed") == "held_up"
    assert state_after("delivered", f"{who}:disputed", "in_transit") == "in_transit"
    assert state_after("delivered", f"{who}:disputed", "delivered") == "delivered"


def test_nothing_but_a_delivery_can_be_disputed_and_never_by_a_carrier() -> None:
    assert state_after("in_transit", "staff:disputed") == "in_transit"
    assert state_after("delivered", "carrier:disputed") == "delivered"
    assert fold(scans("in_transit", "staff:disputed")).skipped == {1}


def test_staff_may_correct_a_delivery_a_carrier_may_not() -> None:
    assert state_after("delivered", "staff:in_transit") == "in_transit"
    assert state_after("returned_to_sender", "staff:in_transit") == "in_transit"
    assert state_after("delivered", "carrier:in_transit") == "delivered"


def test_carriers_miss_scans_so_every_later_step_is_taken() -> None:
    for first, second in product(RANK, repeat=2):
        if RANK[second] > RANK[first] and TrackingStatus.DISPUTED not in (first, second) and first not in ("delivered", "returning"):
            assert fold(scans(first, second)).skipped == frozenset(), (first, second)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (("out_for_delivery", "in_transit"), "in_transit"),
        (("held_up", "in_transit"), "in_transit"),
        (("attempt_failed", "out_for_delivery"), "out_for_delivery"),
        (("ready_for_pickup", "out_for_delivery"), "out_for_delivery"),
        (("lost", "in_transit"), "in_transit"),
        (("lost", "ready_for_pickup"), "ready_for_pickup"),
        (("lost", "delivered"), "delivered"),
        (("out_for_delivery", "held_up"), "held_up"),
        (("ready_for_pickup", "returning"), "returning"),
    ],
)
def test_parcels_go_back_to_the_depot_come_on_again_and_are_found(told: tuple[str, ...], state: str) -> None:
    assert state_after(*told) == state


def test_a_label_says_nothing_about_where_the_parcel_is() -> None:
    assert state_after("label_created") == "shipped"
    assert state_after("in_transit", "label_created") == "in_transit"


def test_an_event_more_than_ten_minutes_in_the_future_is_left_out() -> None:
    early = Scan(1, "delivered", NINE + timedelta(minutes=10, seconds=1), NINE, RANK[TrackingStatus.DELIVERED])
    on_time = Scan(2, "in_transit", NINE + timedelta(minutes=10), NINE, RANK[TrackingStatus.IN_TRANSIT])

    assert (is_future(early), is_future(on_time)) == (True, False)
    assert fold([early, on_time]) == Folded(ShipmentState.IN_TRANSIT, frozenset({1}))


def test_every_status_has_a_rank_and_leads_somewhere() -> None:
    assert set(RANK) == set(TrackingStatus)
    for status in TrackingStatus:
        assert isinstance(fold(scans(f"staff:{status}")).state, ShipmentState)
