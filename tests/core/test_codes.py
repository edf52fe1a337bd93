"""Codes people read out and type."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.codes import ALPHABET, new_code, read_code

bodies = st.text(ALPHABET, min_size=7, max_size=7)


def test_a_code_is_read_as_it_was_made() -> None:
    for prefix in ("", "S", "R"):
        for _time in range(50):
            code = new_code(prefix)
            assert read_code(code, prefix) == code
            assert len(code) == 9 + (len(prefix) + 1 if prefix else 0)


def test_codes_do_not_follow_each_other() -> None:
    codes = [new_code() for _time in range(500)]

    assert len(set(codes)) == 500
    assert codes != sorted(codes)
    assert all(set(code) <= {*ALPHABET, "-"} for code in codes)


def test_case_spaces_hyphens_and_letters_like_digits_are_forgiven() -> None:
    code = next(code for code in (new_code() for _time in range(10_000)) if "0" in code and "1" in code)

    as_typed = (code.lower(), code.replace("-", ""), code.replace("-", " "), f"  {code} ")
    misread = (code.replace("0", "O"), code.replace("0", "o").replace("1", "l"), code.replace("1", "I"))
    for typed in (*as_typed, *misread):
        assert read_code(typed) == code


@given(st.integers(0, 7), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(place: int, wrong: str) -> None:
    letters = list(new_code().replace("-", ""))
    if letters[place] != wrong:
        letters[place] = wrong
        assert read_code("".join(letters)) is None


def test_nearly_every_swap_of_two_neighbours_is_noticed() -> None:
    missed = tried = 0
    for _time in range(2000):
        letters = list(new_code().replace("-", ""))
        for place in range(7):
            if letters[place] != letters[place + 1]:
                swapped = [*letters]
                swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
                tried += 1
                missed += read_code("".join(swapped)) is not None
    assert missed / tried < 0.01


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert read_code(text) is None or read_code(text) == read_code(str(read_code(text)))


@pytest.mark.parametrize("text", ["", "-", "K7M2", "K7M2-9QX", "K7M2-9QXFF", "____-____", string.punctuation, "Ｋ７Ｍ２-9QXF", "S-"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None
    assert read_code(text, "S") is None


def test_a_code_of_one_kind_is_not_taken_for_another() -> None:
    assert read_code(new_code("S"), "R") is None
    assert read_code(new_code("S")) is None
