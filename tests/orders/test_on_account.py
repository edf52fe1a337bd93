"""Orders on the customer's account: authorised until the first parcel leaves, on terms too, and let go when they are taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import IllegalMove, NotFound, Refusal
from logistics.customers.authorising import InsufficientCredit, NoTerms
from logistics.customers.crediting import InsufficientBalance, account_for, deposit
from logistics.customers.models import Account, Entry
from logistics.fulfilment.dispatching import NotCovered, dispatch
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import Movement
from logistics.orders.cancelling import cancel
from logistics.orders.expiring import expire
from logistics.orders.lifecycle import open_order, recompute
from logistics.orders.models import CancelReason, Order, OrderStatus
from logistics.orders.paying import approve_terms, capture_for_dispatch, pay_from_balance, record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.fulfilment.test_assigning import shipments_of


def test_where_the_channel_captures_at_dispatch_a_balance_is_only_authorised(session: Session, cast: Cast) -> None:
    """T3."""
    order, account = cast.order(), _capturing_at_dispatch(session, cast, balance=5000)

    pay_from_balance(session, number=order.number, by=cast.actor())

    assert (order.status, account.balance, account.authorised) == (OrderStatus.PAID, 5000, 3600)
    assert session.scalars(select(Payment.state)).one() == "authorised"
    assert len(shipments_of(session, order)) == 1, "it is assigned"


def test_the_first_parcel_captures_all_that_is_due_and_the_second_nothing(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 1)
    cast.stock("LAMP", 1, at="HANGZHOU")
    account, order = _capturing_at_dispatch(session, cast, balance=5000), cast.order()
    pay_from_balance(session, number=order.number, by=cast.actor())
    first, second = shipments_of(session, order)

    cast.work_on(first, "shipped")
    assert (order.status, account.balance, account.authorised) == (OrderStatus.PARTIALLY_SHIPPED, 1400, 0)
    cast.work_on(second, "shipped")

    assert (order.status, account.balance, account.authorised) == (OrderStatus.SHIPPED, 1400, 0)
    kinds = session.scalars(select(Entry.kind).order_by(Entry.id)).all()
    assert kinds == ["deposit", "authorise", "capture"]


def test_a_parcel_that_may_not_leave_takes_no_money(session: Session, cast: Cast) -> None:
    account, order = _capturing_at_dispatch(session, cast, balance=5000), cast.order()
    pay_from_balance(session, number=order.number, by=cast.actor())
    shipment = cast.work_on(shipments_of(session, order)[0], "packed")
    session.commit()
    order.lines[0].unit_price += 100
    session.commit()

    with pytest.raises(NotCovered):
        cast.hand_over(shipment)
    session.rollback()

    assert (account.balance, account.authorised) == (5000, 3600)
    assert session.scalar(select(func.count()).where(Movement.kind == "dispatch")) == 0


def test_a_parcel_sent_twice_takes_nothing_that_was_promised_since(session: Session, cast: Cast) -> None:
    account, order = _capturing_at_dispatch(session, cast, balance=5000), cast.order()
    pay_from_balance(session, number=order.number, by=cast.actor())
    shipment = cast.work_on(shipments_of(session, order)[0], "shipped")
    before = account.balance

    again = {"carrier_code": "DHL", "tracking_number": shipment.tracking_number, "by": cast.actor("picker")}
    dispatch(session, reference=shipment.reference, **again)

    assert account.balance == before == 1400


def test_terms_cover_an_order_and_charge_it_when_it_leaves(session: Session, cast: Cast) -> None:
    """T5."""
    order, account = cast.order(), _on_terms(session, cast, limit=5000, days=30)

    approve_terms(session, number=order.number, by=cast.actor("manager"))
    assert (order.status, account.balance, account.authorised, account.credit) == (OrderStatus.PAID, 0, 3600, 1400)
    assert order.covered_at is not None

    cast.work_on(shipments_of(session, order)[0], "shipped")
    payment = session.scalars(select(Payment)).one()
    assert (payment.method, payment.state, account.balance, account.authorised) == ("terms", "captured", -3600, 0)

    deposit(session, customer_id=order.customer_id, currency="USD", amount=3600, reference="BANK-1", by=SYSTEM)
    assert account.balance == 0


def test_terms_are_due_so_many_days_after_the_day_it_is_in_the_shop(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast.app.config, "SETTINGS", replace(cast.app.config["SETTINGS"], timezone="Asia/Shanghai"))
    order = cast.order()
    _on_terms(session, cast, limit=5000, days=30)
    approve_terms(session, number=order.number, by=cast.actor("manager"))

    with time_machine.travel("2026-11-26T23:30:00+00:00", tick=False):
        capture_for_dispatch(session, open_order(session, order.id), by=SYSTEM)

    assert session.scalars(select(Payment.due_on)).one() == date(2026, 12, 27)


def test_approving_again_promises_nothing_twice(session: Session, cast: Cast) -> None:
    order, account = cast.order(), _on_terms(session, cast, limit=50_000, days=30)
    for _turn in range(2):
        approve_terms(session, number=order.number, by=cast.actor("manager"))
    assert account.authorised == 3600
    assert session.scalar(select(func.count()).select_from(Payment)) == 1


def test_what_a_transfer_left_open_can_be_bought_on_terms(session: Session, cast: Cast) -> None:
    order, account = cast.order(), _on_terms(session, cast, limit=2600, days=14)
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())

    approve_terms(session, number=order.number, by=cast.actor("manager"))
    cast.work_on(shipments_of(session, order)[0], "shipped")

    assert (order.status, account.balance) == (OrderStatus.SHIPPED, -2600)


def test_credit_that_is_too_short_changes_nothing(session: Session, cast: Cast) -> None:
    order, account = cast.order(), _on_terms(session, cast, limit=3599, days=30)

    with pytest.raises(InsufficientCredit) as refusal:
        approve_terms(session, number=order.number, by=cast.actor("manager"))

    assert refusal.value.facts == {"credit": 3599, "limit": 3599, "needed": 3600, "currency": "USD"}
    assert (order.status, account.authorised) == (OrderStatus.UNPAID, 0)
    assert session.scalar(select(func.count()).select_from(Payment)) == 0


@pytest.mark.parametrize("taken_back", ["unpaid order without terms", "cancelled", "not there"])
def test_terms_are_refused_to_who_has_none_and_to_what_waits_for_no_money(session: Session, cast: Cast, taken_back: str) -> None:
    order = cast.order()
    number, refusal = order.number, NoTerms
    if taken_back == "cancelled":
        cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor())
        refusal = IllegalMove
    if taken_back == "not there":
        number, refusal = "0000-0000", NotFound

    with pytest.raises(refusal):
        approve_terms(session, number=number, by=cast.actor("manager"))
    assert session.scalar(select(func.count()).select_from(Payment)) == 0


def test_an_order_placed_on_terms_is_covered_at_once(session: Session, cast: Cast) -> None:
    account = _on_terms(session, cast, limit=3600, days=30)

    order = cast.order(pay_on_terms=True)

    assert (order.status, account.authorised) == (OrderStatus.PAID, 3600)


@pytest.mark.parametrize(("limit", "days", "refusal"), [(3599, 30, InsufficientCredit), (5000, 0, NoTerms)])
def test_an_order_placed_on_terms_that_do_not_reach_is_not_placed(
    session: Session, cast: Cast, limit: int, days: int, refusal: type[Refusal]
) -> None:
    level, account = cast.stock("LAMP", 2), _on_terms(session, cast, limit=limit, days=days)
    session.commit()

    with pytest.raises(refusal):
        place(session, _request(cast, pay_on_terms=True), by=cast.actor("manager"))
    session.rollback()

    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert (level.reserved, account.authorised) == (0, 0)


def test_an_order_placed_from_a_balance_is_authorised_too_where_the_channel_captures_at_dispatch(session: Session, cast: Cast) -> None:
    account = _capturing_at_dispatch(session, cast, balance=3600)
    assert cast.order(pay_from_balance=True).status == OrderStatus.PAID
    assert (account.balance, account.authorised) == (3600, 3600)

    cast.stock("LAMP", 2)
    with pytest.raises(InsufficientBalance):
        place(session, _request(cast, pay_from_balance=True), by=cast.actor())


@pytest.mark.parametrize("method", ["balance", "terms"])
def test_cancelling_lets_the_promise_go(session: Session, cast: Cast, method: str) -> None:
    """T8."""
    order, account = cast.order(), _capturing_at_dispatch(session, cast, balance=5000)
    _on_terms(session, cast, limit=5000, days=30)
    pay = pay_from_balance if method == "balance" else approve_terms
    pay(session, number=order.number, by=cast.actor("manager"))

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert (order.status, account.balance, account.authorised) == (OrderStatus.CANCELLED, 5000, 0)
    assert session.scalars(select(Payment.state)).one() == "voided"
    assert session.scalar(select(func.count()).select_from(Shipment).where(Shipment.state != "cancelled")) == 0


def test_an_order_that_ran_out_of_time_lets_its_part_go(session: Session, cast: Cast) -> None:
    """T6: authorised in part, then its price rose, so that it was never covered."""
    order, account = cast.order(), _capturing_at_dispatch(session, cast, balance=5000)
    pay_from_balance(session, number=order.number, by=cast.actor())
    order.covered_at, order.expires_at = None, clock.now() - timedelta(seconds=1)
    order.lines[0].unit_price += 100
    recompute(session, order, by=SYSTEM)
    assert order.status == OrderStatus.UNPAID

    assert expire(session, order_id=order.id)

    assert (order.status, account.balance, account.authorised) == (OrderStatus.CANCELLED, 5000, 0)


def test_goods_cancelled_after_authorising_are_not_captured(session: Session, cast: Cast) -> None:
    """T9: covered may exceed what is due; the capture takes what is due."""
    order, account = cast.order(), _on_terms(session, cast, limit=5000, days=30)
    approve_terms(session, number=order.number, by=cast.actor("manager"))
    order.lines[0].cancelled = 1

    assert capture_for_dispatch(session, open_order(session, order.id), by=SYSTEM) == 1800

    assert (account.balance, account.authorised) == (-1800, 0)


def _capturing_at_dispatch(session: Session, cast: Cast, *, balance: int) -> Account:
    cast.channel(capture_at_dispatch=True)
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=balance, reference="", by=SYSTEM)
    return account_for(session, cast.customer().id, "USD")


def _on_terms(session: Session, cast: Cast, *, limit: int, days: int) -> Account:
    account = account_for(session, cast.customer().id, "USD")
    account.credit_limit, account.terms_days = limit, days
    session.flush()
    return account


def _request(cast: Cast, **values: bool) -> OrderRequest:
    mina = cast.customer()
    lines = [LineRequest("LAMP", 2)]
    return OrderRequest("desk", mina.id, mina.name, cast.address_of(mina), "USD", lines, phone=mina.phone, email=mina.email, **values)
