"""Any mix of cancelling lines, refunds, allowances, payments, picking, packing and shipping keeps every invariant."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.refusals import Refusal
from logistics.fulfilment.models import IN_HOUSE, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.inventory.models import Place, StockLevel
from logistics.inventory.receiving import receive
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.models import CancelReason, Order, RefundKind, RefundReason, RefundTo
from logistics.orders.paying import record_transfer
from logistics.orders.refunding import Asked, give
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.orders.audits import offences

Step = tuple[str, int, int]
AMOUNTS = st.integers(1, 9000)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("cancel_lines"), st.integers(0, 1), st.integers(1, 4)),
    st.tuples(st.just("pay"), AMOUNTS, st.just(0)),
    st.tuples(st.just("refund"), AMOUNTS, st.integers(0, 1)),
    st.tuples(st.just("allow"), AMOUNTS, st.just(0)),
    st.tuples(st.just("pick"), st.integers(0, 3), st.integers(0, 4)),
    st.tuples(st.just("pack"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("ship"), st.integers(0, 3), st.just(0)),
    st.tuples(st.just("receive"), st.integers(1, 5), st.just(0)),
    st.tuples(st.just("rest"), st.just(0), st.just(0)),
)


class Life:
    """An order that things happen to."""

    def __init__(self, session: Session, cast: Cast, order: Order) -> None:
        self.session, self.cast, self.order, self.paid = session, cast, order, 0
        self.by, self.number = cast.actor("manager"), order.number

    def step(self, name: str, first: int, second: int) -> None:
        """Do it, or be refused and leave no trace."""
        acts: dict[str, Callable[[int, int], Any]] = {
            name: getattr(self, name) for name in ("pay", "refund", "allow", "pick", "pack", "ship", "receive")
        }
        try:
            (acts | {"cancel_lines": self.cut, "rest": self.rest})[name](first, second)
            self.session.commit()
        except Refusal:
            self.session.rollback()

    def cut(self, at: int, units: int) -> None:
        line = self.session.get_one(Order, self.order.id).lines[at]
        self._take(cancel_lines, units={line.id: units})

    def rest(self, _first: int, _second: int) -> None:
        self._take(cancel, or_rest=True)

    def pay(self, amount: int, _second: int) -> None:
        self.paid += 1
        record_transfer(self.session, number=self.number, amount=amount, reference=f"BANK {self.paid}", by=self.by)

    def refund(self, amount: int, to: int) -> None:
        asked = Asked(amount, RefundReason.OTHER, to=list(RefundTo)[to])
        give(self.session, number=self.number, asked=asked, by=self.by)

    def allow(self, amount: int, _second: int) -> None:
        give(self.session, number=self.number, asked=Asked(amount, RefundReason.PRICE, kind=RefundKind.ALLOWANCE), by=self.by)

    def pick(self, at: int, units: int) -> None:
        if parcel := self._parcel(at):
            pick(self.session, reference=parcel.reference, picked={line.id: min(units, line.quantity) for line in parcel.lines}, by=self.by)

    def pack(self, at: int, _second: int) -> None:
        if parcel := self._parcel(at):
            pack(self.session, reference=parcel.reference, by=self.by)

    def ship(self, at: int, _second: int) -> None:
        if parcel := self._parcel(at):
            self.cast.hand_over(parcel)

    def receive(self, units: int, _second: int) -> None:
        level = self.session.scalars(select(StockLevel).order_by(StockLevel.id)).first()
        assert level
        receive(self.session, place=Place(level.warehouse_id, level.product_id), quantity=units, by=self.by, reference="PO")

    def _take(self, verb: Callable[..., Any], **what: Any) -> None:
        verb(self.session, number=self.number, reason=CancelReason.STAFF, by=self.by, even_if_picked=True, **what)

    def _parcel(self, at: int) -> Shipment | None:
        parcels = self.session.scalars(
            select(Shipment).where(Shipment.order_id == self.order.id, Shipment.state.in_(IN_HOUSE)).order_by(Shipment.id)
        ).all()
        return parcels[at % len(parcels)] if parcels else None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=3, max_size=14), starts_paid=st.booleans(), ship_complete=st.booleans())
def test_any_mix_keeps_every_invariant(session: Session, app: Flask, cast: Cast, steps: list[Step], starts_paid: bool, ship_complete: bool) -> None:
    cast.channel("desk", may_wait=True, ship_complete=ship_complete)
    cast.product("LAMP"), cast.product("SHADE")
    cast.stock("LAMP", 3)
    cast.stock("SHADE", 2, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 4), ("SHADE", 2)], pay="transfer" if starts_paid else None, may_wait=True)
    session.commit()
    life = Life(session, cast, order)

    for step in steps:
        life.step(*step)

    assert offences(session) == []
    taken = session.execute(select(Payment.captured, Payment.refunded).where(Payment.order_id == order.id)).all()
    assert all(0 <= row.refunded <= row.captured for row in taken)
