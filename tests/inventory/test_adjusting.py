"""Corrections with a reason, counts, and who may make them."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.inventory.adjusting import AboveLimit, StockPromised, adjust, count
from logistics.inventory.models import Movement, Reason
from tests.cast import Cast
from tests.inventory.promises import promise


def test_a_correction_is_a_movement_with_its_reason_and_person(session: Session, cast: Cast) -> None:
    lamps, picker = cast.stock("LAMP", 10), cast.actor("picker")

    adjust(session, level_id=lamps.id, change=-3, reason=Reason.DAMAGED, by=picker)

    assert lamps.on_hand == 7
    row = session.scalars(select(Movement).where(Movement.kind == "adjustment")).one()
    assert (row.quantity, row.balance_after, row.reason, row.actor_id) == (-3, 7, "damaged", picker.id)
    told = session.scalars(select(EventLog).where(EventLog.name == "StockAdjusted")).one()
    assert told.data["movement_id"] == row.id


def test_correcting_by_nothing_writes_nothing(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)

    adjust(session, level_id=lamps.id, change=0, reason=Reason.COUNTED, by=cast.actor("picker"))

    assert session.scalar(select(func.count(Movement.id))) == 1


def test_promised_units_stay_and_the_refusal_names_the_orders(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)
    promise(session, cast, ("LAMP", 3), reference="AAAA-0001")
    promise(session, cast, ("LAMP", 4), reference="AAAA-0002")

    with pytest.raises(StockPromised) as refusal:
        adjust(session, level_id=lamps.id, change=-4, reason=Reason.LOST, by=cast.actor("picker"))

    assert refusal.value.facts == {"orders": ["AAAA-0001", "AAAA-0002"], "reserved": 7}
    assert "AAAA-0001, AAAA-0002" in refusal.value.message
    assert lamps.on_hand == 10


def test_fewer_than_none_cannot_be_on_hand(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)

    with pytest.raises(Invalid):
        adjust(session, level_id=lamps.id, change=-11, reason=Reason.LOST, by=cast.actor("picker"))


def test_a_correction_above_the_limit_is_for_a_manager(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 200)

    with pytest.raises(AboveLimit):
        adjust(session, level_id=lamps.id, change=-51, reason=Reason.LOST, by=cast.actor("picker"))
    adjust(session, level_id=lamps.id, change=-50, reason=Reason.LOST, by=cast.actor("picker"))
    adjust(session, level_id=lamps.id, change=-100, reason=Reason.LOST, by=cast.actor("manager"), beyond_limit=True)

    assert lamps.on_hand == 50


def test_two_half_corrections_within_a_day_count_together(session: Session, cast: Cast) -> None:
    lamps, picker = cast.stock("LAMP", 200), cast.actor("picker")
    adjust(session, level_id=lamps.id, change=-30, reason=Reason.LOST, by=picker)

    with pytest.raises(AboveLimit):
        adjust(session, level_id=lamps.id, change=-30, reason=Reason.LOST, by=picker)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        adjust(session, level_id=lamps.id, change=-30, reason=Reason.LOST, by=picker)

    assert lamps.on_hand == 140


def test_undoing_ones_own_mistake_needs_nobody(session: Session, cast: Cast) -> None:
    lamps, picker = cast.stock("LAMP", 200), cast.actor("picker")

    adjust(session, level_id=lamps.id, change=-40, reason=Reason.LOST, by=picker)
    adjust(session, level_id=lamps.id, change=40, reason=Reason.CORRECTION, by=picker)

    assert lamps.on_hand == 200


def test_a_count_sets_what_is_on_hand_and_the_same_count_again_does_nothing(session: Session, cast: Cast) -> None:
    lamps, picker = cast.stock("LAMP", 10), cast.actor("picker")
    seen = lamps.version

    count(session, level_id=lamps.id, counted=8, version=seen, reason=Reason.COUNTED, by=picker)
    count(session, level_id=lamps.id, counted=8, version=seen, reason=Reason.COUNTED, by=picker)

    assert lamps.on_hand == 8
    assert session.scalars(select(Movement.quantity).where(Movement.kind == "adjustment")).all() == [-2]


def test_a_count_of_what_has_moved_since_is_refused(session: Session, cast: Cast) -> None:
    lamps, picker = cast.stock("LAMP", 10), cast.actor("picker")
    seen = lamps.version
    adjust(session, level_id=lamps.id, change=-1, reason=Reason.DAMAGED, by=picker)

    with pytest.raises(Stale) as refusal:
        count(session, level_id=lamps.id, counted=12, version=seen, reason=Reason.COUNTED, by=picker)

    assert refusal.value.facts["on_hand"] == 9
    assert lamps.on_hand == 9


def test_a_count_is_not_made_stale_by_new_promises(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)
    seen = lamps.version
    promise(session, cast, ("LAMP", 3))

    count(session, level_id=lamps.id, counted=9, version=seen, reason=Reason.COUNTED, by=cast.actor("picker"))

    assert (lamps.on_hand, lamps.available) == (9, 6)


def test_a_count_below_what_is_promised_is_refused(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)
    promise(session, cast, ("LAMP", 3))

    with pytest.raises(StockPromised):
        count(session, level_id=lamps.id, counted=2, version=lamps.version, reason=Reason.COUNTED, by=cast.actor("picker"))


def test_stock_that_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        adjust(session, level_id=404, change=1, reason=Reason.FOUND, by=cast.actor("picker"))
