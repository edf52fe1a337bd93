"""Time-outs (T6): an order nobody pays gives its stock back, once, and never one that was paid, is held or has time left."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from logistics.core import clock, jobs
from logistics.core.actors import SYSTEM
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.customers.crediting import account_for
from logistics.inventory.models import StockLevel
from logistics.notifications.models import Message
from logistics.orders import tasks
from logistics.orders.expiring import expire, extend
from logistics.orders.holding import OrderOnHold, hold
from logistics.orders.invariants import INVARIANTS
from logistics.orders.models import CancelReason, HoldReason, Order, OrderStatus
from logistics.orders.paying import record_transfer
from tests.cast import Cast

(I_R3,) = (invariant for invariant in INVARIANTS if invariant.code == "I-R3")


def overdue(cast: Cast, *, minutes: float = 1, **values: object) -> Order:
    """Mina's order, whose time was over this many minutes ago."""
    order: Order = cast.order(**values)  # type: ignore[arg-type]
    order.expires_at = clock.now() - timedelta(minutes=minutes)
    cast.session.flush()
    return order


def test_an_order_that_nobody_paid_gives_its_stock_back_and_says_why(session: Session, cast: Cast) -> None:
    order = overdue(cast, lines=[("LAMP", 2), ("SHADE", 1)])

    assert expire(session, order_id=order.id)

    assert (order.status, order.cancel_reason) == (OrderStatus.CANCELLED, CancelReason.PAYMENT_TIMEOUT)
    assert session.scalar(select(func.sum(StockLevel.reserved))) == 0
    told = session.scalars(select(EventLog).where(EventLog.name == "OrderStatusChanged").order_by(EventLog.id.desc())).first()
    assert told is not None
    assert (told.data["after"], told.data["reason"], told.actor_kind) == ("cancelled", "payment_timeout", "system")
    assert session.scalars(select(Message.milestone).order_by(Message.id)).all() == ["received", "cancelled"]


def test_what_was_paid_in_part_goes_to_the_customers_account(session: Session, cast: Cast) -> None:
    order = overdue(cast)
    record_transfer(session, number=order.number, amount=1000, reference="BANK-1", by=cast.actor())

    assert expire(session, order_id=order.id)

    assert account_for(session, order.customer_id, "USD").balance == 1000


def test_time_that_is_left_a_hold_and_a_payment_keep_it(session: Session, cast: Cast) -> None:
    early, held, paid = overdue(cast, minutes=-1), overdue(cast), overdue(cast, pay="transfer")
    hold(session, number=held.number, reason=HoldReason.PAYMENT, by=cast.actor())
    endless = cast.order()
    endless.expires_at = None

    assert not any(expire(session, order_id=order.id) for order in (early, held, paid, endless))
    assert {order.status for order in (early, held, endless)} == {"unpaid"}
    assert session.scalar(select(StockLevel.reserved)) == 8


def test_one_that_was_covered_once_is_never_cancelled_by_itself(session: Session, cast: Cast) -> None:
    order = overdue(cast)
    order.covered_at = clock.now()

    assert not expire(session, order_id=order.id)


def test_a_second_time_changes_nothing(session: Session, cast: Cast) -> None:
    order = overdue(cast)

    assert [expire(session, order_id=order.id) for _time in range(2)] == [True, False]
    assert session.scalar(select(func.count(EventLog.id)).where(EventLog.name == "StockReleased")) == 1


def test_an_order_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        expire(session, order_id=1)


def test_it_can_be_given_more_time_which_is_told_once(session: Session, cast: Cast) -> None:
    order, until = overdue(cast), clock.now() + timedelta(days=7)

    for _time in range(2):
        extend(session, number=order.number, until=until, by=cast.actor())

    assert order.expires_at == until
    assert not expire(session, order_id=order.id)
    (told,) = session.scalars(select(EventLog).where(EventLog.name == "PaymentTimeExtended")).all()
    assert (told.subject_id, datetime.fromisoformat(told.data["until"])) == (order.id, until)


@pytest.mark.parametrize("days", [-1, 1, 367])
def test_more_time_is_later_than_it_had_and_within_a_year(session: Session, cast: Cast, days: int) -> None:
    order = overdue(cast, minutes=-3 * 24 * 60)

    with pytest.raises(Invalid) as refusal:
        extend(session, number=order.number, until=clock.now() + timedelta(days=days), by=cast.actor())

    assert refusal.value.errors[0].pointer == "until"


def test_one_without_a_deadline_or_on_hold_gets_no_more_time(session: Session, cast: Cast) -> None:
    paid, endless, held = cast.order(pay="transfer"), cast.order(), cast.order()
    endless.expires_at = None
    hold(session, number=held.number, reason=HoldReason.PAYMENT, by=cast.actor())

    for order, refusal in ((paid, IllegalMove), (endless, IllegalMove), (held, OrderOnHold)):
        with pytest.raises(refusal):
            extend(session, number=order.number, until=clock.now() + timedelta(days=30), by=cast.actor())
    with pytest.raises(NotFound):
        extend(session, number="0000-0000", until=clock.now() + timedelta(days=30), by=cast.actor())


def test_the_sweep_goes_on_until_none_is_left_and_stops_at_no_trouble(
    app: Flask, session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.init_app(app)
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    orders = [overdue(cast, minutes=minutes) for minutes in (9, 7, 7, 5, 3)]
    young = cast.order()
    # A reason of the database's own to refuse one of them.
    bad = orders[1].id
    session.execute(text(f"ALTER TABLE orders ADD CONSTRAINT ck_trouble CHECK (id <> {bad} OR status = 'unpaid')"))
    session.commit()

    tasks.expire_unpaid()

    session.expire_all()
    assert [order.status for order in orders] == ["cancelled", "unpaid", "cancelled", "cancelled", "cancelled"]
    assert young.status == "unpaid"


def test_the_audit_looks_back_from_the_sweeps_last_run(session: Session, cast: Cast) -> None:
    order = overdue(cast, minutes=10)
    assert found(session) == [], "no worker ever ran"

    sweep_ran(session, minutes_ago=9)
    assert found(session) == [], "its time had been over for a minute then"

    sweep_ran(session, minutes_ago=1)
    assert found(session) == [order.number]

    hold(session, number=order.number, reason=HoldReason.CUSTOMER, by=SYSTEM)
    assert found(session) == []


def found(session: Session) -> list[str]:
    session.flush()
    return [row["number"] for row in I_R3.offenders(session.connection())]


def sweep_ran(session: Session, *, minutes_ago: int) -> None:
    job = session.scalar(
        text("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'orders.expire_unpaid', 'succeeded') RETURNING id")
    )
    ran = text("INSERT INTO procrastinate_events (job_id, type, at) VALUES (:job, 'started', now() - :minutes * interval '1 minute')")
    session.execute(ran, {"job": job, "minutes": minutes_ago})
