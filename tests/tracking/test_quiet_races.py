"""The sweep that counts quiet parcels as delivered, against whoever speaks at the same moment, with real threads and commits: one outcome.

Who is at work on a parcel keeps the sweep away; who comes after it finds a delivered parcel. Nothing is counted or told twice.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import CUSTOMER, SYSTEM
from logistics.core.database import db
from logistics.core.refusals import IllegalMove
from logistics.fulfilment.models import Carrier, Shipment
from logistics.notifications.models import Message
from logistics.tracking.confirming import confirm_receipt
from logistics.tracking.disputing import dispute
from logistics.tracking.models import EventSource, ParcelIncident, TrackingEvent, TrackingStatus
from logistics.tracking.quiet import count_as_delivered
from logistics.tracking.taking import take
from tests.cast import Cast
from tests.orders.audits import offences
from tests.races import race
from tests.tracking.carriers import reading, said

ROUNDS = 300 if os.environ.get("LOGISTICS_CHAOS") == "full" else 8
Act = Callable[[Session], Any]


@pytest.fixture
def quiet(town: Flask) -> Callable[[], tuple[int, str, str]]:
    """Makes a parcel that left eleven days ago: its id, reference and number."""
    cast = Cast(town)
    cast.made(lambda: (cast.stock("LAMP", 10 * ROUNDS), cast.carrier()))

    def make() -> tuple[int, str, str]:
        with clock.replaying(clock.now() - timedelta(days=11)):
            parcel = cast.shipment(lines=[("LAMP", 1)], state="shipped")
        return parcel.id, parcel.reference, parcel.tracking_number

    return lambda: cast.made(make)


def sweep(parcel_id: int) -> Act:
    """What the sweep does when it comes to this parcel."""
    return lambda session: count_as_delivered(session, parcel_id, timezone="UTC")


def carrier_says(number: str, status: TrackingStatus) -> Act:
    """Its carrier says so, of a minute ago."""
    told = reading(said(number, status, minutes_ago=1, event_id="1"))
    return lambda session: take(session, session.scalars(select(Carrier)).one(), told, SYSTEM).new


def stands(town: Flask, parcel_id: int) -> tuple[str, list[str], int, int]:
    """How a parcel stands: its state, who spoke of it, the units that are delivered, and how often its customer was told that it has come."""
    with town.app_context():
        parcel = db.session.get_one(Shipment, parcel_id)
        spoke = db.session.scalars(select(TrackingEvent.source).where(TrackingEvent.shipment_id == parcel_id)).all()
        told = select(func.count(Message.id)).where(Message.order_id == parcel.order_id, Message.milestone == "delivered")
        return parcel.state, sorted(spoke), sum(line.delivered for line in parcel.order.lines), db.session.scalar(told) or 0


def found_clean(town: Flask) -> bool:
    with town.app_context():
        assert offences(db.session()) == []
    return True


@pytest.mark.parametrize("status", ["in_transit", "returning"])
def test_either_the_carrier_speaks_first_or_it_is_counted_and_both_leave_one_state(
    town: Flask, quiet: Callable[[], tuple[int, str, str]], status: str
) -> None:
    for _round in range(ROUNDS):
        parcel_id, _reference, number = quiet()
        counted, new = race(town, sweep(parcel_id), carrier_says(number, TrackingStatus(status)))

        assert new == 1, "what the carrier says is kept, whoever wins"
        if counted:
            assert stands(town, parcel_id) == ("delivered", ["carrier", "system"], 1, 1)
        else:
            assert stands(town, parcel_id) == (status, ["carrier"], 0, 0)
            assert race(town, sweep(parcel_id)) == [False], "it is quiet no longer"
    assert found_clean(town)


def test_delivered_by_the_carrier_and_by_rule_it_is_counted_and_told_once(town: Flask, quiet: Callable[[], tuple[int, str, str]]) -> None:
    for _round in range(ROUNDS):
        parcel_id, _reference, number = quiet()
        counted, new = race(town, sweep(parcel_id), carrier_says(number, TrackingStatus.DELIVERED))

        assert new == 1
        assert stands(town, parcel_id) == ("delivered", ["carrier", "system"] if counted else ["carrier"], 1, 1)
        with town.app_context():
            carriers = select(TrackingEvent.occurred_at).where(TrackingEvent.shipment_id == parcel_id, TrackingEvent.source == "carrier")
            assert db.session.get_one(Shipment, parcel_id).delivered_at == db.session.scalars(carriers).one(), "the carrier knows when"
    assert found_clean(town)


def test_who_misses_a_parcel_is_heard_after_it_was_counted_and_refused_before(town: Flask, quiet: Callable[[], tuple[int, str, str]]) -> None:
    for _round in range(ROUNDS):
        parcel_id, reference, _number = quiet()

        def miss(session: Session, parcel: str = reference) -> str:
            return dispute(session, reference=parcel, reason="", source=EventSource.CUSTOMER, by=CUSTOMER).status

        counted, missed = race(town, sweep(parcel_id), miss)

        if isinstance(missed, IllegalMove):
            # The sweep lets be what somebody is at work on; the next one comes to it.
            assert stands(town, parcel_id) == (("delivered", ["system"], 1, 1) if counted else ("shipped", [], 0, 0))
            continue
        assert (counted, missed) == (True, "disputed")
        assert stands(town, parcel_id) == ("held_up", ["customer", "system"], 0, 1)
        assert race(town, sweep(parcel_id)) == [False], "what is missed is not counted again"
    with town.app_context():
        missed_ones = db.session.scalars(select(TrackingEvent.shipment_id).where(TrackingEvent.status == "disputed")).all()
        assert sorted(db.session.scalars(select(ParcelIncident.shipment_id))) == sorted(missed_ones)
    assert found_clean(town)


def test_two_sweeps_and_a_customer_who_confirms_deliver_it_once(town: Flask, quiet: Callable[[], tuple[int, str, str]]) -> None:
    for _round in range(ROUNDS):
        parcel_id, reference, _number = quiet()

        def confirm(session: Session, parcel: str = reference) -> bool:
            return confirm_receipt(session, reference=parcel, by=CUSTOMER) is not None

        outcomes = race(town, sweep(parcel_id), sweep(parcel_id), confirm)

        assert sum(outcomes) == 1, "one of them delivers it"
        assert stands(town, parcel_id) == ("delivered", ["customer" if outcomes[2] else "system"], 1, 1)
    assert found_clean(town)
