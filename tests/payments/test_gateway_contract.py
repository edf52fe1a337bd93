"""What every provider of cards does for us, whoever it is: one list of cases, tried on each.

What a stand-in cannot play is named with its reason (providers.py) and must fail: one that has learnt it is noticed.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from logistics.payments.gateways.gateway import Answer, Ask, GatewayUnreachable, PaymentGateway, Standing
from tests.payments.providers import Provider, faked_stripe, localstripe, simulated

pytestmark = pytest.mark.loopback
OPENERS = (simulated, faked_stripe, localstripe)
BACK = "https://shop.example/back"
Opener = Callable[[Path], AbstractContextManager[Provider]]
Case = Callable[..., None]


@pytest.fixture(scope="module", params=OPENERS, ids=lambda opener: opener.__name__)
def opened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    opener: Opener = request.param
    with opener(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(opened: Provider, request: pytest.FixtureRequest) -> Provider:
    """The provider; a case that it cannot play is expected to fail."""
    case = request.node.get_closest_marker("case").args[0] if request.node.get_closest_marker("case") else ""
    if case in opened.cannot:
        request.applymarker(pytest.mark.xfail(reason=f"{opened.name}: {opened.cannot[case]}", strict=True))
    return opened


@pytest.fixture
def gateway(provider: Provider) -> PaymentGateway:
    return provider.gateway(20)


def case(name: str) -> Any:
    """The name under which a provider may say that it cannot play this."""
    return pytest.mark.case(name)


def new_key() -> str:
    return os.urandom(12).hex()


def ask(card: str = "", *, amount: int = 1800, currency: str = "USD") -> Ask:
    return Ask("A-1042", amount, currency, BACK, token=card, email="ada@example.com")


def sums(answer: Answer) -> tuple[str, int, int, int]:
    return answer.standing.value, answer.authorised, answer.captured, answer.refunded


def authorised(provider: Provider, gateway: PaymentGateway, card: str = "works", **more: Any) -> str:
    """An authorisation; its reference."""
    answer = gateway.authorise(ask(provider.card(card), **more), key=new_key())
    assert answer.standing == Standing.AUTHORISED, answer
    return answer.reference


def captured(provider: Provider, gateway: PaymentGateway, card: str = "works") -> str:
    """A payment taken; its reference."""
    reference = authorised(provider, gateway, card)
    assert gateway.capture(reference, 1800, currency="USD", key=new_key()).captured == 1800
    return reference


def test_what_cannot_be_played_is_a_case_of_this_list(opened: Provider) -> None:
    cases = set(re.findall(r'case\("(\w+)"\)', Path(__file__).read_text()))

    assert set(opened.cannot) - cases == set()


# --- Authorising ---


def test_a_card_that_works_is_authorised_and_nothing_is_taken(provider: Provider, gateway: PaymentGateway) -> None:
    answer = gateway.authorise(ask(provider.card("works")), key=new_key())

    assert sums(answer) == ("authorised", 1800, 0, 0)
    assert (answer.refused, answer.failure, answer.pay_url) == (False, "", "")
    assert answer.reference
    assert answer.authorised_until is not None
    assert timedelta(days=1) < answer.authorised_until - datetime.now(UTC) < timedelta(days=31)
    assert gateway.look_up(answer.reference) == answer


@pytest.mark.parametrize(
    ("card", "failure"),
    [
        ("declined", "card_declined"),
        pytest.param("poor", "insufficient_funds", marks=case("declines_poor")),
        pytest.param("expired", "expired_card", marks=case("declines_expired")),
        pytest.param("fraud", "suspected_fraud", marks=case("declines_fraud")),
    ],
)
def test_a_decline_says_why(provider: Provider, gateway: PaymentGateway, card: str, failure: str) -> None:
    answer = gateway.authorise(ask(provider.card(card)), key=new_key())

    assert sums(answer) == ("failed", 0, 0, 0)
    assert (answer.refused, answer.failure) == (True, failure)


@case("unknown_token")
def test_a_token_nobody_knows_is_refused(provider: Provider, gateway: PaymentGateway) -> None:
    answer = gateway.authorise(ask(provider.card("unknown")), key=new_key())

    assert (answer.standing, answer.failure, answer.refused) == (Standing.FAILED, "invalid_token", True)


@case("unpayable_amount")
def test_an_amount_the_provider_has_not_is_refused_before_it_is_asked(provider: Provider, gateway: PaymentGateway) -> None:
    odd = ask(provider.card("works"), amount=1234, currency="KWD")

    answers = [gateway.authorise(odd, key=new_key()), gateway.open_checkout(odd, key=new_key())]

    assert {(answer.standing, answer.failure, answer.reference) for answer in answers} == {(Standing.FAILED, "amount_not_payable", "")}


@pytest.mark.parametrize(("amount", "currency"), [(1800, "USD"), (1800, "JPY"), (18000, "KWD"), (1800, "ISK"), (1800, "UGX"), (1800, "HUF")])
def test_amounts_come_back_in_our_own_units(provider: Provider, gateway: PaymentGateway, amount: int, currency: str) -> None:
    reference = authorised(provider, gateway, amount=amount, currency=currency)

    taken = gateway.capture(reference, amount, currency=currency, key=new_key())
    back = gateway.refund(reference, 1000, currency=currency, key=new_key())

    assert sums(taken) == ("captured", amount, amount, 0)
    assert sums(back) == ("captured", amount, amount, 1000)


def test_no_token_is_no_way_to_a_page(gateway: PaymentGateway) -> None:
    answer = gateway.authorise(ask(""), key=new_key())

    assert (answer.standing, answer.failure, answer.refused, answer.pay_url) == (Standing.FAILED, "invalid_token", True, "")


# --- 3-D Secure ---


@pytest.mark.parametrize(("says", "standing", "failure"), [("yes", "authorised", ""), ("no", "failed", "authentication_failed")])
def test_a_bank_may_ask_first(provider: Provider, gateway: PaymentGateway, says: str, standing: str, failure: str) -> None:
    waiting = gateway.authorise(ask(provider.card("secure")), key=new_key())

    provider.customer(waiting.reference, says)
    answer = gateway.look_up(waiting.reference)

    assert sums(waiting) == ("waiting", 0, 0, 0)
    assert (answer.standing, answer.failure, answer.pay_url) == (standing, failure, "")
    assert answer.authorised == (1800 if says == "yes" else 0)


@case("secure_address")
def test_the_customer_is_sent_to_the_bank(provider: Provider, gateway: PaymentGateway) -> None:
    waiting = gateway.authorise(ask(provider.card("secure")), key=new_key())

    assert waiting.pay_url.startswith("http")
    assert gateway.look_up(waiting.reference) == waiting


# --- Capturing ---


def test_what_is_authorised_is_captured(provider: Provider, gateway: PaymentGateway) -> None:
    answer = gateway.capture(authorised(provider, gateway), 1800, currency="USD", key=new_key())

    assert sums(answer) == ("captured", 1800, 1800, 0)
    assert (answer.refused, answer.authorised_until) == (False, None)
    assert gateway.look_up(answer.reference) == answer


@case("part_capture")
def test_capturing_less_releases_the_rest_and_is_no_refund(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)

    part = gateway.capture(reference, 1000, currency="USD", key=new_key())
    more = gateway.capture(reference, 800, currency="USD", key=new_key())
    back = gateway.refund(reference, 400, currency="USD", key=new_key())

    assert sums(part) == ("captured", 1800, 1000, 0)
    assert (more.refused, *sums(more)) == (True, "captured", 1800, 1000, 0)
    assert sums(back) == ("captured", 1800, 1000, 400)


def test_more_than_authorised_is_not_captured(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)

    answer = gateway.capture(reference, 1801, currency="USD", key=new_key())

    assert (answer.refused, answer.failure, *sums(answer)) == (True, "provider_refused", "authorised", 1800, 0, 0)


def test_captured_again_under_another_key_is_taken_once(provider: Provider, gateway: PaymentGateway) -> None:
    answer = gateway.capture(captured(provider, gateway), 1800, currency="USD", key=new_key())

    assert (answer.refused, *sums(answer)) == (False, "captured", 1800, 1800, 0)


@case("capture_refused")
def test_a_capture_may_be_refused(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway, "capture_refused")

    answer = gateway.capture(reference, 1800, currency="USD", key=new_key())

    assert (answer.refused, answer.failure, *sums(answer)) == (True, "card_declined", "authorised", 1800, 0, 0)


def test_what_was_voided_is_not_captured(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)
    gateway.void(reference, key=new_key())

    answer = gateway.capture(reference, 1800, currency="USD", key=new_key())

    assert (answer.refused, answer.standing, answer.captured) == (True, Standing.VOIDED, 0)


# --- Voiding ---


def test_an_authorisation_is_voided_once(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)

    answers = [gateway.void(reference, key=new_key()), gateway.void(reference, key=new_key()), gateway.look_up(reference)]

    assert [(answer.standing, answer.captured, answer.refused) for answer in answers] == [(Standing.VOIDED, 0, False)] * 3


def test_what_was_captured_is_not_voided(provider: Provider, gateway: PaymentGateway) -> None:
    reference = captured(provider, gateway)

    answer = gateway.void(reference, key=new_key())

    assert (answer.refused, *sums(answer)) == (True, "captured", 1800, 1800, 0)


@case("authorisation_ends")
def test_an_authorisation_that_ended_is_expired_and_voiding_it_is_nothing(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)
    provider.end(reference)

    now = gateway.look_up(reference)
    late = gateway.capture(reference, 1800, currency="USD", key=new_key())
    void = gateway.void(reference, key=new_key())

    assert (now.standing, now.failure, now.captured) == (Standing.EXPIRED, "expired", 0)
    assert (late.standing, late.failure, late.refused) == (Standing.EXPIRED, "expired", True)
    assert void.refused is False


# --- Refunding ---


def test_what_was_taken_is_given_back_in_parts(provider: Provider, gateway: PaymentGateway) -> None:
    reference = captured(provider, gateway)

    answers = [gateway.refund(reference, amount, currency="USD", key=new_key()) for amount in (700, 1100)]

    assert [sums(answer) for answer in answers] == [("captured", 1800, 1800, 700), ("captured", 1800, 1800, 1800)]
    assert not any(answer.refused for answer in answers)
    assert sums(gateway.look_up(reference)) == ("captured", 1800, 1800, 1800)


@case("refund_too_much")
def test_more_than_was_taken_is_not_given_back(provider: Provider, gateway: PaymentGateway) -> None:
    reference = captured(provider, gateway)
    gateway.refund(reference, 1000, currency="USD", key=new_key())

    answer = gateway.refund(reference, 801, currency="USD", key=new_key())

    assert (answer.refused, answer.failure, *sums(answer)) == (True, "provider_refused", "captured", 1800, 1800, 1000)


@case("refund_before_capture")
def test_what_was_not_taken_is_not_given_back(provider: Provider, gateway: PaymentGateway) -> None:
    reference = authorised(provider, gateway)

    answer = gateway.refund(reference, 100, currency="USD", key=new_key())

    assert (answer.refused, *sums(answer)) == (True, "authorised", 1800, 0, 0)


@case("refund_refused")
def test_a_refund_may_be_refused(provider: Provider, gateway: PaymentGateway) -> None:
    reference = captured(provider, gateway, "refund_refused")

    answer = gateway.refund(reference, 700, currency="USD", key=new_key())

    assert (answer.refused, bool(answer.failure), *sums(answer)) == (True, True, "captured", 1800, 1800, 0)


# --- The same question again ---


@case("same_key")
def test_the_same_question_under_its_key_is_answered_and_done_once(provider: Provider, gateway: PaymentGateway) -> None:
    keys = [new_key() for _step in range(3)]

    opened = [gateway.authorise(ask(provider.card("works")), key=keys[0]) for _again in range(2)]
    reference = opened[0].reference
    taken = [gateway.capture(reference, 1800, currency="USD", key=keys[1]) for _again in range(2)]
    back = [gateway.refund(reference, 700, currency="USD", key=keys[2]) for _again in range(2)]

    assert opened[0] == opened[1]
    assert taken[0] == taken[1]
    assert [sums(answer) for answer in back] == [("captured", 1800, 1800, 700)] * 2
    assert sums(gateway.look_up(reference)) == ("captured", 1800, 1800, 700)


@case("same_key_at_once")
def test_ten_at_once_under_one_key_give_back_once(provider: Provider, gateway: PaymentGateway) -> None:
    reference, key = captured(provider, gateway), new_key()
    threads = [threading.Thread(target=gateway.refund, args=(reference, 700), kwargs={"currency": "USD", "key": key}) for _one in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert gateway.look_up(reference).refunded == 700


@case("other_question")
def test_another_question_under_a_used_key_is_not_answered(provider: Provider, gateway: PaymentGateway) -> None:
    reference, key = captured(provider, gateway), new_key()
    gateway.refund(reference, 700, currency="USD", key=key)

    with pytest.raises(GatewayUnreachable):
        gateway.refund(reference, 800, currency="USD", key=key)

    assert gateway.look_up(reference).refunded == 700


@case("declined_again")
def test_a_decline_is_answered_again_under_its_key(provider: Provider, gateway: PaymentGateway) -> None:
    key = new_key()

    answers = [gateway.authorise(ask(provider.card("poor")), key=key) for _again in range(2)]

    assert answers[0] == answers[1]
    assert answers[0].failure == "insufficient_funds"


# --- The hosted page ---


@case("page")
def test_a_page_is_paid_on_and_then_captured(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())
    before = gateway.look_up(page.reference)

    provider.customer(page.reference, "approve")
    paid = gateway.look_up(page.reference)
    paid_again = gateway.look_up(paid.reference)
    taken = gateway.capture(page.reference, 1800, currency="USD", key=new_key())
    back = gateway.refund(paid.reference, 700, currency="USD", key=new_key())

    assert sums(page) == ("waiting", 0, 0, 0)
    assert page.pay_url.startswith("http")
    assert before == page
    assert sums(paid) == ("authorised", 1800, 0, 0)
    assert paid_again == paid
    assert (taken.reference, *sums(taken)) == (paid.reference, "captured", 1800, 1800, 0)
    assert sums(back) == sums(gateway.look_up(page.reference)) == ("captured", 1800, 1800, 700)


@case("page_declined")
def test_a_decline_on_the_page_authorises_nothing(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())

    provider.customer(page.reference, "decline")
    answer = gateway.look_up(page.reference)

    # Some let the customer try another card, some do not.
    assert answer.standing in (Standing.WAITING, Standing.FAILED)
    assert sums(answer)[1:] == (0, 0, 0)
    assert answer.reference == page.reference


@case("given_up_page")
def test_who_gives_up_has_failed(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())

    provider.customer(page.reference, "give_up")

    assert (gateway.look_up(page.reference).standing, gateway.look_up(page.reference).failure) == (Standing.FAILED, "given_up")


@case("page_closed")
def test_a_page_is_closed_and_nobody_pays_on_it_any_more(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())

    answers = [gateway.void(page.reference, key=new_key()), gateway.void(page.reference, key=new_key())]
    late = gateway.capture(page.reference, 1800, currency="USD", key=new_key())

    assert [(answer.standing, answer.refused) for answer in answers] == [(Standing.VOIDED, False)] * 2
    assert gateway.look_up(page.reference).standing in (Standing.VOIDED, Standing.EXPIRED)
    assert (late.refused, late.captured) == (True, 0)


@case("page_paid_while_closing")
def test_closing_a_page_that_was_paid_on_voids_the_payment(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())
    provider.customer(page.reference, "approve")

    answer = gateway.void(page.reference, key=new_key())

    assert (answer.standing, answer.refused) == (Standing.VOIDED, False)
    assert gateway.look_up(answer.reference).standing == Standing.VOIDED


@case("page_ended")
def test_a_page_ends_by_itself(provider: Provider, gateway: PaymentGateway) -> None:
    page = gateway.open_checkout(ask(), key=new_key())
    provider.end(page.reference)

    answer = gateway.look_up(page.reference)

    assert (answer.standing, answer.failure, answer.reference) == (Standing.EXPIRED, "expired", page.reference)


@case("page")
def test_a_page_is_made_once_under_its_key(provider: Provider, gateway: PaymentGateway) -> None:
    key, until = new_key(), datetime.now(UTC) + timedelta(hours=1)
    wanted = replace(ask(), page_until=until, language="zh_Hans")

    assert gateway.open_checkout(wanted, key=key) == gateway.open_checkout(wanted, key=key)


# --- No answer ---


@case("hangs")
@pytest.mark.parametrize("kind", ["authorise", "checkout", "capture", "void", "refund"])
def test_a_provider_that_hangs_is_unreachable_in_time(provider: Provider, gateway: PaymentGateway, kind: str) -> None:
    reference = captured(provider, gateway) if kind == "refund" else "" if kind in ("authorise", "checkout") else authorised(provider, gateway)
    key, impatient = new_key(), provider.gateway(0.8)
    provider.hang(kind, 60)
    began = time.monotonic()

    with pytest.raises(GatewayUnreachable):
        question(impatient, kind, provider, reference, key)
    took = time.monotonic() - began

    assert took < 30
    assert not question(gateway, kind, provider, reference, key).refused


@case("cut")
@pytest.mark.parametrize("kind", ["authorise", "checkout", "capture", "void", "refund"])
def test_what_was_done_without_an_answer_is_answered_when_asked_again(provider: Provider, gateway: PaymentGateway, kind: str) -> None:
    reference = captured(provider, gateway) if kind == "refund" else "" if kind in ("authorise", "checkout") else authorised(provider, gateway)
    key = new_key()
    provider.cut(kind)

    with pytest.raises(GatewayUnreachable):
        question(gateway, kind, provider, reference, key)
    answers = [question(gateway, kind, provider, reference, key) for _again in range(2)]

    wanted = {"authorise": ("authorised", 1800, 0, 0), "checkout": ("waiting", 0, 0, 0), "refund": ("captured", 1800, 1800, 700)}
    assert not any(answer.refused for answer in answers)
    assert answers[0] == answers[1]
    assert sums(answers[0]) == wanted.get(kind, sums(gateway.look_up(reference)))


def test_a_reference_nobody_knows_is_said_to_be_unknown(gateway: PaymentGateway) -> None:
    for reference in ("pi_nobody0knows", "sim_nobody", "../books", "pi_", ""):
        answer = gateway.look_up(reference)
        assert (answer.standing, answer.failure, answer.refused) == (Standing.FAILED, "unknown_reference", True), reference


def question(gateway: PaymentGateway, kind: str, provider: Provider, reference: str, key: str) -> Answer:
    """Ask one thing of this kind."""
    questions: dict[str, Callable[[], Answer]] = {
        "authorise": lambda: gateway.authorise(ask(provider.card("works")), key=key),
        "checkout": lambda: gateway.open_checkout(ask(), key=key),
        "capture": lambda: gateway.capture(reference, 1800, currency="USD", key=key),
        "void": lambda: gateway.void(reference, key=key),
        "refund": lambda: gateway.refund(reference, 700, currency="USD", key=key),
    }
    return questions[kind]()
