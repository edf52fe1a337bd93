"""Programs take back: lines of an order, what is left of it, and money within their limit."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.keys import new_key
from logistics.orders.models import Order, OrderCancellation
from logistics.orders.paying import record_transfer
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.doors import fingerprints


@pytest.fixture
def shop(cast: Cast) -> Program:
    """A program with its channel."""
    cast.made(lambda: (cast.stock("LAMP", 100), cast.stock("SHADE", 100)))
    return program(cast, "orders")


def paid(cast: Cast, shop: Program, *lines: tuple[str, int]) -> str:
    """The number of an order of the program's that is paid by transfer."""
    number: str = shop.post("/orders", order_body(*lines)).get_json()["number"]

    def pay() -> None:
        total = cast.session.scalars(select(Order.total).where(Order.number == number)).one()
        record_transfer(cast.session, number=number, amount=total, reference="BANK", by=cast.actor("manager"))

    cast.made(pay)
    return number


def test_units_are_taken_back_by_sku_over_all_lines_of_it(cast: Cast, shop: Program, session: Session) -> None:
    number = paid(cast, shop, ("LAMP", 2), ("SHADE", 1), ("LAMP", 3))
    body = {"reason": "customer", "note": "One too many", "lines": [{"sku": "lamp", "quantity": 4}]}

    answer = shop.post(f"/orders/{number}/cancellation", body)

    assert answer.status_code == 200
    assert [line["cancelled"] for line in answer.get_json()["lines"]] == [1, 0, 3]
    assert (answer.get_json()["status"], answer.get_json()["payment"]["state"]) == ("paid", "part_refunded")
    assert session.scalars(select(OrderCancellation.note)).all() == ["One too many"]


def test_the_same_key_takes_them_back_once(cast: Cast, shop: Program) -> None:
    number, once = paid(cast, shop, ("LAMP", 3)), new_key()
    body = {"reason": "customer", "lines": [{"sku": "LAMP", "quantity": 1}]}

    answers = [shop.post(f"/orders/{number}/cancellation", body, once=once) for _time in range(2)]

    assert [answer.get_json()["lines"][0]["cancelled"] for answer in answers] == [1, 1]
    assert shop.get(f"/orders/{number}").get_json()["lines"][0]["cancelled"] == 1


@pytest.mark.parametrize(
    ("lines", "pointer", "code"),
    [
        ([{"sku": "LAMP", "quantity": 4}], "/lines/0/quantity", "more_than_left"),
        ([{"sku": "LAMP", "quantity": 2}, {"sku": "LAMP", "quantity": 2}], "/lines/1/quantity", "more_than_left"),
        ([{"sku": "SHADE", "quantity": 1}], "/lines/0/sku", "not_in_order"),
        ([{"sku": "LAMP", "quantity": 0}], "/lines/0/quantity", "out_of_range"),
        ([{"sku": "LAMP"}], "/lines/0/quantity", "required"),
        ([], "/lines", "required"),
    ],
)
def test_what_cannot_be_taken_back_is_named_and_nothing_is_written(
    cast: Cast, shop: Program, session: Session, lines: list[dict[str, Any]], pointer: str, code: str
) -> None:
    number = paid(cast, shop, ("LAMP", 3))
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/cancellation", {"reason": "customer", "lines": lines})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert answer.get_json()["errors"][0]["code"] in (code, "bad_quantity")
    assert fingerprints(session) == before


@pytest.mark.parametrize(("state", "status", "code"), [("picked", 403, "already_picked"), ("shipped", 409, "illegal_move")])
def test_picked_and_shipped_units_stay(cast: Cast, shop: Program, session: Session, state: str, status: int, code: str) -> None:
    number = cast.made(lambda: cast.shipment(state=state, channel="api").order.number)
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/cancellation", {"reason": "customer", "lines": [{"sku": "LAMP", "quantity": 1}]})

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert fingerprints(session) == before


def test_money_is_given_back_and_the_order_stays_paid(cast: Cast, shop: Program) -> None:
    number = paid(cast, shop, ("LAMP", 3))

    answer = shop.post(f"/orders/{number}/refunds", {"amount": "12.50", "reason": "damaged", "note": "Scratched"})

    assert answer.status_code == 201
    assert answer.get_json() == {
        "order": number,
        "amount": "12.50",
        "currency": "USD",
        "reason": "damaged",
        "status": "paid",
        "due": "41.50",
        "refundable": "41.50",
    }


def test_above_the_limit_a_program_is_refused_with_the_numbers(cast: Cast, shop: Program, session: Session) -> None:
    number = paid(cast, shop, ("LAMP", 30))
    assert shop.post(f"/orders/{number}/refunds", {"amount": "150.00", "reason": "late"}).status_code == 201
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/refunds", {"amount": "50.01", "reason": "late"})

    assert (answer.status_code, answer.get_json()["code"]) == (403, "over_refund_limit")
    error = answer.get_json()["errors"][0]
    assert (error["pointer"], error["limit"], error["given"]) == ("/amount", 20_000, 15_000)
    assert fingerprints(session) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount": "54.01", "reason": "late"}, "/amount"),
        ({"amount": "0.00", "reason": "late"}, "/amount"),
        ({"amount": "1.234", "reason": "late"}, "/amount"),
        ({"amount": 5, "reason": "late"}, "/amount"),
        ({"amount": "1.00", "reason": "because"}, "/reason"),
        ({"amount": "1.00"}, "/reason"),
        ({"amount": "1.00", "reason": "late", "to": "card"}, "/to"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(cast: Cast, shop: Program, session: Session, body: dict[str, Any], pointer: str) -> None:
    number = paid(cast, shop, ("LAMP", 3))
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/refunds", body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]
    assert fingerprints(session) == before


def test_where_nothing_was_paid_nothing_goes_back(cast: Cast, shop: Program) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]

    answer = shop.post(f"/orders/{number}/refunds", {"amount": "1.00", "reason": "late"})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "illegal_move")
    assert program(cast, "stock").post(f"/orders/{number}/refunds", {"amount": "1.00", "reason": "late"}).status_code == 403
    other = cast.made(lambda: cast.order(pay="transfer").number)
    assert shop.post(f"/orders/{other}/refunds", {"amount": "1.00", "reason": "late"}).status_code == 404
