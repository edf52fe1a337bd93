"""Picking: what lies in the tote is noted tap by tap and scan by scan; wrong goods are not counted."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.core.refusals import IllegalMove, Invalid, NotFound
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.picking import WrongItem, pick, pick_scanned
from logistics.orders.cancelling import cancel
from logistics.orders.models import CancelReason
from tests.cast import Cast


def picked(shipment: Shipment) -> list[int]:
    """Units in the tote, line by line."""
    return [line.picked for line in shipment.lines]


def test_progress_is_kept_line_by_line_until_all_is_picked(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)])
    lamps, shades = shipment.lines
    asked = {"reference": shipment.reference, "by": cast.actor("picker")}

    pick(session, picked={lamps.id: 1}, **asked)
    assert (picked(shipment), shipment.state) == ([1, 0], "picking")
    pick(session, picked={lamps.id: 2}, **asked)
    assert (picked(shipment), shipment.state) == ([2, 0], "picking")
    pick(session, picked={shades.id: 1}, **asked)

    assert (picked(shipment), shipment.state) == ([2, 1], "picked")
    assert [line.picked for line in shipment.order.lines] == [2, 1]
    assert [line.reservation.picked for line in shipment.lines] == [2, 1]
    assert shipment.picked_by == cast.person("picker").id


def test_what_was_picked_can_be_put_back(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="picked")

    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 0}, by=cast.actor("picker"))

    assert (picked(shipment), shipment.state) == ([0], "picking")
    assert (shipment.order.lines[0].picked, shipment.lines[0].reservation.picked) == (0, 0)


def test_noting_the_same_again_changes_nothing(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="picked")
    before = (shipment.version, shipment.picked_at, session.scalar(select(func.count(EventLog.id))))

    pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 2}, by=cast.actor("manager"))

    assert (shipment.version, shipment.picked_at, session.scalar(select(func.count(EventLog.id)))) == before


@pytest.mark.parametrize("units", [-1, 3])
def test_more_or_less_than_a_line_can_hold_is_refused_and_nothing_noted(session: Session, cast: Cast, units: int) -> None:
    shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)])
    lamps, shades = shipment.lines

    with pytest.raises(Invalid) as refusal:
        pick(session, reference=shipment.reference, picked={shades.id: 1, lamps.id: units}, by=cast.actor("picker"))

    assert [error.pointer for error in refusal.value.errors] == [f"picked-{lamps.id}"]
    assert picked(shipment) == [0, 0]


def test_a_line_of_another_shipment_is_refused(session: Session, cast: Cast) -> None:
    mine, other = cast.shipment(), cast.shipment()

    with pytest.raises(Invalid):
        pick(session, reference=mine.reference, picked={other.lines[0].id: 1}, by=cast.actor("picker"))

    assert other.lines[0].picked == 0


def test_a_shipment_that_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        pick(session, reference="S-0000-0000", picked={}, by=cast.actor("picker"))


@pytest.mark.parametrize("code", ["LAMP", "lamp", " LAMP ", "4006381333931", "04006381333931"])
def test_a_scan_of_sku_or_gtin_counts_one_unit(session: Session, cast: Cast, code: str) -> None:
    cast.product("LAMP", gtin="4006381333931")
    shipment = cast.shipment(lines=[("SHADE", 1), ("LAMP", 2)])

    line = pick_scanned(session, reference=shipment.reference, code=code, by=cast.actor("picker"))

    assert (line.id, picked(shipment), shipment.state) == (shipment.lines[1].id, [0, 1], "picking")


def test_a_product_on_two_lines_fills_one_after_the_other(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(lines=[("LAMP", 1), ("LAMP", 2)])

    for _scan in range(3):
        pick_scanned(session, reference=shipment.reference, code="LAMP", by=cast.actor("picker"))

    assert (picked(shipment), shipment.state) == ([1, 2], "picked")


@pytest.mark.parametrize("code", ["BULB", "0", "4006381333931", "", "LAMP1"])
def test_a_wrong_item_counts_nothing(session: Session, cast: Cast, code: str) -> None:
    cast.product("BULB")
    shipment = cast.shipment()

    with pytest.raises(WrongItem) as refusal:
        pick_scanned(session, reference=shipment.reference, code=code, by=cast.actor("picker"))

    assert (refusal.value.status, picked(shipment), shipment.state) == (409, [0], "pending")


def test_one_more_than_is_wanted_is_a_wrong_item(session: Session, cast: Cast) -> None:
    shipment = cast.shipment(state="picked")

    with pytest.raises(WrongItem, match="2"):
        pick_scanned(session, reference=shipment.reference, code="LAMP", by=cast.actor("picker"))

    assert (picked(shipment), shipment.state) == ([2], "picked")


@pytest.mark.parametrize("state", ["packed", "shipped", "cancelled"])
def test_a_closed_parcel_is_not_picked_any_more(session: Session, cast: Cast, state: str) -> None:
    shipment = cast.shipment(state="packed" if state == "cancelled" else state)
    if state == "cancelled":
        cancel(session, number=shipment.order.number, reason=CancelReason.STAFF, by=cast.actor("manager"), even_if_picked=True)

    with pytest.raises(IllegalMove):
        pick(session, reference=shipment.reference, picked={shipment.lines[0].id: 1}, by=cast.actor("picker"))
    with pytest.raises(IllegalMove):
        pick_scanned(session, reference=shipment.reference, code="LAMP", by=cast.actor("picker"))

    assert picked(shipment) == [2]
