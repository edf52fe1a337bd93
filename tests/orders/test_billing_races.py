"""Numbers of documents under real threads and commits: none missing, none twice, however many ask and however many give up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from logistics.core.database import db
from logistics.core.transactions import in_transaction
from logistics.orders.billing import bill
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order
from logistics.payments.document_invariants import INVARIANTS
from logistics.payments.models import Document, DocumentSeries
from tests.cast import Cast
from tests.races import until_served

AT_ONCE = 15


class GaveUp(Exception):
    """Something later in the transaction failed."""


def test_thirty_at_once_with_every_third_rolled_back_leave_no_gap(town: Flask) -> None:
    cast = Cast(town)
    orders = cast.made(lambda: (cast.stock("LAMP", 200), [cast.order().id for _order in range(2 * AT_ONCE)])[1])
    clerk = cast.made(lambda: cast.actor())

    def issue(session: Session, at: int) -> str:
        document = bill(session, order_id=orders[at], by=clerk)
        if at % 3 == 0:
            raise GaveUp
        assert document is not None
        return document.number

    given = _all(town, [lambda session, at=at: issue(session, at) for at in range(2 * AT_ONCE)])

    numbers = sorted(number for number in given if number != "gave up")
    assert [int(number[-5:]) for number in numbers] == list(range(1, 21))
    assert given.count("gave up") == 10
    with town.app_context():
        assert db.session.scalar(select(DocumentSeries.last_number)) == 20
        assert [list(invariant.offenders(db.session.connection())) for invariant in INVARIANTS] == [[], [], []]


def test_an_order_invoiced_by_many_at_once_is_invoiced_once(town: Flask) -> None:
    cast = Cast(town)
    order_id, clerk = cast.made(lambda: (cast.order().id, cast.actor()))

    def issue(session: Session) -> str:
        document = bill(session, order_id=order_id, by=clerk)
        return document.number if document else "nothing"

    given = _all(town, [issue] * AT_ONCE)

    assert given.count("nothing") == AT_ONCE - 1
    with town.app_context():
        assert db.session.scalar(select(func.count()).select_from(Document)) == 1


def test_invoicing_against_cancelling_ends_with_what_is_due(town: Flask) -> None:
    """Whoever comes second sees what the first one did, for the order is locked before the numbers are."""
    cast = Cast(town)
    orders = cast.made(lambda: (cast.stock("LAMP", 200), [cast.order(lines=[("LAMP", 4)]).id for _order in range(8)])[1])
    clerk = cast.made(lambda: cast.actor())

    def cancel_one(session: Session, order_id: int) -> str:
        open_order(session, order_id).lines[0].cancelled += 1
        bill(session, order_id=order_id, by=clerk)
        return "cancelled"

    _all(town, [lambda session, order_id=order_id: cancel_one(session, order_id) for order_id in orders for _time in range(2)])

    with town.app_context():
        billed = select(Document.order_id, Document.due).ext(distinct_on(Document.order_id)).order_by(Document.order_id, Document.id.desc())
        assert {row.order_id: row.due for row in db.session.execute(billed)} == dict.fromkeys(orders, 3600)
        assert db.session.scalar(select(func.count()).select_from(Order)) == 8
        assert [list(invariant.offenders(db.session.connection())) for invariant in INVARIANTS] == [[], [], []]


def _all(town: Flask, works: list[Callable[[Session], str]]) -> list[str]:
    """Do all of it at once, each in a transaction of its own, AT_ONCE at a time; what each gave, or that it gave up."""
    begin = Barrier(AT_ONCE if len(works) % AT_ONCE == 0 else len(works))

    def run(work: Callable[[Session], str]) -> str:
        with town.app_context():
            begin.wait()
            try:
                return str(until_served(lambda: in_transaction(work)))
            except GaveUp:
                return "gave up"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(begin.parties) as pool:
        return list(pool.map(run, works))
