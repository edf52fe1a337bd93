"""Bins and reorder points."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import NotFound, Stale
from logistics.inventory.arranging import set_bin, set_reorder_point
from tests.cast import Cast


def test_a_reorder_point_above_what_is_available_warns_at_once_and_once(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)

    set_reorder_point(session, level_id=lamps.id, reorder_point=10, by=cast.actor("manager"))
    set_reorder_point(session, level_id=lamps.id, reorder_point=12, by=cast.actor("manager"))

    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "StockRanLow")) == 1


def test_the_same_reorder_point_again_writes_nothing(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10, reorder_point=3)

    set_reorder_point(session, level_id=lamps.id, reorder_point=3, seen=7, by=cast.actor("manager"))

    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "ReorderPointSet")) == 0


def test_a_reorder_point_that_somebody_else_changed_is_not_overwritten(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10, reorder_point=3)

    with pytest.raises(Stale) as refusal:
        set_reorder_point(session, level_id=lamps.id, reorder_point=5, seen=2, by=cast.actor("manager"))

    assert "3" in refusal.value.message
    assert "5" in refusal.value.message
    assert lamps.reorder_point == 3


def test_arranging_does_not_make_a_count_stale(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)
    version = lamps.version

    set_reorder_point(session, level_id=lamps.id, reorder_point=3, by=cast.actor("manager"))
    set_bin(session, level_id=lamps.id, to="A-01-3", by=cast.actor("picker"))

    assert (lamps.version, lamps.bin, lamps.reorder_point) == (version, "A-01-3", 3)


def test_a_bin_that_somebody_else_changed_is_not_overwritten(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 10)
    set_bin(session, level_id=lamps.id, to="A-01-3", by=cast.actor("picker"))

    with pytest.raises(Stale):
        set_bin(session, level_id=lamps.id, to="B-02-1", seen="", by=cast.actor("picker"))


def test_stock_that_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        set_bin(session, level_id=404, to="A-01-3", by=cast.actor("picker"))
