"""Importing customers from a file."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.importing import Report
from logistics.core.taking_in import import_file
from logistics.customers.importing import CUSTOMERS
from logistics.customers.models import Customer

HEADING = "reference,name,email,phone,line1,line2,district,city,region,postcode,country,language\n"
ALFKI = 'ALFKI,Alfreds Futterkiste,maria@example.com,030-0074321,"Obere Str. 57",,,Berlin,,12209,DE,de\n'
WANG = "WANG,王小明,,138 0013 8000,文三路 1 号,,西湖区,杭州市,浙江省,,CN,zh-CN\n"


def test_customers_are_created_and_the_same_file_again_changes_nothing(session: Session) -> None:
    first, again = _import(HEADING + ALFKI + WANG), _import(HEADING + ALFKI + WANG)

    assert (first.new, first.refused, first.notes) == (2, [], [])
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    wang = session.scalars(select(Customer).where(Customer.reference == "WANG")).one()
    assert (wang.name, wang.district, wang.language, wang.email) == ("王小明", "西湖区", "zh_Hans", "")


def test_a_later_file_changes_what_it_names_and_keeps_the_rest(session: Session) -> None:
    _import(HEADING + ALFKI)
    report = _import("reference,name,phone\nalfki,Alfreds Futterkiste GmbH,\n")
    assert (report.new, report.changed) == (0, 1)
    (alfki,) = session.scalars(select(Customer)).all()
    assert (alfki.name, alfki.phone, alfki.city) == ("Alfreds Futterkiste GmbH", "030-0074321", "Berlin")


def test_a_tax_number_comes_in_and_stays_where_a_file_has_none(session: Session) -> None:
    _import("reference,name,tax_number\nALFKI,Alfreds Futterkiste,DE 0\n")
    _import("reference,name,phone\nALFKI,Alfreds Futterkiste GmbH,030-0074321\n")
    assert session.scalars(select(Customer.tax_number)).one() == "DE 0"


def test_what_cannot_be_verified_is_taken_and_noted_with_its_row(session: Session) -> None:
    odd = HEADING + ALFKI.replace("12209", "1220").replace("030-0074321", "030-0")
    report = _import(odd)
    assert report.new == 1
    assert [(note.row, note.column, note.code) for note in report.notes] == [(2, "postcode", "unverified"), (2, "phone", "unverified")]
    assert session.scalars(select(Customer.postcode)).one() == "1220"
    assert _import(odd).notes == []


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("ALFKI", "", "reference", "required"),
        ("ALFKI", "ÄLFKI", "reference", "bad_code"),
        ("Alfreds Futterkiste", "", "name", "required"),
        ("Alfreds", "Al\x1bfreds", "name", "control_character"),
        ("maria@example.com", "maria", "email", "bad_email"),
        ("DE,de", "Germania,de", "country", "unknown_country"),
        ("DE,de", "Germany,de", "", ""),
        ("DE,de", "DE,", "", ""),
    ],
)
def test_a_wrong_field_is_named_with_its_row_and_nothing_is_written(session: Session, old: str, new: str, column: str, code: str) -> None:
    report = _import(HEADING + WANG + ALFKI.replace(old, new, 1))
    assert [(error.row, error.column, error.code) for error in report.refused] == ([(3, column, code)] if code else [])
    assert len(session.scalars(select(Customer)).all()) == (0 if code else 2)


def test_a_reference_that_stands_twice_is_named_with_both_rows(session: Session) -> None:
    report = _import(HEADING + ALFKI + WANG + ALFKI.replace("ALFKI", "alfki"))
    assert [(error.row, error.column) for error in report.refused] == [(2, "reference")]
    assert "2, 4" in report.refused[0].message


def _import(text: str) -> Report:
    return import_file(CUSTOMERS, text.encode(), by=SYSTEM)
