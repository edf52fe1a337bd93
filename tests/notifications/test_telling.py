"""News becomes messages, in the transaction of the news."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.core.refusals import Refusal
from logistics.customers.crediting import deposit
from logistics.fulfilment.models import Shipment
from logistics.inventory.adjusting import adjust
from logistics.inventory.models import Reason
from logistics.notifications.models import Message
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason
from logistics.orders.paying import record_transfer
from logistics.orders.placing import place
from logistics.orders.validating import LineRequest, OrderRequest
from logistics.tracking.events import ParcelMoved
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.cast import Cast


def test_an_order_that_waits_for_money_was_received(session: Session, cast: Cast) -> None:
    order = cast.order(language="zh_Hans")

    message = session.scalars(select(Message)).one()
    assert (message.subject, message.subject_id, message.order_id) == ("order", order.id, order.id)
    assert (message.milestone, message.means, message.recipient) == ("received", "email", "mina@example.com")
    assert (message.language, message.state, message.attempts) == ("zh_Hans", "queued", 0)


def test_an_order_that_is_paid_is_confirmed(session: Session, cast: Cast) -> None:
    cast.order(pay="transfer")

    assert told(session) == ["received", "confirmed"]


def test_placing_and_paying_at_once_only_confirms(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 1)
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=1800, reference="", by=SYSTEM)

    place(session, _request(cast, lines=[LineRequest("LAMP", 1)], pay_from_balance=True), by=cast.actor())

    assert told(session) == ["confirmed"]


def test_a_cancelled_order_says_so(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.OUT_OF_STOCK, by=cast.actor())

    assert told(session) == ["received", "cancelled"]
    assert session.scalars(select(Message.facts).order_by(Message.id)).all()[-1] == {"reason": "out_of_stock"}


def test_each_parcel_is_told_when_it_leaves_and_when_it_arrives(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 1, at="LEEDS")
    cast.stock("LAMP", 1, at="HANGZHOU")
    order = cast.order(lines=[("LAMP", 2)], pay="transfer")
    parcels = session.scalars(select(Shipment).where(Shipment.order_id == order.id).order_by(Shipment.id)).all()
    for parcel in parcels:
        cast.work_on(parcel, "shipped")
    _deliver(session, cast, parcels[1])

    rows = session.execute(select(Message.milestone, Message.subject, Message.subject_id).order_by(Message.id)).all()
    assert rows[2:] == [
        ("shipped", "shipment", parcels[0].id),
        ("shipped", "shipment", parcels[1].id),
        ("delivered", "shipment", parcels[1].id),
    ]


def test_a_parcel_that_is_delivered_a_second_time_is_told_once(session: Session, cast: Cast) -> None:
    parcel = cast.shipment(state="shipped")
    for _time in range(2):
        publish(session, ParcelMoved(parcel.id, parcel.order_id, "in_transit", "delivered"), by=SYSTEM)

    assert told(session).count("delivered") == 1


def test_without_an_address_the_message_is_there_but_suppressed(session: Session, cast: Cast) -> None:
    cast.order(email="")

    message = session.scalars(select(Message)).one()
    assert (message.recipient, message.state) == ("", "suppressed")
    assert jobs(session) == []


def test_imported_history_says_nothing(session: Session, cast: Cast) -> None:
    cast.person("manager")
    cast.stock("LAMP", 5, reorder_point=4)
    order = cast.order(lines=[("LAMP", 2)], imported_at=clock.now())
    record_transfer(session, number=order.number, amount=order.total, reference="B", by=SYSTEM, at=clock.now() - timedelta(days=900))
    cast.work_on(session.scalars(select(Shipment)).one(), "shipped")

    assert told(session) == []
    assert jobs(session) == []


def test_stock_that_ran_low_is_told_to_managers_and_administrators(session: Session, cast: Cast) -> None:
    for who in ("admin", "manager", "clerk", "picker", "auditor"):
        cast.person(who)
    cast.person("admin").language = "zh_Hans"
    lamps = cast.stock("LAMP", 5, reorder_point=4)
    cast.order(lines=[("LAMP", 1)], email="")

    notices = session.scalars(select(Message).where(Message.subject == "staff_notice").order_by(Message.recipient)).all()
    assert [(notice.recipient, notice.language) for notice in notices] == [("admin@lamp.example", "zh_Hans"), ("manager@lamp.example", "en")]
    assert {notice.milestone for notice in notices} == {"stock_ran_low"}
    assert notices[0].facts == {"product_id": lamps.product_id, "warehouse_id": lamps.warehouse_id, "available": 4, "reorder_point": 4}


def test_each_crossing_is_a_notice_of_its_own(session: Session, cast: Cast) -> None:
    cast.person("manager")
    lamps = cast.stock("LAMP", 5, reorder_point=4)
    for change in (-1, +3, -3):
        adjust(session, level_id=lamps.id, change=change, reason=Reason.COUNTED, by=cast.actor("manager"))

    assert told(session) == ["stock_ran_low", "stock_ran_low"]


def test_somebody_who_left_hears_nothing_more(session: Session, cast: Cast) -> None:
    cast.person("manager").active = False
    lamps = cast.stock("LAMP", 5, reorder_point=4)
    adjust(session, level_id=lamps.id, change=-1, reason=Reason.COUNTED, by=SYSTEM)

    notice = session.scalars(select(Message)).one()
    assert (notice.recipient, notice.state) == ("", "suppressed"), "that nobody was there to hear it is kept"


def test_a_transaction_asks_for_one_dispatcher(session: Session, cast: Cast) -> None:
    cast.person("manager")
    cast.stock("LAMP", 5, reorder_point=4)
    cast.order(lines=[("LAMP", 2)], pay="transfer")

    assert len(told(session)) == 3
    assert jobs(session) == ["notifications.dispatch"]


def test_each_transaction_asks_for_its_own(session: Session, cast: Cast) -> None:
    for _time in range(3):
        cast.order()
        session.commit()

    assert jobs(session) == ["notifications.dispatch"] * 3


def test_what_is_refused_says_nothing(session: Session, cast: Cast) -> None:
    with pytest.raises(Refusal):
        place(session, _request(cast, lines=[LineRequest("NOTHING", 1)]), by=cast.actor())

    assert told(session) == []


def told(session: Session) -> list[str]:
    return list(session.scalars(select(Message.milestone).order_by(Message.id)))


def jobs(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id")))


def _request(cast: Cast, **values: Any) -> OrderRequest:
    customer = cast.customer()
    given = {"channel": "desk", "name": customer.name, "currency": "USD", "email": customer.email, "address": cast.address_of(customer)}
    return OrderRequest(customer_id=customer.id, **{**given, **values})


def _deliver(session: Session, cast: Cast, parcel: Shipment) -> None:
    record_delivery(session, reference=parcel.reference, signer="M. Park", kind=ProofKind.SELF, occurred_at=clock.now(), by=cast.actor("clerk"))
