"""Reading chat messages: what they say becomes fields and lines, what is unsure is said to be, and nothing is lost."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address, check_address
from logistics.core.database import db
from logistics.core.search import search_vector
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.orders.forms.order import ADDRESS
from logistics.orders.models import Order
from logistics.orders.pasting import look_up, read_message
from logistics.orders.pasting.words import count
from tests.cast import Cast
from tests.orders.test_new_order_pages import PARTIAL, form, line, rows, value


def china(region: str, city: str, district: str, line1: str, **more: str) -> dict[str, str]:
    """The fields of an address in China, and others."""
    return {"country": "CN", "region": region, "city": city, "district": district, "line1": line1, **more}


# message, the fields it holds, its goods, what is left of it
MESSAGES: list[tuple[str, dict[str, str], list[tuple[str, int]], list[str]]] = [
    (
        "张三 13800138000 浙江省杭州市西湖区文三路123号2单元301室 两箱",
        china("浙江省", "杭州市", "西湖区", "文三路123号2单元301室", name="张三", phone="13800138000"),
        [("", 2)],
        [],
    ),
    (
        "张三13800138000浙江省杭州市西湖区文三路123号两箱龙井",
        china("浙江省", "杭州市", "西湖区", "文三路123号", name="张三", phone="13800138000"),
        [("龙井", 2)],
        [],
    ),
    (
        "老板你好，我要龙井茶两盒，茶盘1个，寄到北京市朝阳区建国路1号3号楼502室，李四 139-0013-9000 谢谢",
        china("北京市", "北京市", "朝阳区", "建国路1号3号楼502室", name="李四", phone="139-0013-9000"),
        [("龙井茶", 2), ("茶盘", 1)],
        [],
    ),
    (
        "收件人：王小明\n手机：+86 138 0013 8000\n地址：上海市浦东新区世纪大道100号 邮编 200120\nLAMP-OAK x2\n台灯*3",
        china("上海市", "上海市", "浦东新区", "世纪大道100号", name="王小明", phone="+86 138 0013 8000", postcode="200120"),
        [("LAMP-OAK", 2), ("台灯", 3)],
        [],
    ),
    (
        "杭州西湖区文三路9号张三 13800138000 十二瓶黄酒",
        china("浙江省", "杭州", "西湖区", "文三路9号", name="张三", phone="13800138000"),
        [("黄酒", 12)],
        [],
    ),
    (
        "要 2 个 茶盘 ， 3 件 LAMP-OAK\n广西南宁市青秀区民族大道 88号 8栋 301 赵六 13900001111",
        china("广西", "南宁市", "青秀区", "民族大道 88号 8栋 301", name="赵六", phone="13900001111"),
        [("茶盘", 2), ("LAMP-OAK", 3)],
        [],
    ),
    (
        "刘女士，电话13812345678，内蒙古呼和浩特市新城区新华大街1号，要茶叶5包",
        china("内蒙古", "呼和浩特市", "新城区", "新华大街1号", name="刘女士", phone="13812345678"),
        [("茶叶", 5)],
        [],
    ),
    (
        "订单：龙井茶（特级） 2盒；碧螺春 1 盒。收货人 陈晓东 收货地址 江苏省苏州市姑苏区观前街10号 电话 18612345678",
        china("江苏省", "苏州市", "姑苏区", "观前街10号", name="陈晓东", phone="18612345678"),
        [("龙井茶（特级）", 2), ("碧螺春", 1)],
        [],
    ),
    (
        "新疆维吾尔自治区乌鲁木齐市天山区人民路5号，欧阳娜娜，１３８００１３８０００，茶杯Ｘ２",
        china("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "人民路5号", name="欧阳娜娜", phone="１３８００１３８０００"),
        [("茶杯", 2)],
        [],
    ),
    (
        "深圳市南山区科技园路1号，A座1203室 周杰 0755-86001234 来三支毛笔",
        china("广东省", "深圳市", "南山区", "科技园路1号，A座1203室", name="周杰", phone="0755-86001234"),
        [("毛笔", 3)],
        [],
    ),
    (
        "香港九龙弥敦道12号 陈先生 +852 2345 6789",
        {"country": "HK", "region": "香港", "line1": "九龙弥敦道12号", "name": "陈先生", "phone": "+852 2345 6789"},
        [],
        [],
    ),
    (
        "西湖区文三路9号",
        {"country": "CN", "district": "西湖区", "line1": "文三路9号"},
        [],
        [],
    ),
    (
        "北京烤鸭 2只，龙井茶两盒",
        {},
        [("北京烤鸭", 2), ("龙井茶", 2)],
        [],
    ),
    (
        "两盒龙井茶和一个茶盘，再来3包红茶",
        {},
        [("龙井茶", 2), ("茶盘", 1), ("红茶", 3)],
        [],
    ),
    (
        "老板，上次那个还有吗？",
        {},
        [],
        ["上次那个还有吗"],
    ),
    (
        "Hi, it's Jane Doe, 2 x LAMP-OAK and three mugs please, ship to 12 Park Row, Leeds LS1 5HD, +44 113 496 0001, jane@example.com",
        {
            "country": "GB",
            "line1": "12 Park Row",
            "city": "Leeds",
            "postcode": "LS1 5HD",
            "name": "Jane Doe",
            "phone": "+44 113 496 0001",
            "email": "jane@example.com",
        },
        [("LAMP-OAK", 2), ("mugs", 3)],
        [],
    ),
    (
        "Jane Doe\n12 Park Row\nLeeds\nLS1 5HD\n0113 496 0001\nLAMP-OAK 2\nMUG-W x 3",
        {"country": "GB", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "name": "Jane Doe", "phone": "0113 496 0001"},
        [("LAMP-OAK", 2), ("MUG-W", 3)],
        [],
    ),
    (
        "Hello! Can I get a dozen mugs and 1 oak lamp sent to 350 Fifth Ave, Ap"
        "t 4, New York, NY 10118? Call me at (212) 555-0123. Thanks, John Smith",
        {
            "name": "John Smith",
            "phone": "(212) 555-0123",
            "country": "US",
            "line1": "350 Fifth Ave",
            "line2": "Apt 4",
            "city": "New York",
            "region": "NY",
            "postcode": "10118",
        },
        [("mugs", 12), ("oak lamp", 1)],
        [],
    ),
    (
        "Please send 3 boxes of candles to Anna Schmidt, Hauptstr. 5, 10115 Berlin, Germany. anna@example.de",
        {"name": "Anna Schmidt", "email": "anna@example.de", "country": "DE", "line1": "Hauptstr. 5", "postcode": "10115", "city": "Berlin"},
        [("candles", 3)],
        [],
    ),
    (
        "two lamps for Bob, deliver to 5 High Street, York",
        {"name": "Bob", "line1": "5 High Street", "city": "York"},
        [("lamps", 2)],
        [],
    ),
    (
        "LAMP-OAK, MUG (4), and 2 teapots to Flat 2, 14 Mill Lane, York YO1 6HS. Phone 01904 555 123. Regards, Sue O'Neil",
        {
            "name": "Sue O'Neil",
            "phone": "01904 555 123",
            "country": "GB",
            "line1": "14 Mill Lane",
            "line2": "Flat 2",
            "city": "York",
            "postcode": "YO1 6HS",
        },
        [("LAMP-OAK", 1), ("MUG", 4), ("teapots", 2)],
        [],
    ),
    (
        "Ship 10 pcs LAMP-OAK to: Maple Trading Ltd, Unit 3, 22 King Street West, Toronto ON M5H 1A1, Canada",
        {
            "name": "Maple Trading Ltd",
            "country": "CA",
            "line1": "22 King Street West",
            "line2": "Unit 3",
            "city": "Toronto",
            "region": "ON",
            "postcode": "M5H 1A1",
        },
        [("LAMP-OAK", 10)],
        [],
    ),
    (
        "Name: Zoë Ünal; Phone: +49 30 901820; 4006381333931 x 6",
        {"name": "Zoë Ünal", "phone": "+49 30 901820"},
        [("4006381333931", 6)],
        [],
    ),
    (
        "LAMP-OAK - 2\nMUG qty 3\nTEA: 4",
        {},
        [("LAMP-OAK", 2), ("MUG", 3), ("TEA", 4)],
        [],
    ),
    (
        "My parcel never arrived, where is it?",
        {},
        [],
        ["My parcel never arrived, where is it"],
    ),
    (
        "<script>alert(1)</script>",
        {},
        [],
        ["<script>alert(1)</script>"],
    ),
    (
        "'; DROP TABLE orders; --",
        {},
        [],
        ["'; DROP TABLE orders; --"],
    ),
    (
        "LAMP x 0, MUG x 1000000",
        {},
        [],
        ["LAMP x 0, MUG x 1000000"],
    ),
    (
        "{{ 7*7 }} ${7*7} %(name)s",
        {},
        [],
        ["{{ 7*7 }} ${7*7} %(name)s"],
    ),
    (
        "\u202eevil\u202c x2",
        {},
        [("\u202eevil\u202c", 2)],
        [],
    ),
    (
        "",
        {},
        [],
        [],
    ),
    (
        "\u0000 \t\n ，。",
        {},
        [],
        [],
    ),
]


@pytest.mark.parametrize(("message", "fields", "goods", "rest"), MESSAGES, ids=[message[:30] or "nothing" for message, *_rest in MESSAGES])
def test_a_message_says(message: str, fields: dict[str, str], goods: list[tuple[str, int]], rest: list[str]) -> None:
    board = read_message(message)

    assert {piece.kind: piece.value for piece in board.pieces if piece.kind != "filler"} == fields
    assert [(one.product, one.quantity) for one in board.goods] == goods
    assert [text.strip(" \n,，.。?？;") for text in board.rest()] == [text.strip(" \n,，.。?？;") for text in rest]


def test_an_address_that_was_read_is_one_that_is_taken() -> None:
    for message, fields, *_rest in MESSAGES:
        if {"line1", "city", "country"} <= set(fields):
            board = read_message(message)
            parts = {piece.kind: piece.value for piece in board.pieces if piece.kind in ADDRESS}
            assert check_address(Address(**parts)) == [], message


def test_what_is_guessed_is_not_sure() -> None:
    unsure = lambda message: {piece.kind for piece in read_message(message).pieces if not piece.sure}  # noqa: E731

    assert unsure("Hi, it's Jane Doe, ship to 12 Park Row, Leeds LS1 5HD, +44 113 496 0001") == set()
    assert unsure("张三 13800138000 浙江省杭州市西湖区文三路123号") == set()
    assert unsure("two lamps for Bob, deliver to 5 High Street, York") == {"name", "line1", "city"}
    assert unsure("Jane Doe\n12 Park Row\nLeeds\nLS1 5HD") == {"name"}
    assert unsure("张三 浙江省杭州市天堂新区文三路") == {"name", "district", "line1"}
    assert [goods.counted for goods in read_message("两箱龙井，三盒碧螺春").goods] == [False, True]


def test_a_second_number_is_kept_and_not_chosen() -> None:
    board = read_message("张三 13800138000 或 13900139000")
    assert [piece.value for piece in board.pieces if piece.kind == "phone"] == ["13800138000"]
    assert "13900139000" in " ".join(board.rest())


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("一", 1),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("九十九", 99),
        ("一百二十", 120),
        ("三三", None),
        ("百", None),
        ("twelve", 12),
        ("07", 7),
    ],
)
def test_numbers_in_words(words: str, number: int | None) -> None:
    assert count(words) == number


WORDS = (
    "张三|13800138000|浙江省|杭州市|西湖区|文三路1号|两箱|龙井|，|\n| |x2|LS1 5HD|12 Park Row|Leeds|ship to |Jane Doe|+44 113 496 0001|a@b.example|"
    "three mugs|NY 10118|地址：|Germany|\x00|号|(|١٢|🏠|\u202e|市|'|111111111111111111111111111111"
)
SCRAPS = st.sampled_from(WORDS.split("|"))


@given(st.lists(SCRAPS | st.text(max_size=12), max_size=40).map("".join))
def test_nothing_is_lost_and_nothing_breaks(message: str) -> None:
    board = read_message(message)

    spans = sorted([(piece.start, piece.end) for piece in board.pieces] + [(one.start, one.end) for one in board.goods] + board.left())
    spans = [span for span in spans if span[0] < span[1]]
    whole = [0, *(place for span in spans for place in span), len(board.pasted)]
    assert whole[::2] == whole[1::2], "each character is in one piece, or left"
    assert all(piece.value in board.pasted or piece.start == piece.end or piece.kind in ("country", "region", "city") for piece in board.pieces)


@pytest.mark.parametrize("scrap", ["1", "a ", "张", "文三路1号", "2 x ", "浙江省", "A1-", "12 Park Row, ", "x2 ", "省市区", "Dr. ", "a@b.c"])
def test_a_long_message_is_read_in_a_moment(scrap: str) -> None:
    read_message(scrap)
    began = time.process_time()
    read_message(scrap * 4000)
    assert time.process_time() - began < 2


def test_customer_and_products_are_found_by_what_is_theirs(session: Session, cast: Cast) -> None:
    mina = registered(cast, "Mina Park", "0113 496 0001")
    sold(cast, "LAMP-OAK", "Oak lamp")
    sold(cast, "MUG-W", "Mug, white")
    sold(cast, "PEN", "Pen", gtin="4006381333931")
    sold(cast, "POT-1", "Teapot, small")
    sold(cast, "POT-2", "Teapot, large")

    told = look_up(session, read_message("2 x lamp-oak, three mugs, 4006381333931 x 6, 2 pcs teapots, 5 tents, 3 pcs chairs. +44 113 496 0001"))

    assert told.customer == mina
    found = [(one.product.sku if one.product else "", one.goods.quantity, one.sure, one.fit) for one in told.lines]
    assert found == [("LAMP-OAK", 2, True, 1), ("MUG-W", 3, False, 1), ("PEN", 6, True, 1), ("", 2, False, 2), ("", 3, False, 0)]
    assert "5 tents" in told.rest, "perhaps it is no product at all"


def test_chinese_goods_are_found_by_their_words(session: Session, cast: Cast) -> None:
    sold(cast, "TEA-1", "西湖龙井茶 特级")
    sold(cast, "TRAY", "茶盘")
    sold(cast, "GONE", "碧螺春", sellable=False)
    told = look_up(session, read_message("龙井茶两盒，茶盘1个，碧螺春一包"))
    assert [(one.product.sku if one.product else "", one.sure) for one in told.lines] == [("TEA-1", True), ("TRAY", True), ("", False)]


def test_two_who_share_a_number_are_not_chosen_from_but_by_their_address(session: Session, cast: Cast) -> None:
    jo = registered(cast, "Jo", "+44 113 496 0009", email="jo@example.com")
    registered(cast, "Al", "0113 496 0009")
    assert look_up(session, read_message("it's Jo, 0113 496 0009, LS1 5HD")).customer is None
    assert len(look_up(session, read_message("hi, +44 113 496 0009")).customers) == 2
    assert look_up(session, read_message("+44 113 496 0009 JO@example.com")).customer == jo
    registered(cast, "Other", "0113 496 0010")
    assert len(look_up(session, read_message("+44 113 496 0010 jo@example.com")).customers) == 2, "one's number, another's address"


def test_a_name_alone_is_a_customer_but_not_surely(session: Session, cast: Cast) -> None:
    mina = registered(cast, "Mina Park", "")
    told = look_up(session, read_message("Hi, it's Mina Park"))
    assert (told.customer, told.by_name) == (mina, True)


def test_a_long_message_is_looked_up_in_few_statements(session: Session, cast: Cast, queries: SimpleNamespace) -> None:
    sold(cast, "LAMP-OAK", "Oak lamp")
    board = read_message("\n".join(f"{number} x LAMP-OAK" for number in range(1, 60)) + "\n+44 113 496 0001")
    queries.count = 0

    told = look_up(session, board)

    assert len(told.lines) == 59
    assert queries.count <= 3


def test_a_pasted_message_fills_the_form_and_marks_what_is_unsure(cast: Cast) -> None:
    mina = cast.made(
        lambda: (registered(cast, "Mina Park", "0113 496 0001").id, sold(cast, "LAMP-OAK", "Oak lamp"), sold(cast, "MUG", "Mug, white"))
    )[0]
    message = "Hi, 2 x LAMP-OAK and three mugs please, 5 High Street, Apt 2, York YO1 6HS. My number is 0113 496 0001. <b>Gate code?</b>"
    typed = {"message": message, "note": "typed before", "email": "kept?@example.com"} | line(0, "TRAY", 4)

    answer = cast.client("clerk").post("/orders/new/message", data=form() | typed, headers=PARTIAL)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<form class="split" id="order-form"')
    assert (value(answer, "customer_id"), value(answer, "customer")) == (str(mina), "Mina Park")
    shown = {name: value(answer, name) for name in ("line1", "city", "postcode", "phone", "lines-0-product", "lines-0-quantity")}
    assert list(shown.values()) == ["5 High Street", "York", "YO1 6HS", "0113 496 0001", "TRAY", "4"]
    lines = rows(answer)
    assert [value(SimpleNamespace(text=lines[at]), f"lines-{at}-sku") for at in ("1", "2")] == ["LAMP-OAK", "MUG"]
    assert "unsure" not in lines["1"]
    assert "The only product that fits “mugs”. Please check." in lines["2"]
    assert "&lt;b&gt;Gate code?&lt;/b&gt;" in answer.text.split("Not understood")[1].split("</ul>")[0]
    assert "typed before" in answer.text
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_what_cannot_be_a_message_is_said_beside_the_box(cast: Cast) -> None:
    browser = cast.client("clerk")
    for message, wrong in (("x" * 4001, "At most 4000 characters."), ("a\x00b", "control character")):
        answer = browser.post("/orders/new/message", data=form(message=message), headers=PARTIAL)
        assert (answer.status_code, wrong in answer.text) == (422, True)
        assert value(answer, "name") == "Mina Park"
    assert "There is nothing in it that could be read." in browser.post("/orders/new/message", data=form(message=" ")).text
    assert cast.client("picker").post("/orders/new/message", data=form(message="x")).status_code == 403


def registered(cast: Cast, name: str, phone: str, email: str = "") -> Customer:
    """A customer who is found by search."""
    address = cast.address_of(cast.customer("Nobody", phone="", email=""))
    return create_customer(cast.session, details=CustomerDetails(name, "", email, phone, address=address), by=SYSTEM)


def sold(cast: Cast, sku: str, name: str, **values: Any) -> Any:
    """A product that is found by search."""
    return cast.product(sku, name=name, search=search_vector(sku, name, values.get("gtin")), **values)
