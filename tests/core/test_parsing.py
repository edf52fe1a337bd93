"""Strict reading: what Python's own readers take too kindly (B1-B11, B20-B36, B55-B58)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.parsing import (
    MAX_QUANTITY,
    clean_line,
    clean_note,
    parse_change,
    parse_code,
    parse_day,
    parse_flag,
    parse_instant,
    parse_percent,
    parse_quantity,
)
from logistics.core.refusals import BadValue

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(("text", "quantity"), [("1", 1), ("12", 12), (" 12 ", 12), (" 12\n", 12), ("012", 12), ("999999", MAX_QUANTITY)])
def test_a_quantity_is_a_whole_number_in_plain_digits(text: str, quantity: int) -> None:
    assert parse_quantity(text) == quantity


NO_QUANTITY = [
    *["", " ", "0", "-1", "-0", "+5", "1000000", "2147483648", "9223372036854775808", "9" * 5000],
    *["1.5", "1.0", "1e3", "1E2", "1_000", "1,000", "1.000,5", "1 000", "NaN", "true", "[5]", "twelve", "0x10"],
    *["١٢", "１２", "²", "½", "\u00a012", "12\u00a0", "12\n\n", "\t12", "1\x002"],
]


@pytest.mark.parametrize("text", NO_QUANTITY)
def test_any_other_quantity_is_refused_with_the_accepted_form(text: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_quantity(text)

    assert refusal.value.code == "bad_quantity"
    assert "1 to 999,999" in refusal.value.message


@pytest.mark.parametrize("minus", ["\u2212", "\u2013", "\u2014", "\ufe63", "\uff0d"])
def test_a_minus_from_a_word_processor_is_named_as_such(minus: str) -> None:
    for read in (parse_quantity, parse_change):
        with pytest.raises(BadValue) as refusal:
            read(f"{minus}5")
        assert refusal.value.code == "bad_minus"


def test_the_lowest_quantity_is_the_fields_own() -> None:
    assert parse_quantity("0", lowest=0) == 0
    with pytest.raises(BadValue):
        parse_quantity("-0", lowest=0)


@given(st.text())
def test_no_text_breaks_the_readers(text: str) -> None:
    said: list[str] = []
    for read in (parse_quantity, parse_change, parse_percent, parse_code, parse_day, parse_instant, parse_flag, clean_line, clean_note):
        try:
            read(text)
        except BadValue as refusal:
            said.append(refusal.message)
    assert all(said)


@given(st.integers(1, MAX_QUANTITY))
def test_every_quantity_is_read_back(quantity: int) -> None:
    assert parse_quantity(str(quantity)) == quantity


@pytest.mark.parametrize(("text", "change"), [("5", 5), ("+5", 5), ("-5", -5), (" -12 ", -12), ("-999999", -999_999)])
def test_a_change_carries_its_sign(text: str, change: int) -> None:
    assert parse_change(text) == change


@pytest.mark.parametrize("text", ["0", "+0", "-0", "", "--5", "+-5", "- 5", "1.5", "1000000", "１", "5-"])
def test_any_other_change_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_change(text)


@pytest.mark.parametrize(("text", "points"), [("0", 0), ("12.5", 1250), ("12.55", 1255), ("100", 10_000), ("7", 700), ("0.05", 5)])
def test_a_discount_is_read_as_basis_points(text: str, points: int) -> None:
    assert parse_percent(text) == points


@pytest.mark.parametrize("text", ["100.01", "101", "-1", "12.555", "12,5", "12%", "1e1", "", "１２"])
def test_any_other_discount_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_percent(text)


@pytest.mark.parametrize(
    ("text", "code"), [("ABC-1", "ABC-1"), (" ABC-1\t", "ABC-1"), ("00123", "00123"), ("3E5", "3E5"), ("1-2", "1-2"), ("A B", "A B")]
)
def test_a_code_is_kept_as_typed_without_the_space_around_it(text: str, code: str) -> None:
    assert parse_code(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("x" * 65, "too_long"),
        ("\u00a0ABC", "bad_code"),
        ("Ａ1", "bad_code"),
        ("А1", "bad_code"),
        ("A\u200d1", "bad_code"),
        ("A\u202e1", "bad_code"),
        ("A\x001", "bad_code"),
        ("A\t1", "bad_code"),
        ("A  1", "bad_code"),
        ("A\n", "bad_code"),
        ("Å1", "bad_code"),
        ("😀", "bad_code"),
    ],
)
def test_a_code_that_could_be_mistaken_for_another_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_code(text)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    "text", ["😀", "👨‍👩‍👧‍👦", "Ω≈ç√", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "米娅 Müller", "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "' OR 1=1--", "{{7*7}}"]
)
def test_free_text_is_kept_as_it_is(text: str) -> None:
    assert clean_line(text) == text
    assert clean_note(text) == text


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1b[2J", "\x7f", "\x85", "\x9b", "\x1c", "\ud800"])
@pytest.mark.parametrize("text", ["{}", "{}abc", "abc{}", "ab{}c"])
def test_control_characters_are_refused_wherever_they_stand(sign: str, text: str) -> None:
    for clean in (clean_line, clean_note):
        with pytest.raises(BadValue) as refusal:
            clean(text.format(sign))
        assert refusal.value.code == "control_character"


def test_only_notes_have_several_lines() -> None:
    assert clean_note(" one\r\n\ttwo\n") == "one\n\ttwo"
    assert clean_line(" one \n") == "one"
    for text in ("one\ntwo", "one\ttwo", "one\r\ntwo", "one\rtwo"):
        with pytest.raises(BadValue):
            clean_line(text)


def test_one_spelling_is_kept_of_what_looks_the_same() -> None:
    assert clean_line("cafe\u0301") == clean_line("caf\u00e9") == "café"


def test_text_cannot_turn_what_stands_beside_it_around() -> None:
    assert clean_line("abc\u202edef\u2066ghi") == "abcdefghi"


def test_length_is_counted_in_characters_whatever_they_look_like() -> None:
    assert clean_line("😀" * 200) == "😀" * 200
    for text in ("x" * 201, "e" + "\u0301" * 500, "😀" * 201):
        with pytest.raises(BadValue) as refusal:
            clean_line(text)
        assert refusal.value.code == "too_long"


@pytest.mark.parametrize(("text", "day"), [("2026-11-22", date(2026, 11, 22)), (" 2028-02-29 ", date(2028, 2, 29))])
def test_a_day_is_written_with_its_year_first(text: str, day: date) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["2026-W01-1", "20260101", "2026-2-3", "22.11.2026", "2026-02-30", "1999-12-31", "2101-01-01", "0001-01-01", "٢٠٢٦-١١-٢٢", ""]
)
def test_any_other_day_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_day(text)


def test_history_may_be_older() -> None:
    assert parse_day("1996-07-04", first=1990) == date(1996, 7, 4)


def test_a_time_keeps_the_offset_it_was_written_with() -> None:
    moment = parse_instant("2026-11-22T09:30:00+08:00")

    assert moment.utcoffset() == timedelta(hours=8)
    assert parse_instant("2026-11-22t01:30:00.5z") == datetime(2026, 11, 22, 1, 30, 0, 500_000, UTC)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-11-22T09:30:00", "no_offset"),
        ("2026-11-22 09:30", "no_offset"),
        ("2026-W01-1", "bad_time"),
        ("20260101T000000Z", "bad_time"),
        ("1767225600000", "bad_time"),
        ("1e12", "bad_time"),
        ("0001-01-01T00:00:00+14:00", "bad_time"),
        ("9999-12-31T23:59:59-14:00", "bad_time"),
        ("1999-12-31T23:59:59Z", "bad_time"),
        ("2101-01-01T00:00:00Z", "bad_time"),
        ("2026-11-22T23:59:60Z", "bad_time"),
        ("2026-11-22T24:00:00Z", "bad_time"),
        ("2026-02-30T10:00:00Z", "bad_time"),
        ("2026-11-22T09:30:00+24:00", "bad_time"),
        ("2026-11-22T09:30:00+1:00", "bad_time"),
        ("２０２６-11-22T09:30:00Z", "bad_time"),
        ("", "bad_time"),
    ],
)
def test_any_other_time_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_instant(text)

    assert refusal.value.code == code


@pytest.mark.parametrize(("text", "flag"), [("yes", True), ("No", False), (" TRUE ", True), ("0", False), ("1", True)])
def test_a_flag_is_yes_or_no(text: str, flag: bool) -> None:
    assert parse_flag(text) is flag


@pytest.mark.parametrize("text", ["", "maybe", "2", "y", "ja", "\u00a0yes"])
def test_any_other_flag_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_flag(text)
