"""Programs pay for orders."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.customers.crediting import deposit
from logistics.customers.models import Customer, Entry
from logistics.orders.models import PaymentIncident
from logistics.payments.models import Payment
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.doors import fingerprints


@pytest.fixture
def shop(cast: Cast) -> Program:
    """A program of the channel shop; lamps of 18.00 to be ordered."""
    cast.made(lambda: (cast.channel("shop"), cast.stock("LAMP", 500)))
    return program(cast, "orders", channel="shop")


def placed(shop: Program, **more: Any) -> str:
    return str(shop.post("/orders", order_body(**more)).get_json()["number"])


def pay(shop: Program, number: str, **body: Any) -> Any:
    return shop.post(f"/orders/{number}/payment", body)


def test_a_transfer_in_parts_pays_the_order(shop: Program) -> None:
    number = placed(shop)

    first = pay(shop, number, method="transfer", amount="10.00", reference="BANK-1").get_json()
    assert (first["status"], first["payment"]) == (
        "unpaid",
        {"method": "transfer", "state": "captured", "standing": "part_paid", "received": "10.00", "open": "26.00", "pay_url": None},
    )
    rest = pay(shop, number, method="transfer", reference="BANK-2").get_json()
    assert (rest["status"], rest["payment"]["standing"], rest["payment"]["received"]) == ("paid", "paid", "36.00")


def test_the_same_transfer_again_is_booked_once_with_another_key_too(shop: Program, session: Session) -> None:
    number, key = placed(shop), new_key()
    body = {"method": "transfer", "amount": "36.00", "reference": "BANK-1"}

    answers = [shop.post(f"/orders/{number}/payment", body, once=once) for once in (key, key, new_key())]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert session.scalar(select(func.sum(Payment.captured))) == 3600


def test_more_than_is_open_is_taken_and_somebody_is_asked_to_look(shop: Program, session: Session) -> None:
    answer = pay(shop, placed(shop), method="transfer", amount="40.00", reference="BANK-1").get_json()

    assert (answer["payment"]["standing"], answer["payment"]["received"]) == ("overpaid", "40.00")
    assert session.scalars(select(PaymentIncident.kind)).all() == ["overpaid"]


def test_money_for_a_cancelled_order_goes_on_to_the_account(shop: Program, session: Session) -> None:
    number = placed(shop)
    shop.post(f"/orders/{number}/cancellation", {"reason": "customer"})

    answer = pay(shop, number, method="transfer", amount="36.00", reference="BANK-1").get_json()

    assert (answer["status"], answer["payment"]["standing"], answer["payment"]["received"]) == ("cancelled", "given_back", "0.00")
    assert session.scalars(select(Entry.balance_delta)).all() == [3600]
    assert session.scalars(select(PaymentIncident.kind)).all() == ["money_after_cancellation"]


def test_the_balance_pays_all_or_nothing(shop: Program, cast: Cast, session: Session) -> None:
    number = placed(shop)
    refused = pay(shop, number, method="balance")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "insufficient_balance")
    customer = session.scalars(select(Customer.id)).one()
    cast.made(lambda: deposit(cast.session, customer_id=customer, currency="USD", amount=5000, reference="", by=SYSTEM))

    assert [pay(shop, number, method="balance").get_json()["status"] for _turn in range(2)] == ["paid", "paid"]
    assert session.scalar(select(func.sum(Payment.captured))) == 3600


def test_on_delivery_it_goes_out_and_is_never_called_paid(shop: Program) -> None:
    placed_so = shop.post("/orders", order_body(payment={"method": "cod"})).get_json()
    later = pay(shop, placed(shop), method="cod").get_json()

    for answer in (placed_so, later):
        assert answer["payment"] == {"method": "cod", "state": "authorised", "standing": "cod", "received": "0.00", "open": "0.00", "pay_url": None}


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"method": "card"}, "/method", "unsupported_method"),
        ({"method": "gold"}, "/method", "unsupported_method"),
        ({}, "/method", "required"),
        ({"method": "transfer", "amount": "1.00"}, "/reference", "required"),
        ({"method": "transfer", "amount": "0", "reference": "B"}, "/amount", "bad_amount"),
        ({"method": "transfer", "amount": "-1", "reference": "B"}, "/amount", "bad_amount"),
        ({"method": "transfer", "amount": "1.001", "reference": "B"}, "/amount", "too_many_decimals"),
        ({"method": "transfer", "amount": 1, "reference": "B"}, "/amount", "bad_type"),
        ({"method": "balance", "amount": "1.00"}, "/amount", "unsupported_field"),
        ({"method": "cod", "reference": "B"}, "/reference", "unsupported_field"),
        ({"method": "transfer", "reference": "B", "card_token": "tok"}, "/card_token", "unsupported_field"),
        ({"method": "transfer", "sum": "1.00"}, "/sum", "unknown_field"),
    ],
)
def test_what_cannot_be_taken_is_named_and_changes_nothing(shop: Program, session: Session, body: dict[str, Any], pointer: str, code: str) -> None:
    number = placed(shop)
    before = fingerprints(session)

    answer = shop.post(f"/orders/{number}/payment", body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.get_json()["errors"]] == [(pointer, code)]
    assert {table for table, digest in fingerprints(session).items() if digest != before[table]} == set()


def test_a_reference_of_another_amount_is_a_conflict(shop: Program) -> None:
    number = placed(shop)
    pay(shop, number, method="transfer", amount="10.00", reference="BANK-1")

    answer = pay(shop, number, method="transfer", amount="11.00", reference="BANK-1")

    assert (answer.status_code, answer.get_json()["code"]) == (409, "reference_used")


def test_another_channels_order_is_not_there_to_be_paid(shop: Program, cast: Cast) -> None:
    desks = cast.made(lambda: cast.order().number)

    assert pay(shop, desks, method="cod").status_code == 404
