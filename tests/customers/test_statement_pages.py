"""Statements: what moved a balance between two days, on the screen, on paper and as a file."""

import csv
import io
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.customers.adjusting import adjust
from logistics.customers.authorising import authorise, capture
from logistics.customers.crediting import account_for, deposit, withdraw_for_payment
from logistics.customers.granting import grant_credit
from logistics.customers.rules import Credit
from logistics.payments.company import CompanyDetails, save_company
from tests.cast import Cast
from tests.customers.bare import bare_order

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def mina(cast: Cast) -> str:
    """Her statement: 100 in on 1 October, 30 out on the 15th, 20 promised on the 20th, 200 out on terms on 2 November; history of 1 September too."""

    def make() -> int:
        customer, order = cast.customer(), bare_order(cast)
        money: dict[str, Any] = {"customer_id": customer.id, "currency": "USD"}
        deposit(cast.session, **money, amount=10_000, reference="BANK-7", by=SYSTEM, at=_on(10, 1))
        account = account_for(cast.session, customer.id, "USD")
        asked: dict[str, Any] = {"account_id": account.id, "order_id": order.id, "reference": order.number, "by": SYSTEM}
        grant_credit(cast.session, **money, credit=Credit(20_000, 30), seen=Credit(), by=SYSTEM)
        withdraw_for_payment(cast.session, **asked, amount=3_000, at=_on(10, 15))
        authorise(cast.session, **asked, amount=20_000, on_terms=True, at=_on(10, 20))
        capture(cast.session, **asked, amount=20_000, at=_on(11, 2))
        deposit(cast.session, **money, amount=500, reference="=HYPERLINK(1)", by=SYSTEM, at=_on(9, 1))
        return customer.id

    return f"/customers/{cast.made(make)}/statement"


def test_it_adds_up_line_by_line_in_the_order_of_days(cast: Cast, mina: str) -> None:
    text = cast.client("clerk").get(mina).text

    assert _amounts(text) == [
        ("Opening balance", "0.00"), ("Sep 1, 2026", "5.00"), ("Oct 1, 2026", "105.00"), ("Oct 15, 2026", "75.00"),
        ("Nov 2, 2026", "-125.00"), ("Closing balance", "-125.00"),
    ]  # fmt: skip
    assert '<a class="mono" href="/orders/K7M2-9QXF">K7M2-9QXF</a>' in text
    assert "Charged for an order" in text


def test_between_two_days_it_opens_with_what_was_before(cast: Cast, mina: str) -> None:
    text = cast.client("clerk").get(f"{mina}?from=2026-10-02&to=2026-10-31", headers=PART).text
    assert _amounts(text) == [("Opening balance", "105.00"), ("Oct 15, 2026", "75.00"), ("Closing balance", "75.00")]
    assert "<html" not in text
    assert "Nothing moved in these days" in cast.client("clerk").get(f"{mina}?from=2020-01-01&to=2020-02-01").text


def test_pages_carry_the_balance_over(cast: Cast, queries: SimpleNamespace) -> None:
    def make() -> int:
        for day in range(1, 121):
            money = {"amount": day, "at": datetime(2026, 5 + day // 28, 1 + day % 28, tzinfo=UTC)}
            deposit(cast.session, customer_id=cast.customer().id, currency="USD", reference=f"R{day}", by=SYSTEM, **money)
        return cast.customer().id

    clerk, where = cast.client("clerk"), f"/customers/{cast.made(make)}/statement"
    pages, address = [], where
    while address:
        queries.count = 0
        text = clerk.get(address, headers=PART).text
        assert queries.count <= 5, queries.statements[-queries.count :]
        pages.append(_amounts(text))
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""

    assert [len(page) for page in pages] == [51, 51, 22]
    assert [page[0][0] for page in pages] == ["Opening balance", "Carried over", "Carried over"]
    assert [page[0][1] for page in pages[1:]] == [page[-1][1] for page in pages[:-1]]
    assert pages[-1][-1] == ("Closing balance", "72.60") == ("Closing balance", pages[-1][-2][1])


def test_the_file_has_everything_and_runs_nothing(cast: Cast, mina: str) -> None:
    answer = cast.client("clerk").get(f"{mina}.csv?to=2026-11-30")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))

    assert [(row["in"], row["out"], row["balance"], row["owed"]) for row in rows] == [
        ("5.00", "0.00", "5.00", "0.00"),
        ("100.00", "0.00", "105.00", "0.00"),
        ("0.00", "30.00", "75.00", "0.00"),
        ("0.00", "200.00", "0.00", "125.00"),
    ]
    assert rows[0]["reference"] == "'=HYPERLINK(1)"
    assert [row["order"] for row in rows] == ["", "", "K7M2-9QXF", "K7M2-9QXF"]


def test_paper_has_the_whole_of_it_and_the_customers_address(cast: Cast, mina: str) -> None:
    text = cast.client("clerk").get(f"{mina}?print=1&from=2026-10-01").text
    assert "Statement in USD" in text
    assert "12 Park Row" in text
    assert "A balance below zero is what is still to be paid to us." in text
    assert [row[1] for row in _amounts(text)] == ["5.00", "105.00", "75.00", "-125.00", "-125.00"]
    assert "/orders/" not in text


def test_paper_says_who_writes_it(cast: Cast, mina: str) -> None:
    clerk = cast.client("clerk")
    blank = clerk.get(f"{mina}?print=1").text
    assert '<p class="big" dir="auto">Lamp &amp; Son</p>' in blank

    address = Address("Torstr. 1", city="Berlin", postcode="10115", country="DE")
    lamps = CompanyDetails("Lamps & Co GmbH", address, tax_number="DE123456789", email="money@lamps.example", bank="IBAN DE02 1203")
    cast.made(lambda: save_company(cast.session, details=lamps, version=0, by=cast.actor("admin")))

    letter = clerk.get(f"{mina}?print=1").text
    assert '<p class="big" dir="auto">Lamps &amp; Co GmbH</p>' in letter
    assert "Torstr. 1\n10115 Berlin\nGermany" in letter
    assert [part for part in ("Tax number DE123456789", "money@lamps.example", "IBAN DE02 1203", "12 Park Row") if part not in letter] == []


def test_it_speaks_the_readers_language_and_other_currencies(cast: Cast, mina: str) -> None:
    cast.made(lambda: adjust(cast.session, customer_id=cast.customer().id, currency="JPY", change=700, reason="对不起", by=SYSTEM))
    text = cast.client("clerk").get(f"{mina}?currency=JPY").text
    assert _amounts(text)[-1] == ("Closing balance", "700")
    assert "对不起" in text
    assert "No money yet" in cast.client("clerk").get(f"{mina}?currency=EUR").text


@pytest.mark.parametrize(("query", "status"), [("currency=usd", 422), ("cursor=x", 422), ("cursor=WyJ4IiwxXQ", 422), ("from=2026-13-01", 200)])
def test_a_question_that_is_none_is_refused_or_said(cast: Cast, mina: str, query: str, status: int) -> None:
    answer = cast.client("clerk").get(f"{mina}?{query}")
    assert answer.status_code == status
    assert ("A day was not understood" in answer.text) == (status == 200)


def test_who_is_not_there_has_no_statement_and_the_warehouse_sees_none(cast: Cast, mina: str) -> None:
    assert cast.client("clerk").get("/customers/987654/statement").status_code == 404
    for where in (mina, f"{mina}.csv"):
        assert cast.client("picker").get(where).status_code == 403


def _amounts(text: str) -> list[tuple[str, str]]:
    """The first and the last cell of each row of the statement, its sum without the currency that stands behind its sign."""
    table = text[text.index("<tbody") : text.index("</tbody")]
    cells = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row, re.S)] for row in table.split("</tr>")]
    return [(row[0], ("-" if row[-1].startswith("−") else "") + row[-1].split(" ")[-1]) for row in cells if row]


def _on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)
