"""What an order's page shows of its shipments, and assigning from there."""

import pytest
from sqlalchemy import delete, select, update

from logistics.fulfilment.models import Shipment, ShipmentLine
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason, OrderLine
from tests.cast import Cast

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def an_order(cast: Cast, state: str = "pending") -> tuple[str, str]:
    """Number of an order, reference of its shipment."""
    shipment = cast.made(lambda: cast.shipment(state=state))
    return cast.made(lambda: (cast.session.get_one(Shipment, shipment.id).order.number, shipment.reference))


def take_apart(cast: Cast) -> None:
    """An order that was paid and whose goods lie in no shipment, as after a change of stock."""
    cast.session.execute(delete(ShipmentLine))
    cast.session.execute(delete(Shipment))
    cast.session.execute(update(OrderLine).values(assigned=0))


def test_the_panel_shows_each_shipment_with_what_is_next(cast: Cast) -> None:
    number, reference = an_order(cast)
    picker = cast.client("picker")
    panel = picker.get(f"/orders/{number}").text.split('id="shipments"')[1].split("</section>")[0]

    assert reference in panel
    assert "2 × Lamp thing" in panel
    assert ">Pick</a>" in panel

    clerk = cast.client("clerk").get(f"/orders/{number}").text.split('id="shipments"')[1].split("</section>")[0]
    assert ">Pick</a>" not in clerk


def test_a_dispatched_shipment_links_to_its_carrier(cast: Cast) -> None:
    number, _reference = an_order(cast, "shipped")
    page = cast.client("clerk").get(f"/orders/{number}").text

    assert 'href="https://dhl.example/track?n=JD' in page
    assert 'rel="noopener noreferrer"' in page


def test_what_was_cancelled_before_it_was_paid_promises_no_shipment(cast: Cast) -> None:
    number = cast.made(lambda: cast.order(lines=[("LAMP", 1)]).number)
    cast.made(lambda: cancel(cast.session, number=number, reason=CancelReason.CUSTOMER, by=cast.actor()))
    page = cast.client("clerk").get(f"/orders/{number}").text

    assert "It was cancelled before a shipment was made." in page
    assert "Nothing of it was sent." in page
    assert "Shipments are made when" not in page
    assert "Nothing is on its way yet." not in page


@pytest.mark.parametrize("headers", [{}, PART])
def test_what_lies_in_no_shipment_is_assigned_from_the_order(cast: Cast, headers: dict[str, str]) -> None:
    number, _reference = an_order(cast)
    cast.made(lambda: take_apart(cast))
    picker = cast.client("picker")
    assert "Assign 2 units" in picker.get(f"/orders/{number}").text

    answer = picker.post(f"/orders/{number}/assignment", headers=headers)

    if headers:
        assert answer.status_code == 200
        assert answer.headers["HX-Trigger"] == "seen"
        assert 'id="shipments"' in answer.text
        assert "1 shipment is ready to pick." in answer.text
    else:
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{number}")
    assert cast.made(lambda: len(cast.session.scalars(select(Shipment)).all())) == 1
    assert "Assign" not in picker.get(f"/orders/{number}").text.split('id="shipments"')[1].split("</section>")[0]
    assert "Everything is assigned." in picker.post(f"/orders/{number}/assignment", headers=PART).text


def test_assigning_is_for_those_who_pack(cast: Cast) -> None:
    number, _reference = an_order(cast)

    assert cast.client("clerk").post(f"/orders/{number}/assignment").status_code == 403
    assert cast.client(None).post(f"/orders/{number}/assignment").status_code == 401
    assert cast.client("picker").post("/orders/0000-0000/assignment").status_code == 404
