"""Corrections of balances that wait for a second person: on the customer's page, and in the list beside the refunds."""

import re
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.core.second_person import PAGE
from logistics.customers.adjusting import adjust
from logistics.customers.models import AdjustmentRequest, Entry
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
LIST = "/refunds/corrections/"


def ask(browser: FlaskClient, page: str, **typed: str) -> str:
    """Correct a balance by more than one person may."""
    sent = {"currency": "USD", "direction": "on", "amount": "200.01", "reason": "Booked <twice>", "form_key": new_key(), **typed}
    answer = browser.post(f"{page}/adjustments", data=sent, headers=PART)
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/customers/{cast.made(lambda: cast.customer().id)}"


@pytest.fixture
def asked(cast: Cast, page: str) -> int:
    """A correction that the manager asked for."""
    ask(cast.client("manager"), page)
    return cast.made(lambda: cast.session.scalars(select(AdjustmentRequest.id)).one())


def entered(cast: Cast) -> list[int]:
    """What was entered on accounts."""
    return list(cast.made(lambda: cast.session.scalars(select(Entry.balance_delta)).all()))


def test_who_asks_is_told_that_it_waits_and_may_withdraw_it(cast: Cast, page: str) -> None:
    manager = cast.client("manager")
    said = ask(manager, page)

    assert "It is asked for: somebody else has to approve it." in said
    assert "Booked &lt;twice&gt;" in said
    assert "+USD 200.01" in said
    assert "/withdrawal" in said
    assert "/approval" not in said
    assert entered(cast) == []

    path = re.search(r'action="(/refunds/corrections/\d+/withdrawal)"', said)
    assert path
    answer = manager.post(path[1], data={"at": "customer"}, headers=PART)
    assert "The request is withdrawn." in answer.text
    assert "Waits for approval" not in answer.text


def test_somebody_else_finds_it_beside_the_refunds_and_approves_it(cast: Cast, page: str, asked: int) -> None:
    admin = cast.client("admin")
    assert re.search(r"Corrections of balances <span class=\"count\">1</span>", admin.get("/refunds/").text)
    assert re.search(r"Refunds<span class=\"count\">1</span>", admin.get("/").text), "the side navigation counts it"
    assert f"{LIST}{asked}/approval" in admin.get(page).text

    answer = admin.post(f"{LIST}{asked}/approval", data={"at": "list"}, headers=PART)

    assert "Approved and done." in answer.text
    assert "Nothing to approve" in answer.text
    assert entered(cast) == [20_001]
    decided = admin.get(f"{LIST}?tab=decided").text
    assert "Approved" in decided
    assert "Booked &lt;twice&gt;" in decided


@pytest.mark.parametrize(("who", "verb", "status"), [("manager", "approval", 403), ("manager", "rejection", 403), ("admin", "withdrawal", 403)])
def test_who_may_not_decide_is_refused(cast: Cast, asked: int, who: str, verb: str, status: int) -> None:
    assert cast.client(who).post(f"{LIST}{asked}/{verb}", headers=PART).status_code == status
    assert entered(cast) == []


def test_without_script_each_decision_leads_back_to_where_it_was_taken(cast: Cast, page: str, asked: int) -> None:
    answer = cast.client("admin").post(f"{LIST}{asked}/rejection", data={"at": "customer"})
    assert (answer.status_code, answer.location) == (303, page)
    again = cast.client("admin").post(f"{LIST}{asked}/rejection", data={"at": "list"})
    assert (again.status_code, again.location) == (303, LIST)


def test_clerks_and_auditors_look_and_decide_nothing(cast: Cast, page: str, asked: int) -> None:
    for who in ("clerk", "auditor"):
        browser = cast.client(who)
        for path in (LIST, page):
            text = browser.get(path).text
            assert "+USD 200.01" in text
            assert "/approval" not in text
        assert browser.post(f"{LIST}{asked}/approval", headers=PART).status_code == 403
    assert entered(cast) == []


def test_the_list_has_pages(cast: Cast, queries: SimpleNamespace) -> None:
    def many() -> None:
        for number in range(PAGE + 1):
            adjust(cast.session, customer_id=cast.customer().id, currency="USD", change=1, reason=f"Fee {number:02}", by=SYSTEM)

    cast.made(many)
    manager = cast.client("manager")
    queries.count = 0
    first = manager.get(f"{LIST}?tab=decided", headers=PART).text
    assert queries.count <= 4, queries.statements
    assert "Fee 50" in first
    assert "Fee 00" not in first
    cursor = re.search(r"cursor=([^\"&]+)", first)
    assert cursor
    second = manager.get(f"{LIST}?tab=decided&cursor={cursor[1]}").text
    assert "Fee 00" in second
    assert "Fee 01" not in second
