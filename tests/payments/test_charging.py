"""Paying by card: authorised when it is ordered, taken when the first parcel leaves."""

from datetime import timedelta

import pytest
import time_machine

from logistics.core import clock
from logistics.core.refusals import IllegalMove
from logistics.core.transactions import in_transaction
from logistics.fulfilment.charging import CardRefused
from logistics.orders.expiring import BEGINNING, expire, find_overdue
from logistics.payments.attempting import PaymentInFlight
from logistics.payments.gateways.gateway import Answer, NewsKind, Standing
from tests.payments.cards import Till


def test_a_page_leaves_the_order_unpaid_until_the_customer_has_paid_there(till: Till) -> None:
    number = till.order()

    assert till.page(number) == "https://pay.example/fp_1"
    assert (till.status(number), till.payments(number)) == ("unpaid", [("created", 0, 0, 0, 0)])

    till.bank.customer_pays("fp_1")
    till.settle(number, now=True)

    assert (till.status(number), till.payments(number)) == ("paid", [("authorised", 3600, 0, 0, 0)])
    assert till.attempts(number) == [("checkout", "done")]


def test_a_page_asked_for_again_is_the_same_page(till: Till) -> None:
    number = till.order()

    assert till.page(number) == till.page(number)
    assert till.bank.calls == ["checkout"]


def test_an_old_page_is_closed_before_there_is_another(till: Till) -> None:
    number = till.order()
    with time_machine.travel(clock.now() - timedelta(minutes=31)):
        till.page(number)

    assert till.page(number) == "https://pay.example/fp_2"
    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    assert till.payments(number) == [("failed", 0, 0, 0, 0), ("created", 0, 0, 0, 0)]


def test_an_old_page_that_was_paid_on_meanwhile_pays_the_order(till: Till) -> None:
    number = till.order()
    with time_machine.travel(clock.now() - timedelta(minutes=31)):
        till.page(number)
    till.bank.customer_pays("fp_1")

    with pytest.raises(IllegalMove):
        till.page(number)

    assert (till.status(number), till.payments(number)) == ("paid", [("authorised", 3600, 0, 0, 0)])


def test_a_page_that_is_paid_on_while_it_is_closed_covers_nothing(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Covered for a moment the order could never run out of time any more, and would keep its stock for ever."""
    number = till.order()
    with time_machine.travel(clock.now() - timedelta(minutes=45)):
        till.page(number)
    close = till.bank.void

    def paid_meanwhile(reference: str, *, key: str) -> Answer:
        till.bank.customer_pays(reference)
        till.hear(NewsKind.PAYMENT, reference)
        return close(reference, key=key)

    monkeypatch.setattr(till.bank, "void", paid_meanwhile)
    till.runs_out_of_time(number)
    till.settle(number, now=True)

    assert (till.status(number), till.payments(number)) == ("unpaid", [("voided", 3600, 0, 3600, 0)])
    assert till.expire(number)
    assert till.status(number) == "cancelled"
    till.agree()


def test_a_token_pays_at_once(till: Till) -> None:
    number = till.authorised()

    assert (till.status(number), till.payments(number)) == ("paid", [("authorised", 3600, 0, 0, 0)])


def test_a_declined_token_leaves_the_order_unpaid_and_another_may_be_tried(till: Till) -> None:
    number = till.order()
    till.bank.trouble = "insufficient_funds"
    till.pay(number)

    assert (till.status(number), till.payments(number)) == ("unpaid", [("failed", 0, 0, 0, 0)])
    assert till.incidents(number) == []
    till.pay(number)
    assert till.status(number) == "paid"


def test_three_d_secure_waits_for_the_customer(till: Till) -> None:
    number = till.order()
    till.pay(number, "3ds")
    assert (till.status(number), till.payments(number)) == ("unpaid", [("created", 0, 0, 0, 0)])

    till.bank.customer_pays("fp_1")
    till.settle(number, now=True)

    assert till.status(number) == "paid"


def test_the_first_dispatch_takes_all_that_is_due(till: Till) -> None:
    number = till.packed()

    till.ship(number)

    assert (till.status(number), till.payments(number)) == ("shipped", [("captured", 3600, 3600, 0, 0)])
    assert till.bank.net("fp_1") == 3600
    till.agree()


def test_a_refused_capture_takes_the_authorisation_along_and_the_parcel_stays(till: Till) -> None:
    number = till.packed()
    till.bank.trouble = "card_declined"

    with pytest.raises(CardRefused):
        till.ship(number)

    assert (till.status(number), till.payments(number)) == ("unpaid", [("failed", 3600, 0, 3600, 0)])
    assert till.incidents(number) == [("capture_refused", 3600)]
    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    till.agree()


@pytest.mark.parametrize("trouble", ["before", "after"])
def test_a_capture_without_an_answer_is_settled_and_dispatch_pressed_again_takes_nothing_more(till: Till, trouble: str) -> None:
    number = till.packed()
    till.bank.trouble = trouble
    with pytest.raises(PaymentInFlight):
        till.ship(number)
    with pytest.raises(PaymentInFlight):
        till.cancel(number)
    with pytest.raises(PaymentInFlight):
        till.ship(number)

    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        assert till.settle(number)
    assert (till.status(number), till.payments(number)) == ("paid", [("captured", 3600, 3600, 0, 0)])

    till.ship(number)
    assert till.status(number) == "shipped"
    assert till.bank.net("fp_1") == 3600
    till.agree()


def test_what_was_asked_a_moment_ago_is_left_to_whoever_asked(till: Till) -> None:
    number = till.order()
    till.bank.trouble = "after"
    till.pay(number)

    till.settle(number)

    assert till.attempts(number) == [("authorise", "open")]
    assert till.bank.calls == ["authorise"]


def test_a_cancelled_order_gives_up_its_authorisation_by_a_job(till: Till) -> None:
    number = till.packed()

    till.cancel(number)
    assert (till.status(number), till.payments(number)) == ("cancelled", [("authorised", 3600, 0, 0, 0)])
    till.settle(number)

    assert till.payments(number) == [("voided", 3600, 0, 3600, 0)]
    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    assert till.balance() == 0


def test_a_cancelled_order_closes_its_page(till: Till) -> None:
    number = till.order()
    till.page(number)

    till.cancel(number)
    till.settle(number)

    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    assert till.payments(number) == [("failed", 0, 0, 0, 0)]


def test_a_captured_card_gets_its_money_back_when_the_order_is_cancelled(till: Till) -> None:
    number = till.packed()
    till.bank.trouble = "after"
    with pytest.raises(PaymentInFlight):
        till.ship(number)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        till.settle(number)

    till.cancel(number)
    till.settle(number)

    assert (till.status(number), till.payments(number)) == ("cancelled", [("refunded", 3600, 3600, 0, 3600)])
    assert (till.bank.net("fp_1"), till.balance(), till.incidents(number)) == (0, 0, [])
    till.agree()


def test_a_refused_refund_is_for_a_person_and_is_not_asked_for_again(till: Till) -> None:
    number = till.packed()
    till.bank.trouble = "after"
    with pytest.raises(PaymentInFlight):
        till.ship(number)
    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        till.settle(number)
    till.cancel(number)
    till.bank.trouble = "charge_too_old"

    for _minute in range(3):
        till.settle(number)

    assert till.payments(number) == [("captured", 3600, 3600, 0, 0)]
    assert till.incidents(number) == [("refund_refused", 3600)]
    assert till.bank.calls.count("refund") == 1


def test_an_authorisation_for_an_order_that_was_cancelled_meanwhile_is_given_up(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.cancel(number)
    till.bank.customer_pays("fp_1")

    for _minute in range(3):
        till.settle(number)

    assert (till.status(number), till.payments(number)) == ("cancelled", [("voided", 3600, 0, 3600, 0)])
    assert till.bank.books["fp_1"].standing is Standing.VOIDED


def test_a_capture_for_an_order_that_was_cancelled_meanwhile_goes_to_the_account_and_to_somebody(till: Till) -> None:
    number = till.authorised()
    till.cancel(number)
    held = till.bank.books["fp_1"]
    held.standing, held.captured = Standing.CAPTURED, 3600

    till.settle(number)

    assert till.payments(number) == [("refunded", 3600, 3600, 0, 3600)]
    assert till.balance() == 3600
    assert till.incidents(number) == [("money_after_cancellation", 3600)]
    till.settle(number, now=True)
    assert (till.balance(), held.refunded) == (3600, 0), "once is enough"
    till.agree()


def test_an_order_with_a_young_page_does_not_run_out_of_time(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.cast.made(lambda: _is_overdue(till, number))

    with till.app.app_context():
        assert in_transaction(lambda session: find_overdue(session, after=BEGINNING, limit=9)) == []
        assert in_transaction(lambda session: expire(session, order_id=till.id_of(number))) is False


def test_an_order_with_an_old_page_runs_out_of_time_once_the_page_is_closed(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.cast.made(lambda: _is_overdue(till, number))

    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        till.settle(number)
        with till.app.app_context():
            assert in_transaction(lambda session: expire(session, order_id=till.id_of(number))) is True

    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    assert till.status(number) == "cancelled"


def test_an_old_page_that_was_paid_on_wins_over_the_time_out(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.bank.customer_pays("fp_1")
    till.cast.made(lambda: _is_overdue(till, number))

    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        till.settle(number)

    assert till.status(number) == "paid"


def test_an_authorisation_that_ends_soon_is_told_once(till: Till) -> None:
    number = till.authorised()

    with time_machine.travel(clock.now() + timedelta(days=6, minutes=5)):
        for _minute in range(3):
            till.settle(number)

    assert till.incidents(number) == [("authorisation_ending", 3600)]
    assert till.status(number) == "paid"


def test_an_authorisation_that_ended_makes_the_order_unpaid_and_it_never_expires(till: Till) -> None:
    number = till.packed()

    with time_machine.travel(clock.now() + timedelta(days=7, minutes=5)):
        till.bank.ends("fp_1")
        till.settle(number)

    assert (till.status(number), till.payments(number)) == ("unpaid", [("expired", 3600, 0, 3600, 0)])
    assert till.incidents(number) == [("authorisation_ending", 3600)]
    till.agree()


def test_a_page_nobody_paid_on_is_over_when_its_provider_says_so(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.bank.ends("fp_1")

    till.settle(number, now=True)

    assert till.payments(number) == [("failed", 0, 0, 0, 0)]
    assert till.page(number) == "https://pay.example/fp_2"


def test_a_page_of_an_order_that_was_paid_otherwise_is_closed(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.cast.made(lambda: _pay_by_transfer(till, number))

    till.settle(number)

    assert till.bank.books["fp_1"].standing is Standing.VOIDED
    assert till.status(number) == "paid"


def _is_overdue(till: Till, number: str) -> None:
    from logistics.orders.locks import lock_order

    lock_order(till.cast.session, number=number).expires_at = clock.now() - timedelta(seconds=1)


def _pay_by_transfer(till: Till, number: str) -> None:
    from logistics.orders.paying import record_transfer

    record_transfer(till.cast.session, number=number, amount=3600, reference="BANK-1", by=till.clerk)


def test_a_question_that_was_never_answered_is_not_asked_again_after_a_day(till: Till) -> None:
    number, other = till.order(), till.packed()
    till.bank.trouble = "after"
    till.pay(number)
    till.bank.trouble = "after"
    with pytest.raises(PaymentInFlight):
        till.ship(other)
    asked = len(till.bank.calls)

    with time_machine.travel(clock.now() + timedelta(hours=25)):
        till.settle(number)
        till.settle(other)

    assert len(till.bank.calls) == asked
    assert (till.attempts(number), till.payments(number)) == ([("authorise", "refused")], [("failed", 0, 0, 0, 0)])
    assert till.payments(other) == [("captured", 3600, 3600, 0, 0)], "it was looked up"
