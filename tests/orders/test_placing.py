"""Placing: checked, promised and perhaps paid in one transaction, or nothing at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.codes import read_code
from logistics.core.database import db
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid
from logistics.core.search import matches
from logistics.core.transactions import in_transaction
from logistics.customers.crediting import InsufficientBalance, account_for, deposit
from logistics.customers.models import Customer
from logistics.customers.rules import CustomerDetails
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import Reservation, StockLevel
from logistics.inventory.reserving import OutOfStock
from logistics.orders.models import Order, OrderLine, OrderStatus
from logistics.orders.placing import AlreadyPlaced, place, place_for_somebody_new
from logistics.orders.validating import LineRequest, OrderRequest, OverDiscountLimit
from tests.cast import Cast

LEEDS = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")


def test_an_order_gets_a_number_its_prices_and_its_stock(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, price=1800)

    order = place(session, request(cast, LineRequest("lamp", 3, discount_bp=1000), shipping=500), by=cast.actor())

    assert read_code(order.number) == order.number
    assert order.status == OrderStatus.UNPAID
    assert [(line.position, line.ordered, line.unit_price, line.discount_bp, line.net) for line in order.lines] == [(1, 3, 1800, 1000, 4860)]
    assert (order.merchandise, order.shipping, order.total) == (4860, 500, 5360)
    assert session.scalars(select(StockLevel.reserved)).all() == [3]
    assert session.execute(select(Reservation.quantity, Reservation.reference)).all() == [(3, order.number)]


def test_a_price_of_ones_own_is_taken_instead_of_the_products(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, price=1800)

    order = place(session, request(cast, LineRequest("LAMP", 2, unit_price=999)), by=cast.actor())

    assert (order.lines[0].unit_price, order.total) == (999, 1998)


def test_placing_is_told_once_and_begins_the_status_history(session: Session, cast: Cast) -> None:
    order = cast.order()

    told = session.execute(select(EventLog.name, EventLog.data).where(EventLog.subject == "order").order_by(EventLog.id)).all()
    assert [row.name for row in told] == ["OrderPlaced", "OrderStatusChanged"]
    assert told[0].data == {"order_id": order.id, "number": order.number, "channel": "desk", "total": 3600, "currency": "USD"}
    assert (told[1].data["before"], told[1].data["after"]) == ("draft", "unpaid")


def test_a_shortfall_writes_nothing_and_says_what_is_missing(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 1)
    cast.stock("SHADE", 50)

    with pytest.raises(OutOfStock) as refusal, session.begin_nested():
        place(session, request(cast, LineRequest("SHADE", 2), LineRequest("LAMP", 3)), by=cast.actor())

    assert refusal.value.missing == {cast.product("LAMP").id: 2}
    assert refusal.value.errors[0].facts == {"sku": "LAMP", "product_id": cast.product("LAMP").id, "requested": 3, "available": 1}
    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert session.scalar(select(func.sum(StockLevel.reserved))) == 0


def test_two_lines_of_one_product_are_summed_before_the_check(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)

    with pytest.raises(OutOfStock) as refusal, session.begin_nested():
        place(session, request(cast, LineRequest("LAMP", 3), LineRequest("lamp", 3)), by=cast.actor())
    order = place(session, request(cast, LineRequest("LAMP", 3), LineRequest("lamp", 2)), by=cast.actor())

    assert refusal.value.errors[0].facts["requested"] == 6
    assert [line.ordered for line in order.lines] == [3, 2]


def test_paid_from_the_balance_at_once_it_is_paid_and_on_its_way_to_the_warehouse(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=5000, reference="", by=SYSTEM)

    order = place(session, request(cast, LineRequest("LAMP", 2), pay_from_balance=True), by=cast.actor())

    assert order.status == OrderStatus.PAID
    assert order.covered_at is not None
    assert account_for(session, order.customer_id, "USD").balance == 1400
    assert session.scalar(select(func.count()).select_from(Shipment).where(Shipment.order_id == order.id)) == 1


def test_too_small_a_balance_refuses_the_whole_order(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    deposit(session, customer_id=cast.customer().id, currency="USD", amount=3599, reference="", by=SYSTEM)

    with pytest.raises(InsufficientBalance) as refusal, session.begin_nested():
        place(session, request(cast, LineRequest("LAMP", 2), pay_from_balance=True), by=cast.actor())

    assert (refusal.value.facts["balance"], refusal.value.facts["needed"]) == (3599, 3600)
    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert session.scalars(select(StockLevel.reserved)).all() == [0]


def test_an_order_that_costs_nothing_is_paid(session: Session, cast: Cast) -> None:
    cast.stock("GIFT", 5, price=0)

    order = place(session, request(cast, LineRequest("GIFT", 1), pay_from_balance=True), by=cast.actor())

    assert (order.total, order.status) == (0, OrderStatus.PAID)


def test_it_is_found_by_everything_a_person_may_type(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5, name="Messing-Leuchte Größe 3")
    address = Address(line1="文三路 90 号", city="杭州市", region="浙江省", postcode="310012", country="CN")

    order = place(session, request(cast, LineRequest("LAMP", 1), address=address, phone="0571 8765 4321", external_id="SHOP-77"), by=cast.actor())

    typed = (
        order.number,
        order.number.replace("-", "").lower(),
        order.number[:4],
        "shop-77",
        "mina",
        "park mina",
        "mina@example.com",
        "4321",
        "+44 113 496 0001",
        "lamp",
        "grosse",
        "文三",
        "杭州 浙江",
        "310012",
    )
    assert [text for text in typed if not session.scalar(select(Order.id).where(matches(Order.search, text)))] == []
    assert session.scalar(select(Order.id).where(matches(Order.search, "lampe"))) is None


def test_every_problem_is_named_at_once_with_its_field(session: Session, cast: Cast) -> None:
    cast.product("OLD", sellable=False)
    cast.product("LAMP")
    cast.product("YEN", currency="JPY")
    lines = [
        LineRequest("NONE", 1),
        LineRequest("OLD", 1),
        LineRequest("LAMP", 0),
        LineRequest("LAMP", 1_000_000, unit_price=-1, discount_bp=10_001),
        LineRequest("YEN", 1),
    ]

    with pytest.raises(Invalid) as refusal:
        place(
            session,
            request(cast, *lines, name="", address=Address(line1="12 Park Row", country="GB"), phone="12", email="mina", shipping=-1),
            by=cast.actor(),
        )

    assert {(error.pointer, error.code) for error in refusal.value.errors} == {
        ("lines-0-sku", "unknown_sku"),
        ("lines-1-sku", "not_sellable"),
        ("lines-2-quantity", "bad_quantity"),
        ("lines-3-quantity", "bad_quantity"),
        ("lines-3-unit_price", "bad_amount"),
        ("lines-3-discount", "bad_discount"),
        ("lines-4-unit_price", "no_price"),
        ("shipping", "bad_amount"),
        ("city", "required"),
        ("postcode", "required"),
        ("phone", "bad_phone"),
        ("email", "bad_email"),
        ("name", "required"),
    }
    assert session.scalar(select(func.count()).select_from(Order)) == 0


@pytest.mark.parametrize(
    ("lines", "pointer", "code"),
    [
        ([], "lines", "no_lines"),
        ([LineRequest("LAMP", 1)] * 501, "lines", "too_many_lines"),
        ([LineRequest("LAMP", 999_999, unit_price=10**14)], "lines", "amount_too_large"),
        ([LineRequest("LAMP", 999_999, unit_price=10**14, discount_bp=10_000)], "lines", "amount_too_large"),
    ],
)
def test_an_order_of_nothing_or_of_too_much_is_refused(session: Session, cast: Cast, lines: list[LineRequest], pointer: str, code: str) -> None:
    cast.stock("LAMP", 999_999)
    with pytest.raises(Invalid) as refusal:
        place(session, request(cast, *lines), by=cast.actor())
    assert [(error.pointer, error.code) for error in refusal.value.errors] == [(pointer, code)]


def test_an_unknown_customer_currency_or_channel_is_named(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    for changed, pointer in (({"customer_id": 987654}, "customer"), ({"currency": "usd"}, "currency"), ({"channel": "nowhere"}, "channel")):
        with pytest.raises(Invalid) as refusal:
            place(session, request(cast, LineRequest("LAMP", 1, unit_price=100), **changed), by=cast.actor())
        assert [error.pointer for error in refusal.value.errors] == [pointer]


def test_five_hundred_lines_are_one_order(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 500, price=1)
    order = place(session, request(cast, *[LineRequest("LAMP", 1)] * 500), by=cast.actor())
    assert (len(order.lines), order.total) == (500, 500)


def test_history_keeps_its_date_and_is_not_held_to_todays_address_rules(session: Session, cast: Cast) -> None:
    cast.stock("OLD", 5, sellable=False)
    moment = datetime(1996, 7, 4, tzinfo=UTC)
    asked = request(
        cast, LineRequest("OLD", 1), channel="import", address=Address(city="Reims", country="FR"), phone="26.47.15.10", imported_at=moment
    )

    order = place(session, asked, by=cast.actor(), at=moment)

    assert order.placed_at == moment
    assert session.scalars(select(EventLog.at).where(EventLog.name.in_(["OrderPlaced", "OrderStatusChanged"]))).all() == [moment, moment]


def test_somebody_new_is_registered_with_their_order_or_not_at_all(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    details = CustomerDetails("Jo Blank", email="jo@blank.example", address=LEEDS)

    with pytest.raises(Invalid) as refusal:
        place_for_somebody_new(session, request(cast, LineRequest("NONE", 1), customer_id=0, name=""), details=details, by=cast.actor())
    assert [error.pointer for error in refusal.value.errors] == ["lines-0-sku", "name"], "the address and the goods at once"
    assert session.scalar(select(func.count()).select_from(Customer)) == 0

    order = place_for_somebody_new(session, request(cast, LineRequest("LAMP", 1), customer_id=0), details=details, by=cast.actor())
    assert session.scalars(select(Customer)).one().id == order.customer_id


def test_a_channels_order_is_placed_once(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 5)
    first = place(session, request(cast, LineRequest("LAMP", 1), external_id="SHOP-7"), by=cast.actor())

    with pytest.raises(AlreadyPlaced) as refusal:
        place(session, request(cast, LineRequest("LAMP", 1), external_id="SHOP-7"), by=cast.actor())
    elsewhere = place(session, request(cast, LineRequest("LAMP", 1), external_id="SHOP-7", channel="import"), by=cast.actor())

    assert refusal.value.facts == {"number": first.number}
    assert elsewhere.number != first.number


def test_ten_who_send_the_same_external_order_at_once_make_one(town: Flask) -> None:
    with town.app_context():
        cast = Cast(town)
        cast.stock("LAMP", 50)
        asked = request(cast, LineRequest("LAMP", 1), external_id="SHOP-7")
        db.session().commit()

    def send(_turn: int) -> str:
        with town.app_context():
            try:
                return in_transaction(lambda session: place(session, asked, by=SYSTEM).number)
            except AlreadyPlaced as refusal:
                return str(refusal.facts["number"])

    with ThreadPoolExecutor(10) as threads:
        numbers = set(threads.map(send, range(10)))

    with town.app_context():
        assert list(db.session().scalars(select(Order.number))) == list(numbers)
        assert db.session().scalar(select(StockLevel.reserved)) == 1


def test_thirty_two_who_want_the_last_ten_get_ten(town: Flask) -> None:
    with town.app_context():
        cast = Cast(town)
        cast.stock("LAMP", 6)
        cast.stock("LAMP", 4, at="HANGZHOU")
        asked = request(cast, LineRequest("LAMP", 1))
        db.session().commit()

    def buy(_turn: int) -> str:
        with town.app_context():
            try:
                in_transaction(lambda session: place(session, asked, by=SYSTEM))
                return "sold"
            except OutOfStock:
                return "out of stock"

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(buy, range(32)))

    with town.app_context():
        assert answers.count("sold") == 10
        assert db.session().execute(select(StockLevel.on_hand, StockLevel.reserved).order_by(StockLevel.id)).all() == [(6, 6), (4, 4)]
        assert db.session().scalar(select(func.count()).select_from(OrderLine)) == 10


@pytest.mark.parametrize(
    "lines",
    [
        [LineRequest("LAMP", 1, unit_price=79_999)],
        [LineRequest("LAMP", 1, discount_bp=2001)],
        [LineRequest("LAMP", 1, unit_price=90_000), LineRequest("LAMP", 1, discount_bp=1100)],
        [LineRequest("LAMP", 1, unit_price=0), LineRequest("LAMP", 1, unit_price=10**9)],
    ],
    ids=["price", "discount", "together", "another line dearer"],
)
def test_only_who_may_gives_much_away(session: Session, cast: Cast, lines: list[LineRequest]) -> None:
    cast.stock("LAMP", 10, price=100_000)

    with pytest.raises(OverDiscountLimit) as refusal:
        place(session, request(cast, *lines), by=cast.actor())

    assert (refusal.value.status, refusal.value.errors[0].facts) == (403, {"limit": 20_000})
    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert place(session, request(cast, *lines, any_price=True), by=cast.actor("manager")).number


def test_a_little_may_be_given_away_by_everybody_who_takes_orders(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, price=100_000)

    order = place(session, request(cast, LineRequest("LAMP", 1, unit_price=90_000), LineRequest("LAMP", 1, discount_bp=1000)), by=cast.actor())

    assert order.total == 180_000


def test_goods_without_a_price_in_the_orders_currency_are_a_managers_to_price(session: Session, cast: Cast) -> None:
    cast.stock("LAMP", 10, price=100_000)
    yen = request(cast, LineRequest("LAMP", 1, unit_price=1), currency="JPY")

    with pytest.raises(OverDiscountLimit):
        place(session, yen, by=cast.actor())
    assert place(session, replace(yen, any_price=True), by=cast.actor("manager")).total == 1


def request(cast: Cast, *lines: LineRequest, **changes: Any) -> OrderRequest:
    """What a clerk asks for Mina Park."""
    given = {"channel": "desk", "name": "Mina Park", "address": LEEDS, "currency": "USD", **changes}
    if "customer_id" not in given:
        given["customer_id"] = cast.customer().id
    return OrderRequest(lines=lines, **given)


def test_an_unpaid_order_keeps_its_stock_as_long_as_its_channel_says(session: Session, cast: Cast) -> None:
    cast.channel("market", payment_timeout_minutes=90)
    patient = cast.channel("patient", payment_timeout_minutes=None)

    order, for_ever = cast.order(channel="market"), cast.order(channel=patient.code)

    assert order.expires_at == order.placed_at + timedelta(minutes=90)
    assert for_ever.expires_at is None


def test_a_closed_channel_takes_no_orders(session: Session, cast: Cast) -> None:
    cast.channel("market", active=False)

    with pytest.raises(Invalid) as refusal:
        cast.order(channel="market")

    assert [error.code for error in refusal.value.errors] == ["closed_channel"]


def test_what_an_order_says_of_shipping_stands_over_its_channel(session: Session, cast: Cast) -> None:
    cast.channel("market", ship_complete=False)

    assert cast.order(channel="market").ship_complete is False
    assert cast.order(channel="market", ship_complete=True).ship_complete is True


def test_a_priority_of_none_there_is_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.order(priority=10)

    assert [error.pointer for error in refusal.value.errors] == ["priority"]
