"""What an order is found by, from the day it is placed to what its parcels are called later."""

import importlib.util
from types import ModuleType

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core.search import matches
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from logistics.orders.models import Order
from logistics.orders.paying import record_transfer
from logistics.orders.queries import find_called
from logistics.orders.searching import add_search_words
from tests.cast import Cast
from tests.source import ROOT


def found(session: Session, typed: str) -> list[str]:
    return list(session.scalars(select(Order.number).where(matches(Order.search, typed))))


@pytest.mark.parametrize("typed", ["JD0014600123", "jd00146", "00123", "600123"])
def test_a_parcels_tracking_number_finds_its_order_by_its_beginning_and_its_endings(session: Session, cast: Cast, typed: str) -> None:
    cast.order()
    shipment = cast.hand_over(cast.shipment(state="packed"), number="JD0014600123")

    assert found(session, typed) == [shipment.order.number]


@pytest.mark.parametrize("typed", ["JD0014600123", "jd 0014 600-123", "14600123"])
def test_a_whole_tracking_number_means_one_order(session: Session, cast: Cast, typed: str) -> None:
    cast.order()
    shipment = cast.hand_over(cast.shipment(state="packed"), number="JD0014600123")

    assert find_called(session, typed) == shipment.order.number
    assert find_called(session, typed[:-1]) is None


def test_a_shipments_reference_finds_its_order_as_soon_as_it_is_assigned(session: Session, cast: Cast) -> None:
    cast.order()
    shipment = cast.shipment()

    for typed in (shipment.reference, shipment.reference.lower(), shipment.reference.replace("-", "")):
        assert found(session, typed) == [shipment.order.number]
        assert find_called(session, typed) == shipment.order.number


def test_what_was_split_off_at_packing_finds_the_order_too(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)])
    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: shipment.lines[0].quantity}, by=cast.actor("picker"))
    pack(session, reference=shipment.reference, by=cast.actor("picker"))
    later = session.scalars(select(Shipment).where(Shipment.order_id == shipment.order_id, Shipment.id != shipment.id)).one()

    assert found(session, later.reference) == [shipment.order.number]


def test_words_are_added_to_those_that_are_there(session: Session, cast: Cast) -> None:
    order = cast.order()
    add_search_words(session, order_id=order.id, words=["凤凰 gift-wrapped"])
    add_search_words(session, order_id=order.id, words=[])

    for typed in ("凤凰", "giftwrapped", order.number, "mina"):
        assert found(session, typed) == [order.number]


def test_an_order_without_any_words_takes_them(session: Session, cast: Cast) -> None:
    order = cast.order()
    session.execute(text("UPDATE orders SET search = NULL"))
    add_search_words(session, order_id=order.id, words=["ribbon"])

    assert found(session, "ribbon") == [order.number]


def test_only_one_order_that_is_called_exactly_so_is_meant(session: Session, cast: Cast) -> None:
    first = cast.order(external_id="WEB-100200")
    cast.order(external_id="WEB-1002003")

    assert find_called(session, "web 100200") == first.number
    assert find_called(session, first.number.lower().replace("-", " ")) == first.number
    for typed in ("mina", "100", "WEB-10020", "", "park row 12", "nobody@example.com"):
        assert find_called(session, typed) is None, typed
    cast.order(external_id="OTHER", note="")
    add_search_words(session, order_id=cast.order().id, words=["WEB-100200"])
    assert find_called(session, "WEB-100200") is None, "two are called so"


@pytest.mark.parametrize("number", ["1Z-999.AA10 0123", "00340434161094015902", "JD0001"])
def test_the_migration_gives_earlier_orders_the_words_that_are_added_now(session: Session, cast: Cast, number: str) -> None:
    order = cast.order()
    placed, words = session.scalar(select(Order.search)), text("SELECT search::text FROM orders")
    record_transfer(session, number=order.number, amount=order.total, reference="BANK", by=cast.actor("manager"))
    shipment = session.scalars(select(Shipment)).one()
    cast.hand_over(cast.work_on(shipment, "packed"), number=number)
    now = session.scalar(words)
    session.execute(text("UPDATE orders SET search = CAST(:placed AS tsvector)"), {"placed": placed})
    assert session.scalar(words) != now

    with Operations.context(MigrationContext.configure(session.connection())):
        load_migration("20261126_order_list")._add_words_of_shipments()

    assert session.scalar(words) == now


def load_migration(name: str) -> ModuleType:
    """A file of migrations/versions as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"migrations/versions/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
