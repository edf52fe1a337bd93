"""Settings: the company that documents are issued by."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from logistics.core.addresses import Address
from logistics.core.refusals import Invalid, Stale
from logistics.orders.billing import bill
from logistics.payments.company import CompanyDetails, get_company, save_company
from logistics.payments.models import Document
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
LAMPS = {
    "name": "Lamps & Co GmbH",
    "tax_number": "DE123456789",
    "country": "DE",
    "line1": "Torstr. 1",
    "city": "Berlin",
    "postcode": "10115",
    "bank": "IBAN DE02 1203 0000 0000 2020 51\nBIC BYLADEM1001",
    "invoice_prefix": "re",
    "credit_note_prefix": "GS",
    "version": "0",
}
DETAILS: dict[str, Any] = {"name": "Lamps", "address": Address("Torstr. 1", "", "", "Berlin", "", "10115", "DE")}


def save(session: Session, cast: Cast, version: int = 0, **changed: Any) -> Any:
    """Save the company as an administrator does."""
    return save_company(session, details=CompanyDetails(**{**DETAILS, **changed}), version=version, by=cast.actor("admin"))


@pytest.fixture
def admin(cast: Cast) -> FlaskClient:
    return cast.client("admin")


def test_what_is_entered_stands_on_the_next_document_and_not_on_the_last(cast: Cast, admin: FlaskClient) -> None:
    assert "documents carry the shop’s name only" in admin.get("/settings/company/").text
    first = cast.made(lambda: _number(cast))

    answer = admin.post("/settings/company/", data=LAMPS)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/company/")
    page = admin.get("/settings/company/").text
    assert "Lamps &amp; Co GmbH" in page
    assert 'value="RE"' in page
    second = cast.made(lambda: _number(cast))
    assert (first[:4], second[:3], second[-5:]) == ("INV-", "RE-", "00001")
    papers = {number: admin.get(f"/orders/{order}/invoices/{number}").text for number, order in cast.made(lambda: _orders(cast)).items()}
    assert "DE123456789" in papers[second]
    assert "IBAN DE02" in papers[second]
    assert "DE123456789" not in papers[first]


def test_a_wrong_field_comes_back_with_what_was_typed(cast: Cast, admin: FlaskClient) -> None:
    wrong = (
        ({"name": ""}, "This is needed."),
        ({"country": ""}, "Choose a country from the list."),
        ({"postcode": "nonsense"}, "This is no postcode of Germany."),
        ({"invoice_prefix": "R-1"}, "Use letters without accents and digits only"),
        ({"invoice_prefix": "1R"}, "Use letters without accents and digits only"),
        ({"credit_note_prefix": "RE"}, "Credit notes need a prefix of their own."),
        ({"email": "nobody"}, "LAMPS-KEPT"),
    )
    for fields, said in wrong:
        for headers in ({}, PART):
            answer = admin.post("/settings/company/", data=LAMPS | {"tax_number": "LAMPS-KEPT"} | fields, headers=headers)
            assert (answer.status_code, said in answer.text, "LAMPS-KEPT" in answer.text) == (422, True, True), fields
            assert ("<html" in answer.text) == (not headers)
    assert cast.made(lambda: get_company(cast.session).version) == 0


def test_a_save_that_comes_too_late_shows_both(cast: Cast, admin: FlaskClient) -> None:
    admin.post("/settings/company/", data=LAMPS)

    late = admin.post("/settings/company/", data=LAMPS | {"name": "Lamps Ltd"}, headers=PART)

    assert (late.status_code, "Lamps &amp; Co GmbH" in late.text, "Lamps Ltd" in late.text) == (409, True, True)
    assert admin.post("/settings/company/", data=LAMPS | {"name": "Lamps Ltd", "version": "1"}).status_code == 303


def test_an_auditor_reads_and_saves_nothing(cast: Cast) -> None:
    auditor = cast.client("auditor")

    page = auditor.get("/settings/company/").text

    assert "<fieldset" in page
    assert " disabled>" in page
    assert auditor.post("/settings/company/", data=LAMPS).status_code == 403
    assert cast.client("manager").get("/settings/company/").status_code == 403


def test_a_prefix_numbers_one_kind_of_document_for_ever(session: Session, cast: Cast) -> None:
    save(session, cast)
    bill(session, order_id=cast.order().id, by=cast.actor())

    with pytest.raises(Invalid) as refusal:
        save(session, cast, version=1, invoice_prefix="R", credit_note_prefix="INV")

    assert [error.pointer for error in refusal.value.errors] == ["credit_note_prefix"]


def test_saving_the_same_again_is_nothing_and_an_old_version_is_refused(session: Session, cast: Cast) -> None:
    assert save(session, cast).version == 1
    assert save(session, cast, version=0).version == 1
    assert save(session, cast, version=1, phone="030 1").version == 2

    with pytest.raises(Stale):
        save(session, cast, version=1, phone="030 2")


def _number(cast: Cast) -> str:
    document = bill(cast.session, order_id=cast.order().id, by=cast.actor())
    assert document is not None
    return document.number


def _orders(cast: Cast) -> dict[str, str]:
    return {document.number: document.content["order"]["number"] for document in cast.session.query(Document)}
