"""Assigning: a paid order becomes one shipment per warehouse."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.fulfilment.assigning import assign, find_orders_to_assign
from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.inventory.receiving import Goods, receive, receive_goods
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, Order
from logistics.orders.paying import record_transfer
from tests.cast import Cast


def shipments_of(session: Session, order: Order) -> list[Shipment]:
    """An order's parcels, oldest first."""
    return list(session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)))


def test_an_order_that_is_paid_becomes_a_shipment_at_once(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)], pay="transfer")

    (shipment,) = shipments_of(session, order)

    assert shipment.state == "pending"
    assert shipment.warehouse.code == "LEEDS"
    assert shipment.reference.startswith("S-")
    assert [(line.order_line_id, line.quantity, line.picked, line.packed) for line in shipment.lines] == [
        (order.lines[0].id, 2, 0, 0),
        (order.lines[1].id, 1, 0, 0),
    ]
    assert [line.assigned for line in order.lines] == [2, 1]
    told = session.scalars(select(EventLog).where(EventLog.name == "ShipmentAssigned")).one()
    assert (told.subject_id, told.data["order_id"], told.data["units"]) == (shipment.id, order.id, 3)


def test_an_order_promised_at_two_warehouses_becomes_two_shipments(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")

    leeds, hangzhou = shipments_of(session, order)

    assert (leeds.warehouse.code, hangzhou.warehouse.code) == ("LEEDS", "HANGZHOU")
    assert [line.quantity for line in leeds.lines + hangzhou.lines] == [2, 3]
    assert order.lines[0].assigned == 5


def test_an_order_that_is_not_paid_is_not_assigned(session: Session, cast: Cast) -> None:
    order = cast.order()

    assert assign(session, order_id=order.id, by=cast.actor()) == []
    record_transfer(session, number=order.number, amount=order.total - 1, reference="BANK-1", by=cast.actor())
    assert assign(session, order_id=order.id, by=cast.actor()) == []

    assert order.lines[0].assigned == 0


def test_assigning_twice_makes_nothing_new(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")

    assert assign(session, order_id=order.id, by=cast.actor()) == []

    assert session.scalar(select(func.count(ShipmentLine.id))) == 1
    assert order.lines[0].assigned == 2


def test_a_cancelled_order_takes_its_shipments_along_whatever_was_done_in_them(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 2)
    cast.stock("LAMP", 3, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 5)], pay="transfer")
    leeds, hangzhou = shipments_of(session, order)
    cast.work_on(hangzhou, "packed")

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor("manager"), even_if_picked=True)

    assert (leeds.state, hangzhou.state, order.status) == ("cancelled", "cancelled", "cancelled")
    assert assign(session, order_id=order.id, by=cast.actor()) == []


def test_an_order_that_is_shipped_complete_is_assigned_when_nothing_waits_any_more(session: Session, cast: Cast) -> None:
    cast.stock("SHADE", 1)
    lamps = cast.stock("LAMP", 1)
    order = cast.order(lines=[("LAMP", 2), ("SHADE", 1)], may_wait=True, ship_complete=True, pay="transfer")

    assert (order.status, shipments_of(session, order)) == ("paid", [])
    assert assign(session, order_id=order.id, by=cast.actor()) == []
    assert find_orders_to_assign(session, limit=9) == []
    receive(session, place=lamps.place, quantity=1, by=cast.actor("picker"))

    assert find_orders_to_assign(session, limit=9) == [order.id]
    (shipment,) = assign(session, order_id=order.id, by=cast.actor())
    assert sum(line.quantity for line in shipment.lines) == 3
    assert find_orders_to_assign(session, limit=9) == []


def test_what_is_there_goes_first_where_an_order_may_be_shipped_in_parts(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)

    order = cast.order(lines=[("LAMP", 3)], may_wait=True, ship_complete=False, pay="transfer")

    (shipment,) = shipments_of(session, order)
    assert ([line.quantity for line in shipment.lines], order.lines[0].assigned) == ([1], 1)
    cast.work_on(shipment, "shipped")
    assert order.status == "partially_shipped"
    receive(session, place=lamps.place, quantity=5, by=cast.actor("picker"))
    (later,) = assign(session, order_id=order.id, by=cast.actor())
    assert (later.id != shipment.id, [line.quantity for line in later.lines]) == (True, [2])
    cast.work_on(later, "shipped")
    assert order.status == "shipped"


def test_what_comes_in_later_joins_the_parcel_that_nobody_has_begun(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    order = cast.order(lines=[("LAMP", 3)], may_wait=True, ship_complete=False, pay="transfer")
    (pending,) = shipments_of(session, order)
    version = pending.version

    receive(session, place=lamps.place, quantity=1, by=cast.actor("picker"))
    assert assign(session, order_id=order.id, by=cast.actor()) == [pending]
    session.refresh(pending)
    assert ([line.quantity for line in pending.lines], pending.version) == ([1, 1], version + 1)

    cast.work_on(pending, "picked")
    receive(session, place=lamps.place, quantity=1, by=cast.actor("picker"))
    (another,) = assign(session, order_id=order.id, by=cast.actor())
    assert another.id != pending.id
    assert order.lines[0].assigned == 3


def test_stock_that_comes_in_asks_once_for_the_jobs_of_all_orders_it_serves(session: Session, cast: Cast) -> None:
    lamps, shades = cast.stock("LAMP", 1), cast.stock("SHADE", 1)
    for _order in range(3):
        cast.order(lines=[("LAMP", 2), ("SHADE", 2)], may_wait=True)

    goods = [Goods(lamps.product_id, 9), Goods(shades.product_id, 9)]
    receive_goods(session, warehouse_id=lamps.warehouse_id, goods=goods, reference="PO-1", by=cast.actor("picker"))

    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'fulfilment.dispatch_assigning'")
    assert session.scalar(jobs) == 1


def test_orders_to_assign_are_found_page_by_page(session: Session, cast: Cast) -> None:
    lamps = cast.stock("LAMP", 1)
    orders = [cast.order(lines=[("LAMP", 2)], may_wait=True, pay="transfer") for _order in range(3)]
    cast.order(lines=[("LAMP", 2)], may_wait=True)
    receive(session, place=lamps.place, quantity=20, by=cast.actor("picker"))

    first = find_orders_to_assign(session, limit=2)

    assert first == [order.id for order in orders[:2]]
    assert find_orders_to_assign(session, after=first[-1], limit=2) == [orders[2].id]
