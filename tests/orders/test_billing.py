"""Orders are invoiced when they leave or by hand, and whatever changes later is credited or invoiced; numbers have no gaps."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.events import EventLog
from logistics.orders import rules, tasks
from logistics.orders.billing import bill, is_billed_otherwise
from logistics.orders.cancelling import cancel
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import CancelReason, Order
from logistics.payments.document_queries import documents_of
from logistics.payments.models import Document, DocumentSeries
from tests.cast import Cast


def billed(session: Session, order: Order) -> list[tuple[str, int]]:
    """An order's documents: number and by how much each changes what is invoiced."""
    return [(document.number, document.change) for document in documents_of(session, order.id)]


def numbers(session: Session) -> list[str]:
    """All numbers given, in the order they were."""
    return list(session.scalars(select(Document.number).order_by(Document.id)))


def test_the_first_parcel_brings_the_invoice_of_the_whole_order(session: Session, cast: Cast) -> None:
    year = datetime.now(UTC).year
    order = cast.shipment(lines=[("LAMP", 2)], state="shipped").order

    (document,) = documents_of(session, order.id)

    assert (document.number, document.total, document.due, document.currency) == (f"INV-{year}-00001", 3600, 3600, "USD")
    assert document.content["entries"][0]["sku"] == "LAMP"
    assert document.content["entries"][0]["units"] == 2
    assert document.content["buyer"]["name"] == "Mina Park"
    assert document.content["payments"] == [{"method": "transfer", "captured": 3600, "refunded": 0, "promised": 0, "due_on": ""}]
    (told,) = session.scalars(select(EventLog).where(EventLog.name == "DocumentIssued"))
    assert (told.subject_id, told.data["document"], told.data["amount"]) == (order.id, document.number, 3600)


def test_a_channel_that_sends_none_and_history_get_no_invoice(session: Session, cast: Cast) -> None:
    cast.channel("web", kind="shopify", invoices=False)
    cast.channel("desk")
    sold_elsewhere = cast.shipment(channel="web", state="shipped").order
    past = cast.shipment(state="packed")
    past.order.imported_at = past.order.placed_at
    cast.hand_over(past)

    assert billed(session, sold_elsewhere) == billed(session, past.order) == []


def test_by_hand_it_comes_earlier_and_only_once(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2)])

    document = bill(session, order_id=order.id, by=cast.actor())

    assert document is not None
    assert document.total == 3600
    assert bill(session, order_id=order.id, by=cast.actor()) is None
    assert len(billed(session, order)) == 1


def test_what_is_cancelled_after_the_invoice_is_credited_and_what_comes_back_is_invoiced(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 3)])
    first = bill(session, order_id=order.id, by=cast.actor())
    cancelled = open_order(session, order.id)
    cancelled.lines[0].cancelled = 1

    credit = bill(session, order_id=order.id, by=cast.actor())

    assert credit is not None
    assert first is not None
    assert (credit.kind, credit.change, credit.due, credit.refers_to_id) == ("credit_note", -1800, 3600, first.id)
    assert [(entry["units"], entry["gross"]) for entry in credit.content["entries"]] == [(1, 1800)]
    open_order(session, order.id).lines[0].cancelled = 0
    further = bill(session, order_id=order.id, by=cast.actor())
    assert further is not None
    assert (further.kind, further.change) == ("invoice", 1800)
    assert sum(change for _number, change in billed(session, order)) == rules.due(order)


def test_an_allowance_and_a_cancelled_order_are_credited(session: Session, cast: Cast) -> None:
    order = cast.order(lines=[("LAMP", 2)], shipping=500)
    bill(session, order_id=order.id, by=cast.actor())
    open_order(session, order.id).allowance = 700
    bill(session, order_id=order.id, by=cast.actor())
    for line in open_order(session, order.id).lines:
        line.cancelled = line.ordered
    bill(session, order_id=order.id, by=cast.actor())

    assert [change for _number, change in billed(session, order)] == [4100, -700, -3400]


def test_a_change_of_an_invoiced_order_asks_for_its_document_by_a_job(session: Session, cast: Cast) -> None:
    jobs = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'orders.bill' AND (args ->> 'order_id')::bigint = :order")
    shipment = cast.shipment(lines=[("LAMP", 2)], state="shipped")
    order = open_order(session, shipment.order_id)
    assert session.scalar(jobs, {"order": order.id}) == 0

    order.allowance = 100
    advance(order.lines[0], delivered=2)
    recompute(session, order, by=cast.actor())

    assert is_billed_otherwise(session, order)
    assert session.scalar(jobs, {"order": order.id}) == 1


def test_cancelling_an_invoiced_order_ends_with_its_credit_note(app: Flask, session: Session, cast: Cast) -> None:
    jobs.init_app(app)
    order = cast.order(lines=[("LAMP", 2)], pay="balance")
    bill(session, order_id=order.id, by=cast.actor())
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())
    waiting = text("SELECT (args ->> 'order_id')::bigint FROM procrastinate_jobs WHERE task_name = 'orders.bill'")
    assert set(session.scalars(waiting)) == {order.id}
    session.commit()

    tasks.bill(order_id=order.id)
    tasks.bill(order_id=order.id)

    assert [change for _number, change in billed(session, order)] == [3600, -3600]


def test_a_new_year_begins_a_new_series_in_the_shops_time(session: Session, cast: Cast) -> None:
    orders = [cast.order() for _order in range(3)]
    for order, moment in zip(orders, ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z"), strict=True):
        with time_machine.travel(datetime.fromisoformat(moment), tick=False):
            bill(session, order_id=order.id, by=cast.actor())

    assert numbers(session) == ["INV-2026-00001", "INV-2027-00001", "INV-2027-00002"]


def test_what_is_rolled_back_uses_no_number_up(session: Session, cast: Cast) -> None:
    orders = [cast.order() for _order in range(3)]
    bill(session, order_id=orders[0].id, by=cast.actor())
    session.commit()
    bill(session, order_id=orders[1].id, by=cast.actor())
    session.rollback()
    bill(session, order_id=orders[2].id, by=cast.actor())

    assert [number[-5:] for number in numbers(session)] == ["00001", "00002"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE documents SET total = total + 1",
        "DELETE FROM documents",
        "TRUNCATE documents",
        "UPDATE document_series SET last_number = last_number - 1",
        "UPDATE document_series SET last_number = last_number + 2",
        "UPDATE document_series SET prefix = 'X', last_number = last_number + 1",
        "DELETE FROM document_series",
    ],
)
def test_nothing_issued_is_ever_changed(session: Session, cast: Cast, change: str) -> None:
    bill(session, order_id=cast.order().id, by=cast.actor())
    session.commit()

    with pytest.raises(IntegrityError):
        session.execute(text(change))


def test_a_series_gives_a_sixth_digit_when_it_needs_one() -> None:
    assert DocumentSeries(prefix="INV", year=2026).name(123_456) == "INV-2026-123456"
