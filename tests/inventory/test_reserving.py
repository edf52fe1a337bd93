"""Promising stock, all or nothing."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.events import EventLog
from logistics.inventory.models import StockLevel
from logistics.inventory.reserving import OutOfStock, reserve
from logistics.inventory.rules import Demand
from tests.cast import Cast


def test_a_shortfall_promises_nothing_and_says_what_is_missing(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)

    with pytest.raises(OutOfStock) as refusal:
        _reserve(session, cast, [Demand(1, lamps.product_id, 3)])

    assert refusal.value.missing == {lamps.product_id: 2}
    assert refusal.value.errors[0].facts["available"] == 1
    assert lamps.reserved == 0


def test_stock_of_a_warehouse_that_is_closed_is_not_promised(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 5)
    cast.warehouse("LEEDS").active = False
    session.flush()

    with pytest.raises(OutOfStock):
        _reserve(session, cast, [Demand(1, lamps.product_id, 1)])


def _reserve(session: Session, cast: Cast, demands: list[Demand]) -> None:
    reserve(session, demands=demands, reference="K7M2-9QXF", placed_at=clock.now(), by=cast.actor("clerk"))
