"""Credit and corrections on a customer's page: who may, what is refused, and what is kept of what was typed."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.customers.authorising import authorise
from logistics.customers.crediting import account_for, deposit
from logistics.customers.models import Account, Entry
from tests.cast import Cast
from tests.customers.bare import bare_order

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def manager(cast: Cast) -> FlaskClient:
    return cast.client("manager")


@pytest.fixture
def mina(cast: Cast) -> str:
    """The page of Mina Park, who has USD 50.00 with us, of which USD 20.00 are promised to an order."""

    def make() -> int:
        customer, order = cast.customer(), bare_order(cast)
        deposit(cast.session, customer_id=customer.id, currency="USD", amount=5000, reference="BANK-7", by=SYSTEM)
        account = account_for(cast.session, customer.id, "USD")
        authorise(cast.session, account_id=account.id, amount=2000, order_id=order.id, reference=order.number, by=SYSTEM)
        return customer.id

    return f"/customers/{cast.made(make)}"


def test_a_manager_grants_credit_and_the_page_says_what_is_left(cast: Cast, manager: FlaskClient, mina: str) -> None:
    answer = manager.post(f"{mina}/credit", data=_credit(limit="500.00", days="30"), headers=PART)

    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert "USD: on terms, to be paid 30 days after dispatch" in answer.text
    assert "Credit limit USD 500.00, USD 530.00 left to buy for" in answer.text
    assert _account(cast) == (50_000, 30)


def test_credit_in_a_currency_without_an_account_opens_one(cast: Cast, manager: FlaskClient, mina: str) -> None:
    assert manager.post(f"{mina}/credit", data=_credit(currency="JPY", limit="9000", days="1")).status_code == 303
    assert "JPY: on terms, to be paid 1 day after dispatch" in manager.get(mina).text


def test_a_form_that_is_sent_twice_is_one_grant(cast: Cast, manager: FlaskClient, mina: str) -> None:
    sent = _credit(limit="500", days="30")
    assert [manager.post(f"{mina}/credit", data=sent).status_code for _turn in range(2)] == [303, 303]


def test_who_saves_too_late_sees_both_values_and_saves_again(cast: Cast, manager: FlaskClient, mina: str) -> None:
    manager.post(f"{mina}/credit", data=_credit(limit="500", days="30"))

    late = manager.post(f"{mina}/credit", data=_credit(limit="700", days="30"), headers=PART)

    assert late.status_code == 409
    assert "Credit limit is now “500.00”; you typed “700.00”." in late.text
    assert "Days to pay is now" not in late.text
    assert _account(cast) == (50_000, 30)
    form = late.text[late.text.index('id="credit-USD"') : late.text.index('id="credit-new"')]
    seen = dict(re.findall(r'name="(seen_\w+)" type="hidden" value="(\d+)"', form))
    assert seen == {"seen_limit": "50000", "seen_days": "30"}
    assert re.search(r'id="credit-USD"[^>]* open', form)
    assert manager.post(f"{mina}/credit", data=_credit(limit="700", days="30", **seen)).status_code == 303
    assert _account(cast) == (70_000, 30)


def test_a_limit_below_what_is_used_is_refused_with_what_was_typed(cast: Cast, manager: FlaskClient, mina: str) -> None:
    def owe() -> None:
        account = cast.session.scalars(select(Account)).one()
        account.credit_limit, account.terms_days, account.authorised = 50_000, 30, 15_000

    cast.made(owe)
    answer = manager.post(f"{mina}/credit", data=_credit(limit="80", days="30", seen_limit="50000", seen_days="30"), headers=PART)

    assert answer.status_code == 409
    assert "100.00 USD of the credit are used: this limit is 20.00 too low." in answer.text
    assert 'value="80"' in answer.text
    assert _account(cast) == (50_000, 30)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"limit": "12.345"}, "USD has 2 decimals."),
        ({"limit": "-5"}, "Write the amount with digits"),
        ({"limit": ""}, "This is needed."),
        ({"days": "366"}, "Write a whole number of days, 0 to 365."),
        ({"days": "1.5"}, "Write a whole number of days, 0 to 365."),
        ({"days": "３"}, "Write a whole number of days, 0 to 365."),
        ({"currency": "XXX"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_read_is_named(cast: Cast, manager: FlaskClient, mina: str, changed: dict[str, str], says: str) -> None:
    answer = manager.post(f"{mina}/credit", data=_credit(**{"limit": "500", "days": "30"} | changed), headers=PART)
    assert answer.status_code == 422
    assert says in answer.text
    assert len(re.findall(r'<details class="menu[^>]* open', answer.text)) == 1, "the form that was refused, and no other"
    assert _account(cast) == (0, 0)


def test_a_correction_stands_in_the_ledger_with_its_reason(cast: Cast, manager: FlaskClient, mina: str) -> None:
    answer = manager.post(f"{mina}/adjustments", data=_correction(amount="12.50", direction="off", reason="Booked <twice>"), headers=PART)

    assert answer.status_code == 200
    assert "Booked &lt;twice&gt;" in answer.text
    assert "−USD 12.50" in answer.text
    assert "USD 37.50" in answer.text
    manager.post(f"{mina}/adjustments", data=_correction(amount="2.50", direction="on", reason="Sorry"))
    with cast.app.app_context():
        assert cast.session.scalar(select(Account.balance)) == 4000


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"reason": ""}, 422, "This is needed."),
        ({"amount": "0"}, 422, "The amount must be more than 0."),
        ({"amount": "30.01"}, 422, "At most USD 30.00 can be taken off"),
        ({"direction": "up"}, 422, "Not a valid choice"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(cast: Cast, manager: FlaskClient, mina: str, changed: dict[str, str], status: int, says: str) -> None:
    sent = _correction(**{"amount": "10", "direction": "off", "reason": "A fee"} | changed)
    answer = manager.post(f"{mina}/adjustments", data=sent, headers=PART)

    assert answer.status_code == status
    assert says in answer.text
    assert re.search(r'<details class="menu" id="adjust-balance"[^>]* open', answer.text)
    with cast.app.app_context():
        assert cast.session.scalar(select(func.count()).where(Entry.kind == "adjustment")) == 0


def test_clerks_see_the_terms_and_set_none(cast: Cast, mina: str) -> None:
    cast.made(lambda: setattr(cast.session.scalars(select(Account)).one(), "terms_days", 14))
    for who in ("clerk", "auditor"):
        browser = cast.client(who)
        page = browser.get(mina).text
        assert "USD: on terms, to be paid 14 days after dispatch" in page
        assert "adjust-balance" not in page
        assert f"{mina}/credit" not in page
        assert browser.post(f"{mina}/credit", data=_credit(limit="1", days="1")).status_code == 403
        assert browser.post(f"{mina}/adjustments", data=_correction(amount="1", direction="on", reason="x")).status_code == 403


def test_what_is_promised_stands_in_the_ledger_and_leads_to_its_order(cast: Cast, mina: str) -> None:
    page = cast.client("clerk").get(mina).text
    assert "Authorised for an order" in page
    assert '<a class="mono" href="/orders/K7M2-9QXF">K7M2-9QXF</a>' in page
    assert "USD 20.00 of it is authorised for orders" in page


def _credit(**typed: Any) -> dict[str, str]:
    return {"currency": "USD", "seen_limit": "0", "seen_days": "0", "form_key": new_key(), **typed}


def _correction(**typed: str) -> dict[str, str]:
    return {"currency": "USD", "form_key": new_key(), **typed}


def _account(cast: Cast) -> tuple[int, int]:
    with cast.app.app_context():
        row = cast.session.execute(select(Account.credit_limit, Account.terms_days).where(Account.currency == "USD")).one()
        return row.credit_limit, row.terms_days
