"""Carriers' own words are shown, unless they tell who lives where, whose number it is, or what is to be paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.orders.models import Order
from logistics.tracking.masking import harmless

MINA = Order(name="Mina Park", phone="+44 113 496 0001", email="mina@example.com", line1="12 Chapel Lane", line2="Flat 7", postcode="LS1 5HD")
WEI = Order(name="张伟", phone="13800138000", email="", line1="文三路100号2单元301室", line2="", postcode="310012")


@pytest.mark.parametrize(
    "text",
    [
        "Arrived at the sorting centre, Leeds",
        "Your parcel is held at customs since 2026-11-26",
        "Scheduled for delivery 11/27/2026 before 12:00",
        "Weight 2 kg, 1 of 3",
        "Minami depot",
    ],
)
def test_what_is_harmless_is_shown_as_it_is(text: str) -> None:
    assert harmless(text, MINA) == text


@pytest.mark.parametrize(
    "text",
    [
        "Left with MINA at the door",
        "Consignee: mina  park",
        "12 Chapel Lane",
        "Chapel-lane is closed",
        "CHAPEL LANE, FLAT 7",
        "to ls1 5hd",
        "LS15HD",
        "call 0113 4960001",
        "tel. 49-60-001",
        "write to MINA@EXAMPLE.COM",
        "write to somebody@else.example",
        "Courier: 138 0013 8000",
        "COD 36.00 USD to be paid",
        "Amount due: € 12",
        "Ｍｉｎａ Ｐａｒｋ",
    ],
)
def test_what_tells_of_somebody_is_not(text: str) -> None:
    assert harmless(text, MINA) == ""


@pytest.mark.parametrize("text", ["张伟已签收", "派送至文三路", "快递员电话13712345678", "代收货款36元", "邮编310012"])
def test_chinese_secrets_are_found_without_spaces(text: str) -> None:
    assert harmless(text, WEI) == ""


@pytest.mark.parametrize("text", ["快件已到达杭州转运中心", "派送中", "已离开上海"])
def test_chinese_news_are_shown(text: str) -> None:
    assert harmless(text, WEI) == text


SECRETS = ("Mina Park", "12 Chapel Lane", "mina@example.com", "+44 113 496 0001", "LS1 5HD")


@given(
    st.sampled_from(SECRETS), st.text(st.characters(categories=["Lu", "Ll", "Zs"]), max_size=20), st.booleans(), st.sampled_from(["", " ", "-", ". "])
)
def test_no_secret_gets_through_in_whatever_it_is_wrapped(secret: str, around: str, shouted: bool, gap: str) -> None:
    written = gap.join(secret.split(" ")) if gap else secret

    assert harmless(f"{around} {written.upper() if shouted else written} {around}", MINA) == ""


@given(st.text(max_size=200))
def test_any_text_comes_back_whole_or_not_at_all(text: str) -> None:
    assert harmless(text, MINA) in ("", text)


def test_nothing_is_harmless_and_stays_nothing() -> None:
    assert harmless(None, MINA) == ""
    assert harmless("", MINA) == ""
