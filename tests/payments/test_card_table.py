"""Every state of a card payment x every action: allowed, or refused with the right code and nothing written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.refusals import IllegalMove, Refusal
from logistics.core.transactions import in_transaction
from logistics.orders.disputing import hear_dispute
from logistics.orders.expiring import expire
from logistics.orders.finishing import book_standing
from logistics.orders.hearing import note_news
from logistics.orders.locks import lock_order
from logistics.payments import by_card
from logistics.payments.gateways.gateway import Answer, News, NewsKind, Standing
from logistics.payments.lifecycle import move
from logistics.payments.models import Payment, PaymentNews, PaymentState
from tests.doors import fingerprints
from tests.orders.audits import offences
from tests.payments.cards import Till

OK = "done"
# What becomes of making a page, paying by a token, dispatching, cancelling, giving 10.00 back, running out of time.
ACTIONS = ("page", "token", "ship", "cancel", "refund", "expire")
TABLE: dict[str, tuple[str, ...]] = {
    # state          page            token           ship            cancel          refund          expire
    "none":        (OK,             OK,             "not_covered",  OK,             "no payment",   OK),
    "page":        (OK,             OK,             "not_covered",  OK,             "illegal_move", "kept"),
    "failed":      (OK,             OK,             "not_covered",  OK,             "illegal_move", OK),
    "asked":       ("payment_in_flight", "payment_in_flight", "not_covered", "payment_in_flight", "illegal_move", "kept"),
    "authorised":  ("illegal_move", "illegal_move", OK,             OK,             "illegal_move", "kept"),
    "capturing":   ("illegal_move", "illegal_move", "payment_in_flight", "payment_in_flight", "illegal_move", "kept"),
    "expired":     (OK,             OK,             "not_covered",  OK,             "illegal_move", "kept"),
    "refused":     (OK,             OK,             "not_covered",  OK,             "illegal_move", "kept"),
    "captured":    ("illegal_move", "illegal_move", OK,             OK,             OK,             "kept"),
    "refunding":   ("illegal_move", "illegal_move", "payment_in_flight", "payment_in_flight", "payment_in_flight", "kept"),
    "disputed":    ("illegal_move", "illegal_move", OK,             OK,             "illegal_move", "kept"),
    "voided":      ("illegal_move", "illegal_move", "illegal_move", OK,             "illegal_move", "kept"),
}  # fmt: skip


@pytest.mark.parametrize("state", TABLE)
@pytest.mark.parametrize("action", ACTIONS)
def test_a_state_allows_exactly_its_actions(till: Till, state: str, action: str) -> None:
    expected = TABLE[state][ACTIONS.index(action)]
    number = _bring(till, state)
    if expected == "no payment":
        return
    before = _seen(till)

    outcome = _do(till, number, action)

    assert outcome == expected
    if outcome != OK:
        assert _seen(till) == before, "nothing is written"


def _bring(till: Till, state: str) -> str:
    """An order, packed where it can be, whose card has come so far."""
    if state in ("none", "page", "failed", "asked"):
        number = till.order()
        if state == "page":
            till.page(number)
        if state in ("failed", "asked"):
            till.bank.trouble = {"failed": "card_declined", "asked": "before"}[state]
            till.pay(number)
        return number
    number = till.packed()
    {"capturing": _capturing, "expired": _expired, "refused": _refused, "voided": _voided}.get(state, lambda _till, _number: None)(till, number)
    if state in ("captured", "refunding", "disputed"):
        till.capture(number)
    if state == "refunding":
        _do(till, number, "refund")
    if state == "disputed":
        till.cast.made(lambda: _dispute(till, number))
    return number


def _capturing(till: Till, number: str) -> None:
    till.bank.trouble = "before"
    with pytest.raises(Refusal):
        till.ship(number)


def _expired(till: Till, number: str) -> None:
    till.bank.ends("fp_1")
    with time_machine.travel(clock.now() + timedelta(days=8)):
        till.settle(number)


def _refused(till: Till, number: str) -> None:
    till.bank.trouble = "card_declined"
    with pytest.raises(Refusal):
        till.ship(number)


def _voided(till: Till, number: str) -> None:
    till.cancel(number)
    till.settle(number)
    assert till.bank.books["fp_1"].standing is Standing.VOIDED


def _dispute(till: Till, number: str) -> None:
    session = till.cast.session
    news_id = note_news(session, "fake", News("evt_d", NewsKind.DISPUTE_OPENED, "fp_1", 3600))
    payment = by_card.hold_payments(session, till.id_of(number))[0]
    hear_dispute(session, payment.order_id, payment.id, session.get_one(PaymentNews, news_id))


def _do(till: Till, number: str, action: str) -> str:
    acts: dict[str, Callable[[], object]] = {
        "page": lambda: till.page(number),
        "token": lambda: till.pay(number),
        "ship": lambda: till.ship(number, anyhow=True),
        "cancel": lambda: till.cancel(number),
        "refund": lambda: _refund(till, number),
        "expire": lambda: _expire(till, number),
    }
    try:
        return OK if acts[action]() is not False else "kept"
    except Refusal as refusal:
        return refusal.code


def _refund(till: Till, number: str) -> None:
    def begin(session: object) -> None:
        order = lock_order(db.session(), number=number)
        by_card.refund_by_card(db.session(), by_card.hold_payments(db.session(), order.id)[0], 1000, till.clerk)

    with till.app.app_context():
        in_transaction(begin)


def _expire(till: Till, number: str) -> bool:
    till.cast.made(lambda: setattr(lock_order(till.cast.session, number=number), "expires_at", clock.now() - timedelta(seconds=1)))
    with till.app.app_context():
        order_id = till.id_of(number)
        return in_transaction(lambda session: expire(session, order_id=order_id))


def _seen(till: Till) -> dict[str, str]:
    """What stands in each table, but for what a test of time-outs changes itself."""
    with till.app.app_context():
        return {table: digest for table, digest in fingerprints(db.session()).items() if table not in ("orders", "staff_sessions")}


# What the provider may say of 36.00, and what its hooks may tell of a dispute.
SAID: dict[str, Answer | NewsKind] = {
    "waiting": Answer(Standing.WAITING, "fp_1", pay_url="https://pay.example/fp_1"),
    "authorised": Answer(Standing.AUTHORISED, "fp_1", 3600),
    "captured": Answer(Standing.CAPTURED, "fp_1", 3600, 3600),
    "part given back": Answer(Standing.CAPTURED, "fp_1", 3600, 3600, 1000),
    "given back": Answer(Standing.CAPTURED, "fp_1", 3600, 3600, 3600),
    "voided": Answer(Standing.VOIDED, "fp_1", 3600),
    "failed": Answer(Standing.FAILED, "fp_1"),
    "expired": Answer(Standing.EXPIRED, "fp_1", 3600),
    "dispute opened": NewsKind.DISPUTE_OPENED,
    "dispute won": NewsKind.DISPUTE_WON,
    "dispute lost": NewsKind.DISPUTE_LOST,
}


# In the order of SAID: the state of the payment after that. What is over stays over, and nothing comes back of it.
NEWS: dict[str, str] = {
    "page":       "created    authorised captured part_refunded refunded voided   failed   expired  created    created    created",
    "asked":      "created    authorised captured part_refunded refunded voided   failed   expired  created    created    created",
    "failed":     "failed     authorised captured part_refunded refunded voided   failed   expired  failed     failed     failed",
    "authorised": "authorised authorised captured part_refunded refunded voided   failed   expired  authorised authorised authorised",
    "capturing":  "authorised authorised captured part_refunded refunded voided   failed   expired  authorised authorised authorised",
    "captured":   "captured   captured   captured part_refunded refunded captured captured captured disputed   captured   refunded",
    "refunding":  "captured   captured   captured part_refunded refunded captured captured captured disputed   captured   refunded",
    "disputed":   "disputed   disputed   disputed part_refunded refunded disputed disputed disputed disputed   captured   refunded",
    "expired":    "expired    expired    expired  expired       expired  expired  expired  expired  expired    expired    expired",
    "refused":    "failed     failed     failed   failed        failed   failed   failed   failed   failed     failed     failed",
    "voided":     "voided     voided     voided   voided        voided   voided   voided   voided   voided     voided     voided",
}  # fmt: skip


@pytest.mark.parametrize("state", NEWS)
def test_whatever_the_provider_says_only_what_is_new_is_booked(till: Till, state: str) -> None:
    number = _bring(till, state)

    assert {name: _told(till, number, said) for name, said in SAID.items()} == dict(zip(SAID, NEWS[state].split(), strict=True))


def _told(till: Till, number: str, said: Answer | NewsKind) -> str:
    """The state of its payment after that; every invariant holds."""
    with till.app.app_context():
        session = db.session()
        order = lock_order(session, number=number)
        payment = by_card.hold_payments(session, order.id)[0]
        if isinstance(said, NewsKind):
            news_id = note_news(session, "fake", News("evt_x", said, payment.provider_reference, 3600))
            hear_dispute(session, order.id, payment.id, session.get_one(PaymentNews, news_id))
        else:
            book_standing(session, order, payment, said, by=SYSTEM)
        session.flush()
        assert offences(session) == []
        state = payment.state
        session.rollback()
    return state


# The life of a payment (domain.md).
MACHINE = {
    "created": "authorised failed",
    "authorised": "captured voided expired failed",
    "captured": "part_refunded refunded disputed",
    "part_refunded": "part_refunded refunded disputed",
    "disputed": "captured part_refunded refunded",
    "refunded": "",
    "voided": "",
    "expired": "",
    "failed": "authorised",
}


@pytest.mark.parametrize("state", PaymentState)
def test_a_payment_takes_no_step_but_those_of_its_life(state: PaymentState) -> None:
    for to in PaymentState:
        payment = Payment(state=state.value)
        if to.value in MACHINE[state.value].split():
            move(payment, to)
            assert payment.state == to.value
        else:
            with pytest.raises(IllegalMove):
                move(payment, to)
            assert payment.state == state.value
