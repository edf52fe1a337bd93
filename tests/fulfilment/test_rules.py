"""Codes and addresses as people type and scan them."""

import pytest

from logistics.core.refusals import BadValue
from logistics.fulfilment.rules import is_code_of, read_tracking_number, read_tracking_url


@pytest.mark.parametrize(
    ("scanned", "is_it"),
    [
        ("LAMP-1", True),
        ("lamp-1", True),
        ("LAMP", False),
        ("4006381333931", True),
        ("04006381333931", True),
        ("400638133393", False),
        ("４００６３８１３３３９３１", False),
        ("", False),
    ],
)
def test_a_scan_is_a_sku_or_a_gtin(scanned: str, is_it: bool) -> None:
    assert is_code_of(scanned, sku="LAMP-1", gtin="4006381333931") is is_it


def test_a_product_without_a_gtin_is_not_found_by_noughts() -> None:
    assert not is_code_of("0", sku="LAMP-1", gtin="")
    assert not is_code_of("", sku="LAMP-1", gtin="")


@pytest.mark.parametrize(("typed", "number"), [("JD1", "JD1"), (" JD 00 11\t22 ", "JD001122"), ("1Z-9/8.7", "1Z-9/8.7"), ("x" * 60, "x" * 60)])
def test_a_tracking_number_loses_its_spaces(typed: str, number: str) -> None:
    assert read_tracking_number(typed) == number


@pytest.mark.parametrize("typed", ["", "   ", "x" * 61, "JD①", "JD\x00", "ЈD1", "JD\x7f"])
def test_what_no_carrier_prints_is_no_tracking_number(typed: str) -> None:
    with pytest.raises(BadValue):
        read_tracking_number(typed)


@pytest.mark.parametrize(
    "typed", ["https://dhl.example/{number}", " https://dhl.example/track?n={number}&l=en ", "https://dhl.example:8443/#/{number}"]
)
def test_a_tracking_page_is_https_and_takes_the_number(typed: str) -> None:
    assert read_tracking_url(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed",
    [
        "http://dhl.example/{number}",
        "https://dhl.example/",
        "https://{number}.example/",
        "https://dhl.example@{number}/",
        "https://user:pass@dhl.example/{number}",
        "https://dhl.example/{number}/{number}",
        "https:///{number}",
        "https://[x/{number}",
        "https://dhl.example:99999/{number}",
        "javascript:alert('{number}')",
        "//dhl.example/{number}",
        "https://dhl.example/ {number}",
        "https://dhl.example/" + "x" * 300 + "{number}",
    ],
)
def test_any_other_address_is_refused(typed: str) -> None:
    with pytest.raises(BadValue):
        read_tracking_url(typed)
