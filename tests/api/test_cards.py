"""Orders paid by card over the API: the order and its key are committed before the provider is asked, the answer after it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.database import db
from logistics.orders.models import Order
from logistics.payments.models import Payment
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.payments.cards import Till
from tests.payments.fake_gateway import FakeGateway

ONCE = "order-1001"


@pytest.fixture
def bank(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The provider."""
    fake = FakeGateway()
    monkeypatch.setitem(app.config, "GATEWAYS", {"fake": fake})
    return fake


@pytest.fixture
def shop(cast: Cast, bank: FakeGateway) -> Program:
    """A program, and lamps to be ordered."""
    cast.made(lambda: cast.stock("LAMP", 50))
    return program(cast)


def by_card(means: str | None = "tok_1") -> dict[str, Any]:
    """Two lamps, by card."""
    return order_body(payment={"method": "card", **({"card_token": means} if means else {})})


def test_a_token_is_authorised_and_the_order_paid(shop: Program) -> None:
    answer = shop.post("/orders", by_card())

    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["status"], told["payment"]) == (
        "paid",
        {"method": "card", "state": "authorised", "standing": "paid", "received": "0.00", "open": "0.00", "pay_url": None},
    )
    assert answer.headers["Location"].endswith(told["number"])


def test_without_a_token_there_is_a_page_for_the_customer(shop: Program) -> None:
    told = shop.post("/orders", by_card(None)).get_json()

    assert (told["status"], told["payment"]) == (
        "unpaid",
        {"method": "card", "state": "created", "standing": "unpaid", "received": "0.00", "open": "36.00", "pay_url": "https://pay.example/fp_1"},
    )


def test_a_card_whose_holder_has_to_confirm_it_waits_for_them(shop: Program) -> None:
    told = shop.post("/orders", by_card("3ds")).get_json()

    assert (told["status"], told["payment"]["pay_url"]) == ("unpaid", "https://pay.example/fp_1")


def test_a_declined_card_leaves_a_placed_unpaid_order(shop: Program, bank: FakeGateway) -> None:
    bank.trouble = "card_declined"

    answer = shop.post("/orders", by_card())

    assert answer.status_code == 201
    assert (answer.get_json()["status"], answer.get_json()["payment"]["state"]) == ("unpaid", "failed")


def test_the_same_request_again_gets_the_last_answer_and_charges_nothing(shop: Program, bank: FakeGateway) -> None:
    first, again = shop.post("/orders", by_card(), once=ONCE), shop.post("/orders", by_card(), once=ONCE)

    assert first.data == again.data
    assert again.headers["Idempotent-Replayed"] == "true"
    assert bank.calls == ["authorise"]


@pytest.mark.parametrize("trouble", ["before", "after"])
def test_a_provider_that_does_not_answer_leaves_the_answer_as_it_stood(shop: Program, bank: FakeGateway, trouble: str) -> None:
    bank.trouble = trouble

    answer = shop.post("/orders", by_card(), once=ONCE)

    assert answer.status_code == 201
    assert (answer.get_json()["status"], answer.get_json()["payment"]["state"]) == ("unpaid", "created")
    assert shop.post("/orders", by_card(), once=ONCE).data == answer.data
    assert bank.calls == ["authorise"]


def test_the_number_of_a_card_is_refused_and_kept_nowhere(shop: Program, bank: FakeGateway, cast: Cast) -> None:
    for number in ("4242424242424242", "4242 4242 4242 4242", "378282-246310-005"):
        answer = shop.post("/orders", by_card(number))

        assert answer.status_code == 422
        assert [(error["code"], error["pointer"]) for error in answer.get_json()["errors"]] == [("card_number", "/payment/card_token")]
    assert bank.calls == []
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_program_may_not_cancel_while_the_card_is_asked(shop: Program, bank: FakeGateway) -> None:
    bank.trouble = "before"
    number = shop.post("/orders", by_card()).get_json()["number"]

    answer = shop.post(f"/orders/{number}/cancellation", {"reason": "customer"})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "payment_in_flight")


def test_a_cancelled_order_is_not_charged_and_the_program_is_told_so(shop: Program, bank: FakeGateway) -> None:
    number = shop.post("/orders", order_body()).get_json()["number"]
    shop.post(f"/orders/{number}/cancellation", {"reason": "customer"})

    answer = shop.post(f"/orders/{number}/payment", {"method": "card", "card_token": "tok_1"})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "illegal_move")
    assert bank.calls == []


def test_an_order_that_was_sent_before_is_not_charged_again(shop: Program, bank: FakeGateway, cast: Cast) -> None:
    shop.post("/orders", {**by_card(), "external_id": "WEB-1"})

    answer = shop.post("/orders", {**by_card(), "external_id": "WEB-1"})

    assert answer.status_code == 200
    assert bank.calls == ["authorise"]
    with cast.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Payment)) == 1
    Till(cast.app, bank).agree()
