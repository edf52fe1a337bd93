"""The provider killed, silent and answering twice at each step of authorise, capture, void and refund, with kill -9 of ours between the
call and its end: after the settling task the customer has paid once or not at all, and our books are the provider's (P14, P27).

Each turn has all four steps in trouble at once. The suite takes one turn of each, LOGISTICS_CHAOS=full ten of those with kills: 20 of ours,
20 of the provider.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from logistics.orders.card_tasks import settle_all_cards
from tests.chaos.cards.desk import Desk
from tests.chaos.cards.trouble import QUESTIONS, Question
from tests.chaos.conftest import FULL
from tests.chaos.racing import let_the_worker, offences, wait_until

pytestmark = pytest.mark.loopback
TURNS = 10 if FULL else 1
TRIES = 5
SKU = "TROUBLE"
# Longer than we wait for an answer (two thirds of calling.py's ten seconds).
TOO_LONG = 7.5
HANGING = ("hang_before", "hang_after")
FOREVER = 30.0
SPOILED = ("fail_before", "fail_after", "garble")
DEAD = {"ours dies": (True, False), "the provider dies": (False, True), "both die": (True, True)}
Report = Callable[[str], None]


def test_silence_and_nonsense_at_every_step_end_in_agreement(desk: Desk, report: Report) -> None:
    """Silent for longer than we wait, answering 500, answering what nobody can read; and every hook comes twice."""
    desk.stock(SKU, 1000)
    faults = (*HANGING, *SPOILED)
    questions = [question(desk, SKU) for question in QUESTIONS for _fault in faults]
    desk.provider.misbehave("hook", "twice", times=4 * len(questions))

    with _asked_in_trouble(desk, questions, faults, seconds=TOO_LONG) as asking:
        said = Counter((question.kind, answer.result(240)) for question, answer in zip(questions, asking, strict=True))

    assert said == {("void", "done"): 5, ("refund", "done"): 5, ("authorise", "done"): 5, ("capture", "payment_in_flight"): 5}
    _settle(desk, questions)
    report(f"silence and nonsense: {len(questions)} questions, {dict(said)}")


@pytest.mark.parametrize("who", DEAD)
def test_whoever_dies_between_the_call_and_its_end_the_customer_pays_once(desk: Desk, report: Report, who: str) -> None:
    """While the provider has not begun, or has done it and not said so. Every other turn at full size it may be at any moment at all."""
    desk.stock(SKU, 8 * TURNS * TRIES)
    reached: Counter[str] = Counter()
    for turn in range(TURNS):
        at_its_worst = turn % 2 == 0
        for _try in range(TRIES):
            questions = [question(desk, SKU) for question in QUESTIONS for _fault in HANGING]
            asked = _die(desk, questions, who, wait=at_its_worst)
            reached += Counter(kind or "nothing" for kind in asked)
            _settle(desk, questions)
            # On a slow machine the worker may have come round meanwhile, and asked again.
            if not at_its_worst or asked == [question.kind for question in questions]:
                break
        else:
            raise AssertionError("they never died while all was being asked")
    report(f"{who}, {TURNS} times: {dict(reached)} were being asked, all agree afterwards")


@contextmanager
def _asked_in_trouble(
    desk: Desk, questions: Sequence[Question], faults: Sequence[str], *, seconds: float, wait: bool = True
) -> Iterator[list[Future[str]]]:
    """Ask all of them at once, each kind suffering these faults in turn; what the block does, it does while they are in trouble."""
    for kind in {question.kind for question in questions}:
        for fault in faults:
            desk.provider.misbehave(kind, fault, seconds=seconds)
    with ThreadPoolExecutor(len(questions)) as pool:
        asking = [pool.submit(question.ask) for question in questions]
        if wait:
            wait_until(lambda: desk.provider.faults_waiting() == 0)
        else:
            time.sleep(random.uniform(0, 0.5))
        yield asking
    desk.provider.forget_faults()


def _die(desk: Desk, questions: Sequence[Question], who: str, *, wait: bool) -> list[str]:
    """Ask, die and rise again; what was being asked of each order at that moment."""
    ours, theirs = DEAD[who]
    with _asked_in_trouble(desk, questions, HANGING, seconds=FOREVER, wait=wait):
        if ours:
            desk.house.kill()
        if theirs:
            desk.provider.kill()
        asked = [desk.asked(question.number) for question in questions]
    if theirs:
        desk.provider.start()
    if ours:
        desk.house.start()
    return asked


def _settle(desk: Desk, questions: Sequence[Question]) -> None:
    """Nobody is let near what the provider has not answered; the worker settles it; whoever got no answer asks again, which changes nothing."""
    for question in questions:
        if question.kind in ("authorise", "capture") and desk.asked(question.number):
            assert desk.cancel(question.number).status == 409
    desk.forget_counts()
    for _asked_again in range(2):
        for question in questions:
            if question.number:
                desk.age(question.number, minutes=2)
        let_the_worker(desk.town, settle_all_cards)
        for question in questions:
            if question.number:
                desk.settled(question.number)
            assert question.ask() == "done", question.answers
            desk.settled(question.number)
    for question in questions:
        question.check()
    assert offences(desk.town) == []
