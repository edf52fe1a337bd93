"""Orders on terms on the screen: approved by a manager, never called paid, and seen when they are late."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.customers.crediting import account_for, deposit
from logistics.customers.models import Account
from logistics.notifications.composing import compose
from logistics.notifications.models import Message
from logistics.orders.models import Channel, Order
from logistics.orders.paying import approve_terms
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.fulfilment.test_assigning import shipments_of

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    return cast.client("manager")


def test_a_manager_lets_an_order_leave_on_terms_and_nothing_calls_it_paid(cast: Cast, manager: FlaskClient) -> None:
    number = cast.made(lambda: _order(cast, limit=5000).number)
    assert "Let order" in manager.get(f"/orders/{number}").text

    answer = manager.post(f"/orders/{number}/terms", headers=PART)

    assert answer.status_code == 200
    assert f"Order {number} leaves on terms." in answer.text
    page = manager.get(f"/orders/{number}").text
    for where in (
        page,
        manager.get("/orders/").text,
        manager.get(f"/orders/{number}?preview=1").text,
        cast.client("picker").get(f"/orders/{number}").text,
    ):
        assert "On terms" in where
        assert not re.search(r"</i>Paid<|>Paid<", where)
    assert "Terms approved" in page
    assert "Paid, on its way" not in page
    assert manager.post(f"/orders/{number}/terms").status_code == 303, "again is no error"
    with cast.app.app_context():
        assert cast.session.scalar(select(Account.authorised)) == 3600


def test_the_clerk_is_not_offered_it_and_may_not(cast: Cast) -> None:
    number = cast.made(lambda: _order(cast, limit=5000).number)
    clerk = cast.client("clerk")
    assert f"/orders/{number}/terms" not in clerk.get(f"/orders/{number}").text
    assert clerk.post(f"/orders/{number}/terms").status_code == 403
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize(
    ("limit", "days", "says"), [(3599, 30, "can buy for 35.99 USD on terms, and 36.00 are needed"), (5000, 0, "no terms in USD")]
)
def test_credit_that_does_not_reach_is_refused_and_not_offered(cast: Cast, manager: FlaskClient, limit: int, days: int, says: str) -> None:
    number = cast.made(lambda: _order(cast, limit=limit, days=days).number)
    assert f"/orders/{number}/terms" not in manager.get(f"/orders/{number}").text

    answer = manager.post(f"/orders/{number}/terms", headers=PART)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#toast")
    assert says in answer.text


def test_what_left_on_terms_says_when_it_is_due_and_when_it_is_late(cast: Cast, manager: FlaskClient) -> None:
    number = cast.made(lambda: _sent(cast).number)
    page = manager.get(f"/orders/{number}").text
    assert re.search(r"On terms, due on [^:<]+: USD 36.00 still to be paid", page)
    assert "Charged on terms, due on" in page
    assert "Overdue" not in page

    cast.made(lambda: setattr(cast.session.scalars(select(Payment)).one(), "due_on", clock.now().date() - timedelta(days=1)))
    assert "Overdue" in manager.get(f"/orders/{number}").text
    customer = manager.get(f"/customers/{cast.made(lambda: cast.customer().id)}").text
    panel = customer[customer.index('id="customer-charges"') :]
    assert number in panel
    assert "Overdue" in panel
    assert "Mina Park" in manager.get("/customers/overdue").text

    cast.made(lambda: deposit(cast.session, customer_id=cast.customer().id, currency="USD", amount=3600, reference="", by=SYSTEM))
    assert "Paid off" in manager.get(f"/orders/{number}").text
    assert 'id="customer-charges"' not in manager.get(f"/customers/{cast.made(lambda: cast.customer().id)}").text


def test_the_order_form_offers_terms_to_who_may_approve_them(cast: Cast, manager: FlaskClient) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _grant(cast, 5000, 30)))
    assert 'value="terms"' in manager.get("/orders/new").text
    assert 'value="terms"' not in cast.client("clerk").get("/orders/new").text

    answer = manager.post("/orders/new", data=_typed(cast))

    assert answer.status_code == 303
    with cast.app.app_context():
        assert cast.session.scalars(select(Order.status)).all() == ["paid"]
        assert cast.session.scalars(select(Payment.method)).all() == ["terms"]


def test_a_clerk_who_sends_terms_all_the_same_places_nothing(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _grant(cast, 5000, 30)))
    answer = cast.client("clerk").post("/orders/new", data=_typed(cast))
    assert answer.status_code == 422
    assert "Not a valid choice" in answer.text
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_order_beyond_the_credit_is_refused_beside_the_way_of_paying(cast: Cast, manager: FlaskClient) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _grant(cast, 100, 30)))
    answer = manager.post("/orders/new", data=_typed(cast), headers=PART)
    assert answer.status_code == 409
    assert "The customer can buy for 1.00 USD on terms, and 36.00 are needed." in answer.text
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).select_from(Order)) == 0


def test_the_confirmation_does_not_say_that_it_is_paid(cast: Cast) -> None:
    def confirm() -> str:
        order = _order(cast, limit=5000)
        approve_terms(cast.session, number=order.number, by=cast.actor("manager"))
        message = cast.session.scalars(select(Message).where(Message.milestone == "confirmed")).one()
        return compose(cast.session, message.id, cast.app.config["SETTINGS"]).text

    text = cast.made(confirm)
    assert "on the terms we agreed" in text
    assert "is paid" not in text


def test_a_channel_is_told_to_take_balances_at_dispatch(cast: Cast) -> None:
    admin = cast.client("admin")
    sent = {"name": "Desk", "timeout": "14", "unit": "days", "ship_complete": "y", "capture_at_dispatch": "y", "version": "1"}
    assert admin.post("/settings/channels/desk", data=sent).status_code == 303
    with cast.app.app_context():
        assert cast.session.scalars(select(Channel.capture_at_dispatch).where(Channel.code == "desk")).one()


def test_a_page_of_orders_on_terms_takes_no_more_statements(cast: Cast, manager: FlaskClient, queries: SimpleNamespace) -> None:
    numbers = cast.made(lambda: [_sent(cast).number for _order in range(3)])
    customer = cast.made(lambda: cast.customer().id)
    manager.get(f"/orders/{numbers[0]}")
    for where, most in ((f"/orders/{numbers[0]}", 19), (f"/customers/{customer}", 24)):
        queries.count = 0
        assert manager.get(where, headers=PART if where.startswith("/orders") else {}).status_code == 200
        assert queries.count <= most, queries.statements[-queries.count :]


def _grant(cast: Cast, limit: int, days: int) -> None:
    account = account_for(cast.session, cast.customer().id, "USD")
    account.credit_limit, account.terms_days = limit, days
    cast.session.flush()


def _order(cast: Cast, *, limit: int, days: int = 30) -> Order:
    _grant(cast, limit, days)
    return cast.order()


def _sent(cast: Cast) -> Order:
    order = _order(cast, limit=500_000)
    approve_terms(cast.session, number=order.number, by=cast.actor("manager"))
    cast.work_on(shipments_of(cast.session, order)[0], "shipped")
    return order


def _typed(cast: Cast) -> dict[str, Any]:
    mina = cast.made(lambda: cast.customer().id)
    address = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}
    options = {"language": "en", "currency": "USD", "when_short": "refuse", "shipping_policy": "complete", "priority": "0", "pay": "terms"}
    return {"customer": "Mina Park", "customer_id": mina, **address, **options, "lines-0-sku": "LAMP", "lines-0-quantity": "2", "form_key": new_key()}
