"""What a customer reads when something went wrong: why, what happens next, one thing to do."""

from itertools import product
from typing import Any

import pytest
from flask import Flask

from logistics.fulfilment.models import ShipmentState
from logistics.tracking.arriving import AWAITED
from logistics.tracking.models import Problem
from logistics.tracking.troubles import TROUBLED, Action, trouble_of

LINK = "https://dhl.example/1"


@pytest.fixture(autouse=True)
def _words(app: Flask) -> Any:
    with app.app_context():
        yield


def test_every_trouble_says_what_happens_next_and_has_one_action() -> None:
    for state, problem in product(ShipmentState, ("", *Problem)):
        trouble = trouble_of(state, problem, parcel=1, link=LINK)
        if state in TROUBLED:
            assert trouble is not None
        if trouble:
            assert trouble.next
            assert trouble.action in Action


@pytest.mark.parametrize(
    ("state", "problem", "why", "action"),
    [
        ("held_up", "customs", "The carrier gives the reason: customs are looking at it.", Action.CARRIER),
        ("held_up", "address", "The carrier gives the reason: the address is wrong or incomplete.", Action.WRITE),
        ("held_up", "not_received", "It was reported as not received.", Action.RECEIPT),
        ("attempt_failed", "absent", "The carrier gives the reason: nobody was there to take it in.", Action.CARRIER),
        ("returning", "refused", "The carrier gives the reason: it was not accepted.", Action.WRITE),
        ("lost", "", "", Action.WRITE),
        ("held_up", "other", "", Action.CARRIER),
    ],
)
def test_the_reason_is_said_and_the_way_out(state: str, problem: str, why: str, action: Action) -> None:
    trouble = trouble_of(ShipmentState(state), problem, parcel=2, link=LINK)

    assert trouble is not None
    assert (trouble.why, trouble.action, trouble.parcel) == (why, action, 2)


def test_without_a_carriers_page_one_writes_to_the_shop() -> None:
    trouble = trouble_of(ShipmentState.HELD_UP, "customs", parcel=1, link="")

    assert trouble is not None
    assert trouble.action is Action.WRITE


def test_what_was_lost_is_lost_whatever_the_reason() -> None:
    plain, with_reason = (trouble_of(ShipmentState.LOST, problem, parcel=1, link=LINK) for problem in ("", "weather"))

    assert plain is not None
    assert with_reason is not None
    assert (plain.next, plain.tone) == (with_reason.next, "danger")


def test_a_delay_is_told_of_a_parcel_that_goes_on_and_nothing_of_one_that_arrived() -> None:
    for state in ShipmentState:
        told = trouble_of(state, "delayed", parcel=1, link=LINK)
        assert (told is not None) == (state in AWAITED or state in TROUBLED)
