"""Cash on delivery of many orders at once: asked first, booked one by one, reported order by order."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.keys import new_key
from logistics.fulfilment.models import Shipment
from logistics.orders.collecting import approve_cod
from logistics.orders.models import Order
from logistics.payments.models import Payment
from logistics.tracking.models import ProofKind
from logistics.tracking.recording import record_delivery
from tests.cast import Cast

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
HERE = "/payments/collections/settlements"


def out(cast: Cast, units: int = 2, *, leaves: bool = True) -> str:
    """The number of an order of so many lamps for 18.00 that is paid on delivery, with its parcel sent."""

    def make() -> str:
        order = approve_cod(cast.session, number=cast.order(lines=[("LAMP", units)]).number, by=SYSTEM)
        if leaves:
            cast.work_on(cast.session.scalars(select(Shipment).where(Shipment.order_id == order.id)).one(), "shipped")
        return str(order.number)

    return str(cast.made(make))


def send(browser: FlaskClient, numbers: list[str], **typed: Any) -> TestResponse:
    """Say that the money of these orders is there."""
    return browser.post(HERE, data={"order": numbers, "reference": "DHL-77", "form_key": new_key(), **typed}, headers=PARTIAL)


def booked(cast: Cast) -> dict[str, int]:
    """What was handed over, by order."""
    captured = select(Order.number, Payment.captured).join(Payment, Payment.order_id == Order.id).where(Payment.method == "cod")
    rows = cast.made(lambda: cast.session.execute(captured).all())
    return {row.number: row.captured for row in rows if row.captured}


def test_the_sum_is_of_the_orders_that_are_listed(cast: Cast) -> None:
    delivered, _under_way = out(cast), out(cast, 3)

    def hand_over() -> None:
        found = select(Shipment.reference).join(Order, Order.id == Shipment.order_id).where(Order.number == delivered)
        record_delivery(
            cast.session, reference=cast.session.scalars(found).one(), signer="M", kind=ProofKind.SELF, occurred_at=clock.now(), by=SYSTEM
        )

    cast.made(hand_over)
    clerk = cast.client("clerk")

    assert "USD 36.00 of 1 order is still to be handed over." in clerk.get("/payments/collections").text
    assert "USD 90.00 of 2 orders is still to be handed over." in clerk.get("/payments/collections?which=all").text


def test_what_would_be_booked_is_told_before(cast: Cast) -> None:
    first, second = out(cast), out(cast, 3)
    clerk = cast.client("clerk")
    assert f'value="{first}" form="bulk"' in clerk.get("/payments/collections?which=all").text

    dialog = clerk.get(f"{HERE}?order={first}&order={second}", headers=PARTIAL).text
    page = clerk.get(f"{HERE}?order={first}&order={second}").text

    assert "Record the money of 2 orders" in dialog
    assert "USD 90.00 in all." in dialog
    assert "<html" not in dialog
    assert "<html" in page
    assert booked(cast) == {}


def test_each_is_booked_with_all_that_was_to_come_and_once_only(cast: Cast) -> None:
    first, second = out(cast), out(cast, 3)
    clerk, key = cast.client("clerk"), new_key()

    for _time in range(2):
        answer = send(clerk, [first, second], form_key=key)
        assert answer.status_code == 200
        assert "The money of 2 orders is booked." in answer.text
        assert answer.headers["HX-Trigger"] == "seen"

    assert booked(cast) == {first: 3600, second: 5400}
    assert first not in clerk.get("/payments/collections?which=all").text


def test_what_is_refused_is_named_with_its_reason_and_holds_up_no_other(cast: Cast) -> None:
    good, waiting, large = out(cast), out(cast, leaves=False), out(cast, 12)
    answer = send(cast.client("clerk"), [good, waiting, large])

    assert "The money of 1 order is booked." in answer.text
    assert "2 orders were refused:" in answer.text
    assert f"Order {waiting} has not left yet" in answer.text
    assert "You can record up to 200.00 USD in a day" in answer.text
    assert booked(cast) == {good: 3600}
    assert re.search(rf'name="order" value="{waiting}"', answer.text), "these can be tried again"

    again = send(cast.client("manager"), [large])
    assert "The money of 1 order is booked." in again.text
    assert booked(cast) == {good: 3600, large: 21_600}


@pytest.mark.parametrize(("typed", "says"), [({"reference": ""}, "This is needed."), ({"reference": "x" * 101}, "100")])
def test_without_a_reference_nothing_is_booked_and_the_dialog_says_so(cast: Cast, typed: dict[str, str], says: str) -> None:
    number = out(cast)
    answer = send(cast.client("clerk"), [number], **typed)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, "#asked")
    assert says in answer.text
    assert number in answer.text
    assert booked(cast) == {}


def test_nothing_ticked_is_said_and_an_auditor_books_nothing(cast: Cast) -> None:
    number = out(cast)
    assert cast.client("clerk").get(HERE).location == "/payments/collections"
    assert send(cast.client("clerk"), []).status_code == 422
    auditor = cast.client("auditor")
    assert 'form="bulk"' not in auditor.get("/payments/collections?which=all").text
    assert auditor.get(f"{HERE}?order={number}").status_code == 403
    assert send(auditor, [number]).status_code == 403
    assert booked(cast) == {}
