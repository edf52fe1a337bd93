"""Numbers of documents under load, over HTTP: every order gets its one invoice however often it is asked for, and no number is missing.

The suite runs a few rounds, `LOGISTICS_CHAOS=full` three hundred.
"""

import random

import pytest
from flask import Flask
from sqlalchemy import select

from logistics.core.database import db
from logistics.orders.models import Order
from logistics.payments.models import Document, DocumentSeries
from tests.cast import Cast
from tests.chaos.conftest import FULL
from tests.chaos.racing import at_once, offences
from tests.house import House, Visitor

pytestmark = pytest.mark.loopback

ROUNDS = 300 if FULL else 6
ORDERS, TIMES = 6, 3


def test_invoices_asked_for_at_once_are_numbered_without_gaps(house: House, town: Flask, clerks: list[Visitor]) -> None:
    chance, ours = random.Random(11), list[str]()
    for _round in range(ROUNDS):
        numbers = _placed(town)
        ours += numbers
        asked = [(clerk, number) for clerk, number in zip(clerks, numbers * TIMES, strict=False)]
        # Some ask for what is not there: theirs is refused and rolled back, amid the others.
        asked += [(clerk, "K0KK-KK") for clerk in clerks[len(asked) : len(asked) + 4]]
        chance.shuffle(asked)

        statuses = _all_at_once(asked)

        assert sorted(set(statuses)) == [303, 404]
    with town.app_context():
        # Others who live in this town may have got invoices as well, from the same series.
        serials = db.session.scalars(select(Document.serial).where(Document.kind == "invoice").order_by(Document.serial)).all()
        last = db.session.scalar(select(DocumentSeries.last_number).where(DocumentSeries.kind == "invoice"))
        invoiced = select(Order.number).join(Document, Document.order_id == Order.id).where(Order.number.in_(ours))
        assert list(serials) == list(range(1, len(serials) + 1))
        assert last == len(serials)
        assert sorted(db.session.scalars(invoiced)) == sorted(ours)
    assert offences(town) == []


def _placed(town: Flask) -> list[str]:
    """The numbers of new orders."""
    with town.app_context():
        cast = Cast(town)
        numbers = [cast.order(lines=[("PAPER", 1)]).number for _order in range(ORDERS)]
        db.session.commit()
        db.session.remove()
        return numbers


def _all_at_once(asked: list[tuple[Visitor, str]]) -> list[int]:
    answers = at_once(*(lambda who=who, number=number: who.post(f"/orders/{number}/documents", {}) for who, number in asked))
    return [answer.status for answer in answers]
