"""Dispatching packed parcels by the API: once, by the desk's own rules, the money first, a number that looks wrong said and taken."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.fulfilment.models import Shipment
from logistics.inventory.models import Movement
from logistics.orders.holding import hold, resume
from logistics.orders.models import HoldReason, Order
from logistics.tracking.models import TrackingEvent
from tests.api.programs import Program, order_body, program
from tests.cast import Cast
from tests.payments.cards import Till
from tests.payments.fake_gateway import FakeGateway

BODY = {"carrier": "DHL", "tracking_number": "JD0146"}


@pytest.fixture
def partner(session: Session, cast: Cast) -> Program:
    return program(cast, "fulfilment")


@pytest.fixture
def parcel(session: Session, cast: Cast) -> Shipment:
    cast.carrier()
    shipment = cast.shipment(state="packed", channel="api")
    session.commit()
    return shipment


def path(shipment: Shipment) -> str:
    return f"/shipments/{shipment.reference}/dispatch"


def left(session: Session, parcel: Shipment) -> tuple[Any, ...]:
    """Its state, its number, and how many units went out of the ledger."""
    session.expire_all()
    gone = session.scalar(select(func.coalesce(func.sum(-Movement.quantity), 0)).where(Movement.reference == parcel.reference))
    return parcel.state, parcel.tracking_number, gone


def test_a_packed_parcel_leaves_and_what_it_is_now_is_told(session: Session, partner: Program, parcel: Shipment) -> None:
    answer = partner.post(path(parcel), BODY)

    assert answer.status_code == 200
    told = answer.json
    assert (told["reference"], told["state"], told["tracking_number"], told["carrier"]["code"]) == (parcel.reference, "shipped", "JD0146", "DHL")
    assert (told["warning"], told["dispatched_at"] is not None, told["carrier_url"]) == (None, True, "https://dhl.example/track?n=JD0146")
    assert left(session, parcel) == ("shipped", "JD0146", 2)
    assert (parcel.dispatched_by, session.get_one(Order, parcel.order_id).status) == (None, "shipped"), "a program is no member of staff"


def test_the_same_key_gets_the_first_answer_and_another_key_finds_it_gone(session: Session, partner: Program, parcel: Shipment) -> None:
    first, again = (partner.post(path(parcel), BODY, once="once") for _time in range(2))
    fresh, other = partner.post(path(parcel), BODY), partner.post(path(parcel), {**BODY, "tracking_number": "JD0147"}, once="once")

    assert (first.data, again.headers["Idempotent-Replayed"]) == (again.data, "true")
    assert (fresh.status_code, other.status_code, other.json["code"]) == (200, 422, "key_reused")
    assert left(session, parcel) == ("shipped", "JD0146", 2)


def test_a_parcel_that_left_takes_no_other_number(session: Session, partner: Program, parcel: Shipment) -> None:
    partner.post(path(parcel), BODY)
    answer = partner.post(path(parcel), {**BODY, "tracking_number": "JD0147"})

    assert (answer.status_code, answer.json["code"]) == (409, "illegal_move")
    assert left(session, parcel) == ("shipped", "JD0146", 2)


def test_a_number_that_looks_wrong_is_said_and_taken(session: Session, cast: Cast, partner: Program) -> None:
    cast.carrier("UPS", name="UPS", number_form="ups")
    shipment = cast.shipment(state="packed", channel="api")
    session.commit()
    answer = partner.post(path(shipment), {"carrier": "UPS", "tracking_number": "1Z 999 AA1 01 2345 6785"})

    assert (answer.status_code, answer.json["tracking_number"]) == (200, "1Z999AA10123456785")
    assert "its check digit is wrong" in answer.json["warning"]
    chinese = partner.post(path(shipment), {"carrier": "UPS", "tracking_number": "1Z999AA10123456785"}, Accept_Language="zh-CN")
    assert "UPS" in chinese.json["warning"]
    assert chinese.json["warning"] != answer.json["warning"], "in the language asked for"


@pytest.mark.parametrize("state", ["pending", "picked"])
def test_what_is_not_packed_stays(session: Session, cast: Cast, partner: Program, state: str) -> None:
    cast.carrier()
    shipment = cast.shipment(state=state, channel="api")
    session.commit()
    answer = partner.post(path(shipment), BODY)

    assert (answer.status_code, answer.json["code"]) == (409, "illegal_move")
    assert left(session, shipment) == (state, "", 0)


def test_what_is_on_hold_stays_and_the_key_is_good_for_another_try(session: Session, cast: Cast, partner: Program, parcel: Shipment) -> None:
    order = session.get_one(Order, parcel.order_id)
    hold(session, number=order.number, reason=HoldReason.OTHER, note="", by=cast.actor())
    session.commit()
    answer = partner.post(path(parcel), BODY, once="once")
    assert (answer.status_code, answer.json["code"]) == (409, "order_on_hold")

    resume(session, number=order.number, by=cast.actor())
    session.commit()
    assert partner.post(path(parcel), BODY, once="once").status_code == 200


def test_a_number_of_another_parcel_is_refused_with_its_field(session: Session, cast: Cast, partner: Program, parcel: Shipment) -> None:
    other = cast.hand_over(cast.shipment(state="packed"), number="JD0146").reference
    session.commit()
    answer = partner.post(path(parcel), BODY)

    assert (answer.status_code, answer.json["code"]) == (409, "tracking_number_in_use")
    assert (answer.json["errors"][0]["pointer"], other in answer.json["title"]) == ("/tracking_number", True)
    assert left(session, parcel) == ("packed", "", 0)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({**BODY, "carrier": "NOBODY"}, "/carrier", "unknown_carrier"),
        ({**BODY, "tracking_number": "  "}, "/tracking_number", "required"),
        ({**BODY, "tracking_number": "J" * 61}, "/tracking_number", "bad_tracking_number"),
        ({**BODY, "tracking_number": "单号1"}, "/tracking_number", "bad_tracking_number"),
        ({**BODY, "tracking_number": 146}, "/tracking_number", "bad_type"),
        ({"carrier": "DHL"}, "/tracking_number", "required"),
        ({**BODY, "carier": "DHL"}, "/carier", "unknown_field"),
    ],
)
def test_what_cannot_be_taken_is_named(session: Session, partner: Program, parcel: Shipment, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = partner.post(path(parcel), body)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in answer.json["errors"]]
    assert left(session, parcel) == ("packed", "", 0)


def test_another_channels_parcel_is_not_there(session: Session, cast: Cast, partner: Program) -> None:
    cast.carrier()
    shipment = cast.shipment(state="packed")
    session.commit()

    assert [partner.post(path(shipment), BODY).status_code, partner.post("/shipments/S-NONE/dispatch", BODY).status_code] == [404, 404]
    assert left(session, shipment)[0] == "packed"


def test_it_needs_its_scope(session: Session, cast: Cast, parcel: Shipment) -> None:
    answer = program(cast, "orders").post(path(parcel), BODY)
    assert (answer.status_code, answer.json["code"]) == (403, "missing_scope")


def test_what_the_carrier_said_before_attaches(session: Session, cast: Cast, partner: Program, parcel: Shipment) -> None:
    partner.post(path(parcel), BODY)
    event = {"id": "1", "at": "2026-11-22T09:30:00+01:00", "status": "in_transit"}

    assert partner.post(f"/shipments/{parcel.reference}/tracking-events", {"events": [event]}).status_code == 201
    assert session.scalars(select(TrackingEvent.source_id)).one() == "DHL:JD0146:1"


@pytest.fixture
def bank(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FakeGateway:
    """The provider of cards."""
    fake = FakeGateway()
    monkeypatch.setitem(app.config, "GATEWAYS", {"fake": fake})
    return fake


@pytest.fixture
def by_card(app: Flask, cast: Cast, bank: FakeGateway) -> tuple[Till, Program, str]:
    """A till, a program, and the reference of a packed parcel whose card is authorised."""
    till = Till(app, bank)
    cast.made(lambda: cast.stock("LAMP", 50))
    shop = program(cast, "orders", "fulfilment")
    number = shop.post("/orders", order_body(payment={"method": "card", "card_token": "tok_1"})).get_json()["number"]
    return till, shop, cast.made(lambda: cast.work_on(till.parcel(number), "packed").reference)


def test_the_card_is_charged_once_before_the_parcel_leaves(by_card: tuple[Till, Program, str], bank: FakeGateway) -> None:
    _till, shop, reference = by_card
    answers = [shop.post(f"/shipments/{reference}/dispatch", BODY, once=once) for once in ("a", "a", "b")]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert (bank.books["fp_1"].captured, bank.calls.count("capture")) == (3600, 1)


def test_a_refused_card_keeps_the_parcel_and_uses_no_key_up(by_card: tuple[Till, Program, str], bank: FakeGateway) -> None:
    _till, shop, reference = by_card
    bank.trouble = "card_declined"
    refused, again = (shop.post(f"/shipments/{reference}/dispatch", BODY, once="a") for _time in range(2))

    assert (refused.status_code, refused.get_json()["code"]) == (409, "card_refused")
    assert (again.status_code, again.get_json()["code"]) == (409, "not_covered")
    assert shop.get(f"/shipments/{reference}").get_json()["state"] == "packed"


def test_a_provider_that_does_not_answer_is_settled_and_the_same_request_sent_again(by_card: tuple[Till, Program, str], bank: FakeGateway) -> None:
    till, shop, reference = by_card
    bank.trouble = "after"
    waits = shop.post(f"/shipments/{reference}/dispatch", BODY, once="a")
    assert (waits.status_code, waits.get_json()["code"]) == (409, "payment_in_flight")

    with time_machine.travel(clock.now() + timedelta(seconds=61)):
        till.settle(shop.get("/orders").get_json()["items"][0]["number"])

    assert shop.post(f"/shipments/{reference}/dispatch", BODY, once="a").get_json()["state"] == "shipped"
    assert bank.books["fp_1"].captured == 3600


def test_a_key_used_for_something_else_charges_nothing(by_card: tuple[Till, Program, str], bank: FakeGateway) -> None:
    _till, shop, reference = by_card
    shop.post(f"/shipments/{reference}/dispatch", {**BODY, "carrier": "NOBODY"}, once="a")
    shop.post("/orders", order_body(), once="b")

    assert shop.post(f"/shipments/{reference}/dispatch", BODY, once="b").status_code == 422
    assert bank.calls.count("capture") == 0
