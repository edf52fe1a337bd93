"""A cardholder takes back what they paid: opened, won, lost, told twice and in any order."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
import time_machine
from sqlalchemy import select

from logistics.core import clock
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.transactions import in_transaction
from logistics.orders import hearing
from logistics.orders.models import Order, RefundReason
from logistics.orders.refunding import Asked, give
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


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("told", [(OPENED,), (OPENED, LOST), (OPENED, WON)], ids=["opened", "lost", "won"])
def test_a_refund_without_an_answer_is_not_paid_once_more_what_is_disputed(till: Till, told: tuple[News, ...], done: bool) -> None:
    number = _shipped(till)
    till.bank.trouble = "after" if done else "before"
    _refund(till, number, 1000)
    amount = till.bank.net("fp_1")
    _hear(till, *(replace(one, amount=amount) for one in told))

    till.settle(number, now=True)

    outcome = told[-1]
    given_back = 1000 if done or outcome is WON else 0
    assert till.bank.books["fp_1"].refunded == given_back
    assert till.payments(number)[0][4] == given_back + (amount if outcome is LOST else 0)
    asked_again = outcome is WON or (outcome is LOST and done)
    assert till.attempts(number)[-1] == ("refund", "done" if asked_again else "refused")
    assert (("refund_refused", 1000) in till.incidents(number)) == (not given_back), "somebody has to look into what was not given back"
    till.agree()


def test_a_refund_that_a_hook_told_first_was_given_back(till: Till) -> None:
    number = _shipped(till)
    till.bank.trouble = "after"
    _refund(till, number, 3600)
    _hear(till, News("evt_5", NewsKind.PAYMENT, "fp_1"))

    till.settle(number, now=True)

    assert till.payments(number) == [("refunded", 3600, 3600, 0, 3600)]
    assert (till.attempts(number)[-1], till.incidents(number)) == (("refund", "done"), [])
    till.agree()


@pytest.mark.parametrize("done", [False, True], ids=["not done", "done"])
def test_what_no_provider_answers_for_a_day_is_looked_up_and_told(till: Till, done: bool) -> None:
    number = _shipped(till)
    till.bank.trouble = "after" if done else "before"
    _refund(till, number, 1000)
    with time_machine.travel(clock.now() + timedelta(hours=23, seconds=1)):
        till.bank.trouble = "silent"
        assert not till.settle(number)
        assert till.attempts(number)[-1] == ("refund", "open"), "nobody knows yet what came of it"
        till.bank.trouble = ""
        assert till.settle(number)

    assert till.payments(number)[0][4] == (1000 if done else 0)
    assert till.attempts(number)[-1] == ("refund", "refused")
    assert till.incidents(number) == ([] if done else [("refund_refused", 1000)])
    till.agree()


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


def _refund(till: Till, number: str, amount: int) -> None:
    """Ask the provider to give so much back."""
    asked = Asked(amount, RefundReason.DAMAGED)
    till.cast.made(lambda: give(till.cast.session, number=number, asked=asked, by=till.clerk) and None)
    till.settle(number)


def _allowance(till: Till, number: str) -> int:
    with till.app.app_context():
        return int(db.session.scalars(select(Order.allowance).where(Order.number == number)).one())
