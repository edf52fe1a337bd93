"""An order, and all that can become of it and of its money: each step is a transaction of its own, and one that is refused leaves no trace."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.customers.models import Customer
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders import rules
from logistics.orders.billing import bill
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.correcting import correct_transfer
from logistics.orders.holding import hold, resume
from logistics.orders.lifecycle import open_order
from logistics.orders.models import CancelReason, HoldReason, Order, RefundKind, RefundReason, RefundRequest, RefundTo
from logistics.orders.paying import amount_to_come, approve_terms, pay_from_balance, record_shop_payment, record_transfer
from logistics.orders.placing import place
from logistics.orders.pricing import Discount
from logistics.orders.refunding import Asked, approve, give, reject
from logistics.orders.surplus import put_surplus_on_account
from logistics.orders.validating import LineRequest, OrderRequest, ShopMoney
from logistics.payments.gateways.gateway import NewsKind, Standing
from logistics.payments.models import Payment, PaymentAttempt
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.payments.cards import Till

CURRENCIES = ("JPY", "USD", "KWD")
COUNTRIES = ("GB", "DE", "US")
CHANNELS = ("desk", "net", "late")
GOODS = {"LAMP": "standard", "TEA": "reduced", "FLOUR": "zero", "STAMP": "exempt"}
PRICES = (0, 1, 3, 99, 333, 1234, 99_999, 1_000_001)
DISCOUNTS = (0, 0, 1, 1250, 3333, 9999)
TROUBLE = (*("",) * 12, "before", "after", "silent", "card_declined")


class Idle(Refusal):
    """There is nothing this step could be done to."""


@dataclass
class Life:
    """One order. `tally` is how often each step was done, in all lives; `refused` with which codes, in this one."""

    till: Till
    chance: Random
    tally: Counter[str]
    way: str = ""
    number: str = ""
    order_id: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def begin(self) -> None:
        """Place it."""
        self.way = self.chance.choice((*WAYS, "card"))
        order = in_transaction(lambda session: place(session, self._asked(session), by=SYSTEM))
        self.number, self.order_id = order.number, order.id

    def step(self) -> None:
        """Let something happen to it that can, or be refused; rather what has happened to fewer before it."""
        for _try in range(8):
            ways = WAYS[self.way], WAYS[self.chance.choice(list(WAYS))]
            (names,) = self.chance.choices((*ways, GOODS_MOVE, BACK), weights=(45, 10, 25, 20))
            with suppress(Idle):
                self._take(min(self.chance.choices(names, k=2), key=lambda name: self.tally[name]))
                return

    def end(self) -> None:
        """The provider answers again, and the worker settles what is open."""
        self.till.bank.trouble = ""
        self.settle()

    def _take(self, name: str) -> None:
        self.till.bank.trouble = self.chance.choice(TROUBLE)
        try:
            STEPS[name](self)
        except Idle:
            raise
        except Refusal as refusal:
            self.refused.append((name, refusal.code))
        else:
            self.tally[name] += 1

    # Paying.

    def pay_from_balance(self) -> None:
        self._do(pay_from_balance, by=SYSTEM)

    def transfer(self) -> None:
        amount = max(1, self.chance.choice((1, 1, 1, 2, 4)) * self._to_come() // self.chance.choice((1, 1, 2, 3)))
        reference = f"BANK {self.chance.random()}"
        self._do(record_transfer, amount=amount, reference=reference, with_surplus=self.chance.random() < 0.8, by=SYSTEM)

    def take_off(self) -> None:
        payments = _some(self._ids(select(Payment.id).where(Payment.order_id == self.order_id, Payment.method == "transfer")))
        self._do(correct_transfer, payment_id=self.chance.choice(payments), reason="typo", by=self.till.clerk)

    def surplus(self) -> None:
        self._do(put_surplus_on_account, by=SYSTEM)

    def terms(self) -> None:
        self._do(approve_terms, by=SYSTEM)

    def promise_delivery(self) -> None:
        self._do(approve_cod, by=SYSTEM)

    def settle_delivery(self) -> None:
        given = {"rest_follows": self.chance.random() < 0.3, "with_surplus": self.chance.random() < 0.5}
        amount = self.chance.choice((0, 1, 1, 1, 2)) * self._to_come() // self.chance.choice((1, 1, 1, 3))
        self._do(settle_cod, amount=amount, reference=f"COD {self.chance.random()}", by=SYSTEM, **given)

    def at_shop(self) -> None:
        money = ShopMoney("shop:web", f"S-{self.number}", self._to_come() // self.chance.choice((1, 2)))
        self._do(record_shop_payment, money=money, by=SYSTEM)

    # Cards.

    def token(self) -> None:
        self.till.pay(self.number, self.chance.choice(("tok", "tok", "3ds")))

    def page(self) -> None:
        self.till.page(self.number)

    def customer_pays(self) -> None:
        """On a page that stands open, or at their bank; a hook tells it, once or twice, or nobody does."""
        for reference in _some(self._waiting()):
            self.till.bank.customer_pays(reference)
            for _told in range(self.chance.choice((0, 1, 2))):
                self.till.hear(NewsKind.PAYMENT, reference)

    def it_ends(self) -> None:
        """An authorisation, or a page, ends by itself."""
        held = [name for name in self._references() if self.till.bank.books[name].standing in (Standing.AUTHORISED, Standing.WAITING)]
        for reference in _some(held):
            self.till.bank.ends(reference)
            self.till.hear(NewsKind.PAYMENT, reference)

    def dispute(self) -> None:
        """The cardholder takes it back; it is won or lost at once, later, or never."""
        taken = [name for name in self._references() if self.till.bank.books[name].captured > self.till.bank.books[name].refunded]
        for reference in _some(taken):
            for kind in self.chance.choice((("opened",), ("opened", "won"), ("opened", "lost"), ("lost", "opened"))):
                self.till.hear(NewsKind(f"dispute_{kind}"), reference, self.till.bank.net(reference))

    def capture(self) -> None:
        """We die between the capture and the dispatch."""
        if not self.till.is_uncharged(self.number):
            raise Idle("")
        self.till.capture(self.number)

    def settle(self) -> None:
        """The worker comes round, two minutes later."""
        asked = update(PaymentAttempt).where(PaymentAttempt.order_id == self.order_id, PaymentAttempt.state == "open")
        in_transaction(lambda session: session.execute(asked.values(opened_at=clock.now() - timedelta(minutes=2))) and None)
        self.till.settle(self.number, now=True)

    # Taking back and giving back.

    def cancel(self) -> None:
        self._do(cancel, reason=self._why(), by=SYSTEM, even_if_picked=True, or_rest=self.chance.random() < 0.5)

    def cancel_lines(self) -> None:
        lines = _some([(line.id, line.left) for line in self._order().lines if line.left])
        chosen = self.chance.sample(lines, self.chance.randint(1, len(lines)))
        units = {line_id: self.chance.randint(1, left) for line_id, left in chosen}
        self._do(cancel_lines, units=units, reason=self._why(), by=SYSTEM, even_if_picked=True)

    def refund(self) -> None:
        self._do(give, asked=self._asks_for(RefundKind.REFUND), by=self.till.clerk)

    def allow(self) -> None:
        self._do(give, asked=self._asks_for(RefundKind.ALLOWANCE), by=self.till.clerk)

    def ask_for_a_refund(self) -> None:
        self._do(give, asked=self._asks_for(self.chance.choice(list(RefundKind))), by=self.till.clerk, alone=False)

    def decide(self) -> None:
        """A second person does."""
        pending = select(RefundRequest.id).where(RefundRequest.order_id == self.order_id, RefundRequest.state == "pending")
        for request_id in _some(self._ids(pending)):
            decision = self.chance.choice((approve, approve, reject))
            in_transaction(lambda session, i=request_id, decide=decision: decide(session, request_id=i, by=self.till.picker) and None)

    # Goods.

    def ship(self) -> None:
        """One parcel or all, all of it or less, goes as far as it may: charged first, as the pages do it."""
        for parcel in _some(self._parcels())[: self.chance.choice((1, 9))]:
            if parcel.state == "pending":
                units = {line.id: max(0, line.quantity - self.chance.choice((0, 0, 0, 0, 1))) for line in parcel.lines}
                self._work(pick, parcel, picked=units)
            if parcel.state in ("pending", "picking", "picked"):
                self._work(pack, parcel)
            self.till.hand_over(parcel.reference)

    def deliver(self) -> None:
        for reference in _some(self._ids(select(Shipment.reference).where(Shipment.order_id == self.order_id, Shipment.state == "shipped"))):
            given: dict[str, Any] = {"signer": "M", "kind": ProofKind.SELF, "occurred_at": clock.now(), "by": SYSTEM}
            in_transaction(lambda session, r=reference, g=given: record_delivery(session, reference=r, **g) and None)

    def pause(self) -> None:
        self._do(hold, reason=HoldReason.OTHER, note="", by=self.till.clerk)

    def resume(self) -> None:
        self._do(resume, by=self.till.clerk)

    def time_out(self) -> None:
        self.till.runs_out_of_time(self.number)
        self.till.expire(self.number)

    def bill(self) -> None:
        in_transaction(lambda session: bill(session, order_id=self.order_id, by=SYSTEM) and None)

    # What they are made of.

    def _asked(self, session: Session) -> OrderRequest:
        chance, country = self.chance, self.chance.choice(COUNTRIES)
        customer = session.scalars(select(Customer).where(Customer.name == f"{country} Buyer")).one()
        lines = [
            LineRequest(
                chance.choice(list(GOODS)), chance.choice((1, 2, 3, 7, 40)), chance.choice(PRICES), chance.choice((0, 0, 1, 1250, 3333, 9999))
            )
            for _line in range(chance.randint(1, 4))
        ]
        return OrderRequest(
            channel=chance.choice(CHANNELS),
            customer_id=customer.id,
            name=customer.name,
            address=self.till.cast.address_of(customer),
            currency=chance.choice(CURRENCIES),
            lines=lines,
            shipping=chance.choice((0, 0, 1, 499, 12_345)),
            discount=chance.choice((Discount(), Discount(points=chance.randrange(10_001)))),
            any_price=True,
        )

    def _do(self, verb: Callable[..., Any], **how: Any) -> None:
        in_transaction(lambda session: verb(session, number=self.number, **how) and None)

    def _work(self, verb: Callable[..., Any], parcel: Shipment, **how: Any) -> None:
        in_transaction(lambda session: verb(session, reference=parcel.reference, by=self.till.picker, **how) and None)

    def _to_come(self) -> int:
        return in_transaction(lambda session: amount_to_come(session, open_order(session, self.order_id)))

    def _asks_for(self, kind: RefundKind) -> Asked:
        amount = max(1, rules.due(self._order()) // self.chance.choice((1, 2, 3, 10)))
        return Asked(amount, RefundReason.OTHER, kind=kind, to=self.chance.choice(list(RefundTo)))

    def _why(self) -> CancelReason:
        return self.chance.choice((CancelReason.CUSTOMER, CancelReason.FRAUD, CancelReason.OUT_OF_STOCK))

    def _order(self) -> Order:
        db.session.remove()
        return db.session.get_one(Order, self.order_id)

    def _parcels(self) -> list[Shipment]:
        """Those in the house, as they stand, and in no session any more."""
        waiting = select(Shipment).where(Shipment.order_id == self.order_id, Shipment.state.in_(("pending", "picking", "picked", "packed")))
        db.session.remove()
        found = list(db.session.scalars(waiting.order_by(Shipment.id).options(selectinload(Shipment.lines))))
        db.session.expunge_all()
        return found

    def _references(self) -> list[str]:
        return self._ids(select(Payment.provider_reference).where(Payment.order_id == self.order_id, Payment.provider_reference != ""))

    def _waiting(self) -> list[str]:
        return [reference for reference in self._references() if self.till.bank.books[reference].standing is Standing.WAITING]

    def _ids(self, query: Any) -> list[Any]:
        return in_transaction(lambda session: list(session.scalars(query)))


def _some(found: list[Any]) -> list[Any]:
    """The same, unless there is nothing."""
    if not found:
        raise Idle("")
    return found


# An order is paid one way for the most part; the others come between.
WAYS: dict[str, tuple[str, ...]] = {
    "account": ("pay_from_balance", "terms"),
    "transfer": ("transfer", "transfer", "take_off", "surplus"),
    "delivery": ("promise_delivery", "promise_delivery", "settle_delivery"),
    "shop": ("at_shop",),
    "card": (*("token",) * 3, *("page", "customer_pays") * 2, "it_ends", *("capture", "dispute") * 2, "settle"),
}
GOODS_MOVE = ("ship", "ship", "ship", "deliver", "bill")
BACK = ("cancel", "cancel_lines", "cancel_lines", "refund", "allow", "ask_for_a_refund", "decide", "decide", "pause", "resume", "time_out")
STEPS: dict[str, Callable[[Life], None]] = {name: getattr(Life, name) for names in (*WAYS.values(), GOODS_MOVE, BACK) for name in names}
