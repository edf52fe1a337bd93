"""Taking customers into the books and changing them."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.core.refusals import Invalid, NotFound, Stale
from logistics.core.search import matches
from logistics.customers.models import Customer
from logistics.customers.registering import create_customer, create_customers, put_customer, update_customer
from logistics.customers.rules import CustomerDetails
from tests.cast import Cast

LEEDS = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")
MINA = CustomerDetails(name="Mina Park", reference="MINA", email="mina@example.com", phone="0113 496 0001", address=LEEDS)


def test_a_new_customer_is_kept_as_typed_and_told_of_without_naming_them(session: Session, cast: Cast) -> None:
    mina = create_customer(session, details=replace(MINA, address=replace(LEEDS, city="leeds")), by=cast.actor())

    assert (mina.city, mina.phone, mina.address.postcode) == ("leeds", "0113 496 0001", "LS1 5HD")
    told = session.scalars(select(EventLog)).one()
    assert (told.name, told.subject_id, told.data) == ("CustomerRegistered", mina.id, {"customer_id": mina.id})


@pytest.mark.parametrize("question", ["min", "park mina", "mina@example.com", "0001", "01134960001", "+44 113 496 0001", "mina", "MINA"])
def test_a_customer_is_found_by_name_email_phone_ending_and_reference(session: Session, question: str) -> None:
    create_customer(session, details=MINA, by=SYSTEM)
    create_customer(session, details=CustomerDetails(name="Somebody Else", phone="+44 20 7946 0999"), by=SYSTEM)
    assert list(session.scalars(select(Customer.name).where(matches(Customer.search, question)))) == ["Mina Park"]


def test_a_chinese_name_is_found_by_any_part_of_it(session: Session) -> None:
    create_customer(session, details=CustomerDetails(name="王小明"), by=SYSTEM)
    for question in ("王", "小明", "王小明"):
        assert session.scalar(select(Customer.name).where(matches(Customer.search, question))) == "王小明"


def test_everything_that_cannot_be_right_is_named_at_once(session: Session) -> None:
    wrong = CustomerDetails(name="", email="a@b", phone="call me", address=Address(line1="1 High St", country="US", postcode="LS1"))
    with pytest.raises(Invalid) as refusal:
        create_customer(session, details=wrong, by=SYSTEM)
    assert [error.pointer for error in refusal.value.errors] == ["name", "city", "region", "postcode", "phone", "email"]


def test_a_customer_needs_no_address_and_old_data_is_taken_as_it_is(session: Session) -> None:
    create_customer(session, details=CustomerDetails(name="Walk-in", address=Address(country="GB")), by=SYSTEM)
    create_customer(session, details=replace(MINA, phone="030-007", address=replace(LEEDS, postcode="?")), by=SYSTEM, verify=False)


def test_a_reference_is_taken_in_whatever_case_and_the_refusal_names_the_other(session: Session) -> None:
    create_customer(session, details=MINA, by=SYSTEM)
    with pytest.raises(Invalid) as refusal:
        create_customer(session, details=replace(MINA, name="Mina Kim", reference="mina"), by=SYSTEM)
    (error,) = refusal.value.errors
    assert error.pointer == "reference"
    assert "Mina Park" in error.message


def test_customers_without_a_reference_do_not_disturb_each_other(session: Session) -> None:
    for _turn in range(2):
        create_customer(session, details=replace(MINA, reference=""), by=SYSTEM)


def test_a_change_names_the_fields_and_nothing_else_in_the_event_log(session: Session) -> None:
    mina = create_customer(session, details=MINA, by=SYSTEM)

    update_customer(session, customer_id=mina.id, details=replace(MINA, phone="0113 496 0002"), version=1, by=SYSTEM)

    assert (mina.phone, mina.version) == ("0113 496 0002", 2)
    told = session.scalars(select(EventLog).where(EventLog.name == "CustomerChanged")).one()
    assert told.data == {"customer_id": mina.id, "fields": ["phone"]}
    assert session.scalar(select(Customer.id).where(matches(Customer.search, "0002"))) == mina.id


def test_of_two_edits_of_one_version_the_second_is_refused_and_the_same_again_is_not(session: Session) -> None:
    mina = create_customer(session, details=MINA, by=SYSTEM)
    update_customer(session, customer_id=mina.id, details=replace(MINA, name="Mina Kim"), version=1, by=SYSTEM)

    update_customer(session, customer_id=mina.id, details=replace(MINA, name="Mina Kim"), version=1, by=SYSTEM)
    with pytest.raises(Stale):
        update_customer(session, customer_id=mina.id, details=replace(MINA, name="Mina Lee"), version=1, by=SYSTEM)
    assert mina.name == "Mina Kim"
    put_customer(session, customer_id=mina.id, details=replace(MINA, name="Mina Lee"), by=SYSTEM)
    assert (mina.name, mina.version) == ("Mina Lee", 3)


def test_who_is_not_there_cannot_be_changed(session: Session) -> None:
    with pytest.raises(NotFound):
        update_customer(session, customer_id=404, details=MINA, version=1, by=SYSTEM)


def test_many_are_taken_into_the_books_at_once_or_none(session: Session) -> None:
    create_customer(session, details=CustomerDetails("Mina Park", reference="C-1"), by=SYSTEM)
    many = [CustomerDetails(name, reference=reference) for name, reference in (("Ann", "C-2"), ("Bob", ""), ("Cid", "c-1"))]

    with pytest.raises(Invalid) as refusal:
        create_customers(session, many=many, by=SYSTEM)
    assert [error.code for error in refusal.value.errors] == ["duplicate_reference"]

    assert [customer.name for customer in create_customers(session, many=many[:2], by=SYSTEM)] == ["Ann", "Bob"]
    assert session.scalar(select(func.count()).select_from(EventLog).where(EventLog.name == "CustomerRegistered")) == 3
