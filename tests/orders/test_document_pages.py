"""Documents on an order's page, on paper in both languages, and in the bookkeeper's list."""

import csv
import io
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.orders.billing import bill
from logistics.orders.lifecycle import open_order
from logistics.orders.models import Order
from logistics.payments.models import Document, Payment
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def clerk(cast: Cast) -> FlaskClient:
    return cast.client("clerk")


def invoiced(cast: Cast, **given: Any) -> tuple[str, str]:
    """The numbers of an order and of its invoice."""

    def make() -> tuple[str, str]:
        order = cast.order(**given)
        document = bill(cast.session, order_id=order.id, by=cast.actor())
        assert document is not None
        return order.number, document.number

    numbers: tuple[str, str] = cast.made(make)
    return numbers


def credited(cast: Cast, number: str, units: int) -> str:
    """Cancel so many units of the first line of an invoiced order; the credit note's number."""

    def make() -> str:
        order = cast.session.query(Order).filter_by(number=number).one()
        open_order(cast.session, order.id).lines[0].cancelled += units
        document = bill(cast.session, order_id=order.id, by=cast.actor())
        assert document is not None
        return document.number

    return str(cast.made(make))


def test_an_invoice_is_issued_from_the_orders_page_once(cast: Cast, clerk: FlaskClient) -> None:
    number = cast.made(lambda: cast.order(lines=[("LAMP", 2)]).number)
    assert "Issue invoice" in clerk.get(f"/orders/{number}").text

    answer = clerk.post(f"/orders/{number}/documents", headers=PART)

    assert (answer.status_code, 'id="documents"' in answer.text, "is issued." in answer.text) == (200, True, True)
    assert "<html" not in answer.text
    assert "Issue invoice" not in answer.text
    again = clerk.post(f"/orders/{number}/documents", follow_redirects=True)
    assert "There is nothing to issue" in again.text
    page = clerk.get(f"/orders/{number}").text
    assert page.count("/invoices/INV-") == 1
    assert "Invoice INV-" in page


def test_a_changed_order_offers_its_credit_note(cast: Cast, clerk: FlaskClient) -> None:
    number, _invoice = invoiced(cast, lines=[("LAMP", 3)])
    cast.made(lambda: setattr(open_order(cast.session, cast.session.query(Order).one().id).lines[0], "cancelled", 1))

    page = clerk.get(f"/orders/{number}").text
    assert "Issue credit note" in page
    assert "The order costs USD 36.00 now" in page
    issued = clerk.post(f"/orders/{number}/documents", headers=PART).text

    assert "/credit-notes/CN-" in issued
    assert "−USD 18.00" in issued


def test_an_invoice_prints_what_it_is_about_in_the_orders_language_or_another(cast: Cast, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast, lines=[("LAMP", 2)], shipping=500, language="en")
    here = f"/orders/{number}/invoices/{invoice}"

    paper = clerk.get(here).text

    for said in (invoice, number, "Mina Park", "12 Park Row", "Lamp thing", "USD 18.00", "USD 36.00", "USD 41.00", "Still to be paid", "Bill to"):
        assert said in paper, said
    assert '<html lang="en"' in paper
    chinese = clerk.get(f"{here}?lang=zh_Hans").text
    assert '<html lang="zh-Hans"' in chinese
    assert "英国" in chinese
    assert "USD 41.00" in chinese


def test_a_chinese_order_prints_chinese_whoever_looks(cast: Cast, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast, language="zh_Hans")

    for paper in (f"/orders/{number}/invoices/{invoice}", f"/orders/{number}/confirmation"):
        assert '<html lang="zh-Hans"' in clerk.get(paper).text
        assert '<html lang="en"' in clerk.get(f"{paper}?lang=en").text


def test_what_is_printed_stays_when_everything_else_changes(session: Session, cast: Cast, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast, lines=[("LAMP", 2)])
    before = clerk.get(f"/orders/{number}/invoices/{invoice}").text

    def change() -> None:
        cast.product("LAMP").name = "Another name"
        cast.customer().name = "Mina Jones"
        order = cast.session.query(Order).one()
        order.name, order.line1 = "Somebody else", "Elsewhere 1"

    cast.made(change)

    assert clerk.get(f"/orders/{number}/invoices/{invoice}").text == before
    assert "Another name" in clerk.get(f"/orders/{number}/confirmation").text


def test_a_companys_tax_number_stands_on_its_invoice_as_it_was_then(cast: Cast, clerk: FlaskClient) -> None:
    cast.made(lambda: setattr(cast.customer(), "tax_number", "GB 999 0000 00"))
    number, invoice = invoiced(cast)
    cast.made(lambda: setattr(cast.customer(), "tax_number", "GB 111 0000 00"))

    assert "Tax number GB 999 0000 00" in clerk.get(f"/orders/{number}/invoices/{invoice}").text
    assert "Tax number GB 111 0000 00" in clerk.get(f"/orders/{number}/confirmation").text


def test_taxes_are_summed_by_rate_and_said_to_be_in_or_on_the_prices(cast: Cast, clerk: FlaskClient) -> None:
    def make(included: bool) -> str:
        order = cast.order(lines=[("LAMP", 1), ("SHADE", 1)])
        order.tax_included = included
        for line, rate in zip(order.lines, (1900, 700), strict=True):
            line.tax_bp = rate
        bill(cast.session, order_id=order.id, by=cast.actor())
        return order.number

    inside = clerk.get(f"/orders/{cast.made(lambda: make(True))}/confirmation").text
    outside = clerk.get(f"/orders/{cast.made(lambda: make(False))}/confirmation").text

    for said in ("19%", "7%", "USD 15.13", "USD 2.87", "USD 16.82", "USD 1.18", "USD 36.00", "The prices above include tax."):
        assert said in inside, said
    for said in ("USD 3.42", "USD 1.26", "USD 40.68", "Tax is added to the prices above."):
        assert said in outside, said


def test_a_credit_note_names_the_invoice_and_asks_for_no_money(cast: Cast, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast, lines=[("LAMP", 3)])

    paper = clerk.get(f"/orders/{number}/credit-notes/{credited(cast, number, 1)}").text

    assert invoice in paper
    assert "Credited in all" in paper
    assert "USD 18.00" in paper
    assert "Still to be paid" not in paper


def test_terms_say_the_day_and_are_not_paid(cast: Cast, clerk: FlaskClient) -> None:
    def make() -> str:
        order = cast.order(lines=[("LAMP", 2)])
        amounts = {"authorised": 3600, "captured": 3600, "voided": 0, "refunded": 0}
        terms = {"method": "terms", "state": "captured", "due_on": date(2027, 1, 15), "created_at": order.placed_at}
        cast.session.add(Payment(order_id=order.id, currency="USD", **amounts, **terms))
        return order.number

    paper = clerk.get(f"/orders/{cast.made(make)}/confirmation").text

    assert "Please pay by Jan 15, 2027." in paper
    assert paper.count("USD 36.00") >= 2
    assert ">Paid<" not in paper


def test_a_document_is_found_only_under_its_own_order_and_kind(cast: Cast, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast)
    other, _invoice = invoiced(cast)

    assert clerk.get(f"/orders/{other}/invoices/{invoice}").status_code == 404
    assert clerk.get(f"/orders/{number}/credit-notes/{invoice}").status_code == 404
    assert clerk.get(f"/orders/{number}/invoices/INV-2026-99999").status_code == 404
    assert clerk.get(f"/orders/{number}/receipts/{invoice}").status_code == 404


def test_the_warehouse_sees_no_document(cast: Cast) -> None:
    number, invoice = invoiced(cast)
    picker = cast.client("picker")

    page = picker.get(f"/orders/{number}").text
    assert "Documents" not in page
    assert invoice not in page
    for url in (f"/orders/{number}/invoices/{invoice}", f"/orders/{number}/confirmation", "/documents/", "/documents/export.csv"):
        assert picker.get(url).status_code == 403
    assert picker.post(f"/orders/{number}/documents").status_code == 403


def test_the_bookkeeper_lists_filters_and_pages(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    number, invoice = invoiced(cast, lines=[("LAMP", 3)])
    credit = credited(cast, number, 1)
    _other, second = invoiced(cast)
    auditor = cast.client("auditor")

    everything = auditor.get("/documents/").text
    assert [name in everything for name in (invoice, credit, second)] == [True, True, True]
    assert "−USD 18.00" in everything
    notes = auditor.get("/documents/?kind=credit_note", headers=PART).text
    assert [name in notes for name in (invoice, credit)] == [False, True]
    assert invoice in auditor.get(f"/documents/?q={invoice.lower()}").text
    assert "No such documents" in auditor.get("/documents/?to=2020-01-01").text
    assert "A day was not understood" in auditor.get("/documents/?from=yesterday").text
    assert auditor.get("/documents/?cursor=nonsense").status_code == 422


def test_the_list_goes_on_where_the_page_before_ended(cast: Cast) -> None:
    numbers = [invoiced(cast)[1] for _document in range(53)]
    auditor = cast.client("auditor")

    first = auditor.get("/documents/").text
    after = first.split("cursor=")[1].split('"')[0].split("&")[0]
    last = auditor.get(f"/documents/?cursor={after}").text

    assert [number in first for number in numbers] == [False] * 3 + [True] * 50
    assert [number in last for number in numbers] == [True] * 3 + [False] * 50


def test_the_file_says_the_same_with_credit_notes_below_zero(cast: Cast) -> None:
    number, invoice = invoiced(cast, lines=[("LAMP", 3)], name="=1+1")
    credit = credited(cast, number, 1)

    answer = cast.client("manager").get("/documents/export.csv")

    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [(row["number"], row["total"]) for row in rows] == [(credit, "'-18.00"), (invoice, "54.00")]
    assert rows[0]["order"] == number


def test_pages_cost_as_few_statements_however_many_documents_there_are(cast: Cast, queries: SimpleNamespace) -> None:
    manager = cast.client("manager")
    counts = []
    for _round in range(2):
        invoiced(cast, lines=[("LAMP", 1), ("SHADE", 2)])
        manager.get("/documents/")
        queries.count = 0
        manager.get("/documents/")
        counts.append(queries.count)

    assert counts[0] == counts[1] <= 14


def test_a_document_with_many_lines_is_printed_without_asking_for_each(cast: Cast, queries: SimpleNamespace, clerk: FlaskClient) -> None:
    number, invoice = invoiced(cast, lines=[(f"SKU-{at}", 1) for at in range(12)])
    clerk.get(f"/orders/{number}/confirmation")

    queries.count = 0
    assert clerk.get(f"/orders/{number}/invoices/{invoice}").status_code == 200
    assert queries.count <= 12
    queries.count = 0
    assert clerk.get(f"/orders/{number}/confirmation").status_code == 200
    assert queries.count <= 14
    assert cast.made(lambda: cast.session.query(Document).count()) == 1


@pytest.mark.parametrize("said", ["%00", "%F0%9F%92%A5", "x" * 3000, "%27%20OR%201=1"])
def test_nonsense_is_no_document_and_breaks_nothing(cast: Cast, said: str) -> None:
    number, _invoice = invoiced(cast)
    manager = cast.client("manager")

    for url in (f"/orders/{number}/invoices/{said}", f"/documents/?q={said}", f"/documents/?kind={said}&from={said}&cursor={said}"):
        assert manager.get(url).status_code in (200, 400, 404, 422), url
