"""The whole of stock against a model of a few lines: Hypothesis tries sequences of steps that no example would (P30)."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import Invalid, Refusal, Stale
from logistics.inventory.adjusting import StockPromised, adjust, count
from logistics.inventory.invariants import INVARIANTS
from logistics.inventory.keeping import Take, consume
from logistics.inventory.models import Place, Reason, Reservation, StockLevel
from logistics.inventory.receiving import receive
from logistics.inventory.reserving import OutOfStock, release, reserve
from tests.cast import Cast
from tests.inventory.promises import LEEDS, demands

SKUS, WAREHOUSES = ("LAMP", "SHADE", "BULB"), ("LEEDS", "HANGZHOU")
UNITS = st.integers(1, 6)
WHERE = st.tuples(st.sampled_from(WAREHOUSES), st.sampled_from(SKUS))


@dataclass
class Shelf:
    """What the model knows of one product in one warehouse."""

    on_hand: int = 0
    reserved: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Stock(RuleBasedStateMachine):
    """Each step is done by the capability and by the model; then they must agree, and at the end the audit must be clean."""

    session: Session
    connection: Connection
    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.shelves = {(warehouse, sku): Shelf() for warehouse in WAREHOUSES for sku in SKUS}
        self.promises: dict[int, list[tuple[int, tuple[str, str], int]]] = {}
        self.outer = self.session.begin_nested()

    @initialize(units=st.lists(st.integers(0, 15), min_size=6, max_size=6))
    def open_the_house(self, units: list[int]) -> None:
        """Warehouses, products, and what lies there at first."""
        self.places = {
            (warehouse, sku): Place(self.cast.warehouse(warehouse).id, self.cast.product(sku).id) for warehouse in WAREHOUSES for sku in SKUS
        }
        self.names = {place: name for name, place in self.places.items()}
        for where, first in zip(self.shelves, units, strict=True):
            if first:
                self.goods_come_in(where, first)

    def teardown(self) -> None:
        """The audit is clean, and nothing of this run is left for the next."""
        try:
            self.session.flush()
            assert [broken.code for broken in INVARIANTS if broken.offenders(self.connection)] == []
        finally:
            self.outer.rollback()
            self.session.expunge_all()

    @rule(where=WHERE, units=st.integers(1, 12))
    def goods_come_in(self, where: tuple[str, str], units: int) -> None:
        """Receive."""
        receive(self.session, place=self.places[where], quantity=units, by=SYSTEM)
        self.shelves[where].on_hand += units

    @rule(wanted=st.lists(st.tuples(st.sampled_from(SKUS), UNITS), min_size=1, max_size=3))
    def an_order_is_placed(self, wanted: list[tuple[str, int]]) -> None:
        """Reserve: possible exactly when the sum per product is available over both warehouses."""
        order = demands(self.session, self.cast, *wanted)
        needed = {sku: sum(units for other, units in wanted if other == sku) for sku, _units in wanted}
        short = any(units > sum(self.shelves[warehouse, sku].available for warehouse in WAREHOUSES) for sku, units in needed.items())
        refused = self.try_to(
            lambda: self.keep(reserve(self.session, demands=order, reference="R", placed_at=clock.now(), destination=LEEDS, by=SYSTEM).reservations)
        )
        assert isinstance(refused, OutOfStock) == short

    @precondition(lambda self: self.promises)
    @rule(data=st.data())
    def an_order_is_cancelled(self, data: st.DataObject) -> None:
        """Release everything of one line."""
        line = data.draw(st.sampled_from(sorted(self.promises)))
        release(self.session, order_line_ids=[line], by=SYSTEM)
        for _reservation, where, units in self.promises.pop(line):
            self.shelves[where].reserved -= units

    @precondition(lambda self: self.promises)
    @rule(data=st.data(), units=UNITS)
    def goods_leave(self, data: st.DataObject, units: int) -> None:
        """Consume a part of one reservation, or more than it has, which is refused."""
        line = data.draw(st.sampled_from(sorted(self.promises)))
        reservation, where, promised = self.promises[line][0]
        take = Take(reservation, units, shipment_line_id=None)  # type: ignore[arg-type]
        refused = self.try_to(lambda: consume(self.session, takes=[take], reference="S", by=SYSTEM))
        assert (refused is not None) == (units > promised)
        if refused is None:
            self.shelves[where].on_hand -= units
            self.shelves[where].reserved -= units
            self.read_again(line)

    @rule(where=WHERE, change=st.integers(-9, 9))
    def somebody_corrects(self, where: tuple[str, str], change: int) -> None:
        """Adjust, never below what is promised nor below nothing."""
        level, shelf = self.level(where), self.shelves[where]
        if level is None:
            return
        refused = self.try_to(lambda: adjust(self.session, level_id=level.id, change=change, reason=Reason.CORRECTION, by=SYSTEM, beyond_limit=True))
        assert isinstance(refused, (StockPromised, Invalid)) == (change != 0 and shelf.on_hand + change < shelf.reserved)
        shelf.on_hand += 0 if refused else change

    @rule(where=WHERE, counted=st.integers(0, 20), late=st.booleans())
    def somebody_counts(self, where: tuple[str, str], counted: int, late: bool) -> None:
        """Count, from what was seen now or before the last movement."""
        level, shelf = self.level(where), self.shelves[where]
        if level is None:
            return
        version = level.version - late
        refused = self.try_to(
            lambda: count(self.session, level_id=level.id, counted=counted, version=version, reason=Reason.COUNTED, by=SYSTEM, beyond_limit=True)
        )
        if counted == shelf.on_hand:
            assert refused is None
        elif late:
            assert isinstance(refused, Stale)
        else:
            assert isinstance(refused, StockPromised) == (counted < shelf.reserved)
        shelf.on_hand = shelf.on_hand if refused else counted

    @invariant()
    def both_agree(self) -> None:
        """The rows say what the model says."""
        rows = {self.names[row.place]: row for row in self.session.scalars(select(StockLevel))}
        for where, shelf in self.shelves.items():
            found = rows.get(where)
            assert (shelf.on_hand, shelf.reserved) == ((found.on_hand, found.reserved) if found else (0, 0))

    def try_to(self, step: object) -> Refusal | None:
        """Do a step as an entry point would: a refusal leaves nothing behind."""
        inner = self.session.begin_nested()
        try:
            step()  # type: ignore[operator]
        except Refusal as refusal:
            inner.rollback()
            return refusal
        inner.commit()
        return None

    def keep(self, reservations: Sequence[Reservation]) -> None:
        """Note in the model where the promises were made."""
        for line in {row.order_line_id for row in reservations}:
            self.read_again(line)
            for _reservation, where, units in self.promises[line]:
                self.shelves[where].reserved += units

    def read_again(self, line: int) -> None:
        """What is still promised to a line."""
        rows = self.session.scalars(select(Reservation).where(Reservation.order_line_id == line, Reservation.state == "active"))
        self.promises[line] = [(row.id, self.names[row.level.place], row.quantity) for row in rows]
        if not self.promises[line]:
            del self.promises[line]

    def level(self, where: tuple[str, str]) -> StockLevel | None:
        """The row of a place, if there is one."""
        place = self.places[where]
        return self.session.scalar(select(StockLevel).where(StockLevel.warehouse_id == place.warehouse_id, StockLevel.product_id == place.product_id))


def test_no_sequence_of_steps_makes_stock_disagree_with_its_model(session: Session, outer: Connection, cast: Cast) -> None:
    machine = type("StockOfThisTest", (Stock,), {"session": session, "connection": outer, "cast": cast})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, database=None, print_blob=True, suppress_health_check=list(HealthCheck)
        ),
    )
