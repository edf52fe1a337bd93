"""The machine of a shipment: every move from every state, allowed or refused."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove
from logistics.fulfilment.dispatching import dispatch
from logistics.fulfilment.lifecycle import MOVES, move
from logistics.fulfilment.models import IN_HOUSE, Shipment, ShipmentState
from logistics.fulfilment.packing import pack
from logistics.fulfilment.picking import pick
from tests.cast import Cast

_S = ShipmentState
ALLOWED = {
    (_S.PENDING, _S.PICKING),
    (_S.PENDING, _S.PICKED),
    (_S.PICKING, _S.PICKED),
    (_S.PICKING, _S.PACKED),
    (_S.PICKED, _S.PICKING),
    (_S.PICKED, _S.PACKED),
    (_S.PACKED, _S.PICKED),
    (_S.PACKED, _S.SHIPPED),
    *((state, _S.CANCELLED) for state in IN_HOUSE),
}


@pytest.fixture
def parcel(session: Session, cast: Cast) -> Shipment:
    """A parcel to try every move on."""
    return cast.shipment()


def put(session: Session, shipment: Shipment, state: ShipmentState) -> None:
    """Set its state by force."""
    session.execute(update(Shipment).where(Shipment.id == shipment.id).values(state=state.value))
    session.refresh(shipment)


def test_every_move_from_every_state_is_allowed_or_refused_as_the_list_says(session: Session, cast: Cast, parcel: Shipment) -> None:
    for before, after in product(ShipmentState, repeat=2):
        put(session, parcel, before)
        if before is after or (before, after) in ALLOWED:
            move(session, parcel, after, by=cast.actor("picker"))
            assert parcel.state == after
        else:
            with pytest.raises(IllegalMove) as refusal:
                move(session, parcel, after, by=cast.actor("picker"))
            assert refusal.value.facts == {"current": before.value, "asked": after.value}
            assert parcel.state == before


def test_the_list_of_moves_is_the_whole_machine() -> None:
    assert {(before, after) for before, afters in MOVES.items() for after in afters} == ALLOWED


def test_a_move_is_told_once_and_a_repeat_is_not(session: Session, cast: Cast, parcel: Shipment) -> None:
    version = parcel.version

    move(session, parcel, _S.PICKING, by=cast.actor("picker"))
    move(session, parcel, _S.PICKING, by=cast.actor("picker"))

    told = session.scalars(select(EventLog).where(EventLog.name == "ShipmentMoved")).one()
    assert (told.data["before"], told.data["after"], parcel.version) == ("pending", "picking", version + 1)


@pytest.mark.parametrize("state", ShipmentState)
def test_each_action_is_possible_in_its_states_only(session: Session, cast: Cast, state: ShipmentState) -> None:
    shipment = cast.shipment(state="packed" if state is not _S.PENDING else "pending")
    cast.carrier()
    put(session, shipment, state)
    done: dict[str, Any] = {"reference": shipment.reference, "by": cast.actor("picker")}
    actions: dict[str, Callable[[], Any]] = {
        "pick": lambda: pick(session, picked={line.id: line.quantity for line in shipment.lines}, **done),
        "pack": lambda: pack(session, **done),
        "dispatch": lambda: dispatch(session, carrier_code="DHL", tracking_number="JD1", **done),
    }
    possible = {
        _S.PENDING: {"pick"},
        _S.PICKING: {"pick", "pack"},
        _S.PICKED: {"pick", "pack"},
        _S.PACKED: {"pack", "dispatch"},
    }.get(state, set())

    assert {name for name, action in actions.items() if went(session, shipment, state, action)} == possible


def went(session: Session, shipment: Shipment, state: ShipmentState, action: Callable[[], Any]) -> bool:
    """Whether an action is possible in this state; undone again."""
    savepoint = session.begin_nested()
    put(session, shipment, state)
    try:
        action()
        return True
    except IllegalMove:
        return False
    finally:
        savepoint.rollback()
        session.expire_all()
