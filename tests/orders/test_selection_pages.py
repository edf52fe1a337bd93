"""What is done to several orders at once: told first, done one by one, reported for each."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from logistics.core.auditing import audit
from logistics.core.codes import new_code
from logistics.core.database import db
from logistics.core.keys import new_key
from logistics.core.refusals import Refusal
from logistics.core.transactions import in_transaction
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.picking import pick
from logistics.orders.models import Order
from logistics.orders.paying import record_transfer
from logistics.orders.routes import selection
from tests.cast import Cast
from tests.words import has_word

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def form(numbers: list[str], **fields: str) -> dict[str, Any]:
    """What the dialog sends."""
    return {"order": numbers, "form_key": new_key(), **fields}


def status_of(cast: Cast, number: str) -> Any:
    """Status and hold reason."""
    with cast.app.app_context():
        return tuple(db.session.execute(select(Order.status, Order.hold_reason).where(Order.number == number)).one())


def test_holding_says_what_it_does_then_does_it_and_reports_each(cast: Cast) -> None:
    def make() -> list[str]:
        return [cast.order().number, cast.order(pay="transfer").number, cast.shipment(state="shipped").order.number]

    unpaid, paid, shipped = cast.made(make)
    browser = cast.client("clerk")

    dialog = browser.get("/orders/selection", query_string={"do": "hold", "order": [unpaid, paid, shipped]}, headers=PARTIAL)
    assert "Hold 3 orders?" in dialog.text
    assert "2 orders stay in the house" in dialog.text
    assert "Of 1 order nothing is left to be shipped" in dialog.text

    unknown = new_code()
    asked = form([unpaid, paid, shipped, unknown], reason="fraud", note="Two cards")
    report = browser.post("/orders/holds", data=asked, headers=PARTIAL)
    assert report.status_code == 200
    assert report.headers["HX-Trigger"] == "seen"
    assert "2 orders are on hold." in report.text
    assert "2 orders were refused:" in report.text
    assert f'href="/orders/{shipped}"' in report.text
    assert "There is no such order." in report.text
    assert [status_of(cast, number) for number in (unpaid, paid, shipped)] == [("unpaid", "fraud"), ("paid", "fraud"), ("shipped", "")]
    again = re.findall(r'<input type="hidden" name="order" value="([^"]+)">', report.text)
    assert again == [shipped, unknown], "only what was refused is tried again"
    assert '<input type="hidden" name="note" value="Two cards">' in report.text


def test_the_same_form_twice_holds_once(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser, asked = cast.client("clerk"), form([number], reason="address")

    first = browser.post("/orders/holds", data=asked, headers=PARTIAL)
    second = browser.post("/orders/holds", data=asked, headers=PARTIAL)
    third = browser.post("/orders/holds", data=form([number], reason="address"), headers=PARTIAL)

    assert "1 order is on hold." in first.text
    assert "1 order is on hold." in second.text
    assert "1 order was so already." in third.text
    with cast.app.app_context():
        assert db.session.scalar(select(Order.version).where(Order.number == number)) == 3


def test_resuming_shows_why_they_are_held(cast: Cast) -> None:
    held, free = cast.made(lambda: (cast.order().number, cast.order().number))
    browser = cast.client("manager")
    browser.post("/orders/holds", data=form([held], reason="fraud"))

    dialog = browser.get("/orders/selection", query_string={"do": "resume", "order": [held, free]}).text
    assert "Suspected fraud" in dialog
    assert "1 order is not on hold" in dialog
    report = browser.post("/orders/resumptions", data=form([held, free])).text
    assert "1 order goes on." in report
    assert "1 order was so already." in report
    assert status_of(cast, held) == ("unpaid", "")


def test_cancelling_tells_of_stock_and_money_before_and_gives_it_back(cast: Cast) -> None:
    def make() -> list[str]:
        return [cast.order().number, cast.order(pay="balance").number, cast.shipment(state="shipped").order.number]

    unpaid, paid, shipped = cast.made(make)
    browser = cast.client("clerk")

    dialog = browser.get("/orders/selection", query_string={"do": "cancel", "order": [unpaid, paid, shipped]}).text
    assert "Cancel 3 orders?" in dialog
    assert "2 orders are cancelled for good" in dialog
    assert "4 reserved units are free" in dialog
    assert "USD 36.00 goes back" in dialog
    assert "1 order was shipped or cancelled before" in dialog
    report = browser.post("/orders/cancellations", data=form([unpaid, paid, shipped], reason="customer")).text
    assert "2 orders are cancelled." in report
    assert "has been shipped and cannot be cancelled" in report
    assert [status_of(cast, number)[0] for number in (unpaid, paid, shipped)] == ["cancelled", "cancelled", "shipped"]
    with cast.app.app_context():
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []


def test_picked_goods_are_for_a_manager_to_cancel(cast: Cast) -> None:
    def make() -> str:
        shipment = cast.shipment()
        pick(cast.session, reference=shipment.reference, picked={shipment.lines[0].id: 1}, by=cast.actor("picker"))
        return shipment.order.number

    number = cast.made(make)
    query, asked = {"do": "cancel", "order": number}, {"reason": "customer"}

    assert "only a manager can cancel it" in cast.client("clerk").get("/orders/selection", query_string=query).text
    assert "picked already. Ask a manager" in cast.client("clerk").post("/orders/cancellations", data=form([number], **asked)).text
    assert "must be put back" in cast.client("manager").get("/orders/selection", query_string=query).text
    assert "1 order is cancelled." in cast.client("manager").post("/orders/cancellations", data=form([number], **asked)).text


@pytest.mark.parametrize("path", ["holds", "cancellations"])
def test_a_form_that_is_wrong_comes_back_and_nothing_is_done(cast: Cast, path: str) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("manager")

    for fields in ({"reason": "boredom"}, {}, {"reason": "payment_timeout"}, {"reason": "other", "note": "x" * 501}):
        answer = browser.post(f"/orders/{path}", data=form([number], **fields), headers=PARTIAL)
        if path == "cancellations" and "note" in fields:
            continue
        assert answer.status_code == 422, fields
        assert answer.headers["HX-Retarget"] == "#asked"
        assert number in answer.text
    for wrong in ([], ["nonsense"], [new_code() for _order in range(201)]):
        assert browser.post(f"/orders/{path}", data=form(wrong, reason="fraud"), headers=PARTIAL).status_code == 422
    assert browser.post(f"/orders/{path}", data={"order": number, "reason": "fraud"}, headers=PARTIAL).status_code == 422, "without its key"
    assert status_of(cast, number) == ("unpaid", "")


def test_only_what_a_role_may_do_is_offered_and_taken(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)

    for who, offered in {
        "clerk": (True, True, False),
        "picker": (False, False, True),
        "manager": (True, True, True),
        "auditor": (False,) * 3,
    }.items():
        page = cast.client(who).get("/orders/").text
        bar = page[page.index('id="bulk"') :] if 'id="bulk"' in page else ""
        assert (">Hold<" in bar, ">Cancel orders<" in bar, ">Assign<" in bar) == offered, who
        assert ('form="bulk"' in page) is any(offered)
    for who, allowed in {"clerk": True, "picker": False, "auditor": False}.items():
        answer = cast.client(who).get("/orders/selection", query_string={"do": "cancel", "order": number})
        assert (answer.status_code == 200) is allowed
        assert allowed or answer.status_code == 403
    assert not has_word(cast.client("picker").get("/orders/").text, "USD")


def test_all_that_fit_are_named_one_by_one_and_never_more_than_can_be_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> list[str]:
        cast.stock("LAMP", 99)
        cast.order(lines=[("SHADE", 1)])
        return [cast.order(lines=[("LAMP", 1)]).number for _order in range(5)][::-1]

    numbers = cast.made(make)
    browser, query = cast.client("clerk"), {"do": "hold", "all": "1", "sku": "lamp", "order": numbers[:2], "typed": "1"}

    asked = re.findall(r'name="order" value="([^"]+)"', browser.get("/orders/selection", query_string=query, headers=PARTIAL).text)
    assert asked == numbers
    monkeypatch.setattr(selection, "MOST", 3)
    asked = re.findall(r'name="order" value="([^"]+)"', browser.get("/orders/selection", query_string=query, headers=PARTIAL).text)
    assert asked == numbers[:3]


def test_without_a_script_it_is_three_plain_pages(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)
    browser = cast.client("clerk")

    asked = browser.get("/orders/selection", query_string={"do": "hold", "order": number})
    assert "<html" in asked.text
    report = browser.post("/orders/holds", data=form([number], reason="other"))
    assert "<html" in report.text
    assert "1 order is on hold." in report.text
    nothing = browser.get("/orders/selection")
    assert (nothing.status_code, nothing.location) == (303, "/orders/")
    assert "Tick orders in the list first" in browser.get("/orders/").text


def test_it_is_said_in_chinese_too(cast: Cast) -> None:
    number = cast.made(lambda: cast.order().number)

    page = cast.client("clerk").get("/orders/selection", query_string={"do": "cancel", "order": number, "lang": "zh_Hans"})

    assert page.status_code == 200
    assert "客户" in page.text


def test_a_question_about_many_costs_no_more_queries_than_about_one(cast: Cast, queries: SimpleNamespace) -> None:
    numbers = cast.made(lambda: [cast.order(pay="transfer").number for _order in range(6)])
    browser = cast.client("manager")
    counts = []
    for asked in (numbers[:1], numbers):
        queries.count = 0
        assert browser.get("/orders/selection", query_string={"do": "cancel", "order": asked}, headers=PARTIAL).status_code == 200
        counts.append(queries.count)

    assert counts[0] == counts[1] <= 4


def test_cancelling_many_while_others_pay_leaves_each_order_one_thing(town: Flask) -> None:
    cast = Cast(town)
    cast.made(lambda: cast.stock("LAMP", 100))
    numbers = cast.made(lambda: [cast.order().number for _order in range(12)])
    clerk, manager = cast.client("manager"), cast.made(lambda: cast.actor("admin"))
    start = Barrier(3)

    def cancel_them(order: list[str]) -> str:
        start.wait()
        return str(clerk.post("/orders/cancellations", data=form(order, reason="staff"), headers=PARTIAL).text)

    def pay_them() -> list[str]:
        start.wait()
        return [outcome for number in numbers if (outcome := pay(number))]

    def pay(number: str) -> str:
        with town.app_context():
            try:
                in_transaction(lambda session: record_transfer(session, number=number, amount=3600, reference="PAID", by=manager) and None)
                return number
            except Refusal:
                return ""

    with ThreadPoolExecutor(3) as pool:
        forwards, backwards = pool.submit(cancel_them, numbers), pool.submit(cancel_them, numbers[::-1])
        paid = pool.submit(pay_them).result()
        reports = forwards.result() + backwards.result()

    assert "our side" not in reports
    done = sum(int(count) for count in re.findall(r"(\d+) orders? (?:is|are) cancelled\.", reports))
    assert done == len(numbers), "each was cancelled by one of the two, and only by one"
    with town.app_context():
        assert set(db.session.scalars(select(Order.status))) == {"cancelled"}
        assert db.session.scalar(select(func.count()).select_from(Shipment).where(Shipment.state != "cancelled")) == 0
        assert [(finding.invariant.code, finding.offenders) for finding in audit(db.engine) if finding.offenders] == []
    assert set(paid) <= set(numbers)
