"""The second fact of an order, and the pass that it gives."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core import clock
from logistics.tracking.knowing import Facts, knows
from logistics.tracking.passes import LASTS, is_good, make_pass

MINA = Facts("Mina.Park@example.com", "LS1 5HD", "+44 113 496 0001")
SECRET = "a secret that only this test knows ..."


@pytest.mark.parametrize(
    "typed",
    [
        "mina.park@example.com",
        " MINA.PARK@EXAMPLE.COM ",
        "ls15hd",
        "LS1 5HD",
        "ls1-5hd",
        "0001",
        "００01",
        "+44 113 496 0001",
        "0113 4960001",
    ],
)
def test_any_of_them_is_known_however_it_is_typed(typed: str) -> None:
    assert knows(typed, MINA)


@pytest.mark.parametrize("typed", ["", " ", "\0", "mina.park@example.org", "LS1 5HE", "0002", "001", "1", "@", "mina", "LS", "+44", "0001@"])
def test_nothing_else_is(typed: str) -> None:
    assert not knows(typed, MINA)


@pytest.mark.parametrize("typed", ["", " ", "\0", "@", "0000", "LS1 5HD", "none", "\0" * 4])
def test_what_an_order_does_not_have_nobody_knows(typed: str) -> None:
    assert not knows(typed, Facts())
    assert not Facts().has_any
    assert not Facts("", "1", "12").has_any


@given(st.text(max_size=40))
def test_any_text_is_an_answer_and_no_error(typed: str) -> None:
    assert knows(typed, Facts()) is False


def test_a_pass_is_for_one_order_one_link_and_two_hours() -> None:
    now = clock.now()
    given_pass = make_pass("K7M2-9QXF", 1, secret=SECRET, now=now)

    assert is_good(given_pass, "K7M2-9QXF", 1, secret=SECRET, now=now + LASTS - timedelta(seconds=2))
    assert not is_good(given_pass, "K7M2-9QXF", 1, secret=SECRET, now=now + LASTS)
    assert not is_good(given_pass, "K7M2-9QXF", 2, secret=SECRET, now=now)
    assert not is_good(given_pass, "A7M2-9QXF", 1, secret=SECRET, now=now)
    assert not is_good(given_pass, "K7M2-9QXF", 1, secret="another", now=now)


@pytest.mark.parametrize("text", ["", ".", "1.", "99999999999.x", "x.y", "٣.x", "9" * 400 + ".x", "-1.x"])
def test_what_is_no_pass_opens_nothing(text: str) -> None:
    assert not is_good(text, "K7M2-9QXF", 1, secret=SECRET, now=clock.now())


def test_who_makes_its_end_later_has_no_pass() -> None:
    ends, _point, mark = make_pass("K7M2-9QXF", 1, secret=SECRET, now=clock.now()).partition(".")

    assert not is_good(f"{int(ends) + 1}.{mark}", "K7M2-9QXF", 1, secret=SECRET, now=clock.now())
