"""What a product's facts may look like."""

import csv

import pytest
from flask import Flask

from logistics.catalog.rules import gtin_forms, parse_gtin, parse_weight
from logistics.core.refusals import BadValue
from tests.samples import samples


@pytest.fixture(autouse=True)
def _in_the_application(worker_app: Flask) -> object:
    with worker_app.app_context():
        yield


@pytest.mark.parametrize("text", ["96385074", "036000291452", "4006381333931", "14006381333938", "4 006381-333931"])
def test_barcode_numbers_of_each_length_pass_without_their_spaces(text: str) -> None:
    assert parse_gtin(text) == text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize("text", ["1", "400638133393", "40063813339310", "ABCDEFGH", "４００６３８１３３３９３１", "123456789"])
def test_what_is_no_barcode_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_gtin(text)


def test_a_mistyped_digit_is_noticed_and_explained() -> None:
    with pytest.raises(BadValue) as refusal:
        parse_gtin("4006381333932")
    assert refusal.value.code == "bad_check_digit"
    assert "4006381333931" in refusal.value.message


def test_one_number_has_a_form_in_each_length_it_fits() -> None:
    assert gtin_forms("036000291452") == ["036000291452", "0036000291452", "00036000291452"]
    assert gtin_forms("") == []


@pytest.mark.parametrize("text", ["-1", "1.5", "1000000", "1e3", "heavy"])
def test_a_weight_is_whole_grams(text: str) -> None:
    with pytest.raises(BadValue, match="grams"):
        parse_weight(text)


def test_real_barcode_numbers_are_judged_as_other_readers_judge_them() -> None:
    with (samples("barcodes") / "barcodes.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "gtin"]

    judged = {row["value"]: _judge(row["value"]) for row in rows}

    assert len(rows) == 20
    assert judged == {row["value"]: row["expected"] for row in rows}


def _judge(text: str) -> str:
    try:
        parse_gtin(text)
        return "valid"
    except BadValue:
        return "invalid"
