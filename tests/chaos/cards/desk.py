"""What people and programs do about cards over HTTP, and what stands in our books and the provider's."""

import http.client
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from logistics.core import clock
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.limits import DatabaseStorage
from logistics.core.transactions import in_transaction
from logistics.fulfilment.models import Shipment
from logistics.orders import charging
from logistics.orders.charging import customer_of
from logistics.orders.finishing import carry_out
from logistics.orders.locks import lock_order
from logistics.orders.models import Order
from logistics.payments.models import Payment, PaymentAttempt, PaymentNews
from tests.api.programs import order_body
from tests.cast import Cast
from tests.chaos.racing import outcome, wait_until
from tests.house import Answer, House, Visitor
from tests.payments.simulation import Simulation

TOTAL = 3600
KINDS = ("authorise", "capture", "void", "refund")


@dataclass
class Desk:
    """A house and a provider. Every order here is one lamp for 36.00."""

    town: Flask
    house: House
    provider: Simulation
    people: dict[str, Visitor]
    key: str

    # What there is, made without HTTP: it is not what is tested.

    def stock(self, sku: str, units: int) -> None:
        """Lamps enough."""
        Cast(self.town).made(lambda: Cast(self.town).stock(sku, units, price=TOTAL))

    def order(self, sku: str) -> str:
        """The number of an order that nobody has paid."""
        return str(Cast(self.town).made(lambda: Cast(self.town).order(lines=[(sku, 1)]).number))

    def packed(self, sku: str) -> tuple[str, str]:
        """An order whose card is authorised and whose parcel is packed: their numbers."""
        number = self.order(sku)
        with self.town.app_context():
            cast, by = Cast(self.town), Cast(self.town).actor()

            def begin(session: Any) -> Any:
                held = lock_order(session, number=number)
                return charging.begin_card(session, held, token="sim_ok", whom=customer_of(held), by=by)

            carry_out(in_transaction(begin), by=by)
            parcel = db.session.scalars(select(Shipment).join(Order, Order.id == Shipment.order_id).where(Order.number == number)).one()
            reference = cast.work_on(parcel, "packed").reference
            db.session.commit()
            db.session.remove()
        return number, reference

    def captured(self, sku: str) -> str:
        """The number of an order that left: its card is charged."""
        number, parcel = self.packed(sku)
        assert outcome(self.dispatch(parcel)) == "done"
        return number

    def page(self, sku: str) -> str:
        """The number of an order with a page on which it can be paid."""
        number = self.order(sku)
        with self.town.app_context():
            order = db.session.scalars(select(Order).where(Order.number == number)).one()
            assert charging.make_page(number=number, whom=customer_of(order), by=Cast(self.town).actor())
            db.session.remove()
        return number

    def order_by_program(self, sku: str) -> str:
        """The number of an order that the shop's program sent and nobody has paid."""
        answer = self.call("/orders", order_body((sku, 1)))
        assert answer.status == 201, answer.body
        return str(json.loads(answer.body)["number"])

    # What is done over HTTP.

    def dispatch(self, parcel: str) -> Answer:
        """The picker hands a parcel to its carrier: the card is charged."""
        return self._post("picker", f"/shipments/{parcel}/dispatch", carrier="DHL", tracking_number=f"JD{parcel.replace('-', '')}")

    def cancel(self, number: str, *, line: int = 0) -> Answer:
        """The manager takes an order back, or with `line` (an id) the lamp of that line."""
        if line:
            return self._post("manager", f"/orders/{number}/lines/cancellation", reason="customer", **{f"line-{line}": "1"})
        return self._post("manager", f"/orders/{number}/cancellation", reason="customer")

    def refund(self, number: str, amount: str, *, who: str = "manager", once: str = "") -> Answer:
        """Somebody gives money back to the card."""
        fields = {"amount": amount, "reason": "late", "to": "as_paid"} | ({"form_key": once} if once else {})
        return self._post(who, f"/orders/{number}/refund", **fields)

    def pay(self, number: str) -> Answer:
        """The program of the shop pays by a token."""
        return self.call(f"/orders/{number}/payment", {"method": "card", "card_token": "sim_ok"})

    def call(self, path: str, body: dict[str, Any], *, once: str = "") -> Answer:
        """A program calls. Raises OSError or HTTPException where no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=240)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": once or new_key()}
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read().decode())
        finally:
            connection.close()

    def forget_counts(self) -> None:
        """More than a program may write in a minute is asked of it here."""
        with self.town.app_context():
            DatabaseStorage().reset()

    # What the books say.

    def settled(self, number: str) -> None:
        """Wait until the worker has nothing more to ask the provider about an order, nor the provider to tell."""
        wait_until(lambda: not self.provider.hooks_waiting() and not self._has_more(number))

    def books(self, number: str) -> dict[str, int]:
        """What was moved for an order, by kind: ours, which must be the provider's as well."""
        columns = (Payment.authorised, Payment.captured, Payment.voided, Payment.refunded)
        sums = select(*(func.coalesce(func.sum(column), 0) for column in columns)).join(Order, Order.id == Payment.order_id)
        with self.town.app_context():
            row = db.session.execute(sums.where(Order.number == number)).one()
            db.session.remove()
        ours = dict(zip(KINDS, (int(amount) for amount in row), strict=True))
        each = [self.provider.sums(reference) for reference in self.provider.references_of(number)]
        assert ours == {kind: sum(sums[kind] for sums in each) for kind in KINDS}, number
        return ours

    def story(self, number: str) -> list[Any]:
        """What there is to know where a test fails: payments and attempts of an order, and what the provider says."""
        payments = select(Payment.id, Payment.state, Payment.settle_at, Payment.failure).join(Order, Order.id == Payment.order_id)
        attempts = select(PaymentAttempt.kind, PaymentAttempt.state, PaymentAttempt.opened_at, PaymentAttempt.answer)
        attempts = attempts.join(Order, Order.id == PaymentAttempt.order_id)
        with self.town.app_context():
            found: list[Any] = [tuple(row) for query in (payments, attempts) for row in db.session.execute(query.where(Order.number == number))]
            db.session.remove()
        return [clock.now(), *found, *(self.provider.sums(reference) for reference in self.provider.references_of(number))]

    def status(self, number: str) -> str:
        """Its headline."""
        return str(self._read(select(Order.status).where(Order.number == number)))

    def number(self, external_id: str) -> str:
        """The number of the order that a shop calls so; empty where there is none."""
        return str(self._read(select(Order.number).where(Order.external_id == external_id)) or "")

    def line(self, number: str) -> int:
        """The id of its line."""
        with self.town.app_context():
            found = db.session.scalars(select(Order).where(Order.number == number)).one().lines[0].id
            db.session.remove()
            return found

    def reference(self, number: str) -> str:
        """What the provider calls its payment."""
        return str(self._read(select(Payment.provider_reference).join(Order, Order.id == Payment.order_id).where(Order.number == number)))

    def asked(self, number: str) -> str:
        """What the provider was asked about an order and has not answered; empty where that is nothing."""
        attempt = select(PaymentAttempt.kind).join(Order, Order.id == PaymentAttempt.order_id)
        return str(self._read(attempt.where(Order.number == number, PaymentAttempt.state == "open")) or "")

    def expires(self, number: str, *, in_seconds: float) -> None:
        """Let its time to pay end then."""
        self._change(update(Order).where(Order.number == number).values(expires_at=clock.now() + timedelta(seconds=in_seconds)))

    def age(self, number: str, *, minutes: int) -> None:
        """Let what was asked for an order, and its page, be so old."""
        own, moment = select(Order.id).where(Order.number == number).scalar_subquery(), clock.now() - timedelta(minutes=minutes)
        self._change(update(PaymentAttempt).where(PaymentAttempt.order_id == own, PaymentAttempt.state == "open").values(opened_at=moment))
        page = update(Payment).where(Payment.order_id == own, Payment.state == "created")
        self._change(page.values(created_at=moment, settle_at=moment))

    def _post(self, who: str, path: str, **fields: str) -> Answer:
        return self.people[who].post(path, {"form_key": new_key(), **fields})

    def _has_more(self, number: str) -> object:
        own = select(Order.id).where(Order.number == number).scalar_subquery()
        attempts = select(PaymentAttempt.id).where(PaymentAttempt.order_id == own, PaymentAttempt.state == "open")
        waiting = select(Payment.id).where(Payment.order_id == own, Payment.settle_at <= clock.now())
        # Of what the provider was asked, its answer was booked: its hook adds nothing, and may wait for the schedule.
        paid = select(PaymentNews.id).join(Payment, Payment.provider_reference == PaymentNews.reference)
        paid = paid.where(Payment.order_id == own, Payment.state == "created", PaymentNews.worked_at.is_(None))
        return self._read(attempts.union_all(waiting, paid))

    def _read(self, query: Any) -> Any:
        with self.town.app_context():
            found = db.session.scalar(query.limit(1))
            db.session.remove()
            return found

    def _change(self, statement: Any) -> None:
        with self.town.app_context():
            db.session.execute(statement)
            db.session.commit()
            db.session.remove()
