"""Orders and stock together: whatever is placed, paid, cancelled, received, corrected and shipped, and in whatever order, every invariant holds.

Hypothesis tries sequences of steps that no example would. After each step the whole audit is empty, and no unit of an open order is
lost: it is promised, or it waits. LOGISTICS_MODEL_RUNS=200 tries so many sequences instead of the few of the suite.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.refusals import Refusal
from logistics.fulfilment.assigning import assign, find_orders_to_assign
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import IN_HOUSE, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.inventory.adjusting import StockPromised, adjust, count
from logistics.inventory.housing import House, change_warehouse
from logistics.inventory.models import Place, Reason, Reservation, StockLevel, Warehouse
from logistics.inventory.moving import find_products_to_move, move_waiting
from logistics.inventory.receiving import receive
from logistics.inventory.reserving import OutOfStock
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.holding import hold, resume
from logistics.orders.models import OPEN, CancelReason, HoldReason, Order, OrderLine
from logistics.orders.paying import amount_open, record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from tests.cast import Cast

RUNS = int(os.environ.get("LOGISTICS_MODEL_RUNS", "20"))
SKUS, WAREHOUSES = ("LAMP", "SHADE"), ("LEEDS", "YORK")
SITE = Address("Unit 4", city="Leeds", postcode="LS9 0PX", country="GB")
WHERE = st.tuples(st.sampled_from(WAREHOUSES), st.sampled_from(SKUS))
WANTED = st.lists(st.tuples(st.sampled_from(SKUS), st.integers(1, 4)), min_size=1, max_size=3)


def time_out(session: Session, order: Order) -> None:
    """The order's time is over, and the sweep comes by (T6)."""
    order.expires_at = clock.now() - timedelta(seconds=1)
    session.flush()
    assert expire(session, order_id=order.id) is (order.covered_at is None and not order.is_held)


class Shop(RuleBasedStateMachine):
    """Each step goes through the capability that people use; a refusal leaves nothing behind."""

    app: Flask
    session: Session
    connection: Connection
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.outer = self.session.begin_nested()
        # What has come in less what has left and was written off, by product.
        self.there = dict.fromkeys(SKUS, 0)
        self.parcels = 0

    @initialize(units=st.lists(st.integers(0, 2), min_size=4, max_size=4), equal=st.booleans(), orders=st.lists(WANTED, min_size=1, max_size=4))
    def open_the_house(self, units: list[int], equal: bool, orders: list[list[tuple[str, int]]]) -> None:
        """Two warehouses, two products, the little that lies there at first, and a few paid orders that may wait for more."""
        for at, code in enumerate(WAREHOUSES):
            self.cast.warehouse(code, name=code, priority=10 if equal else 10 + at, line1=SITE.line1, city=SITE.city, postcode=SITE.postcode)
        self.products = {sku: self.cast.product(sku).id for sku in SKUS}
        self.cast.carrier()
        self.mina, self.by = self.cast.customer(), self.cast.actor("manager")
        for (code, sku), first in zip([(code, sku) for code in WAREHOUSES for sku in SKUS], units, strict=True):
            if first:
                self.goods_come_in((code, sku), first)
        for at, lines in enumerate(orders):
            self.place(self.ask(lines, may_wait=True, ship_complete=at % 2 == 0), pay=True)

    def teardown(self) -> None:
        """Nothing of this run is left for the next."""
        self.outer.rollback()
        self.session.expunge_all()

    @rule(where=WHERE, units=st.integers(1, 5))
    def goods_come_in(self, where: tuple[str, str], units: int) -> None:
        """Receive."""
        receive(self.session, place=self.place_of(where), quantity=units, by=self.by)
        self.there[where[1]] += units

    @rule(where=WHERE, more=st.integers(1, 3), ship_complete=st.booleans(), priority=st.integers(0, 2), units=st.integers(1, 5))
    def an_order_waits_and_goods_come_in(self, where: tuple[str, str], more: int, ship_complete: bool, priority: int, units: int) -> None:
        """Place an order for more than there is, then receive some, perhaps elsewhere than where it waits."""
        if self.is_any_open():
            lines = [(where[1], self.free(where[1]) + more)]
            self.place(self.ask(lines, may_wait=True, ship_complete=ship_complete, priority=priority), pay=True)
        self.goods_come_in(where, units)

    @rule(
        lines=WANTED,
        may_wait=st.sampled_from([True, True, False]),
        ship_complete=st.booleans(),
        priority=st.sampled_from([0, 0, 5]),
        pay=st.booleans(),
    )
    def an_order_is_placed(self, lines: list[tuple[str, int]], may_wait: bool, ship_complete: bool, priority: int, pay: bool) -> None:
        """Place: refused exactly where it may not wait and its sum is not free after those who wait, or where nobody is open."""
        asked = self.ask(lines, may_wait=may_wait, ship_complete=ship_complete, priority=priority)
        short = any(sum(units for other, units in lines if other == sku) > self.free(sku) for sku, _units in lines)
        refused = self.try_to(lambda: self.place(asked, pay))
        assert isinstance(refused, OutOfStock) == (short and not (may_wait and self.is_any_open()))

    @precondition(lambda self: self.orders("unpaid"))
    @rule(data=st.data())
    def money_comes(self, data: st.DataObject) -> None:
        """Pay all that is open."""
        self.pay(data.draw(st.sampled_from(self.orders("unpaid"))))

    @precondition(lambda self: self.orders("unpaid", "paid"))
    @rule(data=st.data())
    def an_order_is_cancelled(self, data: st.DataObject) -> None:
        """Cancel."""
        order = data.draw(st.sampled_from(self.orders("unpaid", "paid")))
        self.try_to(lambda: cancel(self.session, number=order.number, reason=CancelReason.STAFF, by=self.by, even_if_picked=True))

    @precondition(lambda self: self.orders("unpaid"))
    @rule(data=st.data())
    def an_order_expires(self, data: st.DataObject) -> None:
        """Nobody paid in time."""
        time_out(self.session, data.draw(st.sampled_from(self.orders("unpaid"))))

    @precondition(lambda self: self.orders(*OPEN))
    @rule(data=st.data())
    def an_order_is_held_or_resumed(self, data: st.DataObject) -> None:
        """Hold it, or let it go on."""
        order = data.draw(st.sampled_from(self.orders(*OPEN)))
        if order.is_held:
            resume(self.session, number=order.number, by=self.by)
        else:
            hold(self.session, number=order.number, reason=HoldReason.STOCK, by=self.by)

    @rule(where=WHERE, change=st.integers(-4, 4))
    def somebody_corrects(self, where: tuple[str, str], change: int) -> None:
        """Adjust."""
        if level := self.level(where):
            refused = self.try_to(lambda: adjust(self.session, level_id=level.id, change=change, reason=Reason.CORRECTION, by=self.by))
            self.there[where[1]] += 0 if refused else change

    @rule(where=WHERE, counted=st.integers(0, 8))
    def somebody_counts(self, where: tuple[str, str], counted: int) -> None:
        """Count."""
        if level := self.level(where):
            was = level.on_hand
            asked = {"counted": counted, "version": level.version, "reason": Reason.COUNTED, "by": self.by}
            refused = self.try_to(lambda: count(self.session, level_id=level.id, **asked))  # type: ignore[arg-type]
            assert refused is None or isinstance(refused, StockPromised)
            self.there[where[1]] += 0 if refused else counted - was

    @precondition(lambda self: self.in_house())
    @rule(data=st.data(), all_of_it=st.booleans(), leave=st.booleans())
    def a_parcel_is_worked_on(self, data: st.DataObject, all_of_it: bool, leave: bool) -> None:
        """Pick it, whole or a unit of it, pack it, and perhaps hand it over; a held order's stays."""
        shipment = data.draw(st.sampled_from(self.in_house()))
        picked = {line.id: line.quantity if all_of_it or at == 0 else 0 for at, line in enumerate(shipment.lines)}
        if shipment.state != "packed":
            pick(self.session, reference=shipment.reference, picked=picked, by=self.by)
            pack(self.session, reference=shipment.reference, by=self.by)
        if leave:
            self.try_to(lambda: self.hand_over(shipment))

    @rule(code=st.sampled_from(WAREHOUSES))
    def a_warehouse_closes_or_opens(self, code: str) -> None:
        """Close it, or open it again."""
        warehouse = self.cast.warehouse(code)
        house = House(code, code, address=SITE, priority=warehouse.priority, active=not warehouse.active)
        change_warehouse(self.session, house, warehouse_id=warehouse.id, version=warehouse.version, by=self.by)

    @rule()
    def the_worker_works(self) -> None:
        """Its jobs: whoever waits gets what there is, wherever it is; whatever may go is in a shipment."""
        for product_id in find_products_to_move(self.session):
            move_waiting(self.session, product_id, by=SYSTEM)
        for order_id in find_orders_to_assign(self.session, limit=999):
            assign(self.session, order_id=order_id, by=SYSTEM)
        assert (find_products_to_move(self.session), find_orders_to_assign(self.session, limit=999)) == ([], [])
        if self.is_any_open():
            waiting = select(StockLevel.id).join(Warehouse).where(StockLevel.waiting > 0, ~Warehouse.active)
            assert self.session.scalars(waiting).all() == []
        assert not any(self.free_units(sku) and self.waiting(sku) for sku in SKUS)

    @invariant()
    def every_invariant_holds(self) -> None:
        """The whole audit."""
        self.session.flush()
        broken = {rule.code: found for rule in self.app.extensions["invariants"] if (found := rule.offenders(self.connection))}
        assert broken == {}

    @invariant()
    def no_unit_is_lost(self) -> None:
        """What is left of an open order is promised or waits, and what lies there is what came in less what left."""
        still = Reservation.state.in_(["active", "waiting"])
        promised = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(Reservation.order_line_id == OrderLine.id, still).scalar_subquery()
        left = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
        lost = select(OrderLine.id, left, promised).join(Order).where(Order.status.in_(OPEN), left != promised)
        assert self.session.execute(lost).all() == []
        units = select(StockLevel.product_id, func.sum(StockLevel.on_hand)).group_by(StockLevel.product_id)
        found = {product: int(total) for product, total in self.session.execute(units)}
        assert {sku: found.get(self.products[sku], 0) for sku in SKUS} == self.there

    @invariant()
    def what_is_to_be_complete_has_no_parcel_before(self) -> None:
        """An order that is shipped complete has no shipment while any of it waits."""
        waits = select(Reservation.id).join(OrderLine, OrderLine.id == Reservation.order_line_id)
        waits = waits.where(OrderLine.order_id == Order.id, Reservation.state == "waiting")
        early = select(Shipment.id).join(Order, Order.id == Shipment.order_id).where(Order.ship_complete, waits.exists())
        assert self.session.scalars(early).all() == []

    def ask(self, lines: list[tuple[str, int]], **terms: Any) -> OrderRequest:
        """What Mina asks for."""
        wanted, address = [LineRequest(sku, units) for sku, units in lines], self.cast.address_of(self.mina)
        return OrderRequest(channel="desk", customer_id=self.mina.id, name="Mina Park", address=address, currency="USD", lines=wanted, **terms)

    def place(self, asked: OrderRequest, pay: bool) -> None:
        """Place, and pay if it is to be."""
        order = place(self.session, asked, by=self.by)
        if pay:
            self.pay(order)

    def pay(self, order: Order) -> None:
        """By a transfer of all that is open."""
        amount = amount_open(self.session, order)
        record_transfer(self.session, number=order.number, amount=amount, reference=f"BANK {order.number}", by=self.by)

    def hand_over(self, shipment: Shipment) -> None:
        """To the carrier; its units are gone."""
        self.parcels += 1
        dispatch(self.session, reference=shipment.reference, carrier_code="DHL", tracking_number=f"JD{self.parcels}", by=self.by)
        for line in shipment.lines:
            self.there[line.order_line.product.sku] -= line.packed

    def free(self, sku: str) -> int:
        """Units at open warehouses that nobody was promised and nobody waits for."""
        return max(0, self.free_units(sku) - self.waiting(sku))

    def free_units(self, sku: str) -> int:
        available = select(func.sum(StockLevel.on_hand - StockLevel.reserved)).join(Warehouse).where(Warehouse.active)
        return int(self.session.scalar(available.where(StockLevel.product_id == self.products[sku])) or 0)

    def waiting(self, sku: str) -> int:
        return int(self.session.scalar(select(func.sum(StockLevel.waiting)).where(StockLevel.product_id == self.products[sku])) or 0)

    def is_any_open(self) -> bool:
        return any(self.cast.warehouse(code).active for code in WAREHOUSES)

    def orders(self, *statuses: str) -> list[Order]:
        return list(self.session.scalars(select(Order).where(Order.status.in_(statuses)).order_by(Order.id)))

    def in_house(self) -> list[Shipment]:
        return list(self.session.scalars(select(Shipment).where(Shipment.state.in_(IN_HOUSE)).order_by(Shipment.id)))

    def level(self, where: tuple[str, str]) -> StockLevel | None:
        place = self.place_of(where)
        return self.session.scalar(select(StockLevel).where(StockLevel.warehouse_id == place.warehouse_id, StockLevel.product_id == place.product_id))

    def place_of(self, where: tuple[str, str]) -> Place:
        return Place(self.cast.warehouse(where[0]).id, self.products[where[1]])

    def try_to(self, step: Callable[[], object]) -> Refusal | None:
        """Do a step as an entry point would."""
        inner = self.session.begin_nested()
        try:
            step()
        except Refusal as refusal:
            inner.rollback()
            return refusal
        inner.commit()
        return None


def test_no_sequence_of_steps_breaks_an_invariant(session: Session, outer: Connection, cast: Cast) -> None:
    machine = type("ShopOfThisTest", (Shop,), {"app": cast.app, "session": session, "connection": outer, "cast": cast})
    options = {"deadline": None, "database": None, "print_blob": True, "suppress_health_check": list(HealthCheck)}

    run_state_machine_as_test(machine, settings=settings(max_examples=RUNS, stateful_step_count=25, **options))  # type: ignore[arg-type]
