"""Taking back from an order's page: lines, money, what is still to be paid; and the list for the second person."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from logistics.core import clock
from logistics.core.keys import new_key
from logistics.core.second_person import PAGE
from logistics.customers.crediting import account_for
from logistics.orders.cancelling import cancel, cancel_lines
from logistics.orders.models import CancelReason, Order, OrderCancellation, RefundRequest
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def send(browser: FlaskClient, path: str, *, part: bool = True, **fields: Any) -> TestResponse:
    """Send a form."""
    return browser.post(path, data={"form_key": new_key(), **fields}, headers=PARTIAL if part else {})


def paid(cast: Cast, *lines: tuple[str, int]) -> Order:
    """An order that is paid by transfer, committed."""
    order: Order = cast.made(lambda: cast.order(lines=lines or (("LAMP", 3),), pay="transfer"))
    return order


def fields_of(cast: Cast, number: str, *units: int) -> dict[str, str]:
    """What is typed to cancel so many units of each line."""

    def read() -> dict[str, str]:
        order = cast.session.scalars(select(Order).where(Order.number == number)).one()
        return {f"line-{line.id}": str(count) for line, count in zip(order.lines, units, strict=False)}

    read_fields: dict[str, str] = cast.made(read)
    return read_fields


def test_lines_are_cancelled_from_a_dialog_that_is_a_page_too(cast: Cast) -> None:
    number = paid(cast, ("LAMP", 3), ("SHADE", 1)).number
    browser, here = cast.client("clerk"), f"/orders/{number}/lines/cancellation"
    assert f'hx-get="{here}"' in browser.get(f"/orders/{number}").text
    dialog, page = browser.get(here, headers=PARTIAL).text, browser.get(here).text
    assert "3 units are left" in dialog
    assert "<html" not in dialog
    assert "<html" in page
    assert "hx-post" not in page.split("<main")[1]
    assert 'value="3"' in browser.get(f"{here}?all=1").text

    answer = send(browser, here, reason="customer", note="Changed <b>his</b> mind", **fields_of(cast, number, 2))

    assert answer.status_code == 200
    assert "2 units cancelled, their stock is free again" in answer.text
    assert "2 cancelled" in answer.text
    assert "The customer changed their mind · Changed &lt;b&gt;his&lt;/b&gt; mind" in answer.text
    assert "What you named is cancelled." in answer.text
    assert cast.made(lambda: cast.session.scalars(select(OrderCancellation.note)).one()) == "Changed <b>his</b> mind"
    assert send(browser, here, part=False, reason="customer", **fields_of(cast, number, 1)).status_code == 303


@pytest.mark.parametrize("typed", ["4", "-1", "x", "1.5", "9999999", ""])
def test_what_is_wrong_stands_beside_its_line_and_nothing_is_cancelled(cast: Cast, typed: str) -> None:
    number = paid(cast).number
    browser = cast.client("clerk")
    fields = dict.fromkeys(fields_of(cast, number, 1), typed)

    answer = send(browser, f"/orders/{number}/lines/cancellation", reason="customer", **fields)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#asked")
    assert f'value="{typed}"' in answer.text
    assert ("danger-text" in answer.text) == (typed != "")
    assert cast.made(lambda: cast.session.scalars(select(OrderCancellation)).all()) == []


def test_a_manager_refunds_up_to_the_limit_alone_and_the_order_stays_paid(cast: Cast) -> None:
    number = paid(cast).number
    browser, here = cast.client("manager"), f"/orders/{number}/refund"
    assert "54.00, which was paid and not given back." in browser.get(here, headers=PARTIAL).text

    answer = send(browser, here, amount="12.50", reason="damaged", note="Scratched", to="as_paid")

    assert answer.status_code == 200
    assert "Refunded</strong>" in answer.text
    assert "Goods were damaged" in answer.text
    assert "Scratched" in answer.text
    assert "Paid<" in answer.text
    assert cast.made(lambda: account_for(cast.session, cast.customer().id, "USD").balance) == 1250


def test_a_clerk_asks_and_another_person_approves(cast: Cast) -> None:
    number = paid(cast).number
    clerk, manager = cast.client("clerk"), cast.client("manager")

    asked = send(clerk, f"/orders/{number}/refund", amount="1.00", reason="late", to="as_paid")
    assert "Waits for approval" in asked.text
    assert "Withdraw" in asked.text
    request_id = cast.made(lambda: cast.session.scalars(select(RefundRequest.id)).one())
    assert number in manager.get("/refunds/").text
    assert clerk.post(f"/refunds/{request_id}/approval").status_code == 403
    approved = manager.post(f"/refunds/{request_id}/approval", data={"at": "order"}, headers=PARTIAL)

    assert approved.status_code == 200
    assert "Approved by a second person" in approved.text
    assert "Nothing to approve" in manager.get("/refunds/").text
    assert number in manager.get("/refunds/?tab=decided").text
    assert cast.made(lambda: account_for(cast.session, cast.customer().id, "USD").balance) == 100


def test_nobody_approves_their_own_request(cast: Cast) -> None:
    number = paid(cast, ("LAMP", 20)).number
    manager = cast.client("manager")
    asked = send(manager, f"/orders/{number}/refund", amount="200.01", reason="goodwill", to="as_paid")
    assert "Waits for approval" in asked.text
    request_id = cast.made(lambda: cast.session.scalars(select(RefundRequest.id)).one())

    for action in ("approval", "rejection"):
        refused = manager.post(f"/refunds/{request_id}/{action}", headers=PARTIAL)
        assert (refused.status_code, refused.headers["HX-Retarget"]) == (403, "#toast")

    rejected = cast.client("admin").post(f"/refunds/{request_id}/rejection", headers=PARTIAL)
    assert rejected.status_code == 200
    assert "Nothing to approve" in rejected.text
    assert cast.made(lambda: cast.session.scalars(select(RefundRequest.state)).one()) == "rejected"


@pytest.mark.parametrize("amount", ["", "0", "-1", "54.01", "1.234", "x"])
def test_a_wrong_amount_keeps_what_was_typed(cast: Cast, amount: str) -> None:
    number = paid(cast).number

    answer = send(cast.client("manager"), f"/orders/{number}/refund", amount=amount, reason="late", note="Kept", to="as_paid")

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#asked")
    assert "Kept" in answer.text
    assert f'value="{amount}"' in answer.text
    assert cast.made(lambda: cast.session.scalars(select(RefundRequest)).all()) == []


def test_less_is_to_be_paid_by_an_allowance(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(lines=[("LAMP", 3)])).number
    browser = cast.client("manager")
    assert "Nothing was taken" in browser.get(f"/orders/{number}/refund").text

    answer = send(browser, f"/orders/{number}/allowance", amount="4.00", reason="price")

    assert answer.status_code == 200
    assert "Allowance given: less is to be paid" in answer.text
    assert "50.00" in answer.text, "what is due now"


def test_what_a_program_noted_stands_in_the_history(cast: Cast) -> None:
    order = cast.made(lambda: cast.order(lines=[("LAMP", 3)]))
    units = {order.lines[0].id: 1}
    given = {"number": order.number, "reason": CancelReason.STAFF, "by": cast.made(cast.actor)}
    cast.made(lambda: cancel_lines(cast.session, units=units, note="One too many", **given))
    cast.made(lambda: cancel(cast.session, note="And the rest", **given))

    page = cast.client("auditor").get(f"/orders/{order.number}").text

    assert page.count("One too many") == page.count("And the rest") == 1
    assert "Our own mistake · And the rest" in page


def test_the_warehouse_sees_nothing_of_it(cast: Cast) -> None:
    number = paid(cast).number
    picker = cast.client("picker")

    page = picker.get(f"/orders/{number}").text
    assert "/refund" not in page
    assert "/lines/cancellation" not in page
    assert picker.get("/refunds/").status_code == 403


def test_the_list_turns_its_pages_and_is_read_in_few_queries(cast: Cast, queries: SimpleNamespace) -> None:
    def make() -> None:
        order = cast.order(lines=[("LAMP", 3)], pay="transfer")
        facts = {"kind": "refund", "amount": 1, "reason": "late", "state": "pending", "asked_at": clock.now(), "asked_by": cast.person("clerk").id}
        cast.session.add_all([RefundRequest(order_id=order.id, **facts) for _row in range(PAGE + 3)])

    cast.made(make)
    manager = cast.client("manager")
    queries.count = 0

    first = manager.get("/refunds/", headers=PARTIAL).text
    assert queries.count <= 4, queries.statements
    address = re.search(r'rel="next" href="([^"]+)"', first)
    assert address
    second = manager.get(unescape(address[1]), headers=PARTIAL).text

    assert first.count("<tr id=") == PAGE
    assert second.count("<tr id=") == 3
    assert manager.get("/refunds/?cursor=nonsense", headers=PARTIAL).status_code == 422
