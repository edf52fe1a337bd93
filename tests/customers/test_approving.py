"""Above a limit a balance is not corrected alone: somebody else agrees, and nothing moves until then (SEC43)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM, Forbidden
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, NotFound
from logistics.core.second_person import OwnRequest
from logistics.customers.adjusting import adjust
from logistics.customers.approving import AdjustmentNotPossible, approve, reject, withdraw
from logistics.customers.crediting import account_for, deposit, withdraw_for_payment
from logistics.customers.models import AdjustmentRequest, Entry
from tests.cast import Cast
from tests.customers.bare import bare_order

LIMIT = 20_000


def correct(session: Session, cast: Cast, change: int, *, who: str = "manager", currency: str = "USD") -> AdjustmentRequest:
    """Somebody corrects Mina Park's balance."""
    return adjust(session, customer_id=cast.customer().id, currency=currency, change=change, reason="Booked twice", by=cast.actor(who))


def balance(session: Session, cast: Cast) -> int:
    """What Mina Park has with us."""
    return account_for(session, cast.customer().id, "USD").balance


def test_above_the_limit_nothing_moves_until_somebody_else_agrees(session: Session, cast: Cast) -> None:
    asked = correct(session, cast, LIMIT + 1)
    assert (asked.state, balance(session, cast), session.scalars(select(Entry)).all()) == ("pending", 0, [])

    for _time in range(2):
        approve(session, request_id=asked.id, by=cast.actor("admin"))

    entry = session.scalars(select(Entry)).one()
    assert (asked.state, asked.decided_by, asked.entry_id) == ("approved", cast.actor("admin").id, entry.id)
    assert (balance(session, cast), entry.reason, entry.actor_id) == (LIMIT + 1, "Booked twice", cast.actor("admin").id)
    names = session.scalars(select(EventLog.name).where(EventLog.subject == "customer").order_by(EventLog.id)).all()
    assert names == ["BalanceAdjustmentRequested", "BalanceAdjustmentApproved", "BalanceAdjusted"]


def test_half_the_limit_twice_counts_together_up_and_down_and_a_day_later_anew(session: Session, cast: Cast) -> None:
    assert correct(session, cast, LIMIT // 2).state == "direct"
    assert correct(session, cast, -LIMIT // 2).state == "direct"
    assert correct(session, cast, 1).state == "pending"
    assert correct(session, cast, 1, who="admin").state == "direct", "each person has their own"
    assert correct(session, cast, 200, currency="JPY").state == "direct", "each account has its own, in whole units of its currency"
    assert correct(session, cast, 1, currency="JPY").state == "pending"
    for row in session.scalars(select(AdjustmentRequest)):
        row.asked_at = clock.now() - timedelta(hours=24, seconds=1)
    session.flush()
    assert correct(session, cast, LIMIT).state == "direct"


def test_what_was_rejected_or_withdrawn_does_not_count(session: Session, cast: Cast) -> None:
    reject(session, request_id=correct(session, cast, LIMIT + 1).id, by=cast.actor("admin"))
    withdraw(session, request_id=correct(session, cast, LIMIT + 1).id, by=cast.actor("manager"))
    assert correct(session, cast, LIMIT).state == "direct"


def test_who_asked_neither_approves_nor_rejects_and_nobody_else_withdraws(session: Session, cast: Cast) -> None:
    asked = correct(session, cast, LIMIT + 1)

    for decide in (approve, reject):
        with pytest.raises(OwnRequest) as refusal:
            decide(session, request_id=asked.id, by=cast.actor("manager"))
        assert refusal.value.status == 403
    with pytest.raises(Forbidden):
        withdraw(session, request_id=asked.id, by=cast.actor("admin"))
    assert (asked.state, balance(session, cast)) == ("pending", 0)


def test_the_table_itself_refuses_an_approval_of_ones_own(session: Session, cast: Cast) -> None:
    asked = correct(session, cast, LIMIT + 1)
    asked.state, asked.decided_at, asked.decided_by = "rejected", clock.now(), asked.asked_by
    with pytest.raises(IntegrityError, match="ck_adjustment_requests_second"):
        session.flush()


def test_what_was_spent_meanwhile_cannot_be_taken_off_and_the_request_waits_on(session: Session, cast: Cast) -> None:
    mina, order = cast.customer(), bare_order(cast)
    deposit(session, customer_id=mina.id, currency="USD", amount=30_000, reference="", by=SYSTEM)
    asked = correct(session, cast, -25_000)
    withdraw_for_payment(
        session, account_id=account_for(session, mina.id, "USD").id, amount=10_000, order_id=order.id, reference=order.number, by=SYSTEM
    )

    with pytest.raises(AdjustmentNotPossible, match="can be taken off"):
        approve(session, request_id=asked.id, by=cast.actor("admin"))
    assert (asked.state, balance(session, cast)) == ("pending", 20_000)


def test_what_was_decided_stays_decided(session: Session, cast: Cast) -> None:
    asked = correct(session, cast, LIMIT + 1)
    for _time in range(2):
        reject(session, request_id=asked.id, by=cast.actor("admin"))

    with pytest.raises(IllegalMove):
        approve(session, request_id=asked.id, by=cast.actor("admin"))
    with pytest.raises(IllegalMove):
        withdraw(session, request_id=asked.id, by=cast.actor("manager"))
    with pytest.raises(NotFound):
        approve(session, request_id=asked.id + 1, by=cast.actor("admin"))
    assert balance(session, cast) == 0
