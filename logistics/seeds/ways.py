"""The way of each order of the demo company: placed, paid, worked on, delivered, taken back, through the capabilities that people use."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Shipment, ShipmentState
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders import rules
from logistics.orders.cancelling import cancel
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.expiring import expire
from logistics.orders.holding import hold
from logistics.orders.models import CancelReason, HoldReason, Order, RefundReason
from logistics.orders.paying import amount_open, approve_terms, record_transfer
from logistics.orders.placing import place
from logistics.orders.refunding import Asked, give
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.seeds.buyers import Buyer
from logistics.seeds.orders import Plan
from logistics.seeds.pictures import photo_of_a_parcel
from logistics.seeds.playing import Story
from logistics.seeds.road import miss, report, settle
from logistics.seeds.stories import Company
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery

_FREE_FROM_UNITS = 9
_SHIPPING = {"GB": 490, "NL": 590, "DE": 790, "FR": 790, "CN": 800}
_SHIPPING_ELSEWHERE = 1490

WORK = ("pay", "pick", "pack", "ship")
ROAD = (*WORK, "collected", "in_transit")
DELIVERED = (*ROAD, "out_for_delivery", "delivered")
REACH: dict[str, tuple[str, ...]] = {
    "unpaid": ("pay",),
    "paid": ("pay",),
    "picking": ("pay", "begin_picking"),
    "picked": ("pay", "pick"),
    "packed": ("pay", "pick", "pack"),
    "partly": ("pay", "pick_first", "pack_first", "ship_first"),
    "shipped": WORK,
    "in_transit": ROAD,
    "late": (*ROAD, "delayed"),
    "unclear": (*ROAD, "unclear"),
    "held_up": (*ROAD, "held_up"),
    "lost": (*ROAD, "lost"),
    "returning": (*ROAD, "out_for_delivery", "not_taken", "returning"),
    "returned": (*ROAD, "out_for_delivery", "attempt_failed", "ready_for_pickup", "returning", "returned", "resolved"),
    "ready_for_pickup": (*ROAD, "ready_for_pickup"),
    "out_for_delivery": (*ROAD, "out_for_delivery"),
    "attempt_failed": (*ROAD, "out_for_delivery", "attempt_failed"),
    "delivered": DELIVERED,
    "missed": (*DELIVERED, "missed"),
    "settled": (*DELIVERED, "settle"),
    "refunded": (*DELIVERED, "refund"),
    "refund_asked": (*DELIVERED, "ask_refund"),
    "cancelled_by_customer": ("pay", "cancel_for_customer"),
    "cancelled_by_us": ("pay", "cancel_for_want"),
    "held": ("pay", "hold"),
    "timed_out": ("run_out",),
}
_HOURS = {"pay": 5.0, "pick": 3.0, "pack": 1.0, "ship": 2.0, "in_transit": 16.0, "out_for_delivery": 22.0, "delivered": 4.0}
_HOURS |= {"delayed": 20.0, "lost": 90.0, "ready_for_pickup": 20.0, "returning": 60.0, "returned": 40.0, "resolved": 20.0, "missed": 26.0}
_OTHERWISE_HOURS = 4.0
# Who pays otherwise has paid when the order is placed.
_PAID_LATER = ("transfer", "part", "terms", "cod")


def ordering(session: Session, company: Company, plan: Plan, at: datetime, until: datetime, chance: Random) -> Story:
    """An order is placed at a moment and goes as far as its plan says, before another moment."""
    yield at
    way = Way(session, company, plan, _place(session, company, plan), chance)
    steps = [step for step in REACH[plan.reach] if step != "pay" or plan.pay in _PAID_LATER]
    hours = [_HOURS.get(step, _OTHERWISE_HOURS) * chance.uniform(0.7, 1.3) for step in steps]
    pace = min(1.0, 0.95 * (until - at) / timedelta(hours=sum(hours))) if hours else 1.0
    for step, wait in zip(steps, hours, strict=True):
        at = way.order.expires_at if step == "run_out" and way.order.expires_at else at + timedelta(hours=wait * pace)
        yield at
        way.go(step)


def _place(session: Session, company: Company, plan: Plan) -> Order:
    buyer, customer_id = company.customers[plan.buyer]
    lines = [LineRequest(sku, units) for sku, units in plan.goods]
    asked = OrderRequest(
        channel=plan.channel,
        external_id=None if plan.channel == "desk" else _shop_number(plan),
        customer_id=customer_id,
        name=buyer.name,
        address=buyer.address,
        phone=buyer.phone,
        email=buyer.email,
        language=buyer.language,
        currency=company.currency,
        lines=lines,
        shipping=company.amount(_shipping(plan, buyer)),
        note=plan.note,
        pay_from_balance=plan.pay == "balance",
        may_wait=plan.may_wait or None,
        ship_complete=False if plan.may_wait else None,
        # Shops reckon their own taxes.
        taxed=plan.channel == "desk",
    )
    return place(session, asked, by=company.clerk if plan.channel == "desk" else SYSTEM)


def _shop_number(plan: Plan) -> str:
    """The number that a shop gave the order: later ones have higher ones."""
    return f"{1900 - round(plan.days * 10)}"


def _shipping(plan: Plan, buyer: Buyer) -> int:
    units = sum(units for _sku, units in plan.goods)
    return 0 if units >= _FREE_FROM_UNITS else _SHIPPING.get(buyer.address.country, _SHIPPING_ELSEWHERE)


class Way:
    """An order's way: each step is what somebody does in the house, or what a carrier reports."""

    def __init__(self, session: Session, company: Company, plan: Plan, order: Order, chance: Random) -> None:
        self.session, self.company, self.plan, self.order, self.chance = session, company, plan, order, chance
        self.number = order.number

    def go(self, step: str) -> None:
        """Take one step, a word of REACH."""
        steps: dict[str, Callable[[], None]] = {
            "pay": self._pay,
            "pick": lambda: self._pick(self._parcels()),
            "begin_picking": self._begin_picking,
            "pack": lambda: self._pack(self._parcels()),
            "ship": lambda: self._ship(self._parcels()),
            "pick_first": lambda: self._pick(self._parcels()[:1]),
            "pack_first": lambda: self._pack(self._parcels()[:1]),
            "ship_first": lambda: self._ship(self._parcels()[:1]),
            "delivered": self._deliver,
            "missed": lambda: self._each(lambda parcel: miss(self.session, parcel)),
            "resolved": lambda: self._each(lambda parcel: settle(self.session, parcel, by=self.company.manager)),
            "settle": self._settle,
            "refund": lambda: self._give_back(self.company.manager, alone=True),
            "ask_refund": lambda: self._give_back(self.company.clerk, alone=False),
            "cancel_for_customer": lambda: self._cancel(CancelReason.CUSTOMER),
            "cancel_for_want": lambda: self._cancel(CancelReason.OUT_OF_STOCK),
            "hold": self._hold,
            "run_out": self._run_out,
        }
        if step in steps:
            steps[step]()
        else:
            self._each(lambda parcel: report(self.session, parcel, step, chance=self.chance))

    def _parcels(self) -> list[Shipment]:
        live = select(Shipment).where(Shipment.order_id == self.order.id, Shipment.state != ShipmentState.CANCELLED.value)
        return list(self.session.scalars(live.order_by(Shipment.id)))

    def _pay(self) -> None:
        if self.plan.pay == "terms":
            approve_terms(self.session, number=self.number, by=self.company.manager)
        elif self.plan.pay == "cod":
            approve_cod(self.session, number=self.number, by=self.company.clerk)
        else:
            self._transfer()

    def _transfer(self) -> None:
        amount = amount_open(self.session, self.order)
        part = amount // 2 if self.plan.pay == "part" else amount
        reference = f"SEPA {self.chance.randrange(10**9):09}"
        record_transfer(self.session, number=self.number, amount=part, reference=reference, by=self.company.manager)

    def _begin_picking(self) -> None:
        line = self._parcels()[0].lines[0]
        pick(self.session, reference=self._parcels()[0].reference, picked={line.id: max(1, line.quantity // 2)}, by=self.company.picker)

    def _pick(self, parcels: list[Shipment]) -> None:
        for parcel in parcels:
            pick(self.session, reference=parcel.reference, picked={line.id: line.quantity for line in parcel.lines}, by=self.company.picker)

    def _pack(self, parcels: list[Shipment]) -> None:
        for parcel in parcels:
            grams = 180 + sum(line.quantity * line.order_line.product.weight_grams for line in parcel.lines)
            pack(self.session, reference=parcel.reference, by=self.company.picker, weight_grams=grams)

    def _ship(self, parcels: list[Shipment]) -> None:
        for parcel in parcels:
            carrier = self.company.carriers[parcel.warehouse_id]
            number = f"{carrier[:2].upper()}{self.chance.randrange(10**9):09}"
            dispatch(self.session, reference=parcel.reference, carrier_code=carrier, tracking_number=number, by=self.company.picker)

    def _deliver(self) -> None:
        """Most carriers say so themselves; of every third parcel somebody is sent a photo."""
        kind = self.chance.choice((ProofKind.SELF, ProofKind.SELF, ProofKind.NEIGHBOUR, ProofKind.LOCKER))
        told: dict[str, Any] = {
            "kind": kind,
            "occurred_at": clock.now(),
            "place": self.order.city,
            "signer": self.order.name,
            "by": self.company.clerk,
        }
        for parcel in self._parcels():
            if self.chance.randrange(3):
                report(self.session, parcel, "handed_over", chance=self.chance)
            else:
                record_delivery(self.session, reference=parcel.reference, picture=photo_of_a_parcel(self.chance), **told)

    def _each(self, act: Callable[[Shipment], None]) -> None:
        for parcel in self._parcels():
            act(parcel)

    def _settle(self) -> None:
        reference = f"COD {self.chance.randrange(10**6):06}"
        settle_cod(self.session, number=self.number, amount=rules.due(self.order), reference=reference, by=self.company.manager)

    def _give_back(self, who: Actor, *, alone: bool) -> None:
        asked = Asked(self.order.lines[0].unit_price, RefundReason.DAMAGED, "One arrived with a crack; the customer sent a picture.")
        give(self.session, number=self.number, asked=asked, by=who, alone=alone)

    def _cancel(self, reason: CancelReason) -> None:
        cancel(self.session, number=self.number, reason=reason, by=self.company.manager)

    def _hold(self) -> None:
        note = "The parcel shop sent a parcel to this address back: the building is missing. Asked by mail."
        hold(self.session, number=self.number, reason=HoldReason.ADDRESS, note=note, by=self.company.clerk)

    def _run_out(self) -> None:
        expire(self.session, order_id=self.order.id)
