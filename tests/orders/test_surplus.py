"""Money that is too much, that comes too late, or that never came."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.customers.crediting import account_for
from logistics.customers.models import Entry
from logistics.customers.rules import OverRecordingLimit
from logistics.notifications.gathering import gather
from logistics.notifications.models import Message, Milestone
from logistics.orders.cancelling import cancel
from logistics.orders.correcting import correct_transfer
from logistics.orders.models import CancelReason, IncidentKind, Order, OrderStatus, PaymentIncident
from logistics.orders.paying import amount_open, record_transfer
from logistics.orders.surplus import put_surplus_on_account
from logistics.payments.capturing import LONGEST_REFERENCE
from logistics.payments.models import Payment, PaymentMove, PaymentState
from logistics.rooms import INVARIANTS
from tests.cast import Cast
from tests.races import race


def offenders(session: Session) -> list[str]:
    session.flush()
    return [check.code for part in INVARIANTS for check in part if check.offenders(session.connection())]


def overpaid(session: Session, cast: Cast, *, by: str | None = "clerk") -> Order:
    """An order of 36.00 for which 48.00 came."""
    order = cast.order()
    actor = cast.actor(by) if by else SYSTEM
    return record_transfer(session, number=order.number, amount=4800, reference="BANK-1", by=actor, with_surplus=True)


def incidents(session: Session) -> list[tuple[str, int, bool]]:
    rows = session.scalars(select(PaymentIncident).order_by(PaymentIncident.id))
    return [(row.kind, row.amount, row.resolved_at is None) for row in rows]


def balance(session: Session, order: Order) -> int:
    return account_for(session, order.customer_id, "USD").balance


def test_more_than_is_open_pays_the_order_and_stays_on_it(session: Session, cast: Cast) -> None:
    order = overpaid(session, cast)

    assert (order.status, order.surplus, amount_open(session, order)) == (OrderStatus.PAID, 1200, 0)
    assert (balance(session, order), incidents(session), offenders(session)) == (0, [], [])


def test_where_no_person_saw_the_surplus_an_incident_says_so(session: Session, cast: Cast) -> None:
    order = overpaid(session, cast, by=None)
    record_transfer(session, number=order.number, amount=300, reference="BANK-2", by=SYSTEM, with_surplus=True)

    assert incidents(session) == [(IncidentKind.OVERPAID, 1500, True)]


def test_the_surplus_goes_to_the_account_in_one_action_and_once(session: Session, cast: Cast) -> None:
    order = overpaid(session, cast, by=None)

    for _click in range(2):
        put_surplus_on_account(session, number=order.number, by=cast.actor("manager"))

    assert (order.status, order.surplus, balance(session, order)) == (OrderStatus.PAID, 0, 1200)
    assert session.scalars(select(Payment.state)).all() == [PaymentState.PART_REFUNDED]
    assert incidents(session) == [(IncidentKind.OVERPAID, 1200, False)]
    assert offenders(session) == []


def test_the_latest_money_goes_back_first(session: Session, cast: Cast) -> None:
    order = cast.order()
    for amount, reference in ((3000, "BANK-1"), (1000, "BANK-2"), (100, "BANK-3")):
        record_transfer(session, number=order.number, amount=amount, reference=reference, by=cast.actor(), with_surplus=True)

    put_surplus_on_account(session, number=order.number, by=cast.actor("manager"))

    refunds = session.scalars(select(Payment.refunded).order_by(Payment.id)).all()
    assert (refunds, order.status) == ([0, 400, 100], OrderStatus.PAID)


def test_a_surplus_does_not_go_around_the_limit_of_a_clerk(session: Session, cast: Cast) -> None:
    order = cast.order()

    with pytest.raises(OverRecordingLimit):
        record_transfer(session, number=order.number, amount=20_001, reference="B", by=cast.actor(), any_amount=False, with_surplus=True)


def test_cancelling_an_overpaid_order_gives_all_of_it_back(session: Session, cast: Cast) -> None:
    order = overpaid(session, cast)

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    assert (order.surplus, balance(session, order), offenders(session)) == (0, 4800, [])


def test_money_for_a_cancelled_order_goes_on_to_the_account_and_asks_somebody(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    for _click in range(2):
        record_transfer(session, number=order.number, amount=3600, reference="BANK-1", by=cast.actor())
    record_transfer(session, number=order.number, amount=100, reference="BANK-2", by=cast.actor())

    assert (order.status, balance(session, order)) == (OrderStatus.CANCELLED, 3700)
    assert [(move.kind, move.amount, move.provider) for move in session.scalars(select(PaymentMove).order_by(PaymentMove.id))][:3] == [
        ("authorise", 3600, "bank"),
        ("capture", 3600, "bank"),
        ("refund", 3600, "account"),
    ]
    assert incidents(session) == [(IncidentKind.MONEY_AFTER_CANCELLATION, 3700, True)]
    assert offenders(session) == []


def test_nothing_for_a_cancelled_order_is_still_nothing(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    with pytest.raises(Invalid):
        record_transfer(session, number=order.number, amount=0, reference="BANK-1", by=cast.actor())
    assert session.scalar(select(func.count()).select_from(Payment)) == 0


def test_a_mistyped_transfer_is_taken_off_and_its_reference_is_free_again(session: Session, cast: Cast) -> None:
    order = cast.order()
    record_transfer(session, number=order.number, amount=3600, reference="BANK-1", by=cast.actor())
    wrong = session.scalars(select(Payment)).one()

    for _click in range(2):
        correct_transfer(session, number=order.number, payment_id=wrong.id, reason="It was 30.60", by=cast.actor("manager"))
    assert (order.status, amount_open(session, order), balance(session, order)) == (OrderStatus.UNPAID, 3600, 0)

    for _click in range(2):
        record_transfer(session, number=order.number, amount=3060, reference="BANK-1", by=cast.actor())

    taken = session.scalars(select(PaymentMove).where(PaymentMove.kind != "authorise").order_by(PaymentMove.id)).all()
    assert [(move.kind, move.amount, move.reference, move.reason) for move in taken] == [
        ("capture", 3600, "BANK-1", ""),
        ("refund", 3600, "BANK-1", "It was 30.60"),
        ("capture", 3060, "BANK-1#2", ""),
    ]
    assert amount_open(session, order) == 540
    assert "TransferCorrected" in session.scalars(select(EventLog.name)).all()
    assert offenders(session) == []


def test_the_customer_is_not_told_that_a_mistake_is_back_on_their_account(session: Session, cast: Cast) -> None:
    order = record_transfer(session, number=cast.order().number, amount=3600, reference="BANK-1", by=cast.actor())
    wrong = session.scalars(select(Payment)).one()
    correct_transfer(session, number=order.number, payment_id=wrong.id, reason="typo", by=cast.actor("manager"))
    record_transfer(session, number=order.number, amount=600, reference="BANK-2", by=cast.actor())

    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    message = Message(order_id=order.id, milestone=Milestone.CANCELLED.value, facts={})
    assert gather(session, message)["refunded"] == 600


def test_a_reference_of_any_length_can_be_recorded_again(session: Session, cast: Cast) -> None:
    order, reference = cast.order(), "B" * LONGEST_REFERENCE
    for amount in (100, 200, 300):
        record_transfer(session, number=order.number, amount=amount, reference=reference, by=cast.actor())
        latest = session.scalars(select(Payment).order_by(Payment.id.desc())).first()
        assert latest is not None
        correct_transfer(session, number=order.number, payment_id=latest.id, reason="no", by=cast.actor("manager"))

    assert session.scalar(select(func.count()).select_from(Payment)) == 3
    assert offenders(session) == []


def test_a_transfer_that_went_back_to_the_account_is_corrected_there(session: Session, cast: Cast) -> None:
    order = overpaid(session, cast)
    put_surplus_on_account(session, number=order.number, by=cast.actor("manager"))
    payment = session.scalars(select(Payment)).one()

    with pytest.raises(IllegalMove):
        correct_transfer(session, number=order.number, payment_id=payment.id, reason="no", by=cast.actor("manager"))
    assert payment.refunded == 1200


def test_taking_off_the_money_of_goods_that_are_out_asks_somebody_to_get_it(session: Session, cast: Cast) -> None:
    parcel = cast.shipment(state="shipped")
    order = parcel.order
    payment = session.scalars(select(Payment)).one()

    correct_transfer(session, number=order.number, payment_id=payment.id, reason="another customer's", by=cast.actor("manager"))

    assert (order.status, incidents(session)) == (OrderStatus.SHIPPED, [(IncidentKind.SHIPPED_UNCOVERED, 3600, True)])
    assert offenders(session) == []
    record_transfer(session, number=order.number, amount=1000, reference="NEW-1", by=cast.actor())
    assert incidents(session) == [(IncidentKind.SHIPPED_UNCOVERED, 2600, True)]
    record_transfer(session, number=order.number, amount=2600, reference="NEW-2", by=cast.actor())
    assert incidents(session) == [(IncidentKind.SHIPPED_UNCOVERED, 2600, False)]
    assert offenders(session) == []


@pytest.mark.parametrize(("reason", "payment", "refusal"), [("", 0, Invalid), ("why", 999_999, NotFound)])
def test_a_correction_says_why_and_of_what(session: Session, cast: Cast, reason: str, payment: int, refusal: type[Exception]) -> None:
    order = cast.order(pay="transfer")
    known = session.scalars(select(Payment)).one()

    with pytest.raises(refusal):
        correct_transfer(session, number=order.number, payment_id=payment or known.id, reason=reason, by=cast.actor("manager"))
    assert known.state == PaymentState.CAPTURED


def test_only_transfers_are_taken_off(session: Session, cast: Cast) -> None:
    order = cast.order(pay="balance")
    payment = session.scalars(select(Payment)).one()

    with pytest.raises(IllegalMove):
        correct_transfer(session, number=order.number, payment_id=payment.id, reason="why", by=cast.actor("manager"))


def test_two_who_record_the_whole_amount_at_once_do_not_overpay_unseen(town: Flask) -> None:
    cast = Cast(town)
    clerk = cast.made(cast.actor)
    for turn in range(20):
        order = cast.made(cast.order)
        outcomes = race(town, *(_transfer(order.number, 3600, f"BANK-{turn}-{half}", clerk) for half in range(2)))

        assert sorted(isinstance(outcome, Invalid) for outcome in outcomes) == [False, True]
        with town.app_context():
            assert db.session.scalar(select(func.sum(Payment.captured)).where(Payment.order_id == order.id)) == 3600


def test_two_clicks_put_a_surplus_on_the_account_once(town: Flask) -> None:
    cast = Cast(town)
    manager = cast.made(lambda: cast.actor("manager"))
    for turn in range(20):
        order = cast.made(lambda turn=turn: overpaid_as(cast, turn))
        race(town, *[lambda session, n=order.number: put_surplus_on_account(session, number=n, by=manager)] * 2)

        with town.app_context():
            assert db.session.scalar(select(func.sum(Entry.balance_delta)).where(Entry.order_id == order.id)) == 1200


def test_a_transfer_against_a_cancellation_ends_on_the_account_either_way(town: Flask) -> None:
    cast = Cast(town)
    clerk = cast.made(cast.actor)
    for turn in range(20):
        order = cast.made(cast.order)
        race(
            town,
            _transfer(order.number, 3600, f"BANK-{turn}", clerk),
            lambda session, n=order.number: cancel(session, number=n, reason=CancelReason.CUSTOMER, by=clerk),
        )

        with town.app_context():
            assert db.session.get_one(Order, order.id).status == "cancelled"
            assert db.session.scalars(select(Entry.balance_delta).where(Entry.order_id == order.id)).all() == [3600]
            assert offenders(db.session()) == []


def overpaid_as(cast: Cast, turn: int) -> Order:
    order = cast.order()
    return record_transfer(cast.session, number=order.number, amount=4800, reference=f"BANK-{turn}", by=SYSTEM, with_surplus=True)


def _transfer(number: str, amount: int, reference: str, by: object) -> Callable[[Session], Order]:
    return lambda session: record_transfer(session, number=number, amount=amount, reference=reference, by=by)  # type: ignore[arg-type]
