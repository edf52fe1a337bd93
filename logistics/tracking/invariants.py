"""What always holds for parcels on their way."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from logistics.core.auditing import Invariant
from logistics.tracking.rules import fold

_ROADS = """
    SELECT s.reference, s.state, e.id, e.occurred_at, e.recorded_at, e.rank, e.status, e.source
      FROM shipments s
      LEFT JOIN tracking_events e ON e.shipment_id = s.id AND NOT EXISTS (SELECT 1 FROM tracking_events later WHERE later.replaces_id = e.id)
     WHERE s.dispatched_at IS NOT NULL ORDER BY s.id
"""


def _states_that_are_not_the_fold(connection: Connection) -> Iterator[dict[str, Any]]:
    # Read parcel by parcel: a year of them does not fit into memory.
    rows = connection.execute(text(_ROADS), execution_options={"stream_results": True, "yield_per": 1000})
    for (reference, state), events in groupby(rows, key=lambda row: (row.reference, row.state)):
        folded = fold(event for event in events if event.id is not None).state
        if folded != state:
            yield {"reference": reference, "state": state, "fold": folded.value}


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
