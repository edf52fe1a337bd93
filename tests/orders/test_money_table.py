"""Every state of an order against every way its money can go (T3-T6, T11): done, without effect, or refused with its code and nothing written.

What takes back (T7-T9) stands in test_reversals.py, recorded money in test_recorded_moves.py, cards in tests/payments/test_card_table.py.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import Refusal
from logistics.customers.crediting import account_for, deposit
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.models import IN_HOUSE, Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.charging import begin_card, begin_page, customer_of
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.expiring import expire
from logistics.orders.holding import hold
from logistics.orders.locks import lock_order
from logistics.orders.models import HoldReason, Order
from logistics.orders.paying import approve_terms, pay_from_balance, record_shop_payment, record_transfer
from logistics.orders.validating import ShopMoney
from logistics.payments.attempting import open_attempt
from logistics.payments.capturing import new_payment
from logistics.payments.models import AttemptKind, Method
from tests.cast import Cast
from tests.doors import fingerprints
from tests.orders import test_reversals as makes
from tests.orders.audits import offences
from tests.payments.cards import WHOM
from tests.payments.fake_gateway import FakeGateway

Make = Callable[[Cast], Order]
DONE, SAME = "done", "same"
NO, HELD, FLYING, TOO_MUCH = "illegal_move", "order_on_hold", "payment_in_flight", "invalid"


def _overdue(cast: Cast) -> Order:
    order = makes.unpaid(cast)
    order.expires_at = clock.now() - timedelta(seconds=1)
    return order


def _held_unpaid(cast: Cast) -> Order:
    return hold(cast.session, number=_overdue(cast).number, reason=HoldReason.PAYMENT, by=cast.actor())


def _asking(cast: Cast) -> Order:
    """Its card is being authorised by the provider."""
    order = makes.unpaid(cast)
    payment = new_payment(cast.session, order.id, Method.CARD, order.currency, None)
    payment.provider = "fake"
    open_attempt(cast.session, payment, AttemptKind.AUTHORISE, order.total, by=cast.actor())
    return order


def _promised(cast: Cast) -> Order:
    """Authorised on its customer's balance."""
    cast.channel("desk", capture_at_dispatch=True)
    return cast.order(lines=[("LAMP", 3)], pay="balance")


def _on_terms(cast: Cast) -> Order:
    return approve_terms(cast.session, number=makes.unpaid(cast).number, by=SYSTEM)


def _on_delivery(cast: Cast) -> Order:
    return approve_cod(cast.session, number=makes.unpaid(cast).number, by=SYSTEM)


def _out(make: Make) -> Make:
    """The same, and it left."""

    def out(cast: Cast) -> Order:
        order = make(cast)
        cast.work_on(cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one(), "shipped")
        return order

    return out


STATES: dict[str, Make] = {
    "unpaid": makes.unpaid,
    "part paid": makes.part_paid,
    "overdue": _overdue,
    "overdue, held": _held_unpaid,
    "card asked": _asking,
    "paid by balance": makes.paid,
    "paid, held": makes.held,
    "authorised on the balance": _promised,
    "on terms": _on_terms,
    "on delivery": _on_delivery,
    "picked": makes.picked,
    "packed": makes.packed,
    "partially shipped": makes.partially_shipped,
    "shipped": makes.shipped,
    "shipped, balance captured": _out(_promised),
    "shipped on terms": _out(_on_terms),
    "shipped on delivery": _out(_on_delivery),
    "delivered": makes.delivered,
    "returned": makes.returned,
    "cancelled": makes.cancelled,
}


def _put_together(session: Session, order: Order) -> None:
    """Bring what is in the house to where it could leave."""
    for parcel in _in_house(session, order):
        given: dict[str, Any] = {"reference": parcel.reference, "by": SYSTEM}
        if parcel.state in ("pending", "picking"):
            pick(session, picked={line.id: line.quantity for line in parcel.lines}, **given)
        if parcel.state != "packed":
            pack(session, **given)


def _let_time_run_out(_session: Session, order: Order) -> None:
    order.expires_at = clock.now() - timedelta(seconds=1)


# What has to be so that the action can be tried at all.
PREPARED: dict[str, Callable[[Session, Order], None]] = {"ship": _put_together, "time out": _let_time_run_out}


def _ship(session: Session, order: Order) -> None:
    for parcel in _in_house(session, order):
        dispatch(session, reference=parcel.reference, carrier_code="DHL", tracking_number="JD1", by=SYSTEM)


def _in_house(session: Session, order: Order) -> Sequence[Shipment]:
    return session.scalars(select(Shipment).where(Shipment.order_id == order.id, Shipment.state.in_(IN_HOUSE))).all()


Act = Callable[[Session, Order], object]
ACTIONS: dict[str, Act] = {
    "balance": lambda session, order: pay_from_balance(session, number=order.number, by=SYSTEM),
    "transfer": lambda session, order: record_transfer(session, number=order.number, amount=100, reference="NEW", by=SYSTEM),
    "cod": lambda session, order: approve_cod(session, number=order.number, by=SYSTEM),
    "terms": lambda session, order: approve_terms(session, number=order.number, by=SYSTEM),
    "shop": lambda session, order: record_shop_payment(session, number=order.number, money=ShopMoney("shop:web", "S-1", 5400), by=SYSTEM),
    "page": lambda session, order: begin_page(session, number=order.number, whom=customer_of(order), by=SYSTEM),
    "token": lambda session, order: begin_card(session, lock_order(session, order_id=order.id), token="tok", whom=WHOM, by=SYSTEM),
    "collect": lambda session, order: settle_cod(session, number=order.number, amount=100, reference="C-1", by=SYSTEM),
    "time out": lambda session, order: expire(session, order_id=order.id),
    "ship": _ship,
}
TABLE: dict[str, tuple[str, ...]] = {
    # state                       balance transfer  cod   terms shop  page  token collect time out ship
    "unpaid":                    (DONE, DONE,     DONE, DONE, DONE, DONE, DONE, NO,   DONE, SAME),
    "part paid":                 (DONE, DONE,     DONE, DONE, DONE, DONE, DONE, NO,   DONE, SAME),
    "overdue":                   (DONE, DONE,     DONE, DONE, DONE, NO,   NO,   NO,   DONE, SAME),
    "overdue, held":             (DONE, DONE,     DONE, DONE, DONE, DONE, DONE, NO,   SAME, SAME),
    "card asked":                (DONE, DONE,     FLYING, DONE, DONE, FLYING, FLYING, NO, SAME, SAME),
    "paid by balance":           (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "paid, held":                (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, HELD),
    "authorised on the balance": (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "on terms":                  (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "on delivery":               (DONE, DONE,     SAME, SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "picked":                    (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "packed":                    (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "partially shipped":         (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, DONE),
    "shipped":                   (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, SAME),
    "shipped, balance captured": (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, SAME),
    "shipped on terms":          (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, SAME),
    "shipped on delivery":       (DONE, DONE,     SAME, SAME, DONE, NO,   NO,   DONE, SAME, SAME),
    "delivered":                 (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, SAME),
    "returned":                  (SAME, TOO_MUCH, NO,   SAME, DONE, NO,   NO,   NO,   SAME, SAME),
    "cancelled":                 (NO,   DONE,     NO,   NO,   DONE, NO,   NO,   NO,   SAME, SAME),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_each_way_of_money_is_done_changes_nothing_or_is_refused(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setitem(cast.app.config, "GATEWAYS", {"fake": FakeGateway()})
    _furnish(session, cast)
    order = STATES[state](cast)
    session.commit()
    found = {}
    for action, act in ACTIONS.items():
        inner = session.begin_nested()
        PREPARED.get(action, lambda _session, _order: None)(session, order)
        found[action] = _outcome(session, act, order)
        if found[action] == DONE:
            left_out = {"I-F5", "I-F1"} if state == "returned" else set()
            assert {code for code, _row in offences(session)} <= left_out, action
        inner.rollback()
        session.expire_all()
    assert found == dict(zip(ACTIONS, TABLE[state], strict=True))


def _furnish(session: Session, cast: Cast) -> None:
    """Money and credit enough, so that no order is refused for want of them."""
    cast.carrier()
    cast.person("manager")
    customer = cast.customer().id
    deposit(session, customer_id=customer, currency="USD", amount=10_000, reference="", by=SYSTEM)
    account = account_for(session, customer, "USD")
    account.credit_limit, account.terms_days = 100_000, 30


def _outcome(session: Session, act: Act, order: Order) -> str:
    before = fingerprints(session)
    try:
        act(session, order)
    except Refusal as refusal:
        assert fingerprints(session) == before, "nothing is written"
        return refusal.code
    return SAME if fingerprints(session) == before else DONE
