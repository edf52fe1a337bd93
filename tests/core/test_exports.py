"""Files that people open in a spreadsheet: nothing in them is run, and our own reader gives back what was written (SEC9, B54)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.delimited import read_delimited
from logistics.core.exports import csv_lines, neutral
from logistics.core.sheets import Layout

FORMULAS = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", "'=1", "''+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert neutral(text).startswith("'")


@pytest.mark.parametrize("text", ["LAMP", "'quoted' text", "1-2", "a=b", "", "'"])
def test_what_could_not_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20) | st.sampled_from(FORMULAS).filter(lambda text: "\r" not in text)
)
def test_our_own_reader_gives_back_what_was_written(text: str) -> None:
    content = "".join(csv_lines([["head", "x"], [text, "x"]])).encode()

    assert list(read_delimited(content, Layout()))[1] == (2, [text, "x"]) or text.startswith("<")


def test_fields_are_quoted_as_spreadsheets_want_it() -> None:
    written = "".join(csv_lines([['say "yes"', "a,b", "=1"]]))

    assert written.startswith("\ufeff")
    assert next(csv.reader(io.StringIO(written[1:]))) == ['say "yes"', "a,b", "'=1"]
