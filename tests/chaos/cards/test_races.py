"""Opposing actions about one card at the same moment, over HTTP, with worker and provider as processes of their own (P4, P27, P28).

The suite runs 20 rounds of each, `LOGISTICS_CHAOS=full bin/test -n0 tests/chaos/cards` the promised 300.
"""

import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from logistics.orders.card_tasks import settle_all_cards
from logistics.orders.tasks import expire_unpaid
from tests.chaos.cards.desk import TOTAL, Desk
from tests.chaos.conftest import FULL
from tests.chaos.racing import at_once, let_the_worker, offences, outcome, stock_of

pytestmark = pytest.mark.loopback
ROUNDS = 300 if FULL else 20
Report = Callable[[str], None]


def test_capture_against_void_has_one_winner(desk: Desk, report: Report) -> None:
    """The picker hands the parcel over while the manager cancels the order, or its only line: money is taken or given up, never both."""
    desk.stock("VOID", ROUNDS)
    ends: Counter[tuple[str, str]] = Counter()
    for turn in range(ROUNDS):
        number, parcel = desk.packed("VOID")
        line = desk.line(number) if turn % 2 else 0

        answers = at_once(lambda parcel=parcel: desk.dispatch(parcel), lambda number=number, line=line: desk.cancel(number, line=line))
        said = [outcome(answer) for answer in answers]

        desk.settled(number)
        winner = "shipped" if said[0] == "done" else "cancelled"
        assert sorted(said) in (["done", "illegal_move"], ["done", "payment_in_flight"]), said
        books = desk.books(number)
        assert (desk.status(number), books["authorise"], books["capture"] - books["refund"]) == (winner, TOTAL, TOTAL if winner == "shipped" else 0)
        assert books["capture"] + books["void"] == TOTAL
        ends[winner, next(code for code in said if code != "done")] += 1
    shipped = sum(times for (winner, _code), times in ends.items() if winner == "shipped")
    assert stock_of(desk.town, "VOID") == (ROUNDS - shipped, 0)
    assert offences(desk.town) == []
    report(f"capture against void: {dict(ends)}")


def test_two_refunds_against_one_capture_have_one_winner(desk: Desk, report: Report) -> None:
    desk.stock("BACK", ROUNDS)
    ends: Counter[str] = Counter()
    for _turn in range(ROUNDS):
        number = desk.captured("BACK")

        answers = at_once(*(lambda who=who, number=number: desk.refund(number, "20.00", who=who) for who in ("manager", "admin")))
        said = sorted(outcome(answer) for answer in answers)

        desk.settled(number)
        # Once the provider has agreed to the first, there is simply not so much left.
        assert said in (["done", "payment_in_flight"], ["done", "invalid"])
        assert desk.books(number) == {"authorise": TOTAL, "capture": TOTAL, "void": 0, "refund": 2000}
        ends[said[1]] += 1
    assert offences(desk.town) == []
    report(f"two refunds: one done, the other {dict(ends)}")


def test_a_time_out_against_the_page_keeps_or_releases(desk: Desk, report: Report) -> None:
    """The customer pays on an old page at the moment at which the worker closes it."""
    desk.stock("PAGE", ROUNDS)
    ends: Counter[str] = Counter()
    for _turn in range(ROUNDS):
        number = desk.page("PAGE")
        desk.expires(number, in_seconds=-1)
        desk.age(number, minutes=45)
        reference = desk.reference(number)

        at_once(
            lambda reference=reference: _after(random.uniform(0, 0.1), lambda: desk.provider.choose(reference, "approve")),
            lambda: let_the_worker(desk.town, settle_all_cards, expire_unpaid),
        )

        ends[_decided(desk, number)] += 1
        books = desk.books(number)
        assert books["authorise"] - books["void"] == (TOTAL if desk.status(number) == "paid" else 0), books
        assert books["capture"] == 0
    assert stock_of(desk.town, "PAGE") == (ROUNDS, ends["paid"])
    assert offences(desk.town) == []
    report(f"time-out against the page: {dict(ends)}")


def test_a_time_out_against_a_token_keeps_or_releases(desk: Desk, report: Report) -> None:
    """The shop's program pays in the last moment: authorised and kept, or refused with its code and cancelled."""
    desk.stock("TOKEN", ROUNDS)
    ends: Counter[tuple[str, str]] = Counter()
    # How much time there is for it, so that either wins now and then on a machine of any speed.
    lead = 0.1
    for _turn in range(ROUNDS):
        desk.forget_counts()
        number = desk.order_by_program("TOKEN")
        desk.expires(number, in_seconds=lead)

        answer, _swept = at_once(
            lambda number=number: desk.pay(number), lambda lead=lead: _after(lead, lambda: let_the_worker(desk.town, expire_unpaid))
        )

        status, said = _decided(desk, number), outcome(answer)
        assert (status, said) in (("paid", "done"), ("cancelled", "illegal_move")), (status, said)
        assert desk.books(number) == {"authorise": TOTAL if status == "paid" else 0, "capture": 0, "void": 0, "refund": 0}
        ends[status, said] += 1
        lead *= 0.8 if said == "done" else 1.3
    assert len(ends) == 2, "either has won"
    assert stock_of(desk.town, "TOKEN") == (ROUNDS, ends["paid", "done"])
    assert offences(desk.town) == []
    report(f"time-out against a token: {dict(ends)}")


def _decided(desk: Desk, number: str) -> str:
    """What became of an order whose time is over, once the worker has swept as often as it takes."""
    end = time.monotonic() + 120
    while True:
        desk.settled(number)
        if (status := desk.status(number)) != "unpaid":
            desk.settled(number)
            return status
        assert time.monotonic() < end, desk.story(number)
        let_the_worker(desk.town, settle_all_cards, expire_unpaid)
        time.sleep(0.05)


def _after(seconds: float, act: Callable[[], object]) -> object:
    time.sleep(seconds)
    return act()
