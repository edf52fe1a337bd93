"""Money on the page of an order beside paying for it, and the pages about payments, collections and incidents."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.actors import SYSTEM
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.customers.crediting import account_for
from logistics.orders.alerting import open_incident
from logistics.orders.cancelling import cancel
from logistics.orders.collecting import approve_cod, settle_cod
from logistics.orders.models import CancelReason, IncidentKind, Order, PaymentIncident
from logistics.orders.paying import record_transfer
from logistics.payments.models import Payment
from tests.cast import Cast
from tests.orders.test_collecting import out

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def transfer(browser: FlaskClient, number: str, amount: str, reference: str = "BANK-1", **more: str) -> Any:
    fields = {"method": "transfer", "amount": amount, "reference": reference, "form_key": new_key(), **more}
    return browser.post(f"/orders/{number}/payment", data=fields, headers=PARTIAL)


def order_of(app: Flask, number: str) -> Order:
    with app.app_context():
        return db.session.scalars(select(Order).where(Order.number == number)).one()


def overpaid(cast: Cast) -> str:
    order = cast.order()
    return record_transfer(cast.session, number=order.number, amount=4800, reference="BANK-1", by=SYSTEM, with_surplus=True).number


def late(cast: Cast) -> str:
    order = cast.order()
    cancel(cast.session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM)
    return record_transfer(cast.session, number=order.number, amount=3600, reference="BANK-1", by=SYSTEM).number


def test_more_than_is_open_is_asked_about_and_what_was_typed_stays(app: Flask, cast: Cast) -> None:
    number, browser = cast.made(lambda: cast.order().number), cast.client("clerk")

    asked = transfer(browser, number, "48.00")
    assert asked.status_code == 422
    for shown in ("This is USD 12.00 more than is open.", 'value="48.00"', 'value="BANK-1"', 'name="with_surplus"'):
        assert shown in asked.text, shown
    assert order_of(app, number).status == "unpaid"

    booked = transfer(browser, number, "48.00", with_surplus="y")
    assert booked.status_code == 200
    for shown in ("Overpaid", "USD 12.00 more came than this order costs.", "Put it on the account"):
        assert shown in booked.text, shown


def test_the_surplus_goes_to_the_account_from_the_page(app: Flask, cast: Cast) -> None:
    number = cast.made(lambda: overpaid(cast))

    answer = cast.client("clerk").post(f"/orders/{number}/account-credit", headers=PARTIAL)

    assert answer.status_code == 200
    assert "Overpaid" not in answer.text
    with app.app_context():
        assert account_for(db.session(), order_of(app, number).customer_id, "USD").balance == 1200


def test_money_for_a_cancelled_order_is_taken_on_its_page_and_stands_on_the_list(app: Flask, cast: Cast) -> None:
    order = cast.made(cast.order)
    cast.made(lambda: cancel(cast.session, number=order.number, reason=CancelReason.CUSTOMER, by=SYSTEM))
    browser = cast.client("clerk")
    assert "the money goes to the account of Mina Park" in browser.get(f"/orders/{order.number}").text

    assert transfer(browser, order.number, "36.00").status_code == 200

    page = browser.get(f"/orders/{order.number}").text
    assert "Money came for a cancelled order" in page
    listed = browser.get("/payments/incidents").text
    assert order.number in listed
    assert "USD 36.00" in listed


def test_a_manager_takes_a_wrong_transfer_off_and_a_clerk_cannot(app: Flask, cast: Cast) -> None:
    number = cast.made(lambda: cast.order(pay="transfer").number)
    with app.app_context():
        payment = db.session.scalars(select(Payment.id)).one()
    address = f"/orders/{number}/payments/{payment}/correction"

    assert "/correction" not in cast.client("clerk").get(f"/orders/{number}").text
    assert cast.client("clerk").post(address, data={"reason": "x"}).status_code == 403
    manager = cast.client("manager")
    assert manager.post(address, data={"reason": ""}, headers=PARTIAL).status_code == 422
    assert order_of(app, number).status == "paid"
    answer = manager.post(address, data={"reason": "It was 30.60"}, headers=PARTIAL)

    assert answer.status_code == 200
    for shown in ("It was 30.60", "Taken off", "A transfer was taken off", "Still to be paid"):
        assert shown in answer.text, shown


def test_paid_on_delivery_from_approval_to_settlement(app: Flask, cast: Cast) -> None:
    number, browser = cast.made(lambda: cast.order().number), cast.client("clerk")

    approved = browser.post(f"/orders/{number}/cod", headers=PARTIAL).text
    assert "To pay on delivery" in approved
    assert ">Paid<" not in approved
    assert "What was paid is recorded here once it has left." in approved
    listed = browser.get("/orders/?flags=cod").text
    assert number in listed
    assert "To pay on delivery" in listed
    assert ">Paid</span>" not in listed

    sent = cast.made(lambda: out(cast.session, cast))
    collections = browser.get("/payments/collections").text
    assert sent.number in collections
    assert number not in collections
    assert number in browser.get("/payments/collections?which=all").text

    fields = {"amount": "40.00", "reference": "DHL-7", "form_key": new_key()}
    asked = browser.post(f"/orders/{sent.number}/cod/settlement", data=fields, headers=PARTIAL)
    assert asked.status_code == 422
    assert "This is USD 4.00 more than was to be paid." in asked.text
    settled = browser.post(f"/orders/{sent.number}/cod/settlement", data={**fields, "amount": "36.00", "form_key": new_key()}, headers=PARTIAL)
    assert settled.status_code == 200
    assert "To pay on delivery" not in settled.text
    assert "Paid on delivery, and handed over" in settled.text
    assert sent.number not in browser.get("/payments/collections").text


def test_the_customer_reads_that_they_pay_on_delivery(app: Flask, cast: Cast) -> None:
    order = cast.made(lambda: approve_cod(cast.session, number=cast.order().number, by=SYSTEM))
    link = cast.client("clerk").get(f"/orders/{order.number}").text.partition("/track/")[2].partition('"')[0]

    assert "You pay when it is handed over to you" in app.test_client().get(f"/track/{link}").text


@pytest.mark.parametrize("flag", ["overpaid", "part_paid", "cod"])
def test_the_list_finds_what_was_paid_in_a_special_way_and_only_that(cast: Cast, queries: SimpleNamespace, flag: str) -> None:
    def make() -> dict[str, str]:
        part = cast.order()
        record_transfer(cast.session, number=part.number, amount=100, reference="B", by=SYSTEM)
        cast.order(pay="transfer")
        return {"overpaid": overpaid(cast), "part_paid": part.number, "cod": approve_cod(cast.session, number=cast.order().number, by=SYSTEM).number}

    numbers = cast.made(make)
    manager = cast.client("manager")
    queries.count = 0
    found = manager.get(f"/orders/?typed=1&flags={flag}", headers=PARTIAL).text
    assert queries.count <= 9

    assert [number for number in numbers.values() if number in found] == [numbers[flag]]
    file = manager.get(f"/orders/export.csv?flags={flag}").text
    assert len(file.splitlines()) == 2
    assert numbers[flag] in file


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("least=36.00", {"B", "C"}),
        ("most=35.99", {"A"}),
        ("least=36&most=36", {"B"}),
        ("least=18&most=54&currency=EUR", set()),
        ("least=0&most=0", set()),
    ],
)
def test_the_list_is_narrowed_by_totals_and_so_is_its_file(cast: Cast, queries: SimpleNamespace, query: str, found: set[str]) -> None:
    for name, units in (("A", 1), ("B", 2), ("C", 3)):
        cast.made(lambda name=name, units=units: cast.order(lines=[("LAMP", units)], name=f"Buyer {name}"))
    manager = cast.client("manager")
    queries.count = 0
    page = manager.get(f"/orders/?typed=1&{query}", headers=PARTIAL).text
    assert queries.count <= 9

    assert {name for name in "ABC" if f"Buyer {name}" in page} == found
    assert {name for name in "ABC" if f"Buyer {name}" in manager.get(f"/orders/export.csv?{query}").text} == found


@pytest.mark.parametrize("query", ["least=abc", "least=-1", "least=1.001", "most=1e3", "least=1&currency=XXX"])
def test_a_total_that_is_none_is_refused_with_what_would_be_right(cast: Cast, query: str) -> None:
    assert cast.client("clerk").get(f"/orders/?{query}").status_code == 422


def test_who_sees_no_prices_learns_none_by_asking(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)

    assert number in cast.client("picker").get("/orders/?least=99999").text


def test_the_incidents_are_listed_filtered_and_resolved(app: Flask, cast: Cast) -> None:
    too_much, too_late = cast.made(lambda: overpaid(cast)), cast.made(lambda: late(cast))
    clerk = cast.client("clerk")
    assert all(number in clerk.get("/payments/incidents").text for number in (too_much, too_late))
    only = clerk.get("/payments/incidents?kind=overpaid").text
    assert too_much in only
    assert too_late not in only
    with app.app_context():
        incident = db.session.scalars(select(PaymentIncident.id).where(PaymentIncident.kind == "overpaid")).one()
    address = f"/payments/incidents/{incident}/resolution"

    assert cast.client("auditor").post(address, data={"resolution": "x"}).status_code == 403
    assert clerk.post(address, data={"resolution": " "}).status_code == 422
    assert clerk.post(address, data={"resolution": "Given back in cash"}).status_code == 303
    assert clerk.post(address, data={"resolution": "And again"}).status_code == 303
    assert clerk.post("/payments/incidents/999999/resolution", data={"resolution": "x"}).status_code == 404

    resolved = clerk.get("/payments/incidents?state=resolved").text
    assert "Given back in cash" in resolved
    assert "And again" not in resolved
    assert too_much not in clerk.get("/payments/incidents").text


def test_goods_that_are_out_and_unpaid_are_not_resolved_by_a_sentence(app: Flask, cast: Cast) -> None:
    order = cast.made(lambda: out(cast.session, cast))
    cast.made(lambda: settle_cod(cast.session, number=order.number, amount=0, reference="", by=SYSTEM))
    with app.app_context():
        incident = db.session.scalars(select(PaymentIncident.id)).one()

    answer = cast.client("clerk").post(f"/payments/incidents/{incident}/resolution", data={"resolution": "never mind"})

    assert answer.status_code == 409
    assert "not paid for" in answer.text


def test_many_incidents_come_in_pages(cast: Cast, queries: SimpleNamespace) -> None:
    def make() -> None:
        for _order in range(53):
            open_incident(cast.session, cast.order(lines=[("LAMP", 1)]), IncidentKind.OVERPAID, 100, by=SYSTEM)

    cast.made(lambda: cast.stock("LAMP", 60))
    cast.made(make)
    browser = cast.client("clerk")
    queries.count = 0
    first = browser.get("/payments/incidents", headers=PARTIAL).text
    assert queries.count <= 6
    assert first.count('id="incident-') == 50
    following = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert browser.get(following).text.count('id="incident-') == 3


def test_the_payments_are_listed_filtered_and_exported(cast: Cast, queries: SimpleNamespace) -> None:
    balance, bank = cast.made(lambda: cast.order(pay="balance").number), cast.made(lambda: cast.order(pay="transfer").number)
    manager = cast.client("manager")
    queries.count = 0
    page = manager.get("/payments/", headers=PARTIAL).text
    assert queries.count <= 4
    assert balance in page
    assert bank in page

    found = manager.get("/payments/?method=transfer&state=captured").text
    assert bank in found
    assert balance not in found
    assert "No payment fits" in manager.get("/payments/?method=card").text
    rows = manager.get("/payments/export.csv?method=transfer").text.splitlines()
    assert rows[0].lstrip("\ufeff") == "order,name,created_at,method,state,currency,authorised,captured,voided,refunded"
    assert [row.split(",")[0] for row in rows[1:]] == [bank]
    assert rows[1].endswith("transfer,captured,USD,36.00,36.00,0.00,0.00")
    assert cast.client("clerk").get("/payments/export.csv").status_code == 403


@pytest.mark.parametrize("query", ["/?method=gold", "/?state=x", "/?from=yesterday", "/?cursor=x", "/incidents?kind=x", "/collections?which=x"])
def test_what_cannot_be_listed_is_refused(cast: Cast, query: str) -> None:
    assert cast.client("clerk").get(f"/payments{query}").status_code == 422


@pytest.mark.parametrize("address", ["/payments/", "/payments/collections", "/payments/incidents"])
def test_without_anything_the_pages_say_what_would_be_there(cast: Cast, address: str) -> None:
    assert 'class="empty"' in cast.client("auditor").get(address).text
    assert cast.client("picker").get(address).status_code == 403
