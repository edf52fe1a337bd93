"""Parking what was said about parcels nobody here knows yet, until the parcel appears or a week is over."""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.fulfilment.models import Carrier
from logistics.tracking.matching import plain_number
from logistics.tracking.models import ParkedEvent, TrackingStatus
from logistics.tracking.reading.saying import Expected, Said

KEPT = timedelta(days=7)
# That something came and what it was called stays for a while after it was let go of.
FORGOTTEN_AFTER = timedelta(days=30)
_FORGET = text("DELETE FROM parked_events WHERE dropped_at < :before OR (attached_id IS NOT NULL AND until < :before)")
# Of a parcel that has not left the events wait on: they are its own.
_DROP = text(
    """
    UPDATE parked_events SET dropped_at = :moment, text = NULL, place = NULL, facts = '{}'
     WHERE attached_id IS NULL AND dropped_at IS NULL AND until < :moment
       AND NOT EXISTS (SELECT 1 FROM shipments
                        WHERE upper(translate(shipments.tracking_number, ' -', '')) = parked_events.tracking_number
                          AND shipments.tracking_number <> '' AND shipments.state IN ('pending', 'picking', 'picked', 'packed'))
    RETURNING id
    """
)


def park(session: Session, carrier: Carrier, said: Mapping[str, tuple[str, Said]], expected: Sequence[Expected]) -> int:
    """Keep things said until their parcels appear, by source id: what the teller calls each, and itself. How many were not known before.

    One statement, no locks.
    """
    days = {plain_number(one.tracking_number): [one.earliest.isoformat(), one.latest.isoformat()] for one in expected}
    rows = [_row(carrier, source_id, *said[source_id], days) for source_id in sorted(said)]
    if not rows:
        return 0
    kept = insert(ParkedEvent).values(rows).on_conflict_do_nothing(index_elements=["carrier_id", "source_id"])
    return len(session.scalars(kept.returning(ParkedEvent.id)).all())


def is_awaited(session: Session, number: str) -> bool:
    """Whether anything is parked for a parcel of this number."""
    waiting = (ParkedEvent.attached_id.is_(None), ParkedEvent.dropped_at.is_(None))
    found = select(ParkedEvent.id).where(ParkedEvent.tracking_number == plain_number(number), *waiting)
    return session.scalar(found.limit(1)) is not None


def drop_overdue(session: Session) -> int:
    """Let go of what nobody had a parcel for within a week, its words and places at once, the rest a month later; how many were let go."""
    moment = clock.now()
    session.execute(_FORGET, {"before": moment - FORGOTTEN_AFTER})
    return len(session.execute(_DROP, {"moment": moment}).all())


def _row(carrier: Carrier, source_id: str, name: str, said: Said, days: Mapping[str, list[str]]) -> dict[str, Any]:
    number, moment, offset = plain_number(said.tracking_number), clock.now(), said.occurred_at.utcoffset()
    told = {"event": name, "carrier": said.carrier[:60], "signer": said.signer[:200], "proof": said.proof, "days": days.get(number)}
    return {
        "carrier_id": carrier.id,
        "tracking_number": number,
        "source_id": source_id,
        "occurred_at": said.occurred_at.astimezone(UTC),
        "offset_minutes": int(offset.total_seconds() // 60) if offset else 0,
        "status": (said.status or TrackingStatus.IN_TRANSIT).value,
        "code": said.code[:60],
        "problem": said.problem.value if said.problem else "",
        "text": said.text[:500],
        "place": said.place[:200],
        "facts": {key: value for key, value in told.items() if value} | ({} if said.status else {"unexplained": True}),
        "recorded_at": moment,
        "until": moment + KEPT,
    }
