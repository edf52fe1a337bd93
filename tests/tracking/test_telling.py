"""What a customer reads: the sentence, what comes next, the five steps."""

from itertools import product
from typing import Any

import pytest
from flask import Flask

from logistics.fulfilment.models import ShipmentState
from logistics.orders.models import OrderStatus
from logistics.tracking.disclosing import PublicOrder, PublicParcel, mask_name
from logistics.tracking.telling import advise, say, steps


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Any:
    with app.app_context():
        yield


def an_order(status: str, *states: str, unsent: int = 0, is_paid: bool = True) -> PublicOrder:
    """An order with parcels in these states."""
    parcels = tuple(PublicParcel(number, ShipmentState(state), (("Lamp", 1),)) for number, state in enumerate(states, 1))
    left = (("Shade", unsent),) if unsent else ()
    return PublicOrder("K7M2-9QXF", status, "M••• P•••", "Leeds", is_paid, parcels, left, ())


def states(order: PublicOrder) -> str:
    """The five steps, a letter each."""
    return "".join(step["state"][0] for step in steps(order))


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Mina Park", "M••• P•••"),
        ("mina", "m•••"),
        ("张伟", "张•"),
        ("欧阳娜娜", "欧••"),
        ("Jean-Luc  de la  Tour", "J••• d••• l••• T•••"),
        ("mina.park@example.com", "m•••"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_name_is_masked_so_that_only_its_owner_knows_it(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("order", "sentence", "bar"),
    [
        (an_order("unpaid", unsent=2, is_paid=False), "We have your order and wait for your payment.", "ctttt"),
        (an_order("paid", unsent=2), "We are preparing your order.", "dcttt"),
        (an_order("paid", "picking"), "We are preparing your order.", "dcttt"),
        (an_order("paid", "packed"), "Your order is packed and waits for its carrier.", "ddctt"),
        (an_order("paid", "packed", "pending"), "We are preparing your order.", "dcttt"),
        (an_order("partially_shipped", "shipped", "pending"), "Part of your order is on its way, the rest follows.", "dddct"),
        (an_order("shipped", "shipped"), "Your parcel was handed to its carrier.", "dddct"),
        (an_order("shipped", "in_transit"), "Your parcel is on its way.", "dddct"),
        (an_order("shipped", "in_transit", "in_transit"), "Your 2 parcels are on their way.", "dddct"),
        (an_order("shipped", "out_for_delivery", "delivered"), "Out for delivery: 1 of 2 parcels.", "dddct"),
        (an_order("shipped", "ready_for_pickup"), "Your parcel waits for you to pick it up.", "dddct"),
        (an_order("shipped", "held_up"), "Your parcel is held up on its way.", "dddpt"),
        (an_order("shipped", "delivered", "lost", "in_transit"), "Reported lost by the carrier: 1 of 3 parcels.", "dddpt"),
        (an_order("partially_shipped", "attempt_failed", "pending"), "The carrier could not deliver your parcel yet.", "dddpt"),
        (an_order("delivered", "delivered"), "Your order was delivered.", "ddddd"),
        (an_order("delivered", "delivered", "delivered"), "Your order was delivered.", "ddddd"),
        (an_order("returned", "returned_to_sender"), "Your parcel came back to us.", "dddpt"),
        (an_order("cancelled", is_paid=False), "This order was cancelled.", "ctttt"),
    ],
)
def test_the_truth_is_said_first(order: PublicOrder, sentence: str, bar: str) -> None:
    assert say(order) == sentence
    assert states(order) == bar


def test_whatever_state_an_order_and_its_parcels_are_in_there_are_words_for_it() -> None:
    for status, first, second in product(OrderStatus, ShipmentState, ShipmentState):
        order = an_order(status, first, second)
        assert say(order)
        assert advise(order)
        assert len(steps(order)) == 5
