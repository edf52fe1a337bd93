"""Goods coming in."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid
from logistics.inventory.models import Movement, Place, StockLevel
from logistics.inventory.receiving import Goods, receive, receive_goods
from tests.cast import Cast


def test_what_comes_in_is_on_hand_and_in_the_ledger(session: Session, cast: Cast) -> None:
    place = Place(cast.warehouse().id, cast.product("LAMP").id)

    level = receive(session, place=place, quantity=12, reference="PO-7", by=cast.actor("picker"))

    assert (level.on_hand, level.available) == (12, 12)
    row = session.scalars(select(Movement)).one()
    assert (row.kind, row.quantity, row.balance_after, row.reference) == ("receipt", 12, 12, "PO-7")
    assert session.scalar(select(EventLog.name)) == "StockReceived"


def test_one_paper_is_received_line_by_line_at_one_instant(session: Session, cast: Cast) -> None:
    leeds, lamp, shade = cast.warehouse(), cast.product("LAMP"), cast.product("SHADE")
    goods = [Goods(shade.id, 2), Goods(lamp.id, 5), Goods(shade.id, 3)]

    levels = receive_goods(session, warehouse_id=leeds.id, goods=goods, reference="PO-7", by=cast.actor("picker"))

    assert {level.product_id: level.on_hand for level in levels} == {lamp.id: 5, shade.id: 5}
    rows = session.execute(select(Movement.quantity, Movement.balance_after, Movement.at).order_by(Movement.id)).all()
    assert [(row.quantity, row.balance_after) for row in rows] == [(2, 2), (5, 5), (3, 5)]
    assert len({row.at for row in rows}) == 1


def test_a_line_that_cannot_be_taken_in_stops_all_of_them(session: Session, cast: Cast) -> None:
    lamp = cast.product("LAMP")

    with pytest.raises(Invalid) as refusal:
        receive_goods(session, warehouse_id=cast.warehouse().id, goods=[Goods(lamp.id, 5), Goods(404, 1)], reference="", by=cast.actor("picker"))

    assert [error.pointer for error in refusal.value.errors] == ["lines/1/product"]
    assert session.scalar(select(func.count(StockLevel.id))) == 0


def test_a_closed_warehouse_takes_nothing_in(session: Session, cast: Cast) -> None:
    leeds, lamp = cast.warehouse(active=False), cast.product("LAMP")

    with pytest.raises(Invalid) as refusal:
        receive_goods(session, warehouse_id=leeds.id, goods=[Goods(lamp.id, 5)], reference="", by=cast.actor("picker"))

    assert refusal.value.errors[0].pointer == "warehouse"


def test_an_empty_paper_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        receive_goods(session, warehouse_id=cast.warehouse().id, goods=[], reference="", by=cast.actor("picker"))

    assert refusal.value.errors[0].pointer == "lines"


def test_nothing_and_less_than_nothing_cannot_come_in(session: Session, cast: Cast) -> None:
    place = Place(cast.warehouse().id, cast.product("LAMP").id)

    for quantity in (0, -1):
        with pytest.raises(ValueError):
            receive(session, place=place, quantity=quantity, by=SYSTEM)
