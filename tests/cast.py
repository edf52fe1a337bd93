"""The permanent cast: two warehouses, the people who work there, a customer, and an outsider who must be refused everywhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product, RatedClass, TaxRate
from logistics.catalog.taxing import RateFacts, add_tax_rate
from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.core.addresses import Address
from logistics.core.database import db
from logistics.customers.crediting import deposit
from logistics.customers.models import Customer
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import Carrier, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.inventory.models import Place, StockLevel, Warehouse
from logistics.inventory.receiving import receive
from logistics.orders.models import Channel, Order
from logistics.orders.paying import pay_from_balance, record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.staff.models import Role, Staff
from logistics.staff.signing_in import actor_of, open_session

PASSWORD = "correct horse battery"
PEOPLE = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "clerk": Role.CLERK,
    "picker": Role.WAREHOUSE,
    "auditor": Role.AUDITOR,
}


@dataclass
class Cast:
    """Makes the people and things of a test on first mention; the same name is the same thing afterwards."""

    app: Flask

    @property
    def session(self) -> Session:
        """The session of the application context the test is in."""
        return db.session()

    def product(self, sku: str, *, price: int = 1800, **values: Any) -> Product:
        """A product, in USD."""
        found = self.session.scalar(select(Product).where(func.lower(Product.sku) == sku.lower()))
        if found:
            return found
        moment = clock.now()
        given = {"name": f"{sku.title()} thing", "price": price, "currency": "USD", "created_at": moment, "updated_at": moment, **values}
        return self._add(Product(sku=sku, **given))

    def warehouse(self, code: str = "LEEDS", **values: Any) -> Warehouse:
        """A warehouse; LEEDS comes before HANGZHOU in priority."""
        found = self.session.scalar(select(Warehouse).where(Warehouse.code == code))
        given = {"name": code.title(), "country": "GB", "priority": 10 if code == "LEEDS" else 20, **values}
        return found or self._add(Warehouse(code=code, **given))

    def stock(self, sku: str, on_hand: int, *, at: str = "LEEDS", reorder_point: int = 0, **values: Any) -> StockLevel:
        """This many units of a product in a warehouse."""
        place = Place(self.warehouse(at).id, self.product(sku, **values).id)
        level = receive(self.session, place=place, quantity=on_hand, by=SYSTEM, reference="opening")
        level.reorder_point = reorder_point
        self.session.flush()
        return level

    def customer(self, name: str = "Mina Park", **values: Any) -> Customer:
        """Somebody who buys, with a valid address in Leeds."""
        found = self.session.scalar(select(Customer).where(Customer.name == name))
        if found:
            return found
        moment = clock.now()
        given = {
            "email": f"{name.split()[0].lower()}@example.com",
            "phone": "+44 113 496 0001",
            "line1": "12 Park Row",
            "city": "Leeds",
            "postcode": "LS1 5HD",
            "country": "GB",
            "created_at": moment,
            "updated_at": moment,
            **values,
        }
        return self._add(Customer(name=name, **given))

    def order(self, *, lines: Sequence[tuple[str, int]] = (("LAMP", 2),), pay: str | None = None, **values: Any) -> Order:
        """An order of Mina Park's for these (sku, quantity) lines, placed by the clerk; missing stock comes in first, unless it `may_wait`.

        `pay` is "balance" (money for it is deposited first), "transfer", or None for not yet.
        """
        if not values.get("may_wait"):
            self._have(lines)
        customer = values.pop("customer", None) or self.customer()
        given = {"channel": "desk", "name": customer.name, "currency": "USD", "phone": customer.phone, "email": customer.email, **values}
        given.setdefault("address", self.address_of(customer))
        wanted = [LineRequest(sku, quantity) for sku, quantity in lines]
        order = place(self.session, OrderRequest(customer_id=customer.id, lines=wanted, **given), by=self.actor())
        if pay == "balance":
            deposit(self.session, customer_id=customer.id, currency=order.currency, amount=order.total, reference="", by=SYSTEM)
            pay_from_balance(self.session, number=order.number, by=self.actor())
        elif pay == "transfer":
            record_transfer(self.session, number=order.number, amount=order.total, reference=f"BANK {order.number}", by=self.actor())
        return order

    def address_of(self, customer: Customer) -> Address:
        """Where a customer's parcels go."""
        return Address(**{part.name: getattr(customer, part.name) for part in fields(Address)})

    def channel(self, code: str = "desk", **values: Any) -> Channel:
        """A channel, with these rules of its own."""
        found = self.session.scalar(select(Channel).where(Channel.code == code))
        channel = found or self._add(Channel(code=code, **{"name": code.title(), "kind": "api", **values}))
        for name, value in values.items():
            setattr(channel, name, value)
        self.session.flush()
        return channel

    def taxes(self, country: str, standard: int, reduced: int | None = None) -> TaxRate:
        """What goods that go to a country are taxed with, in basis points; the standard rate."""
        rates = {RatedClass.STANDARD: standard} | ({} if reduced is None else {RatedClass.REDUCED: reduced})
        made = [
            add_tax_rate(self.session, country=country, tax_class=tax_class, facts=RateFacts(rate, "VAT"), by=SYSTEM)
            for tax_class, rate in rates.items()
        ]
        return made[0]

    def carrier(self, code: str = "DHL", **values: Any) -> Carrier:
        """Somebody who takes parcels."""
        found = self.session.scalar(select(Carrier).where(Carrier.code == code))
        url = f"https://{code.lower()}.example/track?n={{number}}"
        return found or self._add(Carrier(code=code, **{"name": code.title(), "tracking_url": url, "active": True, **values}))

    def shipment(self, *, lines: Sequence[tuple[str, int]] = (("LAMP", 2),), state: str = "pending", **values: Any) -> Shipment:
        """The first parcel of a paid order, worked on by the picker as far as `state`: pending, picked, packed or shipped."""
        order = self.order(lines=lines, pay="transfer", **values)
        shipment = self.session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)).first()
        assert shipment is not None
        return self.work_on(shipment, state)

    def work_on(self, shipment: Shipment, state: str) -> Shipment:
        """Pick all of a parcel that nobody has worked on, then pack and ship it, as far as `state`."""
        done: dict[str, Any] = {"reference": shipment.reference, "by": self.actor("picker")}
        if state in ("picked", "packed", "shipped"):
            pick(self.session, picked={line.id: line.quantity for line in shipment.lines}, **done)
        if state in ("packed", "shipped"):
            pack(self.session, **done)
        return self.hand_over(shipment) if state == "shipped" else shipment

    def hand_over(self, shipment: Shipment, *, number: str = "") -> Shipment:
        """Give a packed parcel to DHL, under this tracking number or one of its own."""
        given = {"carrier_code": self.carrier().code, "tracking_number": number or f"JD{shipment.id:08}"}
        return dispatch(self.session, reference=shipment.reference, by=self.actor("picker"), **given)

    def person(self, who: str = "clerk") -> Staff:
        """A member of staff: admin, manager, clerk, picker or auditor."""
        email = f"{who}@lamp.example"
        found = self.session.scalar(select(Staff).where(Staff.email == email))
        return found or self._add(Staff(email=email, name=who.title(), role=PEOPLE[who].value, password_hash="no password", created_at=clock.now()))

    def actor(self, who: str = "clerk") -> Actor:
        """The same, as somebody who acts."""
        return actor_of(self.person(who))

    def client(self, who: str | None = "clerk") -> FlaskClient:
        """A browser somebody is signed in with; None is the outsider."""
        browser = self.app.test_client()
        if who:
            with self.app.app_context():
                token = open_session(self.session, self.person(who))
                self.session.commit()
            with browser.session_transaction() as cookie:
                cookie["_user_id"] = token
        return browser

    def made(self, make: Callable[[], Any]) -> Any:
        """Make something and commit it, from outside an application context; what `make` returns."""
        with self.app.app_context():
            thing = make()
            self.session.commit()
            return thing

    def _have(self, lines: Sequence[tuple[str, int]]) -> None:
        wanted: dict[Product, int] = {}
        for sku, quantity in lines:
            wanted[self.product(sku)] = wanted.get(self.product(sku), 0) + quantity
        for product, quantity in wanted.items():
            held = select(func.coalesce(func.sum(StockLevel.on_hand - StockLevel.reserved), 0)).where(StockLevel.product_id == product.id)
            if (missing := quantity - int(self.session.scalar(held) or 0)) > 0:
                self.stock(product.sku, missing)

    def _add(self, thing: Any) -> Any:
        self.session.add(thing)
        self.session.flush()
        return thing
