"""Whatever dies, and wherever: after the settling task the customer has paid once or not at all, and both books agree."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.orders import finishing
from logistics.orders.locks import lock_order
from logistics.payments import by_card
from logistics.payments.gateways.gateway import Answer
from tests.payments.cards import Till

STEPS = ("checkout", "authorise", "capture", "void", "refund")
FAULTS = ("it dies before", "it dies after", "it is silent for a while", "we die after the call", "it answers twice", "it says no")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_step_ends_in_agreement(till: Till, monkeypatch: pytest.MonkeyPatch, step: str, fault: str) -> None:
    number = till.order() if step in ("checkout", "authorise") else till.packed()
    if step == "refund":
        till.capture(number)
    with monkeypatch.context() as patch, suppress(Refusal, Killed):
        _break(till, patch, fault)
        _take(till, number, step)
    till.bank.trouble = ""
    for minutes in (2, 4, 6, 12):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            till.settle(number)

    assert [state for _kind, state in till.attempts(number) if state == "open"] == []
    taken = sum(captured - refunded for _state, _authorised, captured, _voided, refunded in till.payments(number))
    assert taken == sum(till.bank.net(reference) for reference in till.bank.books)
    assert taken in (0, 3600)
    assert till.bank.calls.count("capture") <= 2
    till.agree()
    assert taken == _expected(step, fault)


@pytest.mark.parametrize("step", ["authorise", "capture"])
def test_the_order_goes_on_after_we_died_between_call_and_finish(till: Till, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    number = till.order() if step == "authorise" else till.packed()
    with monkeypatch.context() as patch:
        _break(till, patch, "we die after the call")
        with pytest.raises(Killed):
            _take(till, number, step)

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        till.settle(number)
    if step == "authorise":
        till.cast.made(lambda: till.cast.work_on(till.parcel(number), "packed"))
    till.ship(number)

    assert (till.status(number), till.payments(number)) == ("shipped", [("captured", 3600, 3600, 0, 0)])
    till.agree()


def test_late_and_doubled_answers_book_only_what_is_new(till: Till) -> None:
    number = till.packed()
    old = till.bank.look_up("fp_1")
    till.ship(number)
    new = till.bank.look_up("fp_1")

    for answer in (old, new, new, old):
        _hear(till, number, answer)

    assert till.payments(number) == [("captured", 3600, 3600, 0, 0)]
    till.agree()


class Killed(Exception):
    """Our process ended here."""


def _break(till: Till, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    if fault == "we die after the call":
        put: Callable[..., Answer | None] = finishing.ask

        def die(question: Any) -> None:
            put(question)
            raise Killed

        monkeypatch.setattr(finishing, "ask", die)
    elif fault == "it answers twice":
        finish = finishing.finish

        def twice(session: Any, question: Any, answer: Answer, *, by: Any) -> Any:
            finish(session, question, answer, by=by)
            return finish(session, question, answer, by=by)

        monkeypatch.setattr(finishing, "finish", twice)
    else:
        till.bank.trouble = {
            "it dies before": "before",
            "it dies after": "after",
            "it is silent for a while": "silent",
            "it says no": "card_declined",
        }[fault]


def _take(till: Till, number: str, step: str) -> None:
    if step == "checkout":
        till.page(number)
    elif step == "authorise":
        till.pay(number)
    elif step == "capture":
        till.ship(number)
    elif step == "void":
        till.cancel(number)
        till.settle(number)
    else:
        _refund(till, number)
        till.settle(number)


def _refund(till: Till, number: str) -> None:
    """Give it all back to the card, as an order that is to be cancelled would."""
    till.cancel(number)


def _expected(step: str, fault: str) -> int:
    if step == "capture":
        return 0 if fault == "it says no" else 3600
    return 3600 if step == "refund" and fault == "it says no" else 0


def _hear(till: Till, number: str, answer: Answer) -> None:
    def book(session: Any) -> None:
        order = lock_order(session, number=number)
        payment = by_card.hold_payments(session, order.id)[0]
        finishing.book_standing(session, order, payment, answer, by=SYSTEM)

    with till.app.app_context():
        in_transaction(book)
