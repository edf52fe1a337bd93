"""Each invariant of parcels names the corruption that breaks it, and nothing else does."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from logistics.fulfilment.invariants import INVARIANTS
from logistics.fulfilment.models import Shipment
from tests.cast import Cast
from tests.fulfilment.planting import plant

CORRUPTIONS = {
    "I-F1 a line that claims more was shipped": ("I-F1", ["UPDATE order_lines SET shipped = shipped - 1 WHERE shipped > 0"]),
    "I-F1 a line that forgets a parcel": ("I-F1", ["UPDATE order_lines SET shipped = 0, delivered = 0"]),
    "I-F2 a parcel whose goods never left": ("I-F2", ["UPDATE movements SET shipment_line_id = NULL, kind = 'adjustment' WHERE quantity < 0"]),
    "I-F2 goods that left with no parcel": (
        "I-F2",
        [
            "INSERT INTO movements (stock_level_id, bucket, quantity, balance_after, kind, reason, reference, actor_kind, at)"
            " SELECT id, 'sellable', -1, on_hand - 1, 'dispatch', '', 'S-LOST', 'system', now() FROM stock_levels WHERE on_hand > 0",
        ],
    ),
    "I-F2 goods that left before their parcel": (
        "I-F2",
        [
            "INSERT INTO movements (stock_level_id, bucket, quantity, balance_after, kind, reason, reference, shipment_line_id, actor_kind, at)"
            " SELECT r.stock_level_id, 'sellable', -sl.packed, 0, 'dispatch', '', s.reference, sl.id, 'system', now() FROM shipment_lines sl"
            " JOIN shipments s ON s.id = sl.shipment_id JOIN reservations r ON r.id = sl.reservation_id WHERE s.state = 'packed'",
        ],
    ),
    "I-F3 a shipment of one order with a line of another": (
        "I-F3",
        ["UPDATE shipments SET order_id = (SELECT max(id) FROM orders) WHERE state = 'shipped'"],
    ),
    "I-F3 a shipment line with a stranger's reservation": (
        "I-F3",
        [
            "CREATE TEMP TABLE swap AS SELECT id, reservation_id FROM shipment_lines",
            "ALTER TABLE shipment_lines DROP CONSTRAINT uq_shipment_lines_reservation_id",
            "UPDATE shipment_lines SET reservation_id = (SELECT max(reservation_id) FROM swap)",
        ],
    ),
    "I-F6 one number on two parcels": (
        "I-F6",
        [
            "DROP INDEX uq_shipments_tracking",
            "UPDATE shipments SET tracking_number = 'JD1', carrier_id = (SELECT id FROM carriers)",
        ],
    ),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    cast.stock("LAMP", 20)
    cast.shipment(state="shipped")
    cast.shipment(state="packed")
    assert _broken(outer) == []
    code, statements = CORRUPTIONS[corruption]

    plant(session, statements, "movements", "stock_levels")

    assert _broken(outer) == [code]


def test_parcels_in_every_state_of_the_house_break_nothing(session: Session, outer: Connection, cast: Cast) -> None:
    for state in ("pending", "picked", "packed", "shipped"):
        shipment: Shipment = cast.shipment(lines=[("LAMP", 2), ("SHADE", 1)], state=state)
        assert shipment.state == state

    assert _broken(outer) == []


def _broken(connection: Connection) -> list[str]:
    return sorted({invariant.code for invariant in INVARIANTS if invariant.offenders(connection)})
