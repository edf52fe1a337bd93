"""Each invariant of parcels on their way names the corruption that breaks it, and nothing else does."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from logistics.tracking.invariants import INVARIANTS
from logistics.tracking.models import EventSource, TrackingStatus
from logistics.tracking.recording import record
from tests.cast import Cast
from tests.fulfilment.planting import plant
from tests.tracking.test_recording import report

EVENT = "INSERT INTO tracking_events (shipment_id, occurred_at, offset_minutes, status, rank, code, problem, source, source_id, recorded_at)"

CORRUPTIONS = {
    "I-F5 a parcel that says it arrived": ("I-F5", ["UPDATE shipments SET state = 'delivered' WHERE state = 'in_transit'"]),
    "I-F5 an event that nobody followed": (
        "I-F5",
        [f"{EVENT} SELECT id, now(), 0, 'delivered', 80, '', '', 'carrier', 'DHL-9', now() FROM shipments WHERE state = 'in_transit'"],
    ),
    "I-F5 an event that is gone": ("I-F5", ["DELETE FROM tracking_events"]),
    "I-F5 a parcel on the road that never left": ("I-F5", ["UPDATE shipments SET state = 'in_transit' WHERE state = 'packed'"]),
    "I-F5 an event of a parcel that never left": (
        "I-F5",
        [f"{EVENT} SELECT id, now(), 0, 'in_transit', 10, '', '', 'carrier', 'DHL-9', now() FROM shipments WHERE state = 'packed'"],
    ),
    "I-F6 one report kept twice": (
        "I-F6",
        [
            "ALTER TABLE tracking_events DROP CONSTRAINT uq_tracking_events_source_source_id",
            f"{EVENT} SELECT shipment_id, occurred_at, 0, status, rank, code, problem, source, source_id, recorded_at FROM tracking_events",
        ],
    ),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_planted_corruption_is_named_by_its_invariant_alone(session: Session, outer: Connection, cast: Cast, corruption: str) -> None:
    shipment = cast.shipment(state="shipped")
    cast.shipment(state="packed")
    told = report(TrackingStatus.IN_TRANSIT, minutes_ago=30, source=EventSource.CARRIER, source_id="DHL-1")
    record(session, reference=shipment.reference, report=told, by=cast.actor())
    assert _broken(outer) == []
    code, statements = CORRUPTIONS[corruption]

    plant(session, statements, "tracking_events")

    assert _broken(outer) == [code]


def _broken(connection: Connection) -> list[str]:
    return sorted({invariant.code for invariant in INVARIANTS if invariant.offenders(connection)})
