"""The permanent cast: two warehouses, the people who work there, a customer, and an outsider who must be refused everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.catalog.models import Product
from logistics.core import clock
from logistics.core.actors import SYSTEM, Actor
from logistics.core.database import db
from logistics.customers.models import Customer
from logistics.inventory.models import Place, StockLevel, Warehouse
from logistics.inventory.receiving import receive
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

    def person(self, who: str = "clerk") -> Staff:
        """A member of staff: admin, manager, clerk, picker or auditor."""
        email = f"{who}@lamp.example"
        found = self.session.scalar(select(Staff).where(Staff.email == email))
        return found or self._add(
            Staff(email=email, name=who.title(), role=PEOPLE[who].value, password_hash="no password", created_at=clock.now())
        )

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

    def _add(self, thing: Any) -> Any:
        self.session.add(thing)
        self.session.flush()
        return thing
