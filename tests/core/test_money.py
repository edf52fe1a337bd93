"""Money: exact, in the currency's own minor units, read strictly (B14, B15, B19)."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.money import MAX_MINOR, currencies, decimals, format_money, net_of_discount, parse_currency, parse_money, plain
from logistics.core.refusals import BadValue

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("18", "USD", 1800),
        ("18.0", "USD", 1800),
        ("18.00", "USD", 1800),
        (" 18.05 ", "USD", 1805),
        ("0", "USD", 0),
        ("0.01", "USD", 1),
        ("007", "USD", 700),
        ("1500", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("999999999999.99", "USD", 99_999_999_999_999),
    ],
)
def test_an_amount_is_read_as_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_money(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "code"),
    [
        ("", "USD", "bad_amount"),
        ("NaN", "USD", "bad_amount"),
        ("sNaN", "USD", "bad_amount"),
        ("Infinity", "USD", "bad_amount"),
        ("1E+100000", "USD", "bad_amount"),
        ("1e3", "USD", "bad_amount"),
        ("-0.01", "USD", "bad_amount"),
        ("+1", "USD", "bad_amount"),
        ("1,234.50", "USD", "bad_amount"),
        ("1.234,50", "USD", "bad_amount"),
        ("1 234", "USD", "bad_amount"),
        ("1_000", "USD", "bad_amount"),
        ("$5", "USD", "bad_amount"),
        ("5 USD", "USD", "bad_amount"),
        (".5", "USD", "bad_amount"),
        ("5.", "USD", "bad_amount"),
        ("١٢", "USD", "bad_amount"),
        ("１２", "USD", "bad_amount"),
        ("²", "USD", "bad_amount"),
        ("\u00a05", "USD", "bad_amount"),
        ("5\n", "USD", "bad_amount"),
        ("9" * 5000, "USD", "bad_amount"),
        ("0.001", "USD", "too_many_decimals"),
        ("1.5", "JPY", "too_many_decimals"),
        ("1.0", "JPY", "too_many_decimals"),
        ("999999999999999", "USD", "amount_too_large"),
    ],
)
def test_anything_else_is_refused_with_the_form_that_is_accepted(text: str, currency: str, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        parse_money(text, currency)

    assert refusal.value.code == code
    assert refusal.value.message


@given(st.integers(0, MAX_MINOR), st.sampled_from(["USD", "JPY", "KWD", "CNY"]))
def test_what_was_written_is_read_back(minor: int, currency: str) -> None:
    assert parse_money(plain(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"), [(1800, "USD", "18.00"), (5, "USD", "0.05"), (-5, "USD", "-0.05"), (0, "JPY", "0"), (1, "KWD", "0.001")]
)
def test_programs_get_a_plain_string_with_all_decimals(minor: int, currency: str, text: str) -> None:
    assert plain(minor, currency) == text


@pytest.mark.parametrize(("locale", "text"), [("en", "USD 1,234.50"), ("zh_Hans", "USD 1,234.50")])
def test_people_read_the_code_beside_the_amount(locale: str, text: str) -> None:
    assert format_money(123_450, "USD", locale) == text
    assert format_money(-123_450, "USD", locale) == f"−{text}"


@given(st.integers(1, 999_999), st.integers(0, 10**7), st.integers(0, 10_000))
def test_a_discount_is_rounded_half_up_once_per_line(quantity: int, price: int, discount: int) -> None:
    exact = Decimal(quantity) * price * (10_000 - discount) / 10_000

    assert net_of_discount(quantity, price, discount) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize("code", ["usd", "US", "XXX", "XAU", "XTS", "", "USDT", "ＵＳＤ", "USD "])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(BadValue):
        parse_currency(code)


def test_currencies_have_their_own_decimals(app: Flask) -> None:
    assert (decimals("USD"), decimals("JPY"), decimals("KWD"), decimals("CNY")) == (2, 0, 3, 2)
    assert {"USD", "EUR", "CNY", "JPY", "KWD"} <= currencies()
    assert parse_currency("CNY") == "CNY"
