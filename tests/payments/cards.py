"""Orders paid by card, in a test: real transactions around a provider inside the test."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from logistics.core import clock
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.transactions import in_transaction
from logistics.customers.models import Account
from logistics.fulfilment.charging import charge_for_dispatch
from logistics.fulfilment.dispatching import NotCovered, dispatch
from logistics.fulfilment.models import Shipment
from logistics.orders import charging
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.finishing import carry_out
from logistics.orders.hearing import note_news, work_news
from logistics.orders.locks import lock_order
from logistics.orders.models import CancelReason, Order, PaymentIncident
from logistics.orders.settling import settle_order
from logistics.payments.by_card import is_uncharged
from logistics.payments.gateways.gateway import News, NewsKind
from logistics.payments.models import Payment, PaymentAttempt
from tests.cast import Cast
from tests.payments.fake_gateway import FakeGateway

WHOM = charging.Customer("https://shop.example/track/t", "mina@example.com")


@dataclass
class Till:
    """The desk, the warehouse and the customer around one provider."""

    app: Flask
    bank: FakeGateway = field(default_factory=FakeGateway)

    def __post_init__(self) -> None:
        self.cast = Cast(self.app)
        with self.app.app_context():
            self.clerk, self.picker = self.cast.actor(), self.cast.actor("picker")
            self.cast.carrier()
            db.session.commit()

    def order(self, **given: Any) -> str:
        """The number of an unpaid order for 36.00."""
        return str(self.cast.made(lambda: self.cast.order(**given).number))

    def page(self, number: str) -> str:
        """A page to pay on; its address."""
        with self.app.app_context():
            return charging.make_page(number=number, whom=WHOM, by=self.clerk)

    def pay(self, number: str, means: str = "tok") -> None:
        """Pay by a token."""
        with self.app.app_context():

            def begin(session: Any) -> Any:
                return charging.begin_card(session, lock_order(session, number=number), token=means, whom=WHOM, by=self.clerk)

            carry_out(in_transaction(begin), by=self.clerk)

    def authorised(self, **given: Any) -> str:
        """The number of an order whose card is authorised."""
        number = self.order(**given)
        self.pay(number)
        return number

    def capture(self, number: str) -> None:
        """Take the money without anything leaving, as when we die between the capture and the dispatch."""
        with self.app.app_context():
            by, order_id = self.picker, self.id_of(number)
            question = in_transaction(lambda session: charging.begin_capture(session, lock_order(session, order_id=order_id), by=by))
            assert question
            carry_out(question, by=by)

    def is_uncharged(self, number: str) -> bool:
        """Whether a card of it is authorised and not charged yet."""
        with self.app.app_context():
            return is_uncharged(db.session(), self.id_of(number))

    def packed(self, **given: Any) -> str:
        """The number of an order whose card is authorised and whose parcel is packed."""
        number = self.authorised(**given)
        self.cast.made(lambda: self.cast.work_on(self.parcel(number), "packed"))
        return number

    def parcel(self, number: str) -> Shipment:
        """The newest parcel of an order."""
        found = select(Shipment).join(Order, Order.id == Shipment.order_id).where(Order.number == number)
        return db.session.scalars(found.order_by(Shipment.id.desc())).first()  # type: ignore[return-value]

    def ship(self, number: str, *, anyhow: bool = False) -> None:
        """Charge, then dispatch; `anyhow`: where there is no parcel, whether one might leave."""
        with self.app.app_context():
            parcel = self.parcel(number)
            if parcel is None and anyhow:
                raise NotCovered("")
            reference = parcel.reference
        self.hand_over(reference)

    def hand_over(self, reference: str) -> None:
        """Charge the order of a packed parcel, then dispatch it."""
        with self.app.app_context():
            given: dict[str, Any] = {"reference": reference, "carrier_code": "DHL", "tracking_number": "", "by": self.picker}
            charge_for_dispatch(**given)
            in_transaction(lambda session: dispatch(session, **given) and None)

    def cancel(self, number: str) -> None:
        """Take it back."""
        with self.app.app_context():
            by = self.clerk
            in_transaction(lambda session: cancel(session, number=number, reason=CancelReason.CUSTOMER, by=by, even_if_picked=True) and None)

    def settle(self, number: str, *, now: bool = False) -> bool:
        """What the worker does."""
        with self.app.app_context():
            return settle_order(self.id_of(number), now=now)

    def hear(self, kind: NewsKind, reference: str, amount: int = 0) -> None:
        """What the provider's hook brings about."""
        told = News(f"evt {new_key()}", kind, reference, amount)
        with self.app.app_context():
            if news_id := in_transaction(lambda session: note_news(session, self.bank.name, told)):
                work_news(news_id)

    def runs_out_of_time(self, number: str) -> None:
        """Its time to pay ended a second ago."""
        over = update(Order).where(Order.number == number).values(expires_at=clock.now() - timedelta(seconds=1))
        self.cast.made(lambda: self.cast.session.execute(over))

    def expire(self, number: str) -> bool:
        """What the sweep does with it; whether it was cancelled."""
        with self.app.app_context():
            order_id = self.id_of(number)
            return in_transaction(lambda session: expire(session, order_id=order_id))

    def id_of(self, number: str) -> int:
        """Its id."""
        return int(db.session.scalars(select(Order.id).where(Order.number == number)).one())

    def status(self, number: str) -> str:
        """Its headline."""
        with self.app.app_context():
            return db.session.scalars(select(Order.status).where(Order.number == number)).one()

    def payments(self, number: str) -> list[tuple[str, int, int, int, int]]:
        """State, authorised, captured, voided, refunded of its payments."""
        with self.app.app_context():
            columns = (Payment.state, Payment.authorised, Payment.captured, Payment.voided, Payment.refunded)
            rows = select(*columns).join(Order, Order.id == Payment.order_id).where(Order.number == number).order_by(Payment.id)
            return [tuple(row) for row in db.session.execute(rows)]  # type: ignore[misc]

    def attempts(self, number: str) -> list[tuple[str, str]]:
        """Kind and state of what was asked for it."""
        with self.app.app_context():
            rows = select(PaymentAttempt.kind, PaymentAttempt.state).join(Order, Order.id == PaymentAttempt.order_id)
            return [tuple(row) for row in db.session.execute(rows.where(Order.number == number).order_by(PaymentAttempt.id))]  # type: ignore[misc]

    def incidents(self, number: str) -> list[tuple[str, int]]:
        """What waits for somebody."""
        with self.app.app_context():
            rows = select(PaymentIncident.kind, PaymentIncident.amount).join(Order, Order.id == PaymentIncident.order_id)
            return [tuple(row) for row in db.session.execute(rows.where(Order.number == number).order_by(PaymentIncident.id))]  # type: ignore[misc]

    def balance(self) -> int:
        """What customers have with us."""
        with self.app.app_context():
            return int(db.session.scalar(select(func.coalesce(func.sum(Account.balance), 0))) or 0)

    def agree(self) -> None:
        """Our books and the provider's say the same, and every invariant holds."""
        with self.app.app_context():
            ours = db.session.execute(select(Payment).where(Payment.provider_reference != "")).scalars()
            for payment in ours:
                theirs = self.bank.books[payment.provider_reference]
                assert payment.captured == theirs.captured, payment.provider_reference
            findings = [(found.invariant.code, found.offenders) for found in audit(db.engine) if found.offenders]
            assert findings == []
