"""I-X1 and I-X2, each proved by a planted corruption."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.auditing import Invariant
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Reason
from logistics.notifications.invariants import INVARIANTS
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.cast import Cast

I_X1, I_X2 = INVARIANTS


@pytest.mark.parametrize("milestone", ["received", "confirmed", "shipped", "delivered", "cancelled", "stock_ran_low"])
def test_a_milestone_that_nobody_was_told_is_found(session: Session, cast: Cast, milestone: str) -> None:
    _live_through_everything(session, cast)
    assert found(session, I_X1) == []

    session.execute(text("DELETE FROM messages WHERE milestone = :milestone"), {"milestone": milestone})

    assert {row["milestone"] for row in found(session, I_X1)} == {milestone}


def test_an_order_without_an_address_must_have_its_suppressed_message(session: Session, cast: Cast) -> None:
    order = cast.order(email="")
    assert found(session, I_X1) == []

    session.execute(text("DELETE FROM messages"))

    assert [row["number"] for row in found(session, I_X1)] == [order.number]


def test_imported_history_need_not_be_told(session: Session, cast: Cast) -> None:
    cast.person("manager")
    cast.stock("LAMP", 5, reorder_point=4)
    cast.order(lines=[("LAMP", 2)], imported_at=clock.now())

    assert session.scalar(text("SELECT count(*) FROM messages")) == 0
    assert found(session, I_X1) == []


def test_a_message_that_waits_too_long_is_found_as_of_the_workers_last_run(session: Session, cast: Cast) -> None:
    cast.order()
    _set(session, "created_at = now() - interval '1 hour'")
    assert found(session, I_X2) == [], "no worker ever ran"

    _worker_ran(session, minutes_ago=55)
    assert found(session, I_X2) == [], "it stood still when this was five minutes old"

    _worker_ran(session, minutes_ago=1)
    assert [row["milestone"] for row in found(session, I_X2)] == ["received"]

    _set(session, "enqueued_at = now() - interval '9 minutes'")
    assert found(session, I_X2) == [], "it was handed over a moment ago"

    _set(session, "enqueued_at = now() - interval '12 minutes'")
    assert len(found(session, I_X2)) == 1
    _set(session, "state = 'dead'")
    assert found(session, I_X2) == []


def found(session: Session, invariant: Invariant) -> list[dict[str, Any]]:
    session.flush()
    return invariant.offenders(session.connection())


def _live_through_everything(session: Session, cast: Cast) -> None:
    cast.person("manager")
    lamps = cast.stock("LAMP", 50, reorder_point=40)
    parcel = cast.shipment(state="shipped")
    record_delivery(session, reference=parcel.reference, signer="M. Park", kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor())
    cancel(session, number=cast.order().number, reason=CancelReason.STAFF, by=cast.actor())
    adjust(session, level_id=lamps.id, change=-20, reason=Reason.LOST, by=cast.actor("manager"))


def _set(session: Session, values: str) -> None:
    session.execute(text(f"UPDATE messages SET {values}"))


def _worker_ran(session: Session, *, minutes_ago: int) -> None:
    job = session.scalar(
        text("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'notifications.dispatch', 'succeeded') RETURNING id")
    )
    ran = text("INSERT INTO procrastinate_events (job_id, type, at) VALUES (:job, 'succeeded', now() - :minutes * interval '1 minute')")
    session.execute(ran, {"job": job, "minutes": minutes_ago})
