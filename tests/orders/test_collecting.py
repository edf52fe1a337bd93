"""Cash on delivery: out on trust, and settled when the money was handed over."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.refusals import IllegalMove, Invalid, NotFound, Refusal
from logistics.customers.crediting import account_for, deposit
from logistics.customers.rules import OverRecordingLimit
from logistics.fulfilment.models import Shipment
from logistics.notifications.models import Message, Milestone
from logistics.orders.cancelling import cancel
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import CancelReason, IncidentKind, Order, OrderStatus
from logistics.orders.paying import amount_open, amount_to_come, pay_from_balance, record_transfer
from logistics.payments.capturing import ReferenceUsed
from logistics.payments.models import Payment, PaymentState
from tests.cast import Cast
from tests.orders.test_surplus import incidents, offenders


def approved(session: Session, cast: Cast) -> Order:
    """An order of 36.00 that is paid on delivery."""
    return approve_cod(session, number=cast.order().number, by=cast.actor())


def out(session: Session, cast: Cast, *, delivered: int = 2, bounced: int = 0, lost: int = 0) -> Order:
    """The same, with its parcel sent and so many units of its two delivered, come back, lost."""
    order = approved(session, cast)
    shipment = session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one()
    cast.work_on(shipment, "shipped")
    order = open_order(session, order.id)
    advance(order.lines[0], delivered=delivered, bounced=bounced, lost=lost)
    recompute(session, order, by=SYSTEM)
    return order


def settle(session: Session, cast: Cast, order: Order, amount: int, reference: str = "DHL-7", **how: bool) -> Order:
    return settle_cod(session, number=order.number, amount=amount, reference=reference, by=cast.actor(), **how)


def payments(session: Session) -> list[tuple[str, str, int, int, int]]:
    rows = session.scalars(select(Payment).order_by(Payment.id))
    return [(row.method, row.state, row.authorised, row.captured, row.voided) for row in rows]


def test_an_approved_order_goes_out_though_nothing_was_paid(session: Session, cast: Cast) -> None:
    order = approved(session, cast)
    approve_cod(session, number=order.number, by=cast.actor())

    assert (order.status, order.owed, order.surplus) == (OrderStatus.PAID, "cod", 0)
    assert payments(session) == [("cod", PaymentState.AUTHORISED, 3600, 0, 0)]
    assert session.scalars(select(Shipment.order_id)).all() == [order.id]
    assert (amount_open(session, order), amount_to_come(session, order)) == (0, 3600)
    assert offenders(session) == []


def test_the_customer_is_told_that_they_pay_on_delivery(session: Session, cast: Cast) -> None:
    order = approved(session, cast)

    told = session.scalars(select(Message).where(Message.order_id == order.id, Message.milestone == Milestone.CONFIRMED)).one()
    assert told.facts["reason"] == "cod"


def test_part_of_it_may_have_been_paid_before(session: Session, cast: Cast) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())

    approve_cod(session, number=order.number, by=cast.actor())

    assert payments(session)[1] == ("cod", PaymentState.AUTHORISED, 2600, 0, 0)


@pytest.mark.parametrize("paid", ["transfer", "balance"])
def test_what_is_paid_or_cancelled_needs_no_approval(session: Session, cast: Cast, paid: str) -> None:
    order, gone = cast.order(pay=paid), cancel(session, number=cast.order().number, reason=CancelReason.CUSTOMER, by=SYSTEM)

    for number in (order.number, gone.number):
        with pytest.raises(IllegalMove):
            approve_cod(session, number=number, by=cast.actor())
    assert "cod" not in [row[0] for row in payments(session)]


def test_a_transfer_lowers_what_is_to_be_paid_on_delivery(session: Session, cast: Cast) -> None:
    order = approved(session, cast)

    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())
    assert (payments(session)[0], order.owed, order.status) == (("cod", PaymentState.AUTHORISED, 3600, 0, 1000), "cod", OrderStatus.PAID)
    record_transfer(session, number=order.number, amount=2600, reference="BANK-2", by=cast.actor())

    assert (payments(session)[0], order.owed, order.surplus) == (("cod", PaymentState.VOIDED, 3600, 0, 3600), "", 0)
    assert offenders(session) == []


def test_cancelling_takes_the_promise_back_and_touches_no_account(session: Session, cast: Cast) -> None:
    order = approved(session, cast)

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert (payments(session), order.owed) == ([("cod", PaymentState.VOIDED, 3600, 0, 3600)], "")
    assert account_for(session, order.customer_id, "USD").balance == 0
    assert offenders(session) == []


def test_handed_over_in_full_it_is_paid(session: Session, cast: Cast) -> None:
    order = out(session, cast)

    for _click in range(2):
        settle(session, cast, order, 3600)

    assert (order.status, order.owed) == (OrderStatus.DELIVERED, "")
    assert payments(session) == [("cod", PaymentState.CAPTURED, 3600, 3600, 0)]
    assert (incidents(session), offenders(session)) == ([], [])


def test_handed_over_in_part_the_rest_is_missed(session: Session, cast: Cast) -> None:
    order = out(session, cast)

    settle(session, cast, order, 3000)

    assert payments(session) == [("cod", PaymentState.CAPTURED, 3600, 3000, 600)]
    assert (order.owed, order.allowance, incidents(session)) == ("", 0, [(IncidentKind.SHIPPED_UNCOVERED, 600, True)])
    assert offenders(session) == []


def test_the_rest_may_follow(session: Session, cast: Cast) -> None:
    order = out(session, cast)

    settle(session, cast, order, 3000, rest_follows=True)
    assert (order.owed, incidents(session)) == ("cod", [])
    assert payments(session)[1] == ("cod", PaymentState.AUTHORISED, 600, 0, 0)
    settle(session, cast, order, 600, "DHL-8")

    assert (order.owed, incidents(session), offenders(session)) == ("", [], [])


def test_more_than_was_to_come_has_to_be_meant(session: Session, cast: Cast) -> None:
    order = out(session, cast)

    with pytest.raises(Invalid):
        settle(session, cast, order, 3700)
    settle(session, cast, order, 3700, with_surplus=True)

    assert (order.surplus, payments(session), offenders(session)) == (100, [("cod", PaymentState.CAPTURED, 3700, 3700, 0)], [])


def test_a_parcel_that_came_back_unpaid_is_owed_by_nobody(session: Session, cast: Cast) -> None:
    order = out(session, cast, delivered=0, bounced=2)

    settle(session, cast, order, 0, "")

    assert (order.status, order.allowance, order.owed) == (OrderStatus.RETURNED, 3600, "")
    assert (payments(session), incidents(session)) == ([("cod", PaymentState.VOIDED, 3600, 0, 3600)], [])
    assert offenders(session) == []


def test_what_is_lost_lowers_what_is_missed(session: Session, cast: Cast) -> None:
    order = out(session, cast, delivered=1, lost=1)

    settle(session, cast, order, 1500)

    assert (order.allowance, incidents(session), offenders(session)) == (1800, [(IncidentKind.SHIPPED_UNCOVERED, 300, True)], [])


def test_a_clerk_settles_up_to_a_limit(session: Session, cast: Cast) -> None:
    order = out(session, cast)

    with pytest.raises(OverRecordingLimit):
        settle(session, cast, order, 20_001, any_amount=False, with_surplus=True)


@pytest.mark.parametrize(("amount", "reference", "refusal"), [(3601, "X", Invalid), (1, "", Invalid), (-1, "X", Invalid)])
def test_a_settlement_that_cannot_be_right_changes_nothing(session: Session, cast: Cast, amount: int, reference: str, refusal: type[Refusal]) -> None:
    order = out(session, cast)

    with pytest.raises(refusal):
        settle(session, cast, order, amount, reference)
    assert payments(session) == [("cod", PaymentState.AUTHORISED, 3600, 0, 0)]


def test_a_reference_settles_one_amount(session: Session, cast: Cast) -> None:
    order = out(session, cast)
    settle(session, cast, order, 3000, rest_follows=True)

    with pytest.raises(ReferenceUsed):
        settle(session, cast, order, 600)


def test_before_it_has_left_nobody_can_have_paid(session: Session, cast: Cast) -> None:
    order = approved(session, cast)

    with pytest.raises(IllegalMove):
        settle(session, cast, order, 3600)


def test_what_is_not_paid_on_delivery_is_not_settled(session: Session, cast: Cast) -> None:
    for order in (cast.order(), cast.order(pay="transfer"), out(session, cast)):
        if order.owed:
            settle(session, cast, order, 3600)
        with pytest.raises(IllegalMove):
            settle(session, cast, order, 1, "OTHER")
    with pytest.raises(NotFound):
        settle_cod(session, number="0000-0000", amount=1, reference="X", by=SYSTEM)


def test_placed_to_be_paid_on_delivery_only_the_confirmation_is_told(session: Session, cast: Cast) -> None:
    order = cast.order(pay_on_delivery=True)

    assert (order.status, order.owed) == (OrderStatus.PAID, "cod")
    assert session.scalars(select(Message.milestone).where(Message.order_id == order.id)).all() == [Milestone.CONFIRMED]
    assert offenders(session) == []


def test_what_is_to_be_paid_on_delivery_can_be_paid_from_the_balance_before(session: Session, cast: Cast) -> None:
    order = approved(session, cast)
    deposit(session, customer_id=order.customer_id, currency="USD", amount=3600, reference="", by=SYSTEM)

    for _click in range(2):
        pay_from_balance(session, number=order.number, by=cast.actor())

    assert (order.status, order.owed, account_for(session, order.customer_id, "USD").balance) == (OrderStatus.PAID, "", 0)
    assert (payments(session)[0], offenders(session)) == (("cod", PaymentState.VOIDED, 3600, 0, 3600), [])


def test_what_is_missing_of_goods_that_are_out_can_be_paid_from_the_balance(session: Session, cast: Cast) -> None:
    order = out(session, cast)
    settle(session, cast, order, 3000)
    deposit(session, customer_id=order.customer_id, currency="USD", amount=600, reference="", by=SYSTEM)

    pay_from_balance(session, number=order.number, by=cast.actor())

    assert (incidents(session), offenders(session)) == ([(IncidentKind.SHIPPED_UNCOVERED, 600, False)], [])
