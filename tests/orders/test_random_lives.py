"""Random orders in currencies of 0, 2 and 3 decimals through random lives: every invariant of orders, payments and accounts holds.

What an order owes is reckoned twice, by rules.due and in SQL (invariants.STATE_OF_ORDER), and compared for every order.
LOGISTICS_CHAOS=full plays 10,000 orders, LOGISTICS_LIVES=500 so many, the suite a few.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from random import Random

from sqlalchemy import select, text
from sqlalchemy.orm import Session, selectinload

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import Refusal
from logistics.customers.crediting import deposit
from logistics.customers.invariants import INVARIANTS as OF_ACCOUNTS
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import Place
from logistics.inventory.receiving import receive
from logistics.inventory.reserving import release
from logistics.orders import rules
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.holding import hold, resume
from logistics.orders.invariants import INVARIANTS as OF_ORDERS
from logistics.orders.invariants import STATE_OF_ORDER
from logistics.orders.lifecycle import open_order, recompute
from logistics.orders.models import CancelReason, HoldReason, Order, OrderStatus
from logistics.orders.paying import amount_open, pay_from_balance, record_transfer
from logistics.orders.placing import place
from logistics.orders.pricing import Discount
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.payments.invariants import INVARIANTS as OF_PAYMENTS
from tests.cast import Cast

ORDERS = int(os.environ.get("LOGISTICS_LIVES") or (10_000 if os.environ.get("LOGISTICS_CHAOS") == "full" else 50))
AT_A_TIME = 500
CURRENCIES = ("JPY", "USD", "KWD")
GOODS = {"LAMP": "standard", "TEA": "reduced", "FLOUR": "zero", "STAMP": "exempt"}
PRICES = (0, 1, 3, 99, 333, 1234, 99_999, 1_000_001)
Step = Callable[[Session, Cast, Order, Random], None]


def test_every_invariant_holds_whatever_becomes_of_orders(session: Session, cast: Cast) -> None:
    _open_shop(session, cast)
    chance = Random(ORDERS)
    ends: set[str] = set()
    discounted = taxed = 0

    for begin in range(0, ORDERS, AT_A_TIME):
        orders = [_live(session, cast, chance) for _order in range(min(AT_A_TIME, ORDERS - begin))]
        ends |= {order.status for order in orders}
        discounted += sum(order.discount > 0 for order in orders)
        taxed += sum(order.tax > 0 for order in orders)
        session.flush()
        session.expunge_all()
        _compare(session, [order.id for order in orders])
    broken = {one.code: one.offenders(session.connection()) for one in (*OF_ORDERS, *OF_PAYMENTS, *OF_ACCOUNTS)}

    assert {code: rows[:3] for code, rows in broken.items() if rows} == {}
    assert min(discounted, taxed) > ORDERS // 5
    assert ends >= {OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.CANCELLED}


def _open_shop(session: Session, cast: Cast) -> None:
    cast.taxes("GB", 2000, 550)
    cast.taxes("DE", 1900, 700)
    cast.channel("desk", tax_included=True)
    cast.channel("net", tax_included=False)
    for sku, tax_class in GOODS.items():
        cast.stock(sku, 999_999, price=1234, tax_class=tax_class)
    for country, line1, city, postcode in (
        ("GB", "12 Park Row", "Leeds", "LS1 5HD"),
        ("DE", "Torstr. 1", "Berlin", "10119"),
        ("US", "1 Main St", "Austin", "78701"),
    ):
        region = "TX" if country == "US" else ""
        customer = cast.customer(f"{country} Buyer", line1=line1, city=city, postcode=postcode, country=country, region=region, phone="")
        for currency in CURRENCIES:
            deposit(session, customer_id=customer.id, currency=currency, amount=10**12, reference="", by=SYSTEM)


def _live(session: Session, cast: Cast, chance: Random) -> Order:
    """An order, and what becomes of it: steps that are refused change nothing."""
    order = place(session, _asked(cast, chance), by=SYSTEM)
    assert amount_open(session, order) in (0, order.total)
    for _step in range(chance.randrange(6)):
        try:
            with session.begin_nested():
                chance.choice(STEPS)(session, cast, order, chance)
        except Refusal:
            continue
    return order


def _asked(cast: Cast, chance: Random) -> OrderRequest:
    customer = cast.customer(f"{chance.choice(('GB', 'DE', 'US'))} Buyer")
    lines = [
        LineRequest(chance.choice(list(GOODS)), chance.choice((1, 2, 3, 7, 40)), chance.choice(PRICES), chance.choice((0, 0, 1, 1250, 3333, 9999)))
        for _line in range(chance.randint(1, 4))
    ]
    return OrderRequest(
        channel=chance.choice(("desk", "net")),
        customer_id=customer.id,
        name=customer.name,
        address=cast.address_of(customer),
        currency=chance.choice(CURRENCIES),
        lines=lines,
        shipping=chance.choice((0, 0, 1, 499, 12_345)),
        discount=chance.choice((Discount(), Discount(points=chance.randrange(10_001)))),
        any_price=True,
    )


def _pay(session: Session, _cast: Cast, order: Order, chance: Random) -> None:
    if chance.random() < 0.5:
        pay_from_balance(session, number=order.number, by=SYSTEM)
    else:
        amount = max(1, amount_open(session, order) // chance.choice((1, 1, 2)))
        record_transfer(session, number=order.number, amount=amount, reference=f"BANK {chance.random()}", by=SYSTEM)


def _cancel_line(session: Session, _cast: Cast, order: Order, chance: Random) -> None:
    """Take a line out of an order that no parcel was made of; where it is the last one, the whole order is."""
    locked = open_order(session, order.id)
    left = [line for line in locked.lines if line.left and not line.assigned]
    if len(left) < 2 or locked.status != OrderStatus.UNPAID:
        return
    line = chance.choice(left)
    owed = rules.due(locked)
    release(session, order_line_ids=[line.id], by=SYSTEM)
    line.cancelled = line.ordered
    assert rules.due(locked) <= owed
    recompute(session, locked, by=SYSTEM)


def _cancel(session: Session, _cast: Cast, order: Order, chance: Random) -> None:
    cancel(session, number=order.number, reason=chance.choice((CancelReason.CUSTOMER, CancelReason.FRAUD)), by=SYSTEM, even_if_picked=True)


def _time_out(session: Session, _cast: Cast, order: Order, _chance: Random) -> None:
    order.expires_at = clock.now() - timedelta(seconds=1)
    session.flush()
    expire(session, order_id=order.id)


def _pause(session: Session, cast: Cast, order: Order, chance: Random) -> None:
    hold(session, number=order.number, reason=HoldReason.OTHER, note="", by=cast.actor())
    if chance.random() < 0.7:
        resume(session, number=order.number, by=cast.actor())


def _ship(session: Session, cast: Cast, order: Order, _chance: Random) -> None:
    for shipment in session.scalars(select(Shipment).where(Shipment.order_id == order.id, Shipment.state == "pending")).all():
        cast.work_on(shipment, "shipped")


def _stock_up(session: Session, cast: Cast, _order: Order, chance: Random) -> None:
    spot = Place(cast.warehouse().id, cast.product(chance.choice(list(GOODS))).id)
    receive(session, place=spot, quantity=chance.randint(1, 9), by=SYSTEM, reference="more")


STEPS: tuple[Step, ...] = (_pay, _pay, _pay, _cancel_line, _cancel_line, _cancel, _time_out, _pause, _ship, _ship, _stock_up)


def _compare(session: Session, ids: list[int]) -> None:
    """What these orders owe, by the rules and by SQL."""
    known = text(f"SELECT number, due FROM ({STATE_OF_ORDER}) states WHERE id = ANY(:ids)")
    in_sql = {row.number: int(row.due) for row in session.execute(known, {"ids": ids})}
    orders = session.scalars(select(Order).where(Order.id.in_(ids)).options(selectinload(Order.lines))).all()
    assert len(orders) == len(ids)
    assert {order.number: rules.due(order) for order in orders} == in_sql
