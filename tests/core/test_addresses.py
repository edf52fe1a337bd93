"""Addresses, phone numbers and e-mail addresses: the right ones pass as people write them, the wrong ones are named."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from logistics.core.addresses import Address, check_address
from logistics.core.addressing import address_lines
from logistics.core.contacts import check_email, check_phone, dialled
from logistics.core.countries import countries, country_name
from logistics.core.language import speaking
from tests.samples import samples

LEEDS = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
HANGZHOU = Address(line1="文三路 1 号", district="西湖区", city="杭州市", region="浙江省", postcode="310012", country="CN")
NEW_YORK = Address(line1="350 5th Ave", city="New York", region="NY", postcode="10118", country="US")


@pytest.fixture(autouse=True)
def _in_the_application(worker_app: Flask) -> Iterator[None]:
    with worker_app.app_context():
        yield


@pytest.mark.parametrize("address", [LEEDS, HANGZHOU, NEW_YORK])
def test_good_addresses_pass(address: Address) -> None:
    assert check_address(address) == []


@pytest.mark.parametrize(
    ("region", "city", "district"),
    [
        ("北京市", "北京市", "朝阳区"),
        ("北京", "北京", "朝阳区"),
        ("北京市", "朝阳区", ""),
        ("", "北京市", "朝阳区"),
        ("北京市", "", "朝阳区"),
        ("Beijing", "Chaoyang", ""),
    ],
)
def test_a_chinese_municipality_may_be_written_as_region_as_city_or_as_both(region: str, city: str, district: str) -> None:
    assert check_address(Address("建国路 1 号", "", district, city, region, "100022", "CN")) == []


@pytest.mark.parametrize("region", ["浙江", "浙江省", "Zhejiang", "zhejiang province", "Zhejiang Sheng"])
def test_a_region_is_known_by_each_of_its_names(region: str) -> None:
    assert check_address(replace(HANGZHOU, region=region)) == []


def test_chinese_parcels_need_no_postcode() -> None:
    assert check_address(replace(HANGZHOU, postcode="")) == []


@pytest.mark.parametrize("region", ["California", "CA", "ca"])
def test_a_postcode_of_another_region_is_named(region: str) -> None:
    (error,) = check_address(replace(NEW_YORK, region=region))
    assert (error.pointer, error.code) == ("postcode", "bad_postcode")
    assert region in error.message


@pytest.mark.parametrize(("region", "near"), [("Nuw York", "New York"), ("Calfornia", "California")])
def test_a_misspelt_region_is_named_with_the_one_that_may_be_meant(region: str, near: str) -> None:
    (error,) = check_address(replace(NEW_YORK, region=region))
    assert error.pointer == "region"
    assert near in error.message


def test_everything_missing_is_said_at_once() -> None:
    assert [error.pointer for error in check_address(Address(country="US"))] == ["line1", "city", "region", "postcode"]


@pytest.mark.parametrize("country", ["", "ZZ", "gb", "England", "EU"])
def test_a_country_is_one_of_the_list(country: str) -> None:
    assert [error.pointer for error in check_address(replace(LEEDS, country=country))] == ["country"]


@pytest.mark.parametrize(
    ("country", "postcode"),
    [
        ("GB", "ls15hd"),
        ("DE", "D-10115"),
        ("SE", "S-958 22"),
        ("PL", "00950"),
        ("NL", "1012ab"),
        ("CA", "K1A0B1"),
        ("JP", "1000001"),
        ("IE", "A65-F4E2"),
    ],
)
def test_postcodes_may_be_spaced_as_people_do(country: str, postcode: str) -> None:
    assert "postcode" not in [error.pointer for error in check_address(Address(country=country, postcode=postcode))]


@pytest.mark.parametrize(
    ("country", "postcode"),
    [("DE", "1011"), ("DE", "１０１１５"), ("GB", "LS1"), ("GB", "'; DROP"), ("LI", "94850"), ("US", "1234")],
)
def test_postcodes_that_cannot_be_are_named_with_an_example(country: str, postcode: str) -> None:
    (error,) = [error for error in check_address(Address(country=country, postcode=postcode)) if error.pointer == "postcode"]
    assert error.facts["example"] in error.message


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (LEEDS, ["Mina Park", "12 Park Row", "Leeds", "LS1 5HD", "United Kingdom"]),
        (NEW_YORK, ["Mina Park", "350 5th Ave", "New York, NY 10118", "United States"]),
        (replace(NEW_YORK, region=""), ["Mina Park", "350 5th Ave", "New York 10118", "United States"]),
        (HANGZHOU, ["310012", "浙江省杭州市西湖区", "文三路 1 号", "Mina Park", "China"]),
        (Address("建国路", "", "朝阳区", "北京市", "北京市", "", "CN"), ["北京市朝阳区", "建国路", "Mina Park", "China"]),
        (
            Address("1 High St", "Flat 2", "Holbeck", "Leeds", "Yorkshire", "", "GB"),
            ["Mina Park", "1 High St", "Flat 2", "Holbeck", "Leeds", "Yorkshire", "United Kingdom"],
        ),
        (Address("somewhere", city="Leeds"), ["Mina Park", "somewhere", "Leeds"]),
    ],
)
def test_an_address_is_printed_in_its_country_s_order_with_all_that_was_typed(address: Address, lines: list[str]) -> None:
    assert address_lines(address, "Mina Park") == lines


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", "GB"),
        ("0113 496 0001", "GB"),
        ("+44 113 496 0001", "US"),
        ("(202) 555-0143", "US"),
        ("+1 202 555 0143 ext 5", ""),
        ("138 0013 8000", "CN"),
        ("0571-8888 8888", "CN"),
        ("030/901820", "DE"),
    ],
)
def test_phone_numbers_pass_as_they_are_written_at_home_or_abroad(text: str, country: str) -> None:
    assert check_phone(text, country) is None


@pytest.mark.parametrize(
    ("text", "country"),
    [("call me", "GB"), ("1-800-FLOWERS", "US"), ("+000", ""), ("1" * 40, "US"), ("0113 496 0001", ""), ("0113 496", "GB"), ("٠١١٣٤٩٦٠٠٠١", "GB")],
)
def test_phone_numbers_that_reach_nobody_are_refused(text: str, country: str) -> None:
    error = check_phone(text, country)
    assert error
    assert error.pointer == "phone"


def test_one_number_written_in_two_ways_is_dialled_alike() -> None:
    assert dialled("0113 496 0001", "GB") == dialled("+44 (0)113 4960001", "CN") == "+441134960001"
    assert dialled("nonsense", "GB") == dialled("", "GB") == ""


@pytest.mark.parametrize("text", ["", "mina@example.com", "o'neill+lamps@example.co.uk", "李@例子.中国"])
def test_email_addresses_pass(text: str) -> None:
    assert check_email(text) is None


@pytest.mark.parametrize("text", ["a@b", "a@@example.com", "a@example.com\r\nBcc: x@example.com", "a" * 250 + "@example.com", "mina"])
def test_what_is_no_email_address_is_refused(text: str) -> None:
    error = check_email(text)
    assert error
    assert error.code == "bad_email"


def test_countries_are_listed_by_name_with_the_common_ones_first() -> None:
    english, chinese = countries("en"), countries("zh_Hans")
    assert english[0] == ("US", "United States")
    assert chinese[2] == ("CN", "中国")
    assert [name for _code, name in english[8:11]] == ["Afghanistan", "Åland Islands", "Albania"]
    assert len({code for code, _name in english}) == len(english) == len(chinese) > 240
    with speaking("zh"):
        assert country_name("GB") == "英国"


def test_every_country_s_own_example_postcodes_pass() -> None:
    with (samples("addresses") / "country_rules.csv").open(newline="", encoding="utf-8") as file:
        examples = [(row["country"], code) for row in csv.DictReader(file) for code in row["zip_examples"].split(",") if code]

    refused = [pair for pair in examples if "postcode" in {error.pointer for error in check_address(Address(country=pair[0], postcode=pair[1]))}]

    assert len(examples) == 432
    assert refused == []


# What the data itself has wrong or leaves out: several postcodes in one, half of one, the code of a metropolitan area for a province.
NOT_ADDRESSES = {
    ("de", "postcode", "63739,63741,63743"),
    ("es", "postcode", "20001;20002;20003;20004;20005;20006;20007;20008;20009;20010;20011;20012;20013;20014;20015;20016;20017;20018"),
    ("es", "region", "BCN"),
    ("es", "region", "Costa del Sol Occidental"),
    ("fr", "postcode", "68100;68200"),
    ("gb", "postcode", "E10"),
    ("jp", "region", "Chugoku Region"),
    ("nl", "postcode", "0000NA"),
    ("us", "postcode", "08113"),
}


def test_real_places_in_fifteen_countries_pass_but_for_what_the_data_lacks() -> None:
    lines = (samples("addresses") / "addresses.ndjson").read_text(encoding="utf-8").splitlines()
    refused = set()
    for place in map(json.loads, lines):
        address = _address(place)
        for error in check_address(address):
            typed = getattr(address, error.pointer)
            assert (error.code == "required") == (typed == "")
            refused.add((place["country"], error.pointer, typed))

    assert len(lines) == 119
    assert {one for one in refused if one[2]} == NOT_ADDRESSES


def _address(place: dict[str, Any]) -> Address:
    parts = place["components"]

    def first(*names: str) -> str:
        return next((parts[name] for name in names if parts.get(name)), "")

    # Spain's postal provinces stand where the data names counties.
    return Address(
        line1=f"{first('house_number', 'housenumber')} {first('road', 'pedestrian', 'street', 'neighbourhood', 'building')}".strip(),
        district=first("suburb", "city_district"),
        city=first("city", "town", "village", "municipality", "hamlet", "county", "suburb"),
        region=first("county" if place["country"] == "es" else "state", "region"),
        postcode=first("postcode"),
        country=place["country"].upper(),
    )
