"""What always holds for parcels on their way."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, text

from logistics.core.auditing import Invariant
from logistics.tracking.rules import fold


def _states_that_are_not_the_fold(connection: Connection) -> Iterator[dict[str, Any]]:
    events = defaultdict(list)
    for event in connection.execute(
        text(
            """
            SELECT id, shipment_id, occurred_at, recorded_at, rank, status, source FROM tracking_events e
             WHERE NOT EXISTS (SELECT 1 FROM tracking_events later WHERE later.replaces_id = e.id)
            """
        )
    ):
        events[event.shipment_id].append(event)
    for shipment in connection.execute(text("SELECT id, reference, state FROM shipments WHERE dispatched_at IS NOT NULL")):
        folded = fold(events[shipment.id]).state
        if folded != shipment.state:
            yield {"reference": shipment.reference, "state": shipment.state, "fold": folded.value}


INVARIANTS = (
    Invariant("I-F5", "A dispatched parcel's state is the fold of its tracking events", _states_that_are_not_the_fold),
    Invariant(
        "I-F5",
        "A parcel that has not left has neither tracking events nor a state of the road",
        """
        SELECT s.reference, s.state, count(e.id) AS events
          FROM shipments s LEFT JOIN tracking_events e ON e.shipment_id = s.id
         WHERE s.dispatched_at IS NULL
         GROUP BY s.id HAVING count(e.id) > 0 OR s.state NOT IN ('pending', 'picking', 'picked', 'packed', 'cancelled')
        """,
    ),
    Invariant(
        "I-F6",
        "A tracking event is kept once per source and source id",
        "SELECT source, source_id, count(*) AS times FROM tracking_events GROUP BY source, source_id HAVING count(*) > 1",
    ),
)
