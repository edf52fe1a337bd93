"""Dispatching: the parcel leaves, its goods leave the ledger, the order says so."""

from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.fulfilment.dispatching import NotCovered, NumberInUse, dispatch
from logistics.fulfilment.models import Shipment
from logistics.inventory.keeping import NotReserved
from logistics.inventory.models import Movement, Reservation, StockLevel
from logistics.inventory.reserving import release
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.fulfilment.test_assigning import shipments_of


def send(session: Session, cast: Cast, shipment: Shipment, **changed: Any) -> Shipment:
    """Dispatch by DHL as JD1, unless something else is asked for."""
    cast.carrier()
    given = {"reference": shipment.reference, "carrier_code": "DHL", "tracking_number": "JD1", "by": cast.actor("picker"), **changed}
    return dispatch(session, **given)


def test_a_packed_parcel_leaves_with_its_goods(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    shipment = cast.shipment(lines=[("LAMP", 2)], state="packed")

    send(session, cast, shipment)

    assert (shipment.state, shipment.tracking_number, shipment.carrier_id) == ("shipped", "JD1", cast.carrier().id)
    assert (shipment.order.status, shipment.order.lines[0].shipped) == ("shipped", 2)
    level = session.scalars(select(StockLevel)).one()
    assert (level.on_hand, level.reserved) == (3, 0)
    movement = session.scalars(select(Movement).where(Movement.kind == "dispatch")).one()
    assert (movement.quantity, movement.balance_after, movement.reference) == (-2, 3, shipment.reference)
    assert movement.shipment_line_id == shipment.lines[0].id
    assert session.scalars(select(Reservation)).one().state == "consumed"
    told = session.scalars(select(EventLog).where(EventLog.name == "ShipmentDispatched")).one()
    assert (told.subject_id, told.data["units"], told.actor_id) == (shipment.id, 2, cast.person("picker").id)


def test_two_warehouses_ship_one_order_in_two_parcels(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")
    leeds, hangzhou = shipments_of(session, order)

    cast.work_on(leeds, "shipped")
    assert (order.status, order.lines[0].shipped) == ("partially_shipped", 2)
    cast.work_on(hangzhou, "shipped")

    assert (order.status, order.lines[0].shipped) == ("shipped", 5)
    assert session.execute(select(StockLevel.on_hand, StockLevel.reserved)).all() == [(0, 0), (0, 0)]


def test_dispatching_twice_under_one_number_is_one_dispatch(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")

    send(session, cast, shipment)
    send(session, cast, shipment)

    assert session.scalar(select(func.count(Movement.id)).where(Movement.kind == "dispatch")) == 1
    with pytest.raises(IllegalMove):
        send(session, cast, shipment, tracking_number="JD2")
    assert shipment.tracking_number == "JD1"


def test_a_number_that_is_on_its_way_is_not_given_twice(session: Session, cast: Cast) -> None:
    first, second = cast.shipment(state="packed"), cast.shipment(state="packed")
    send(session, cast, first)

    with pytest.raises(NumberInUse, match=first.reference) as refusal:
        send(session, cast, second)

    assert refusal.value.errors[0].pointer == "tracking_number"
    assert second.state == "packed"
    cast.carrier("UPS")
    send(session, cast, second, carrier_code="UPS")
    assert second.state == "shipped"


def test_carriers_use_a_number_again_once_its_parcel_has_arrived(session: Session, cast: Cast) -> None:
    first, second = cast.shipment(state="packed"), cast.shipment(state="packed")
    send(session, cast, first)
    session.execute(update(Shipment).where(Shipment.id == first.id).values(state="delivered"))

    send(session, cast, second)

    assert (second.state, second.tracking_number) == ("shipped", "JD1")


def test_parcels_without_a_number_do_not_stand_in_each_others_way(session: Session, cast: Cast) -> None:
    for _parcel in range(2):
        assert send(session, cast, cast.shipment(state="packed"), tracking_number="").state == "shipped"


@pytest.mark.parametrize("state", ["pending", "picked"])
def test_nothing_leaves_before_it_is_packed(session: Session, cast: Cast, state: str) -> None:
    shipment = cast.shipment(state=state)

    with pytest.raises(IllegalMove):
        send(session, cast, shipment)

    assert session.scalar(select(func.count(Movement.id)).where(Movement.kind == "dispatch")) == 0


def test_nothing_leaves_that_is_not_paid(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    session.execute(update(Payment).values(refunded=1))

    with pytest.raises(NotCovered, match=shipment.order.number):
        send(session, cast, shipment)

    assert (shipment.state, shipment.tracking_number) == ("packed", "")


def test_nothing_leaves_that_is_no_longer_promised(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    release(session, order_line_ids=[line.order_line_id for line in shipment.lines], by=cast.actor())

    with pytest.raises(NotReserved):
        send(session, cast, shipment)


def test_a_carrier_nobody_knows_or_works_with_any_more_is_refused(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="packed")
    cast.carrier("OLD", active=False)

    for code in ("OLD", "NONE", ""):
        with pytest.raises(Invalid) as refusal:
            send(session, cast, shipment, carrier_code=code)
        assert refusal.value.errors[0].pointer == "carrier"


def test_a_shipment_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    cast.carrier()
    with pytest.raises(NotFound):
        dispatch(session, reference="S-0000-0000", carrier_code="DHL", tracking_number="JD1", by=cast.actor("picker"))
