"""Tracking numbers are recognised by their form and verified by their check digit, after the rules and numbers of tracking_number_data."""

import csv
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.fulfilment.numbering.recognising import NUMBER_FORMS, Recognised, Verdict, guess_carrier, known_number, recognise, verdict
from logistics.fulfilment.numbering.shapes import SHAPES
from tests.samples import samples

# S10 numbers are one rule there; here they are one for any post, and one for each carrier that is a post itself.
OURS = {"": "ups_waybill"}


@dataclass
class Carrier:
    code: str
    name: str
    aliases: str = ""
    number_form: str = ""


def numbers(expected: str) -> list[tuple[str, str]]:
    with (samples("tracking_numbers") / "test_numbers.csv").open(newline="") as file:
        return [(OURS.get(row["rule_id"], row["rule_id"]), row["number"]) for row in csv.DictReader(file) if row["expected"] == expected]


def as_rule(rule: str, number: str) -> list[Recognised]:
    return [one for one in recognise(number) if one.shape == rule]


def test_every_valid_number_is_recognised_by_its_rule() -> None:
    valid = numbers("valid")
    missed = [(rule, number) for rule, number in valid if not any(one.is_valid for one in as_rule(rule, number))]

    assert (missed, len(valid)) == ([], 44)


def test_every_invalid_number_is_refused_by_its_rule() -> None:
    invalid = numbers("invalid")
    taken = [(rule, number) for rule, number in invalid if any(one.is_valid for one in as_rule(rule, number))]

    assert (taken, len(invalid)) == ([], 30)


def test_every_rule_of_the_table_has_a_number_or_a_reason() -> None:
    tried = {rule for rule, _number in numbers("valid")}
    ours_alone = {"s10_us", "s10_de", "s10_fr", "dhl_paket", "colissimo", "sf", "sf_12", "fedex_smartpost"}
    held_by_others = {"fedex_12", "fedex_ground_sscc_18", "fedex_ground_96", "dhl_express_piece_id"}

    assert {shape.name for shape in SHAPES} == tried | ours_alone | held_by_others


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        # From the carriers' own pages and examples.
        ("986578788855", "fedex_12"),
        ("00 0123 4500 0000 0027", "fedex_ground_sscc_18"),
        ("9611020987654312345672", "fedex_ground_96"),
        ("JJD0099999999", "dhl_express_piece_id"),
        ("JD014600006281230704", "dhl_express_piece_id"),
        ("00340434161094042557", "dhl_paket"),
        ("RB123456785FR", "s10_fr"),
        ("9261292700768711948021", "fedex_smartpost"),
        ("61292700768711948021", "fedex_smartpost"),
        ("6A12345678901", "colissimo"),
        ("SF1234567890123", "sf"),
    ],
)
def test_other_numbers_are_recognised_as_well(number: str, rule: str) -> None:
    assert [one.is_valid for one in as_rule(rule, number)] == [True], recognise(number)


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        ("1Z5R89390357567127", "ups", Verdict.FITS),
        ("1z5r8939 0357567127 ", "ups", Verdict.FITS),
        ("1Z5R89390357567128", "ups", Verdict.WRONG_CHECK_DIGIT),
        ("RB123456785GB", "ups", Verdict.UNLIKE),
        ("RB123456785GB", "s10", Verdict.FITS),
        ("RB123456786GB", "s10", Verdict.WRONG_CHECK_DIGIT),
        ("RB123456785XX", "s10", Verdict.UNLIKE),
        ("RB123456785US", "usps", Verdict.FITS),
        ("RB123456785GB", "usps", Verdict.UNLIKE),
        ("7196 9010 7560 0307 7385", "usps", Verdict.FITS),
        ("60120172242323", "dhl", Verdict.FITS),
        ("123", "dhl", Verdict.UNLIKE),
        ("", "dhl", Verdict.UNLIKE),
        ("whatever", "", Verdict.UNCHECKED),
        ("whatever", "pigeon", Verdict.UNCHECKED),
    ],
)
def test_a_number_is_judged_by_the_form_of_its_carrier(number: str, form: str, expected: Verdict) -> None:
    assert verdict(number, form) is expected


@pytest.mark.parametrize(
    ("scanned", "known"),
    [
        ("420221539101026837331000039521", "9101026837331000039521"),
        ("4201028200009261290113185417468510", "9261290113185417468510"),
        ("9611020987654312345672", "987654312345672"),
        ("1001921334250001000300779017972697", "779017972697"),
        ("9622001900000000000000776632517510", "776632517510"),
        ("32971510360102447848540980802018", "784854098080"),
        ("1z5r89390357567127", "1Z5R89390357567127"),
        ("no number of theirs", "no number of theirs"),
    ],
)
def test_a_barcode_that_holds_more_is_cut_to_the_number_people_know(scanned: str, known: str) -> None:
    carriers = [Carrier("usps", "USPS"), Carrier("fx", "FedEx Ground"), Carrier("u", "Brown", number_form="ups")]

    assert {known_number(scanned, carrier) for carrier in carriers} - {scanned} == {known} - {scanned}
    assert known_number(scanned, Carrier("dhl", "DHL", number_form="dhl")) == scanned


UPS, DHL = Carrier("ups", "UPS", number_form="ups"), Carrier("dhl-express", "DHL Express")
ROYAL, CHINA = Carrier("rm", "Royal Mail", number_form="s10"), Carrier("cp", "China Post", number_form="s10")
SF = Carrier("sf", "SF Express", aliases="shunfeng sf-express")


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z5R89390357567127", UPS),
        ("3318810025", DHL),
        ("3318810011", None),
        ("RB123456785GB", ROYAL),
        ("RB123456785CN", CHINA),
        ("RB123456785NZ", None),
        ("SF1234567890123", SF),
        ("123456789012", None),
        ("60120172242323", None),
        ("", None),
    ],
)
def test_the_carrier_is_guessed_where_only_one_can_be_meant(number: str, carrier: Carrier | None) -> None:
    assert guess_carrier(number, [UPS, DHL, ROYAL, CHINA, SF]) == carrier


def test_of_two_carriers_with_the_same_numbers_none_is_guessed() -> None:
    assert guess_carrier("1Z5R89390357567127", [UPS, Carrier("ups-2", "UPS Freight", number_form="ups")]) is None


DIGITS = [shape for shape in SHAPES if shape.check]


@given(st.data())
def test_one_wrong_digit_is_found_wherever_check_digits_can_find_it(data: st.DataObject) -> None:
    """GS1's finds every one; so do S10's and UPS's of digits."""
    body = data.draw(st.text("0123456789", min_size=8, max_size=8))
    at, other = data.draw(st.integers(0, 7)), data.draw(st.sampled_from("0123456789"))
    right = [digit for digit in range(10) if verdict(f"RB{body}{digit}GB", "s10") is Verdict.FITS]
    changed = body[:at] + other + body[at + 1 :]

    assert len(right) == 1
    fits = verdict(f"RB{changed}{right[0]}GB", "s10") is Verdict.FITS
    # 0 is written for 10 as it is for 0 itself in no other rest, 5 for 11: two rests share a digit.
    assert fits is (other == body[at]) or right[0] in (0, 5)


@given(st.text(max_size=80))
def test_any_text_gets_its_verdicts(text: str) -> None:
    for form, _label in NUMBER_FORMS:
        assert verdict(text, form) in Verdict
    assert all(one.number for one in recognise(text))


def test_every_form_that_can_be_chosen_has_its_rules() -> None:
    assert {form for form, _label in NUMBER_FORMS} == {"", *(shape.form for shape in SHAPES)}
