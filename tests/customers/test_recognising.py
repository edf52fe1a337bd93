"""A customer is recognised by their own reference, e-mail address or phone number, and by nothing less."""

import pytest
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.addresses import Address
from logistics.customers.models import Customer
from logistics.customers.recognising import Person, recognise_one
from logistics.customers.registering import create_customer
from logistics.customers.rules import CustomerDetails

LEEDS = Address(line1="12 Park Row", city="Leeds", postcode="LS1 5HD", country="GB")


@pytest.fixture
def mina(session: Session) -> Customer:
    details = CustomerDetails(name="Mina Park", reference="C-7", email="Mina@Example.com", phone="0113 496 0001", address=LEEDS)
    return create_customer(session, details=details, by=SYSTEM)


@pytest.mark.parametrize(
    "said",
    [
        {"reference": "c-7"},
        {"email": "mina@example.COM"},
        {"email": "MINA@example.com", "phone": "+44 113 496 0777"},
        {"phone": "+44 113 496 0001"},
        {"phone": "0113 4960001", "country": "GB"},
        {"email": "another@example.com", "phone": "+441134960001", "name": "mina park"},
    ],
)
def test_they_are_recognised(session: Session, mina: Customer, said: dict[str, str]) -> None:
    assert recognise_one(session, Person(**said)) is mina


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"reference": "C-8", "email": "mina@example.com"},
        {"email": "mina@example.co"},
        {"phone": "+44 113 496 0002"},
        {"phone": "0113 496 0001", "country": "US"},
        {"phone": "0113 496 0001"},
        {"phone": "call me"},
    ],
)
def test_somebody_else_is_not(session: Session, mina: Customer, said: dict[str, str]) -> None:
    assert recognise_one(session, Person(**said)) is None


def test_of_two_with_one_address_it_is_the_first(session: Session, mina: Customer) -> None:
    create_customer(session, details=CustomerDetails(name="Min Park", email="mina@example.com", address=LEEDS), by=SYSTEM)

    assert recognise_one(session, Person(email="mina@example.com")) is mina
