"""Correcting where an order goes (T10), and giving its page another link."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import CUSTOMER
from logistics.core.addresses import Address
from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.core.search import matches
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick_scanned
from logistics.orders.cancelling import cancel
from logistics.orders.linking import make_token, renew_link
from logistics.orders.models import CancelReason, Order
from logistics.orders.queries import find_history
from logistics.orders.readdressing import correct_address
from logistics.orders.timeline import tell
from tests.cast import Cast

THERE = Address("7 Elm Close", city="York", postcode="YO1 7HH", country="GB")


def test_an_unpaid_order_goes_to_the_new_address_and_is_found_by_it(session: Session, cast: Cast) -> None:
    order = cast.order()

    corrected = correct_address(session, number=order.number, address=THERE, by=CUSTOMER)

    assert corrected.address == THERE
    assert session.scalars(select(Order.number).where(matches(Order.search, "elm york"))).all() == [order.number]


def test_staff_read_in_its_history_who_did_it_and_never_where_to(session: Session, cast: Cast) -> None:
    order = cast.order()
    correct_address(session, number=order.number, address=THERE, by=CUSTOMER)

    told = tell(find_history(session, order.id), with_money=True, sourcing={})

    assert (told[0].title, told[0].actor) == ("Delivery address corrected", "The customer")
    kept = session.scalars(select(EventLog).where(EventLog.name == "OrderReaddressed")).one()
    assert kept.data == {"order_id": order.id, "number": order.number}


def test_the_same_address_changes_nothing(session: Session, cast: Cast) -> None:
    order = cast.order()
    before = order.version

    correct_address(session, number=order.number, address=order.address, by=CUSTOMER)

    assert order.version == before
    assert session.scalars(select(EventLog).where(EventLog.name == "OrderReaddressed")).all() == []


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (replace(THERE, line1=""), "line1"),
        (replace(THERE, postcode="NOWHERE"), "postcode"),
        (Address("Rue 1", city="Paris", postcode="75001", country="FR"), "country"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused_with_its_field(session: Session, cast: Cast, address: Address, field: str) -> None:
    order = cast.order()

    with pytest.raises(Invalid) as refusal:
        correct_address(session, number=order.number, address=address, by=CUSTOMER)

    assert [error.pointer for error in refusal.value.errors] == [field]
    assert order.line1 == "12 Park Row"


@pytest.mark.parametrize("state", ["packed", "shipped"])
def test_once_something_is_packed_it_is_too_late(session: Session, cast: Cast, state: str) -> None:
    shipment = cast.shipment(state=state)

    with pytest.raises(IllegalMove):
        correct_address(session, number=shipment.order.number, address=THERE, by=CUSTOMER)


def test_one_packed_parcel_of_two_is_too_late_as_well(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 2)])
    pick_scanned(session, reference=shipment.reference, code="LAMP", by=cast.actor("picker"))
    pack(session, reference=shipment.reference, by=cast.actor("picker"))

    with pytest.raises(IllegalMove):
        correct_address(session, number=shipment.order.number, address=THERE, by=CUSTOMER)


def test_a_cancelled_order_goes_nowhere_and_an_unknown_one_is_not_there(session: Session, cast: Cast) -> None:
    order = cast.order()
    cancel(session, number=order.number, reason=CancelReason.CUSTOMER, by=cast.actor())

    with pytest.raises(IllegalMove):
        correct_address(session, number=order.number, address=THERE, by=CUSTOMER)
    with pytest.raises(NotFound):
        correct_address(session, number="0000-0000", address=THERE, by=CUSTOMER)


def test_parcels_that_are_worked_on_say_that_their_paper_is_old(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="picked")
    before = shipment.version

    correct_address(session, number=shipment.order.number, address=THERE, by=CUSTOMER)

    assert shipment.readdressed_at is not None
    assert shipment.version > before


def test_its_page_and_its_label_show_it(cast: Cast) -> None:
    def make() -> str:
        shipment: Shipment = cast.shipment(state="picked")
        correct_address(cast.session, number=shipment.order.number, address=THERE, by=CUSTOMER)
        return shipment.reference

    reference = cast.made(make)
    picker = cast.client("picker")

    assert "The delivery address was corrected" in picker.get(f"/shipments/{reference}").text
    assert "7 Elm Close" in picker.get(f"/shipments/{reference}/slip").text


def test_a_renewed_link_is_another_one(session: Session, cast: Cast) -> None:
    order = cast.order()
    old = make_token(order, secret="x" * 40)

    renew_link(session, number=order.number, by=cast.actor())

    assert make_token(order, secret="x" * 40) != old
    assert session.scalars(select(EventLog.name).order_by(EventLog.id.desc())).first() == "OrderLinkRenewed"
