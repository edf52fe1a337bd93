"""Refunds and allowances: never more than was taken, never unpaid by them, and above a limit never alone."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.core.second_person import OwnRequest
from logistics.customers.crediting import account_for
from logistics.orders import refunding, rules
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.models import CancelReason, Order, RefundKind, RefundReason, RefundRequest
from logistics.orders.paying import record_shop_payment, record_transfer
from logistics.orders.refunding import Asked, OverRefundLimit, RefundNotPossible, approve, give, reject, withdraw
from logistics.orders.validating import ShopMoney
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.orders.audits import offences

LIMIT = 20_000


def refund(session: Session, cast: Cast, order: Order, amount: int, *, who: str = "manager", alone: bool = True) -> RefundRequest:
    """Somebody gives money back for goodwill."""
    return give(session, number=order.number, asked=Asked(amount, RefundReason.GOODWILL), by=cast.actor(who), alone=alone)


def allow(session: Session, cast: Cast, order: Order, amount: int, *, who: str = "manager") -> RefundRequest:
    """Somebody lets less be paid."""
    return give(session, number=order.number, asked=Asked(amount, RefundReason.PRICE, kind=RefundKind.ALLOWANCE), by=cast.actor(who))


def test_a_refund_leaves_a_paid_order_paid(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")

    refund(session, cast, order, 1000)

    assert (order.status, order.allowance, rules.due(order)) == ("paid", 1000, 4400)
    assert account_for(session, order.customer_id, "USD").balance == 1000
    told = session.scalars(select(EventLog.data).where(EventLog.name == "OrderRefunded")).one()
    assert (told["amount"], told["allowance"], told["at_shop"], told["reason"]) == (1000, 1000, 0, "goodwill")
    assert offences(session) == []


def test_all_of_it_in_parts_and_not_a_penny_more(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.shipment(lines=[("LAMP", 3)], state="shipped").order
    for amount in (2000, 3000, 400):
        refund(session, cast, order, amount)

    with pytest.raises(IllegalMove):
        refund(session, cast, order, 1)
    assert session.scalars(select(Payment)).one().state == "refunded"
    assert (order.status, rules.due(order)) == ("shipped", 0)
    assert offences(session) == []


def test_more_than_was_taken_is_refused_with_what_there_is(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")

    for amount in (5401, 0, -1):
        with pytest.raises(Invalid) as refusal:
            refund(session, cast, order, amount)
        assert [(error.pointer, error.facts) for error in refusal.value.errors] == [("amount", {"most": 5400})]
    assert session.scalars(select(RefundRequest)).all() == []


def test_what_was_cancelled_after_a_refund_gives_back_only_the_rest(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    refund(session, cast, order, 5000)

    cancel_lines(session, number=order.number, units={order.lines[0].id: 2}, reason=CancelReason.STAFF, by=cast.actor())
    assert session.scalars(select(Payment.refunded)).one() == 5400
    cancel(session, number=order.number, reason=CancelReason.STAFF, by=cast.actor())

    assert account_for(session, order.customer_id, "USD").balance == 5400
    assert offences(session) == []


def test_what_was_paid_in_part_goes_back_and_all_is_still_due(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    record_transfer(session, number=order.number, amount=2000, reference="BANK", by=cast.actor())

    refund(session, cast, order, 2000)

    assert (order.status, order.allowance, rules.due(order)) == ("unpaid", 0, 5400)
    assert offences(session) == []


def test_what_a_shop_took_it_gives_back_and_our_own_goes_first(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    record_transfer(session, number=order.number, amount=400, reference="BANK", by=cast.actor())
    record_shop_payment(session, number=order.number, money=ShopMoney("shopify", "T-1", captured=5000, authorised=0), by=cast.actor())

    refund(session, cast, order, 1400)

    assert session.scalars(select(Payment.refunded).order_by(Payment.id)).all() == [400, 1000]
    assert account_for(session, order.customer_id, "USD").balance == 400
    told = session.scalars(select(EventLog.data).where(EventLog.name == "OrderRefunded")).one()
    assert (told["amount"], told["at_shop"]) == (1400, 1000)
    assert offences(session) == []


def test_an_allowance_lowers_what_is_to_be_paid_and_can_pay_the_rest(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    record_transfer(session, number=order.number, amount=5000, reference="BANK", by=cast.actor())

    with pytest.raises(Invalid) as refusal:
        allow(session, cast, order, 401)
    assert refusal.value.errors[0].facts == {"most": 400}
    allow(session, cast, order, 400)

    assert (order.status, order.allowance) == ("paid", 400)
    with pytest.raises(IllegalMove):
        allow(session, cast, order, 1)
    assert offences(session) == []


def test_half_the_limit_twice_counts_together_and_a_day_later_anew(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 40)], pay="transfer")

    assert refund(session, cast, order, LIMIT // 2).state == "direct"
    assert refund(session, cast, order, LIMIT // 2).state == "direct"
    assert refund(session, cast, order, 1).state == "pending"
    assert refund(session, cast, order, 1, who="admin").state == "direct", "each person has their own"
    for row in session.scalars(select(RefundRequest)):
        row.asked_at = clock.now() - timedelta(hours=24, seconds=1)
    session.flush()
    assert refund(session, cast, order, LIMIT).state == "direct"


def test_another_order_has_its_own_limit(session: Session, cast: Cast) -> None:
    for _order in range(2):
        assert refund(session, cast, cast.order(lines=[("LAMP", 40)], pay="transfer"), LIMIT).state == "direct"


def test_a_clerk_only_asks_and_nothing_moves_until_it_is_approved(session: Session, app: Flask, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    request = refund(session, cast, order, 100, who="clerk", alone=False)
    assert (request.state, session.scalars(select(Payment.refunded)).one()) == ("pending", 0)

    for _time in range(2):
        approve(session, request_id=request.id, by=cast.actor("manager"))

    assert (request.state, request.decided_by) == ("approved", cast.actor("manager").id)
    assert session.scalars(select(Payment.refunded)).one() == 100
    names = session.scalars(select(EventLog.name).where(EventLog.name.like("%Refund%")).order_by(EventLog.id)).all()
    assert names == ["RefundRequested", "RefundApproved", "PaymentRefunded", "OrderRefunded"]
    assert offences(session) == []


def test_who_asked_decides_nothing_and_only_they_withdraw(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 40)], pay="transfer")
    request = refund(session, cast, order, LIMIT + 1)
    assert request.state == "pending"

    for decide in (approve, reject):
        with pytest.raises(OwnRequest) as refusal:
            decide(session, request_id=request.id, by=cast.actor("manager"))
        assert refusal.value.status == 403
    with pytest.raises(refunding.Forbidden):
        withdraw(session, request_id=request.id, by=cast.actor("admin"))
    for _time in range(2):
        withdraw(session, request_id=request.id, by=cast.actor("manager"))

    assert request.state == "withdrawn"
    for decide in (approve, reject):
        with pytest.raises(IllegalMove):
            decide(session, request_id=request.id, by=cast.actor("admin"))
    assert refund(session, cast, order, LIMIT).state == "direct", "what was withdrawn does not count"


def test_a_rejected_one_stays_rejected(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    request = refund(session, cast, order, 100, who="clerk", alone=False)
    for _time in range(2):
        reject(session, request_id=request.id, by=cast.actor("manager"))

    assert request.state == "rejected"
    with pytest.raises(IllegalMove):
        withdraw(session, request_id=request.id, by=cast.actor("clerk"))
    with pytest.raises(NotFound):
        approve(session, request_id=99, by=cast.actor("manager"))


def test_an_order_that_changed_meanwhile_is_looked_at_again(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)], pay="transfer")
    request = refund(session, cast, order, 2000, who="clerk", alone=False)
    cancel_lines(session, number=order.number, units={order.lines[0].id: 2}, reason=CancelReason.STAFF, by=cast.actor())

    with pytest.raises(RefundNotPossible) as refusal:
        approve(session, request_id=request.id, by=cast.actor("manager"))

    assert "1,800.00" not in refusal.value.message
    assert "18.00" in refusal.value.message
    assert request.state == "pending"


def test_programs_stay_below_the_limit_all_together(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 40)], pay="transfer")
    first, second = (Actor("key", number, "key") for number in (1, 2))
    give(session, number=order.number, asked=Asked(15_000, RefundReason.LATE), by=first)

    with pytest.raises(OverRefundLimit) as refusal:
        give(session, number=order.number, asked=Asked(5_001, RefundReason.LATE), by=second)

    assert refusal.value.errors[0].facts == {"limit": LIMIT, "given": 15_000}
    assert give(session, number=order.number, asked=Asked(5_000, RefundReason.LATE), by=second).state == "direct"
