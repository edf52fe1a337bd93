"""Paying by card at the desk and on the customer's own page, and the hook by which the provider tells of it."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core import jobs
from logistics.core.database import db
from logistics.notifications.models import Message
from logistics.orders import card_tasks
from logistics.orders.linking import public_link
from logistics.orders.models import Order
from logistics.payments.gateways.gateway import Standing
from logistics.payments.models import PaymentNews
from tests.payments.cards import Till
from tests.payments.fake_gateway import SIGNATURE

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_desk_makes_a_page_and_shows_its_link(till: Till) -> None:
    number = till.order()
    clerk = till.cast.client("clerk")
    assert "Pay by card" in clerk.get(f"/orders/{number}").text

    answer = clerk.post(f"/orders/{number}/payment-page", headers=PARTIAL)

    assert answer.status_code == 200
    assert 'href="https://pay.example/fp_1"' in answer.text
    assert "Waiting for the customer" in answer.text
    assert clerk.post(f"/orders/{number}/payment-page").status_code == 303
    assert till.bank.calls == ["checkout"]


def test_a_provider_that_does_not_answer_is_said_to_be_settled(till: Till) -> None:
    number = till.order()
    till.bank.trouble = "before"

    answer = till.cast.client("clerk").post(f"/orders/{number}/payment-page", headers=PARTIAL)

    assert answer.status_code == 200
    assert "A page to pay on is being made." in answer.text
    assert "The provider has not answered yet." in answer.text
    assert till.cast.client("clerk").post(f"/orders/{number}/payment-page", headers=PARTIAL).status_code == 409
    assert till.cast.client("clerk").post(f"/orders/{number}/cancellation", data={"reason": "customer"}, headers=PARTIAL).status_code == 409


def test_without_a_provider_nobody_is_offered_cards(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    number = till.order()
    monkeypatch.setitem(till.app.config, "GATEWAYS", {})

    assert "Pay by card" not in till.cast.client("clerk").get(f"/orders/{number}").text
    assert "Pay by card" not in till.app.test_client().get(_track(till, number)).text
    refused = till.cast.client("clerk").post(f"/orders/{number}/payment-page", headers=PARTIAL)
    assert refused.status_code == 409


def test_an_order_that_is_paid_offers_no_page(till: Till) -> None:
    number = till.authorised()

    page = till.cast.client("clerk").get(f"/orders/{number}").text
    assert "Pay by card" not in page
    assert "Authorised until" in page
    assert till.cast.client("clerk").post(f"/orders/{number}/payment-page", headers=PARTIAL).status_code == 409


def test_the_history_tells_what_became_of_the_card(till: Till) -> None:
    number = till.packed()
    till.ship(number)

    page = till.cast.client("clerk").get(f"/orders/{number}").text

    assert "Authorised on the card" in page
    assert "Taken from the card" in page


def test_the_customer_is_asked_by_e_mail_once(till: Till) -> None:
    number = till.order()

    for _time in range(2):
        assert till.cast.client("clerk").post(f"/orders/{number}/payment-message", headers=PARTIAL).status_code == 200

    with till.app.app_context():
        assert db.session.scalar(select(func.count()).where(Message.milestone == "payment_asked")) == 1


def test_an_order_without_an_address_asks_nobody(till: Till) -> None:
    number = till.order(email="")

    assert till.cast.client("clerk").post(f"/orders/{number}/payment-message", headers=PARTIAL).status_code == 422


def test_a_picker_makes_no_page(till: Till) -> None:
    number = till.order()

    assert till.cast.client("picker").post(f"/orders/{number}/payment-page").status_code == 403
    assert till.bank.calls == []


def test_the_customer_pays_from_their_own_page(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    number = till.order()
    address, visitor = _track(till, number), till.app.test_client()
    assert "Pay by card" in visitor.get(address).text

    gone = visitor.post(f"{address}/payment")
    assert gone.status_code == 200
    assert gone.headers["Refresh"] == "0; url=https://pay.example/fp_1"
    assert gone.headers["Referrer-Policy"] == "no-referrer"

    till.bank.customer_pays("fp_1")
    asked = _jobs(monkeypatch)
    back = visitor.get(f"{address}/payment")
    assert (back.status_code, back.location) == (303, f"{address}?returned=")
    waiting = visitor.get(back.location).text
    assert "Thank you. We ask the payment provider how it went" in waiting
    assert "<button" not in waiting.partition("Payment")[2].partition("</section>")[0], "nobody is asked to pay twice"
    with till.app.app_context():
        card_tasks.settle_order(**asked[0])

    shown = visitor.get(back.location).text
    assert "Pay by card" not in shown
    assert "We are preparing your order." in shown


def test_a_customer_whose_card_is_declined_is_told_why_and_may_try_again(till: Till) -> None:
    number = till.order()
    till.page(number)
    till.bank.ends("fp_1", Standing.FAILED, "insufficient_funds")
    till.settle(number, now=True)

    shown = till.app.test_client().get(f"{_track(till, number)}?returned=").text

    assert "There is not enough money on the card." in shown
    assert "Pay by card" in shown
    assert "We ask the payment provider" not in shown


def test_a_customer_whose_order_is_paid_is_led_back_to_it(till: Till) -> None:
    number = till.authorised()
    address = _track(till, number)

    answer = till.app.test_client().post(f"{address}/payment")

    assert (answer.status_code, answer.location) == (303, address)


def test_a_customer_whose_provider_is_silent_is_told_so(till: Till) -> None:
    number = till.order()
    till.bank.trouble = "before"

    answer = till.app.test_client().post(f"{_track(till, number)}/payment")

    assert answer.status_code == 200
    assert "The payment provider does not answer." in answer.text
    assert "Refresh" not in answer.headers


def test_a_wrong_link_pays_nothing(till: Till) -> None:
    number = till.order()
    wrong = _track(till, number)[:-1] + "~"

    assert till.app.test_client().post(f"{wrong}/payment").status_code == 404
    assert till.app.test_client().get(f"{wrong}/payment").status_code == 404
    assert till.bank.calls == []


def test_ten_pages_a_minute_are_enough_for_one_order(till: Till) -> None:
    address, visitor = _track(till, till.order()), till.app.test_client()

    answers = [visitor.post(f"{address}/payment").status_code for _time in range(11)]

    assert answers == [200] * 10 + [429]
    assert till.bank.calls == ["checkout"]


def test_a_hook_is_kept_once_and_worked_by_looking_the_payment_up(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    number = till.order()
    till.page(number)
    till.bank.customer_pays("fp_1")
    asked = _jobs(monkeypatch)

    first = _tell(till.app, b"evt_1 payment fp_1 0")
    again = _tell(till.app, b"evt_1 payment fp_1 0")

    assert [(answer.status_code, answer.get_json()) for answer in (first, again)] == [(200, {"outcome": "received"}), (200, {"outcome": "repeated"})]
    assert till.status(number) == "unpaid", "it is worked later"
    assert len(asked) == 1
    with till.app.app_context():
        card_tasks.hearing.work_news(**asked[0])
        assert db.session.scalar(select(PaymentNews.worked_at)) is not None
    assert till.status(number) == "paid"


def test_a_forged_hook_changes_nothing(till: Till) -> None:
    answer = till.app.test_client().post("/hooks/payments/fake", data=b"evt_1 payment fp_1 0", headers={"Signature": "mine"})

    assert answer.status_code == 401
    with till.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(PaymentNews)) == 0


def test_hooks_of_strangers_about_nothing_and_too_long_ones_are_answered(till: Till) -> None:
    assert _tell(till.app, b"evt_1 other fp_1 0").get_json() == {"outcome": "ignored"}
    assert till.app.test_client().post("/hooks/payments/nobody", data=b"x").status_code == 404
    assert _tell(till.app, b"x" * (256 * 1024 + 1)).status_code == 413


def _track(till: Till, number: str) -> str:
    with till.app.app_context():
        return "/track/" + public_link(db.session.scalars(select(Order).where(Order.number == number)).one()).rpartition("/")[2]


def _tell(app: Flask, body: bytes) -> Any:
    return app.test_client().post("/hooks/payments/fake", data=body, headers={"Signature": SIGNATURE})


def _jobs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the worker is asked to do from now on."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(jobs, "enqueue", lambda _session, _job, *, lock=None, **arguments: asked.append(arguments))
    return asked


def test_an_order_taken_by_card_has_its_page_at_once(till: Till) -> None:
    till.cast.made(lambda: till.cast.stock("LAMP", 5))
    clerk = till.cast.client("clerk")
    assert "By card, on a page the customer gets a link to" in clerk.get("/orders/new").text
    typed = {"name": "Li Na", "line1": "1 Main St", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB", "currency": "USD", "language": "en"}
    typed |= {"lines-0-sku": "LAMP", "lines-0-quantity": "2", "pay": "card", "form_key": "0123456789abcdef"}

    answer = clerk.post("/orders/new", data=typed)

    assert answer.status_code == 303, answer.text
    assert 'href="https://pay.example/fp_1"' in clerk.get(answer.location).text
    clerk.post("/orders/new", data=typed)
    assert till.bank.calls == ["checkout"]


def test_an_order_is_placed_though_the_provider_is_silent(till: Till) -> None:
    till.cast.made(lambda: till.cast.stock("LAMP", 5))
    till.bank.trouble = "before"
    typed = {"name": "Li Na", "line1": "1 Main St", "city": "Leeds", "postcode": "LS1 5HD", "country": "GB", "currency": "USD", "language": "en"}
    typed |= {"lines-0-sku": "LAMP", "lines-0-quantity": "2", "pay": "card", "form_key": "0123456789abcdef"}

    answer = till.cast.client("clerk").post("/orders/new", data=typed)

    assert answer.status_code == 303
    assert "A page to pay on is being made." in till.cast.client("clerk").get(answer.location).text
