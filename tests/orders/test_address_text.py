"""Addresses in one field: Chinese ones are cut where places end, and nothing of any is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.core.addresses import check_address
from logistics.orders.address_text import cut_address

CHINESE = [
    ("浙江省杭州市西湖区文三路100号", "浙江省", "杭州市", "西湖区", "文三路100号"),
    ("中国 浙江省 杭州市 西湖区 文三路100号", "浙江省", "杭州市", "西湖区", "文三路100号"),
    ("北京市朝阳区建国路88号", "北京市", "北京市", "朝阳区", "建国路88号"),
    ("上海 上海市 浦东新区 世纪大道1号", "上海", "上海市", "浦东新区", "世纪大道1号"),
    ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区", "南宁市", "青秀区", "民族大道1号"),
    ("内蒙古自治区呼和浩特市新城区大街1号", "内蒙古自治区", "呼和浩特市", "新城区", "大街1号"),
    ("云南省大理白族自治州大理市古城1号", "云南省", "大理白族自治州", "大理市", "古城1号"),
    ("广东省东莞市长安镇振安路2号", "广东省", "东莞市", "", "长安镇振安路2号"),
    ("江苏省苏州市昆山市人民路3号", "江苏省", "苏州市", "昆山市", "人民路3号"),
]


@pytest.mark.parametrize(("text", "region", "city", "district", "street"), CHINESE)
def test_a_chinese_address_is_cut_and_good(text: str, region: str, city: str, district: str, street: str, session: object) -> None:
    address = cut_address(text, "CN")

    assert (address.region, address.city, address.district, address.line1) == (region, city, district, street)
    assert check_address(address) == []
    assert cut_address(text, "") == address, "its country is plain from it"


def test_a_postcode_at_the_end_is_found(session: object) -> None:
    assert cut_address("浙江省杭州市西湖区文三路100号 310000", "CN").postcode == "310000"


def test_what_cannot_be_cut_stays_whole_for_the_rules_of_its_country() -> None:
    assert cut_address("12 Park Row, Leeds", "GB").line1 == "12 Park Row, Leeds"
    assert cut_address("某处", "CN").line1 == "某处"


@given(st.text(st.sampled_from("浙江省杭州市西湖区文三路1 县旗北京"), min_size=1, max_size=40))
def test_nothing_is_lost(text: str) -> None:
    address = cut_address(text, "CN")
    written = "".join((address.region, address.city if address.city != address.region else "", address.district, address.line1, address.postcode))

    assert re.sub(r"\s", "", written) == re.sub(r"\s", "", text)
