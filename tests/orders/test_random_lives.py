"""Random orders in currencies of 0, 2 and 3 decimals through random lives, with real commits: every invariant there is holds (P27).

What an order owes is reckoned twice, by rules.due and in SQL (invariants.STATE_OF_ORDER), and compared for every order; what cards paid,
by us and by the provider. LOGISTICS_CHAOS=full plays 10,000 orders, LOGISTICS_LIVES=500 so many, the suite a few hundred; LOGISTICS_SEED
makes them others.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from logistics.core.actors import SYSTEM
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.customers.crediting import account_for, deposit
from logistics.orders import rules
from logistics.orders.invariants import STATE_OF_ORDER
from logistics.orders.models import Order, OrderStatus
from logistics.payments.answering import refunded_at_provider
from logistics.payments.gateways.gateway import Standing
from logistics.payments.models import AttemptState, Method, Payment, PaymentAttempt, PaymentState
from tests.cast import Cast
from tests.orders.lives import COUNTRIES, CURRENCIES, GOODS, STEPS, Life
from tests.payments.cards import Till
from tests.payments.fake_gateway import FakeGateway

FULL = os.environ.get("LOGISTICS_CHAOS") == "full"
ORDERS = int(os.environ.get("LOGISTICS_LIVES") or (10_000 if FULL else 250))
SEED = int(os.environ.get("LOGISTICS_SEED") or 11)
AT_A_TIME = 500
MOST_STEPS = 12
# A customer of each country and currency; enough for them to pay with now and then, and credit now and then.
MONEY, CREDIT = 10**9, 10**8


@pytest.fixture
def till(town: Flask) -> Till:
    """The desk around a provider inside the test, with goods, taxes and customers."""
    till = Till(town, FakeGateway())
    town.config["GATEWAYS"] = {"fake": till.bank}
    till.cast.made(lambda: _open_shop(till.cast))
    return till


def test_every_invariant_holds_whatever_becomes_of_orders(town: Flask, till: Till, report: Callable[[str], None]) -> None:
    chance = Random(SEED)
    done: Counter[str] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for begin in range(0, ORDERS, AT_A_TIME):
        lives = [_live(town, till, chance, done) for _order in range(min(AT_A_TIME, ORDERS - begin))]
        refused += Counter(refusal for life in lives for refusal in life.refused)
        with town.app_context():
            _compare_orders([life.order_id for life in lives])
            _compare_cards(till, [life.order_id for life in lives])

    with town.app_context():
        broken = {found.invariant.code: found.offenders[:3] for found in audit(db.engine) if found.offenders}
        ends = Counter(db.session.scalars(select(Order.status)))
        payments = {tuple(row) for row in db.session.execute(select(Payment.method, Payment.state))}
    report(f"{ORDERS} lives, {done.total()} steps done, {refused.total()} refused: {dict(ends)}")
    assert broken == {}
    assert set(done) == set(STEPS), "every step is done somewhere"
    assert set(ends) >= set(OrderStatus) - {OrderStatus.DRAFT, OrderStatus.RETURNED}
    assert {method for method, _state in payments} == set(Method)
    assert {state for _method, state in payments} >= set(PaymentState) - {PaymentState.DISPUTED}


def _open_shop(cast: Cast) -> None:
    cast.taxes("GB", 2000, 550)
    cast.taxes("DE", 1900, 700)
    cast.channel("desk", tax_included=True)
    cast.channel("net", tax_included=False)
    cast.channel("late", capture_at_dispatch=True)
    # Half of the goods lie elsewhere, so that orders leave in parts.
    for at, (sku, tax_class) in enumerate(GOODS.items()):
        cast.stock(sku, 999_999, at=("LEEDS", "HANGZHOU")[at % 2], price=1234, tax_class=tax_class)
    places = {"GB": ("12 Park Row", "Leeds", "LS1 5HD"), "DE": ("Torstr. 1", "Berlin", "10119"), "US": ("1 Main St", "Austin", "78701")}
    for country in COUNTRIES:
        line1, city, postcode = places[country]
        where = {"line1": line1, "city": city, "postcode": postcode, "country": country, "region": "TX" if country == "US" else ""}
        customer = cast.customer(f"{country} Buyer", phone="", **where)
        for currency in CURRENCIES:
            deposit(cast.session, customer_id=customer.id, currency=currency, amount=MONEY, reference="", by=SYSTEM)
            account = account_for(cast.session, customer.id, currency)
            account.credit_limit, account.terms_days = CREDIT, 30


def _live(town: Flask, till: Till, chance: Random, done: Counter[str]) -> Life:
    """An order, and what becomes of it."""
    life = Life(till, chance, done)
    with town.app_context():
        life.begin()
        for _step in range(chance.randrange(MOST_STEPS)):
            life.step()
        life.end()
        db.session.remove()
    return life


def _compare_orders(ids: Sequence[int]) -> None:
    """What these orders owe, by the rules and by SQL."""
    known = text(f"SELECT number, due FROM ({STATE_OF_ORDER}) states WHERE id = ANY(:ids)")
    in_sql = {row.number: int(row.due) for row in db.session.execute(known, {"ids": list(ids)})}
    orders = db.session.scalars(select(Order).where(Order.id.in_(ids)).options(selectinload(Order.lines))).all()
    assert len(orders) == len(ids)
    assert {order.number: rules.due(order) for order in orders} == in_sql


def _compare_cards(till: Till, ids: Sequence[int]) -> None:
    """What the provider did for these orders, by our books and by its own; and it has answered all it was asked."""
    cards = db.session.scalars(select(Payment).where(Payment.order_id.in_(ids), Payment.provider == till.bank.name)).all()
    for payment in cards:
        held = till.bank.books.get(payment.provider_reference)
        theirs = (held.captured, held.refunded, held.authorised if held.standing is Standing.AUTHORISED else 0) if held else (0, 0, 0)
        ours = (payment.captured, refunded_at_provider(db.session(), payment), payment.open_authorisation)
        assert ours == theirs, (payment.order_id, payment.provider_reference)
    begun = db.session.scalars(select(PaymentAttempt.id).where(PaymentAttempt.order_id.in_(ids), PaymentAttempt.state == AttemptState.OPEN.value))
    assert begun.all() == []
