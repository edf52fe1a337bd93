"""A deadlock or a serialization error is nobody's concern but ours (P18): every door that writes does it all again, and once.

The error is PostgreSQL's own, raised just before the door's transaction would commit. A new door that writes belongs into DOORS.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from logistics.api.models import ApiKey
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.core.keys import new_key
from logistics.core.transactions import RUNS, _fresh_session
from logistics.orders.models import RefundReason
from logistics.orders.readdressing import mark_of
from logistics.orders.refunding import Asked, give
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.doors import fingerprints

# Serialization failure, deadlock.
STATES = ("40001", "40P01")
REFUND = {"amount": "1.00", "reason": "late"}
MINA = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB", "language": "en"}
# What the form for a corrected address was filled from.
SEEN = mark_of(Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB"))


@dataclass(frozen=True)
class World:
    """What doors need: a program, people, orders of the program's and the desk's, one paid a refund asked for, a parcel in each state."""

    cast: Cast
    shop: Program
    number: str
    desk: str
    paid: str
    parcels: dict[str, str]
    ids: dict[str, int]
    browsers: dict[str, FlaskClient]

    def form(self, who: str, path: str, **fields: Any) -> TestResponse:
        """Somebody sends a form."""
        return self.browsers[who].post(path, data={"form_key": new_key(), **fields})


@pytest.fixture
def world(cast: Cast) -> World:
    """One of everything, and everybody signed in: that leaves events of its own."""

    def furnish() -> tuple[str, str, dict[str, str], dict[str, int]]:
        level = cast.stock("LAMP", 500)
        desk = cast.order(lines=[("LAMP", 1)])
        parcels = {state: cast.shipment(lines=[("LAMP", 1)], state=state).reference for state in ("pending", "picked", "packed", "shipped")}
        parcels["by_api"] = cast.shipment(lines=[("LAMP", 1)], state="packed", channel="api").reference
        ids = {"level": level.id, "customer": cast.customer().id, "product": cast.product("LAMP").id, "leeds": cast.warehouse().id}
        paid = cast.order(lines=[("LAMP", 1)], pay="transfer", channel="api")
        asked = give(cast.session, number=paid.number, asked=Asked(100, RefundReason.LATE), by=cast.actor("clerk"), alone=False)
        ids |= {"line": desk.lines[0].id, "request": asked.id}
        return desk.number, paid.number, parcels, ids | {"picker": cast.person("picker").id, "total": desk.total}

    desk, paid, parcels, ids = cast.made(furnish)
    shop = program(cast, "orders", "catalogue", "fulfilment")
    number = shop.post("/orders", order_body(("LAMP", 1))).get_json()["number"]
    ids["key"] = cast.made(lambda: cast.session.scalars(select(ApiKey.id)).one())
    return World(cast, shop, number, desk, paid, parcels, ids, {who: cast.client(who) for who in ("admin", "manager", "clerk")})


Send = Callable[[World], TestResponse]
# What the door is called, the event that its effect publishes, and a request that has this effect.
DOORS: list[tuple[str, str, Send]] = [
    ("api.create_order", "OrderPlaced", lambda world: world.shop.post("/orders", order_body(("LAMP", 1)))),
    ("api.create_order again", "OrderPlaced", lambda world: world.shop.post("/orders", order_body(("LAMP", 1), external_id="WEB-1"))),
    ("api.create_hold", "OrderHeld", lambda world: world.shop.post(f"/orders/{world.number}/hold", {"reason": "other"})),
    ("api.create_cancellation", "StockReleased", lambda world: world.shop.post(f"/orders/{world.number}/cancellation", {"reason": "customer"})),
    (
        "api.create_dispatch",
        "ShipmentDispatched",
        lambda world: world.shop.post(f"/shipments/{world.parcels['by_api']}/dispatch", {"carrier": "DHL", "tracking_number": "JD1"}),
    ),
    ("api.create_product", "ProductCreated", lambda world: world.shop.post("/products", {"sku": "NEW-1", "name": "New", "price": "1.00"})),
    ("api.create_customer", "CustomerRegistered", lambda world: world.shop.post("/customers", {"reference": "NEW-1", "name": "New"})),
    ("api.create_key", "ApiKeyIssued", lambda world: world.form("admin", "/settings/keys/new", channel="api", label="x", scopes="orders")),
    ("api.create_revocation_of_key", "ApiKeyRevoked", lambda world: world.form("admin", f"/settings/keys/{world.ids['key']}/revocation")),
    (
        "orders.create_order",
        "OrderPlaced",
        lambda world: world.form("clerk", "/orders/new", **MINA, currency="USD", pay="later", **{"lines-0-sku": "LAMP", "lines-0-quantity": "1"}),
    ),
    ("orders.create_payment", "PaymentTaken", lambda world: world.form("clerk", f"/orders/{world.desk}/payment", amount="18.00", reference="BANK 1")),
    ("orders.create_cancellation", "StockReleased", lambda world: world.form("clerk", f"/orders/{world.desk}/cancellation", reason="customer")),
    (
        "orders.create_line_cancellation",
        "StockReleased",
        lambda world: world.form("clerk", f"/orders/{world.desk}/lines/cancellation", reason="customer", **{f"line-{world.ids['line']}": "1"}),
    ),
    (
        "orders.update_address",
        "OrderReaddressed",
        lambda world: world.form("clerk", f"/orders/{world.desk}/address", **{**MINA, "line1": "7 Elm Close"}, seen=SEEN),
    ),
    ("orders.create_refund", "OrderRefunded", lambda world: world.form("manager", f"/orders/{world.paid}/refund", **REFUND, to="as_paid")),
    ("orders.create_allowance", "AllowanceGiven", lambda world: world.form("manager", f"/orders/{world.desk}/allowance", **REFUND)),
    ("refunds.create_approval", "RefundApproved", lambda world: world.form("manager", f"/refunds/{world.ids['request']}/approval")),
    ("api.create_refund", "OrderRefunded", lambda world: world.shop.post(f"/orders/{world.paid}/refunds", REFUND)),
    (
        "customers.create_deposit",
        "MoneyDeposited",
        lambda world: world.form("clerk", f"/customers/{world.ids['customer']}/deposits", amount="5.00", currency="USD", reference="x"),
    ),
    ("customers.create_customer", "CustomerRegistered", lambda world: world.form("clerk", "/customers/new", **MINA)),
    (
        "catalog.create_product",
        "ProductCreated",
        lambda world: world.form("manager", "/products/new", sku="NEW-2", name="New", price="1.00", sellable="y"),
    ),
    (
        "inventory.create_receipt",
        "StockReceived",
        lambda world: world.form(
            "manager", "/receipts/new", warehouse=world.ids["leeds"], **{"lines-0-product_id": world.ids["product"], "lines-0-quantity": "3"}
        ),
    ),
    (
        "inventory.create_adjustment",
        "StockAdjusted",
        lambda world: world.form("manager", f"/stock/{world.ids['level']}/adjustments", change="-1", reason="damaged", version="0"),
    ),
    ("fulfilment.create_scan", "ShipmentMoved", lambda world: world.form("manager", f"/shipments/{world.parcels['pending']}/scans", code="LAMP")),
    ("fulfilment.create_packing", "ShipmentMoved", lambda world: world.form("manager", f"/shipments/{world.parcels['picked']}/packing")),
    (
        "fulfilment.create_dispatch",
        "ShipmentDispatched",
        lambda world: world.form("manager", f"/shipments/{world.parcels['packed']}/dispatch", carrier="DHL", tracking_number="JD1"),
    ),
    ("staff.create_deactivation", "StaffChanged", lambda world: world.form("admin", f"/settings/people/{world.ids['picker']}/deactivation")),
]


@pytest.mark.parametrize(("at", "fact", "send"), [(at, *door[1:]) for at, door in enumerate(DOORS)], ids=[door[0] for door in DOORS])
def test_two_deadlocks_are_not_noticed_and_the_effect_is_there_once(world: World, session: Session, at: int, fact: str, send: Send) -> None:
    state = STATES[at % 2]
    before = _count(session, fact)

    with _deadlocks(state, times=RUNS - 1) as raised:
        answer = send(world)

    assert answer.status_code < 400, answer.text[:400]
    assert raised == [state] * (RUNS - 1)
    assert _count(session, fact) == before + 1


@pytest.mark.parametrize(("fact", "send"), [door[1:] for door in DOORS], ids=[door[0] for door in DOORS])
def test_with_one_deadlock_after_another_nothing_is_written_and_one_is_asked_to_come_again(
    world: World, session: Session, fact: str, send: Send
) -> None:
    before = fingerprints(session)

    with _deadlocks("40P01", times=99) as raised:
        answer = send(world)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert len(raised) == RUNS
    assert "planted" not in answer.text
    assert fingerprints(session) == before
    assert send(world).status_code < 400, "and then it works"
    assert fact


def test_a_held_order_is_let_go_on_through_deadlocks(world: World, session: Session) -> None:
    """The one door that takes no body."""
    world.shop.post(f"/orders/{world.number}/hold", {"reason": "other"})

    with _deadlocks("40001", times=RUNS - 1):
        answer = world.shop.delete(f"/orders/{world.number}/hold")

    assert (answer.status_code, _count(session, "OrderResumed")) == (200, 1)


@contextmanager
def _deadlocks(state: str, *, times: int) -> Iterator[list[str]]:
    """Let PostgreSQL raise this error `times` times, each just before a door's transaction would commit."""
    raised: list[str] = []

    def open_and_arm() -> Session:
        session = _fresh_session()
        session.info["armed"] = True
        return session

    def fail(session: Session) -> None:
        # Savepoints inside the transaction end by themselves.
        if "armed" in session.info and not session.in_nested_transaction() and len(raised) < times:
            session.flush()
            raised.append(state)
            session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{state}'; END $$"))

    event.listen(Session, "before_commit", fail)
    try:
        with patch("logistics.core.transactions._fresh_session", open_and_arm):
            yield raised
    finally:
        event.remove(Session, "before_commit", fail)


def _count(session: Session, fact: str) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == fact)) or 0
