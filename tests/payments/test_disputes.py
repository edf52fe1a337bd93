"""A cardholder takes back what they paid: opened, won, lost, told twice and in any order."""

from itertools import permutations

import pytest
from sqlalchemy import select

from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.transactions import in_transaction
from logistics.orders import hearing
from logistics.orders.models import Order
from logistics.payments.gateways.gateway import News, NewsKind
from logistics.payments.models import PaymentMove
from tests.payments.cards import Till

OPENED = News("evt_1", NewsKind.DISPUTE_OPENED, "fp_1", 3600)
WON = News("evt_2", NewsKind.DISPUTE_WON, "fp_1", 3600)
LOST = News("evt_3", NewsKind.DISPUTE_LOST, "fp_1", 3600)


def test_a_dispute_is_for_a_person_and_won_all_is_as_it_was(till: Till) -> None:
    number = _shipped(till)

    _hear(till, OPENED)
    assert till.payments(number) == [("disputed", 3600, 3600, 0, 0)]
    assert (till.status(number), till.incidents(number)) == ("shipped", [("disputed", 3600)])
    _hear(till, WON)

    assert till.payments(number) == [("captured", 3600, 3600, 0, 0)]
    till.agree()


def test_lost_the_money_is_gone_and_what_was_shipped_is_no_debt(till: Till) -> None:
    number = _shipped(till)

    _hear(till, OPENED, LOST)

    assert (till.status(number), till.payments(number)) == ("shipped", [("refunded", 3600, 3600, 0, 3600)])
    assert _allowance(till, number) == 3600
    with till.app.app_context():
        refund = select(PaymentMove.reference).where(PaymentMove.kind == "refund")
        assert db.session.scalars(refund).all() == ["dispute evt_3"]
    till.agree()


def test_lost_before_anything_left_nothing_leaves(till: Till) -> None:
    number = till.packed()
    till.capture(number)

    _hear(till, OPENED, LOST)

    assert (till.status(number), _allowance(till, number)) == ("unpaid", 0)
    till.agree()


def test_lost_in_part_the_rest_stays(till: Till) -> None:
    number = _shipped(till)

    _hear(till, OPENED, News("evt_9", NewsKind.DISPUTE_LOST, "fp_1", 1000))

    assert till.payments(number) == [("part_refunded", 3600, 3600, 0, 1000)]
    till.agree()


def test_what_the_provider_refunds_later_is_told_apart_from_what_a_dispute_took(till: Till) -> None:
    number = _shipped(till)
    _hear(till, OPENED, News("evt_9", NewsKind.DISPUTE_LOST, "fp_1", 1000))
    till.bank.refund("fp_1", 500, currency="USD", key="by hand at the provider")

    _hear(till, News("evt_10", NewsKind.PAYMENT, "fp_1"))

    assert till.payments(number) == [("part_refunded", 3600, 3600, 0, 1500)]


@pytest.mark.parametrize("order", list(permutations([OPENED, LOST])) + list(permutations([OPENED, WON])))
def test_news_in_any_order_and_twice_ends_the_same(till: Till, order: tuple[News, ...]) -> None:
    number = _shipped(till)

    _hear(till, *order)
    _hear(till, *order)

    lost = LOST in order
    assert till.payments(number) == [("refunded" if lost else "captured", 3600, 3600, 0, 3600 if lost else 0)]
    till.agree()


def test_nobody_lets_less_be_paid_of_what_is_disputed(till: Till) -> None:
    number = _shipped(till)
    _hear(till, OPENED)
    browser = till.cast.client("manager")

    page = browser.get(f"/orders/{number}").text
    assert f"/orders/{number}/allowance" not in page
    assert f"/orders/{number}/refund" not in page
    assert f"Nothing of order {number} is still to be paid." in browser.get(f"/orders/{number}/allowance").text
    sent = {"form_key": new_key(), "amount": "1.00", "reason": "late"}
    assert browser.post(f"/orders/{number}/allowance", data=sent).status_code == 409
    assert (_allowance(till, number), till.status(number)) == (0, "shipped")

    _hear(till, WON)
    assert f"/orders/{number}/refund" in browser.get(f"/orders/{number}").text


def test_news_of_what_nobody_knows_yet_waits_and_is_given_up(till: Till) -> None:
    with till.app.app_context():
        first = in_transaction(lambda session: hearing.note_news(session, "fake", News("evt_1", NewsKind.PAYMENT, "fp_1")))
        assert first
        hearing.work_news(first)
        assert in_transaction(lambda session: hearing.find_waiting(session, limit=9)) == [], "its job has just tried"
    number = till.authorised()
    till.bank.ends("fp_1")

    with till.app.app_context():
        hearing.work_news(first)

    assert till.status(number) == "unpaid"


def _shipped(till: Till) -> str:
    number = till.packed()
    till.ship(number)
    return number


def _hear(till: Till, *told: News) -> None:
    with till.app.app_context():
        for news in told:
            kept = in_transaction(lambda session, news=news: hearing.note_news(session, "fake", news))  # type: ignore[misc]
            if kept is not None:
                hearing.work_news(kept)


def _allowance(till: Till, number: str) -> int:
    with till.app.app_context():
        return int(db.session.scalars(select(Order.allowance).where(Order.number == number)).one())
