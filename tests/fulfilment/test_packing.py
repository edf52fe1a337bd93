"""Packing: what was picked becomes the parcel; the rest becomes a shipment of its own."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.refusals import IllegalMove, NotFound
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.inventory.models import Reservation, StockLevel
from logistics.orders.models import OrderLine
from tests.cast import Cast
from tests.fulfilment.test_assigning import shipments_of


def counts(line: OrderLine) -> dict[str, int]:
    """How far the units of an order line have come."""
    return {step: getattr(line, step) for step in ("assigned", "picked", "packed", "shipped")}


def test_a_picked_shipment_is_packed_with_its_weight(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="picked")

    pack(session, reference=shipment.reference, weight_grams=1240, by=cast.actor("picker"))

    assert (shipment.state, shipment.weight_grams, shipment.packed_by) == ("packed", 1240, cast.person("picker").id)
    assert counts(shipment.order.lines[0]) == {"assigned": 2, "picked": 2, "packed": 2, "shipped": 0}
    assert session.scalar(select(func.count(Shipment.id))) == 1


def test_what_was_not_picked_becomes_a_second_shipment(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 5), ("SHADE", 1), ("BULB", 2)])
    lamps, _shades, bulbs = shipment.lines
    pick(session, reference=shipment.reference, picked={lamps.id: 3, bulbs.id: 2}, by=cast.actor("picker"))

    pack(session, reference=shipment.reference, by=cast.actor("picker"))

    first, second = shipments_of(session, shipment.order)
    assert [(line.quantity, line.picked, line.packed) for line in first.lines] == [(3, 3, 3), (2, 2, 2)]
    assert [(line.quantity, line.picked, line.packed) for line in second.lines] == [(2, 0, 0), (1, 0, 0)]
    assert (first.state, second.state, second.warehouse_id) == ("packed", "pending", first.warehouse_id)
    assert [line.assigned for line in shipment.order.lines] == [5, 1, 2]
    assert [line.packed for line in shipment.order.lines] == [3, 0, 2]


def test_the_split_keeps_every_promise_and_no_line_shares_one(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 5)])
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 3}, by=cast.actor("picker"))

    pack(session, reference=shipment.reference, by=cast.actor("picker"))

    promised = session.execute(select(Reservation.quantity, Reservation.state, Reservation.picked).order_by(Reservation.id)).all()
    assert [tuple(row) for row in promised] == [(3, "active", 3), (2, "active", 0)]
    assert session.scalars(select(StockLevel)).one().reserved == 5


def test_both_parts_can_be_shipped_one_after_the_other(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 5), ("SHADE", 1)])
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 3}, by=cast.actor("picker"))
    pack(session, reference=shipment.reference, by=cast.actor("picker"))
    first, second = shipments_of(session, shipment.order)

    cast.hand_over(first)
    assert shipment.order.status == "partially_shipped"
    cast.work_on(second, "shipped")

    assert shipment.order.status == "shipped"
    assert [counts(line) for line in shipment.order.lines] == [
        {"assigned": 5, "picked": 5, "packed": 5, "shipped": 5},
        {"assigned": 1, "picked": 1, "packed": 1, "shipped": 1},
    ]
    assert session.execute(select(StockLevel.on_hand, StockLevel.reserved)).all() == [(0, 0), (0, 0)]


def test_packing_twice_makes_one_parcel(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 5)])
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 3}, by=cast.actor("picker"))

    pack(session, reference=shipment.reference, by=cast.actor("picker"))
    pack(session, reference=shipment.reference, by=cast.actor("picker"))

    assert len(shipments_of(session, shipment.order)) == 2


def test_nothing_is_packed_before_anything_is_picked(session: Session, cast: Cast) -> None:
    shipment = cast.shipment()

    with pytest.raises(IllegalMove, match="Pick it first"):
        pack(session, reference=shipment.reference, by=cast.actor("picker"))
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 1}, by=cast.actor("picker"))
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 0}, by=cast.actor("picker"))
    with pytest.raises(IllegalMove, match="Pick it first"):
        pack(session, reference=shipment.reference, by=cast.actor("picker"))

    assert shipment.order.lines[0].packed == 0


def test_a_shipment_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        pack(session, reference="S-0000-0000", by=cast.actor("picker"))
