"""The page of an order: what it shows to whom, and what is done on it, in place and without JavaScript."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.customers.crediting import account_for, deposit
from logistics.inventory.models import StockLevel
from logistics.orders.lifecycle import advance, open_order, recompute
from logistics.orders.models import Order
from logistics.orders.paying import record_transfer
from logistics.payments.models import Payment
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize("write", [str.lower, lambda number: number.replace("-", ""), lambda number: number.replace("0", "o").replace("1", "l")])
def test_a_number_is_read_however_it_is_typed(cast: Cast, write: Any) -> None:
    number = cast.made(lambda: cast.order().number)
    page = cast.client("clerk").get(f"/orders/{write(number)}")
    assert page.status_code == 200
    assert f"Order {number}" in page.text


@pytest.mark.parametrize("typed", ["AAAA-AAAA", "0000-0000", "x", "%00", "1", "..%2f..", "K7M2-9QXF'--"])
def test_a_number_that_is_none_is_not_found(cast: Cast, typed: str) -> None:
    assert cast.client("clerk").get(f"/orders/{typed}").status_code in (400, 404)


def test_it_shows_goods_money_customer_and_history(cast: Cast) -> None:
    def make() -> Order:
        cast.stock("SHADE", 9, price=2500, name="Linen shade")
        return cast.order(lines=[("LAMP", 2), ("SHADE", 1)], shipping=590, note="Ring <b>twice</b>", pay="transfer")

    order = cast.made(make)
    page = cast.client("clerk").get(f"/orders/{order.number}").text

    for shown in (
        "Linen shade",
        "2 to pick",
        "USD 25.00",
        "USD 61.00",
        "USD 5.90",
        "USD 66.90",
        "Transfer",
        f"BANK {order.number}",
        "Money received",
        "mina@example.com",
        "+44 113 496 0001",
        "12 Park Row",
        "LS1 5HD",
        "United Kingdom",
        "Ring &lt;b&gt;twice&lt;/b&gt;",
        "Order placed, its stock is reserved",
        "Transfer received",
        "Paid, on its way to the warehouse",
    ):
        assert shown in page, shown
    assert page.count('<div class="who">Clerk</div>') == 3
    for name in ("OrderPlaced", "OrderStatusChanged", "PaymentTaken"):
        assert name not in page


def test_history_speaks_chinese_too(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(pay="balance").number)
    page = cast.client("clerk").get(f"/orders/{number}?lang=zh_Hans").text
    assert 'lang="zh-Hans"' in page
    assert "PaymentTaken" not in page


def test_the_units_of_a_line_are_told_by_how_far_they_are(app: Flask, cast: Cast) -> None:
    def make() -> str:
        order = open_order(cast.session, cast.order(lines=[("LAMP", 10)], pay="balance").id)
        advance(order.lines[0], picked=8, packed=6, shipped=5, delivered=2)
        recompute(cast.session, order, by=SYSTEM)
        return str(order.number)

    page = cast.client("clerk").get(f"/orders/{cast.made(make)}").text
    shown = re.search(r'data-label="How far">(.*?)</td>', page, re.DOTALL)
    assert shown
    assert re.findall(r"(\d+ [a-z ]+)</span>", shown[1]) == ["2 delivered", "3 shipped", "1 packed", "2 picked", "2 to pick"]


@pytest.mark.parametrize("address", ["/orders/{}", "/orders/{}?preview=1"])
def test_the_warehouse_sees_no_price_no_email_and_no_phone(cast: Cast, address: str) -> None:
    def make() -> str:
        deposit(cast.session, customer_id=cast.customer().id, currency="USD", amount=77_77, reference="", by=SYSTEM)
        order = cast.order(shipping=590)
        record_transfer(cast.session, number=order.number, amount=1234, reference="BANK-1", by=cast.actor())
        return str(order.number)

    number = cast.made(make)
    browser = cast.client("picker")
    for headers in ({}, PARTIAL):
        page = browser.get(address.format(number), headers=headers).text
        for secret in ("USD", "18.00", "36.00", "41.90", "12.34", "29.56", "77.77", "BANK-1", "mina@", "496 0001", "4960001", "mailto:", "tel:"):
            assert secret not in page, (secret, headers)
        assert "Mina Park" in page
        assert "12 Park Row" in page
        assert "/payment" not in page
        assert "/cancellation" not in page


def test_the_auditor_reads_everything_and_can_do_nothing(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("auditor")
    page = browser.get(f"/orders/{number}").text
    assert "USD 36.00" in page
    assert "<form" not in page.split('id="content"')[1].split('<nav class="bottom"')[0]
    assert browser.post(f"/orders/{number}/payment", data=transfer(3600)).status_code == 403
    assert browser.post(f"/orders/{number}/cancellation", data={"reason": "staff"}).status_code == 403


def test_the_outsider_is_sent_away(client: FlaskClient, cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    assert client.get(f"/orders/{number}").status_code == 302
    for action in ("payment", "cancellation"):
        assert client.post(f"/orders/{number}/{action}").status_code == 401


def test_paying_from_the_balance_changes_the_page_in_place(cast: Cast) -> None:
    order = cast.made(
        lambda: (deposit(cast.session, customer_id=cast.customer().id, currency="USD", amount=5000, reference="", by=SYSTEM), cast.order())[1]
    )
    browser = cast.client("clerk")
    assert "Mina Park has a balance of USD 50.00." in browser.get(f"/orders/{order.number}").text

    answer = browser.post(f"/orders/{order.number}/payment", data={"form_key": new_key(), "method": "balance"}, headers=PARTIAL)

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith(f'<div class="split region" id="order-{order.id}"')
    assert re.search(r'hx-target="#order-status"[^>]*><span class="badge tone-info">Paid<', answer.text)
    assert "Paid from the balance" in answer.text
    assert "order-due" not in answer.text
    assert "Ready to pick" in answer.text, "the panel of shipments changes with it"
    assert "The money is booked." in answer.text


def test_a_transfer_is_recorded_in_parts(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")

    first = browser.post(f"/orders/{number}/payment", data=transfer("10.00", "BANK-1"))
    assert (first.status_code, first.location) == (303, f"/orders/{number}")
    page = browser.get(first.location).text
    assert "USD 10.00 of USD 36.00 is there." in page
    assert 'value="26.00"' in page
    browser.post(f"/orders/{number}/payment", data=transfer("26.00", "BANK-2"))

    assert status(cast, number) == "paid"


@pytest.mark.parametrize(
    ("amount", "reference", "message"),
    [
        ("36.01", "BANK-1", "Only USD 36.00 is still to be paid."),
        ("0", "BANK-1", "The amount must be more than 0."),
        ("1,00", "BANK-1", "Write the amount with digits and a point, like 18.00."),
        ("", "BANK-1", "This is needed."),
        ("1.00", "", "This is needed."),
        ("1.00", "x" * 101, "At most 100 characters."),
    ],
)
def test_a_transfer_that_cannot_be_is_refused_and_stays_typed(cast: Cast, amount: str, reference: str, message: str) -> None:
    order = cast.made(cast.order)
    for headers in ({}, PARTIAL):
        answer = cast.client("clerk").post(f"/orders/{order.number}/payment", data=transfer(amount, reference), headers=headers)
        assert answer.status_code == 422
        assert message in answer.text
        assert f'value="{amount}"' in answer.text
        assert f'value="{reference}"' in answer.text
        assert ("<html" in answer.text) is not bool(headers)
    assert status(cast, order.number) == "unpaid"


def test_a_reference_with_another_amount_and_an_empty_balance_are_conflicts(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    browser.post(f"/orders/{number}/payment", data=transfer("10.00", "BANK-1"))

    again = browser.post(f"/orders/{number}/payment", data=transfer("26.00", "BANK-1"))
    assert again.status_code == 409
    assert "is booked for this order already" in again.text
    broke = browser.post(f"/orders/{number}/payment", data={"form_key": new_key(), "method": "balance"})
    assert broke.status_code == 409
    assert "The balance is 0.00 USD, and 26.00 are needed." in broke.text


def test_clerks_record_up_to_a_limit_and_managers_any_amount(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(lines=[("LAMP", 12)]).number)

    refused = cast.client("clerk").post(f"/orders/{number}/payment", data=transfer("200.01"))
    assert refused.status_code == 403
    assert "Ask a manager to record more." in refused.text
    assert 'value="200.01"' in refused.text

    assert cast.client("clerk").post(f"/orders/{number}/payment", data=transfer("16.00", "BANK-1")).status_code == 303
    assert cast.client("manager").post(f"/orders/{number}/payment", data=transfer("200.00", "BANK-2")).status_code == 303
    assert status(cast, number) == "paid"


def test_a_clerks_parts_of_one_payment_count_together(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(lines=[("LAMP", 30)]).number)
    clerk = cast.client("clerk")
    assert clerk.post(f"/orders/{number}/payment", data=transfer("150.00", "BANK-1")).status_code == 303

    refused = clerk.post(f"/orders/{number}/payment", data=transfer("50.01", "BANK-2"))

    assert refused.status_code == 403
    assert "Ask a manager to record more." in refused.text
    assert clerk.post(f"/orders/{number}/payment", data=transfer("50.00", "BANK-3")).status_code == 303
    assert cast.client("manager").post(f"/orders/{number}/payment", data=transfer("340.00", "BANK-4")).status_code == 303


def test_the_same_payment_form_sent_twice_books_once(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    fields = transfer("10.00")
    browser = cast.client("clerk")
    assert [browser.post(f"/orders/{number}/payment", data=fields).status_code for _time in range(2)] == [303, 303]
    with cast.app.app_context():
        assert db.session.scalars(select(Payment.captured)).all() == [1000]


def test_cancelling_says_first_what_it_does_and_then_does_it_in_place(cast: Cast) -> None:
    order = cast.made(lambda: cast.order(pay="transfer"))
    browser = cast.client("clerk")
    page = browser.get(f"/orders/{order.number}").text
    assert "2 reserved units are free for other orders again." in page
    assert "USD 36.00 goes back to the account of Mina Park." in page

    answer = browser.post(f"/orders/{order.number}/cancellation", data={"reason": "customer"}, headers=PARTIAL)

    assert answer.status_code == 200
    assert re.search(r'hx-target="#order-status"[^>]*><span class="badge tone-neutral">Cancelled<', answer.text)
    assert "This order was cancelled." in answer.text
    assert "The customer changed their mind" in answer.text
    assert "cancel-order" not in answer.text
    with cast.app.app_context():
        assert account_for(db.session(), order.customer_id, "USD").balance == 3600
        assert db.session.scalar(select(func.sum(StockLevel.reserved))) == 0


def test_cancelling_works_as_a_plain_form(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    answer = browser.post(f"/orders/{number}/cancellation", data={"reason": "out_of_stock"})
    assert (answer.status_code, answer.location) == (303, f"/orders/{number}")
    assert f"Order {number} is cancelled." in browser.get(answer.location).text


@pytest.mark.parametrize("reason", ["", "payment_timeout", "because", None])
def test_a_reason_that_is_none_cancels_nothing(cast: Cast, reason: str | None) -> None:
    number = cast.made(lambda: cast.order().number)
    answer = cast.client("clerk").post(f"/orders/{number}/cancellation", data={} if reason is None else {"reason": reason})
    assert answer.status_code == 422
    assert status(cast, number) == "unpaid"


def test_once_goods_are_picked_cancelling_is_a_managers(cast: Cast) -> None:
    def make() -> str:
        order = open_order(cast.session, cast.order(pay="balance").id)
        advance(order.lines[0], picked=1)
        return str(order.number)

    number = cast.made(make)
    clerk, manager = cast.client("clerk"), cast.client("manager")
    assert "Goods are picked: only a manager can cancel it now." in clerk.get(f"/orders/{number}").text
    assert clerk.post(f"/orders/{number}/cancellation", data={"reason": "staff"}).status_code == 403
    assert status(cast, number) == "paid"

    assert "1 picked unit must be put back." in manager.get(f"/orders/{number}").text
    assert manager.post(f"/orders/{number}/cancellation", data={"reason": "staff"}).status_code == 303
    assert status(cast, number) == "cancelled"


def test_what_was_shipped_is_refused_with_a_toast(cast: Cast) -> None:
    def make() -> str:
        order = open_order(cast.session, cast.order(pay="balance").id)
        advance(order.lines[0], picked=2, packed=2, shipped=2)
        recompute(cast.session, order, by=SYSTEM)
        return str(order.number)

    answer = cast.client("manager").post(f"/orders/{cast.made(make)}/cancellation", data={"reason": "staff"}, headers=PARTIAL)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#toast")
    assert "has been shipped and cannot be cancelled" in answer.text


def test_a_page_left_open_is_told_of_changes_and_only_of_changes(cast: Cast) -> None:
    order = cast.made(cast.order)
    browser = cast.client("clerk")
    tag = browser.get(f"/orders/{order.number}", headers=PARTIAL).headers["HX-PTag"]

    same = browser.get(f"/orders/{order.number}", headers=PARTIAL | {"HX-PTag": tag})
    assert (same.status_code, same.data) == (304, b"")

    cast.made(lambda: record_transfer(cast.session, number=order.number, amount=100, reference="BANK-1", by=SYSTEM))
    changed = browser.get(f"/orders/{order.number}", headers=PARTIAL | {"HX-PTag": tag})
    assert changed.status_code == 200
    assert "BANK-1" in changed.text


def test_the_preview_is_a_part_beside_the_list_and_a_page_of_its_own(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")
    part, page = browser.get(f"/orders/{number}?preview=1", headers=PARTIAL), browser.get(f"/orders/{number}?preview=1")
    assert part.text.lstrip().startswith('<section class="card" id="order-')
    assert "USD 36.00" in part.text
    assert "<html" in page.text


def test_a_customers_orders_hang_on_their_page(cast: Cast) -> None:
    order = cast.made(cast.order)
    page = cast.client("clerk").get(f"/customers/{order.customer_id}").text
    assert order.number in page
    assert f'href="/orders/?customer={order.customer_id}"' in page
    assert f'href="/orders/new?customer_id={order.customer_id}"' in page


def test_a_busy_order_is_read_in_few_queries(cast: Cast, queries: SimpleNamespace) -> None:
    def make() -> str:
        skus = [f"GOOD-{at}" for at in range(12)]
        order = cast.order(lines=[(sku, 2) for sku in skus])
        record_transfer(cast.session, number=order.number, amount=100, reference="BANK-1", by=cast.actor())
        record_transfer(cast.session, number=order.number, amount=order.total - 100, reference="BANK-2", by=cast.actor("manager"))
        return str(order.number)

    number = cast.made(make)
    browser = cast.client("clerk")
    queries.count = 0
    queries.statements.clear()

    assert browser.get(f"/orders/{number}", headers=PARTIAL).status_code == 200

    assert queries.count <= 19, queries.statements


def transfer(amount: Any, reference: str = "BANK-7") -> dict[str, str]:
    """The form for money that came by transfer."""
    return {"form_key": new_key(), "method": "transfer", "amount": str(amount), "reference": reference}


def status(cast: Cast, number: str) -> str | None:
    """An order's headline."""
    with cast.app.app_context():
        return db.session.scalar(select(Order.status).where(Order.number == number))
