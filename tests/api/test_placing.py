"""Programs place orders: by the same capability as the desk, all of it or nothing (T2, P3, P7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.auditing import audit
from logistics.core.database import db
from logistics.customers.crediting import deposit
from logistics.customers.models import Account, Customer
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails
from logistics.notifications.models import Message
from logistics.orders.models import Order
from tests.api.programs import order_body, program
from tests.cast import Cast
from tests.doors import fingerprints

GB = {"name": "Mina Park", "line1": "12 Park Row", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB"}


def test_an_order_is_placed_and_told_in_full(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), cast.stock("SHADE", 1, price=250)))
    shop = program(cast)
    body = order_body(("lamp", 2), ("SHADE", 1), external_id="WEB-1", shipping="4.50", note="Ring\ntwice", priority=3)
    body["lines"][1]["note"] = "As a gift"

    answer = shop.post("/orders", body)

    assert answer.status_code == 201, answer.text
    told = answer.get_json()
    order = session.scalars(select(Order)).one()
    line = {"cancelled": 0, "shipped": 0, "delivered": 0, "discount": "0%", "discount_share": "0.00", "tax_rate": "0%", "tax": "0.00"}
    assert {name: told[name] for name in told if name not in ("placed_at", "expires_at", "tracking_url", "links")} == {
        "number": order.number,
        "external_id": "WEB-1",
        "channel": "api",
        "status": "unpaid",
        "cancel_reason": None,
        "currency": "USD",
        "merchandise": "38.50",
        "discount": "0.00",
        "shipping": "4.50",
        "tax": "0.00",
        "tax_included": True,
        "total": "43.00",
        "priority": 3,
        "note": "Ring\ntwice",
        "hold": None,
        "customer_reference": None,
        "ship_to": {**GB, "phone": "+44 113 496 0001", "line2": "", "district": "", "region": ""},
        "lines": [
            {**line, **_at_leeds(2), "sku": "LAMP", "name": "Lamp thing", "unit_price": "18.00", "net": "36.00", "note": ""},
            {**line, **_at_leeds(1), "sku": "SHADE", "name": "Shade thing", "unit_price": "2.50", "net": "2.50", "note": "As a gift"},
        ],
        "payment": None,
    }
    assert answer.headers["Location"] == f"/api/v1/orders/{order.number}"
    assert told["links"]["self"].endswith(f"/api/v1/orders/{order.number}")
    assert datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["placed_at"]) == timedelta(days=1)
    assert shop.get(f"/orders/{order.number.lower()}").get_json() == told
    assert cast.client(None).get("/track/" + told["tracking_url"].rpartition("/")[2]).status_code == 200


def test_paid_from_the_balance_it_is_paid_at_once_and_never_expires(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _rich(cast, 5000)))

    answer = program(cast).post("/orders", order_body(customer={"name": "Mina", "reference": "mina"}, payment={"method": "balance"}))

    told = answer.get_json()
    assert (answer.status_code, told["status"], told["payment"], told["expires_at"]) == (
        201, "paid", {"method": "balance", "state": "captured", "standing": "paid", "received": "36.00", "open": "0.00", "pay_url": None}, None,
    )  # fmt: skip
    assert told["customer_reference"] == "MINA"
    assert session.scalars(select(Account.balance)).all() == [1400]
    assert session.scalars(select(Message.milestone)).all() == ["confirmed"]


def test_a_transfer_leaves_it_unpaid(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))

    told = program(cast).post("/orders", order_body(payment={"method": "transfer"})).get_json()

    assert (told["status"], told["payment"]) == ("unpaid", None)


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"lines": [{"sku": "LAMP", "quantity": 3}, {"sku": "lamp", "quantity": 3}]}, 409, "insufficient_stock", "/lines/0/quantity"),
        ({"lines": [{"sku": "SHADE", "quantity": 1}, {"sku": "lamp", "quantity": 9}]}, 409, "insufficient_stock", "/lines/1/quantity"),
        ({"customer": {"name": "M", "reference": "MINA"}, "payment": {"method": "balance"}}, 409, "insufficient_balance", None),
        ({"payment": {"method": "balance"}}, 422, "required", "/customer/reference"),
        ({"payment": {"method": "card", "card_token": "tok_1"}}, 422, "unsupported_method", "/payment/method"),
        ({"payment": {"method": "transfer", "card_token": "tok_1"}}, 422, "unsupported_field", "/payment/card_token"),
        ({"payment": {"method": "transfer", "reference": "BANK 1"}}, 422, "unsupported_field", "/payment/reference"),
        ({"lines": [{"sku": "LAMP", "quantity": 1, "unit_price": "1.00"}]}, 403, "missing_scope", "/lines/0/unit_price"),
        ({"discount": "10%"}, 403, "missing_scope", "/discount"),
        ({"currency": "EUR"}, 422, "no_price", "/lines/0/unit_price"),
        ({"lines": [{"sku": "LAMP", "quantity": 1}, {"sku": "NOPE", "quantity": 1}]}, 422, "unknown_sku", "/lines/1/sku"),
        ({"lines": [{"sku": "OLD", "quantity": 1}]}, 422, "not_sellable", "/lines/0/sku"),
        ({"priority": 10}, 422, "bad_priority", "/priority"),
        ({"ship_to": {**GB, "postcode": "nowhere"}}, 422, "bad_postcode", "/ship_to/postcode"),
        ({"ship_to": {"name": "Mina", "country": "GB"}}, 422, "required", "/ship_to/line1"),
        ({"ship_to": {**GB, "phone": "12"}}, 422, "bad_phone", "/ship_to/phone"),
        ({"customer": {"name": "Mina", "phone": "12"}}, 422, "bad_phone", "/customer/phone"),
        ({"customer": {"name": "Mina", "phone": "12"}, "ship_to": {**GB, "phone": "+44 113 496 0001"}}, 422, "bad_phone", "/customer/phone"),
    ],
)
def test_what_is_refused_points_into_the_body_and_writes_nothing(
    cast: Cast, session: Session, changes: dict[str, Any], status: int, code: str, pointer: str | None
) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), cast.stock("SHADE", 5), cast.product("OLD", sellable=False), _rich(cast, 100)))
    shop = program(cast)
    before = fingerprints(session)

    answer = shop.post("/orders", order_body(**changes))

    assert answer.status_code == status, answer.text
    problem = answer.get_json()
    assert code in {problem["code"], *(error["code"] for error in problem.get("errors", []))}
    if pointer:
        assert (pointer, code) in [(error["pointer"], error["code"]) for error in problem["errors"]]
    assert fingerprints(session) == before


def test_a_shortage_says_how_much_there_is(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))

    problem = program(cast).post("/orders", order_body(("LAMP", 9))).get_json()

    (error,) = problem["errors"]
    assert (error["sku"], error["requested"], error["available"]) == ("LAMP", 9, 5)
    assert problem["request_id"]


def test_a_key_with_the_scope_names_its_own_prices(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 500))
    body = order_body(("LAMP", 100), discount="12.5%")
    body["lines"][0]["unit_price"] = "1.00"

    told = program(cast, "orders", "prices").post("/orders", body).get_json()

    assert (told["lines"][0]["unit_price"], told["lines"][0]["discount"], told["total"]) == ("1.00", "12.5%", "87.50")


def test_an_amount_is_taken_off_the_goods_and_taxes_are_told(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), cast.stock("SHADE", 5, price=250, tax_class="reduced"), cast.taxes("GB", 2000, 500)))
    cast.made(lambda: cast.channel("api", tax_included=False))
    shop = program(cast, "orders", "prices")
    body = order_body(("LAMP", 2), ("SHADE", 1), discount="3.85", shipping="5.00", total="47.24", external_id="WEB-9")

    told = shop.post("/orders", body).get_json()
    again = shop.post("/orders", body)
    other = [shop.post("/orders", {**body, **change}) for change in ({"discount": "3.84"}, {"total": "47.25"}, {"discount": None})]

    money = ("merchandise", "discount", "shipping", "tax", "tax_included", "total")
    assert [told[name] for name in money] == ["34.65", "3.85", "5.00", "7.59", False, "47.24"]
    line = ("discount_share", "net", "tax_rate", "tax")
    assert [[one[name] for name in line] for one in told["lines"]] == [["3.60", "32.40", "20%", "6.48"], ["0.25", "2.25", "5%", "0.11"]]
    assert (again.status_code, again.get_json()["number"]) == (200, told["number"])
    assert [(answer.status_code, answer.get_json()["code"]) for answer in other] == [(409, "already_placed")] * 3


def test_another_total_is_refused_with_both_numbers(cast: Cast) -> None:
    """B17."""
    cast.made(lambda: cast.stock("LAMP", 5))

    answer = program(cast).post("/orders", order_body(total="35.99"))

    (error,) = answer.get_json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "/total", "total_differs")
    assert (error["total"], error["given"]) == ("36.00", "35.99")
    assert program(cast).post("/orders", order_body(total="36.00")).status_code == 201


def test_amounts_are_read_in_the_orders_currency(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("SENCHA", 5, currency="JPY", price=1500), cast.stock("OUD", 5, currency="KWD", price=1500)))
    shop = program(cast)

    yen = shop.post("/orders", order_body(("SENCHA", 2), currency="JPY", shipping="300"))
    dinar = shop.post("/orders", order_body(("OUD", 2), currency="KWD", shipping="0.250"))
    wrong = shop.post("/orders", order_body(("SENCHA", 2), currency="JPY", shipping="3.00"))

    assert (yen.get_json()["total"], dinar.get_json()["total"]) == ("3300", "3.250")
    assert [(error["pointer"], error["code"]) for error in wrong.get_json()["errors"]] == [("/shipping", "too_many_decimals")]


def test_a_closed_channel_takes_no_orders(cast: Cast) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), cast.channel("shop", active=False)))

    answer = program(cast, channel="shop").post("/orders", order_body())

    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [("/channel", "closed_channel")]


# --- Whom it is for ---


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"name": "Anybody", "reference": "mina"}, True),
        ({"name": "mina park", "email": "MINA@example.com"}, True),
        ({"name": "Mina Park", "phone": "0113 496 0001"}, True),
        ({"name": "Mina Park", "email": "other@example.com"}, False),
        ({"name": "Somebody Else", "email": "mina@example.com"}, False),
        ({"name": "Mina Park", "phone": "+44 113 496 0002"}, False),
        ({"name": "Mina Park"}, False),
        ({"name": "Mina Park", "email": "mina@example.com", "reference": "MINA-2"}, False),
    ],
)
def test_the_customer_is_found_by_reference_or_by_name_and_address(cast: Cast, session: Session, said: dict[str, str], known: bool) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _rich(cast, 1)))

    answer = program(cast).post("/orders", order_body(customer=said))

    assert answer.status_code == 201, answer.text
    assert session.scalar(select(func.count()).select_from(Customer)) == (1 if known else 2)
    told = answer.get_json()["customer_reference"]
    assert told == ("MINA" if known else said.get("reference"))


def test_two_of_the_same_name_and_address_are_not_guessed_between(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _rich(cast, 1), _rich(cast, 1, reference="MINA-2")))

    assert program(cast).post("/orders", order_body()).status_code == 201
    assert session.scalar(select(func.count()).select_from(Customer)) == 3


def test_where_a_known_customer_is_written_to_is_known_and_told_to_no_program(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _rich(cast, 1, language="zh_Hans")))

    answer = program(cast).post("/orders", order_body(customer={"name": "M. Park", "reference": "MINA"}))

    order = session.scalars(select(Order)).one()
    assert (order.email, order.phone, order.language, order.name) == ("mina@example.com", "", "zh_Hans", "Mina Park")
    assert order.customer.name == "Mina Park"
    assert "mina@example.com" not in answer.text
    assert "496 0001" not in answer.text


def test_an_address_of_theirs_that_cannot_be_written_to_stops_no_order(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 5), _rich(cast, 1, email="nonsense")))

    answer = program(cast).post("/orders", order_body(customer={"name": "Mina", "reference": "MINA"}))

    assert answer.status_code == 201, answer.text
    assert session.scalars(select(Order.email)).one() == ""


def test_somebody_new_is_taken_into_the_books_and_written_to_in_their_language(cast: Cast, session: Session) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    hangzhou = {"name": "李娜", "line1": "文三路188号", "district": "西湖区", "city": "杭州市", "region": "浙江省", "country": "CN"}

    told = program(cast).post("/orders", order_body(customer={"name": "李娜", "reference": "LI-NA"}, ship_to=hangzhou)).get_json()

    customer = session.scalars(select(Customer)).one()
    assert (customer.name, customer.reference, customer.language, customer.city) == ("李娜", "LI-NA", "zh_Hans", "杭州市")
    assert customer.address == Address("文三路188号", "", "西湖区", "杭州市", "浙江省", "", "CN")
    assert told["ship_to"]["line1"] == "文三路188号"
    assert session.scalars(select(Order.language)).one() == "zh_Hans"


# --- The same order again (P7) ---


def test_the_same_order_under_another_one_time_key_is_the_order_it_became(cast: Cast, session: Session) -> None:
    cast.made(lambda: cast.stock("LAMP", 5))
    shop = program(cast)
    first = shop.post("/orders", order_body(external_id="WEB-1"))

    again = shop.post("/orders", order_body(external_id="WEB-1"))

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert again.headers["Location"] == first.headers["Location"]
    assert session.scalar(select(func.count()).select_from(Order)) == 1
    assert [finding.invariant.code for finding in audit(db.engine) if finding.offenders] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": [{"sku": "LAMP", "quantity": 3}]},
        {"lines": [{"sku": "LAMP", "quantity": 2}, {"sku": "LAMP", "quantity": 1}]},
        {"shipping": "1.00"},
        {"ship_to": {**GB, "line1": "13 Park Row"}},
    ],
)
def test_the_same_number_for_another_order_is_a_conflict_that_names_it(cast: Cast, session: Session, changes: dict[str, Any]) -> None:
    cast.made(lambda: cast.stock("LAMP", 9))
    shop = program(cast)
    number = shop.post("/orders", order_body(external_id="WEB-1")).get_json()["number"]
    before = fingerprints(session)

    answer = shop.post("/orders", order_body(external_id="WEB-1", **changes))

    problem = answer.get_json()
    assert (answer.status_code, problem["code"], problem["errors"][0]["number"]) == (409, "already_placed", number)
    assert problem["errors"][0]["pointer"] == "/external_id"
    assert fingerprints(session) == before


def test_a_new_price_of_the_product_makes_no_other_order_of_it(cast: Cast) -> None:
    cast.made(lambda: cast.stock("LAMP", 9))
    shop = program(cast)
    shop.post("/orders", order_body(external_id="WEB-1"))
    cast.made(lambda: setattr(cast.product("LAMP"), "price", 9900))

    assert shop.post("/orders", order_body(external_id="WEB-1")).status_code == 200


def test_the_same_number_in_another_channel_is_another_order(cast: Cast, session: Session) -> None:
    cast.made(lambda: (cast.stock("LAMP", 9), cast.channel("shop")))

    for channel in ("api", "shop"):
        assert program(cast, channel=channel).post("/orders", order_body(external_id="WEB-1")).status_code == 201
    assert session.scalar(select(func.count()).select_from(Order)) == 2


def test_placing_asks_the_database_a_steady_number_of_times(app: Flask, cast: Cast, queries: Any) -> None:
    cast.made(lambda: ([cast.stock(f"SKU-{at}", 50) for at in range(40)], _rich(cast, 1)))
    shop = program(cast)
    counts = []
    for lines in (2, 40):
        queries.count = 0
        body = order_body(*((f"SKU-{at}", 1) for at in range(lines)), customer={"name": "M", "reference": "MINA"})
        assert shop.post("/orders", body).status_code == 201
        counts.append(queries.count)

    assert counts[0] <= 40
    assert counts[1] <= counts[0] + 2


def _rich(cast: Cast, amount: int, **values: Any) -> Customer:
    """Mina Park as staff took her into the books, with so much on her account."""
    given = {"reference": "MINA", "email": "mina@example.com", "phone": "+44 113 496 0001", "language": "en", **values}
    address = Address("12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
    customer = create_customer(cast.session, details=CustomerDetails("Mina Park", address=address, **given), by=SYSTEM, verify=False)
    deposit(cast.session, customer_id=customer.id, currency="USD", amount=amount, reference="", by=SYSTEM)
    return customer


def _at_leeds(quantity: int) -> dict[str, Any]:
    return {"quantity": quantity, "reservations": [{"warehouse": "LEEDS", "quantity": quantity, "state": "active"}]}
