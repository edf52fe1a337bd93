"""Where orders went is remembered for whoever ordered, once per place, and forgotten when somebody says so."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.customers.models import CustomerAddress
from logistics.customers.queries import find_address, find_addresses
from logistics.customers.remembering import forget_address, remember_address
from logistics.customers.rules import address_digest
from tests.cast import Cast

MILL = Address("1 Mill Lane", "", "", "York", "", "YO1 6HS", "GB")
QUAY = Address("2 The Quay", "", "", "Hull", "", "HU1 1UU", "GB")


def test_a_place_is_remembered_once_as_it_was_written_last(session: Session, cast: Cast) -> None:
    mina, moment = cast.customer(), clock.now()
    for name, phone, days in (("Mina Park", "1", 1), ("MINA  PARK", "2", 0), ("mina-park", "3", 9)):
        place = {"name": name, "phone": phone, "address": MILL}
        remember_address(session, customer_id=mina.id, at=moment - timedelta(days=days), **place)  # type: ignore[arg-type]

    known = session.scalars(select(CustomerAddress)).one()
    assert (known.times_used, known.last_used_at, known.phone, known.address) == (3, moment, "3", MILL)


def test_two_recipients_in_one_house_are_two(session: Session, cast: Cast) -> None:
    assert address_digest("Jo", MILL) != address_digest("Al", MILL) != address_digest("Al", QUAY)
    assert address_digest("李雷", Address(line1="文三路 1号")) == address_digest("李雷", Address(line1="文三路1号"))


def test_the_latest_come_first_without_the_usual_one_and_nobody_elses(session: Session, cast: Cast) -> None:
    mina, other = cast.customer(), cast.customer("Otto Other")
    for day, address in enumerate((QUAY, cast.address_of(mina), MILL)):
        remember_address(session, customer_id=mina.id, name="Mina Park", phone="", address=address, at=clock.now() + timedelta(days=day))
    remember_address(session, customer_id=other.id, name="Otto Other", phone="", address=QUAY, at=clock.now())

    assert [known.city for known in find_addresses(session, mina)] == ["York", "Hull"]
    theirs = session.scalars(select(CustomerAddress).where(CustomerAddress.customer_id == other.id)).one()
    assert find_address(session, mina.id, theirs.id) is None


def test_at_most_so_many_are_offered(session: Session, cast: Cast) -> None:
    mina = cast.customer()
    for number in range(12):
        address = Address(f"{number} Long Street", city="York", postcode="YO1 6HS", country="GB")
        remember_address(session, customer_id=mina.id, name="Mina Park", phone="", address=address, at=clock.now())
    assert len(find_addresses(session, mina)) == 8


def test_what_is_forgotten_is_gone_and_told_once(session: Session, cast: Cast) -> None:
    mina, other = cast.customer(), cast.customer("Otto Other")
    remember_address(session, customer_id=mina.id, name="Mina Park", phone="", address=MILL, at=clock.now())
    known = find_addresses(session, mina)[0]

    forget_address(session, customer_id=other.id, address_id=known.id, by=cast.actor())
    assert find_address(session, mina.id, known.id) is not None, "somebody else's customer has no say"
    for _click in range(2):
        forget_address(session, customer_id=mina.id, address_id=known.id, by=cast.actor())

    assert find_address(session, mina.id, known.id) is None
    assert session.scalars(select(EventLog.name).where(EventLog.name == "AddressForgotten")).all() == ["AddressForgotten"]


@pytest.mark.parametrize("imported", [True, False])
def test_an_order_remembers_where_it_went_unless_it_is_history(session: Session, cast: Cast, imported: bool) -> None:
    cast.order(address=MILL, name="Jo at work", imported_at=clock.now() if imported else None)
    assert [known.name for known in session.scalars(select(CustomerAddress))] == ([] if imported else ["Jo at work"])
