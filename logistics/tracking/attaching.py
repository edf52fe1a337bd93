"""Attaching what was parked, once the parcel it is about has left the house."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.fulfilment.models import Carrier
from logistics.tracking.models import ParkedEvent, Problem, ProofKind, TrackingStatus
from logistics.tracking.reading.saying import Expected, Reading, Said
from logistics.tracking.taking import Taken, take

# What cannot be attached for a day (nobody can tell whose it is) is not tried each minute for ever.
_TRIED_FOR = timedelta(days=1)
_ATTACHABLE = text(
    """
    SELECT DISTINCT parked_events.carrier_id, parked_events.tracking_number
      FROM parked_events JOIN shipments ON upper(translate(shipments.tracking_number, ' -', '')) = parked_events.tracking_number
     WHERE parked_events.attached_id IS NULL AND parked_events.dropped_at IS NULL
       AND shipments.tracking_number <> '' AND shipments.dispatched_at IS NOT NULL
       AND (shipments.dispatched_at > :since OR parked_events.recorded_at > :since)
       AND (CAST(:number AS text) = '' OR parked_events.tracking_number = :number)
     ORDER BY parked_events.carrier_id, parked_events.tracking_number
    """
)
_ATTACH = text(
    """
    UPDATE parked_events SET attached_id = tracking_events.id
      FROM tracking_events
     WHERE tracking_events.source = 'carrier' AND tracking_events.source_id = parked_events.source_id
       AND parked_events.carrier_id = :carrier_id AND parked_events.tracking_number = :number AND parked_events.attached_id IS NULL
    """
)


def find_attachable(session: Session, number: str = "") -> list[tuple[int, str]]:
    """What parcels that have left may be waited for by parked events: the teller's id and the number, of one plain number or of all."""
    rows = session.execute(_ATTACHABLE, {"since": clock.now() - _TRIED_FOR, "number": number})
    return [(row.carrier_id, row.tracking_number) for row in rows]


def attach(session: Session, *, carrier_id: int, number: str, by: Actor) -> Taken:
    """Take what a teller said about this number while it was parked, all of it, as if it came now. Locks as take. Doing it again changes nothing."""
    carrier = session.get_one(Carrier, carrier_id)
    row = ParkedEvent
    waiting = select(row).where(row.carrier_id == carrier_id, row.tracking_number == number, row.attached_id.is_(None), row.dropped_at.is_(None))
    taken = take(session, carrier, _reading(session.scalars(waiting.order_by(row.id)).all()), by)
    session.execute(_ATTACH, {"carrier_id": carrier_id, "number": number})
    return taken


def _reading(parked: Sequence[ParkedEvent]) -> Reading:
    # The carrier's last word on when it comes.
    told = [row for row in parked if row.facts.get("days")][-1:]
    return Reading(tuple(_said(row) for row in parked), tuple(_expected(row) for row in told))


def _expected(row: ParkedEvent) -> Expected:
    earliest, latest = (date.fromisoformat(day) for day in row.facts["days"])
    return Expected(row.tracking_number, earliest, latest, row.facts.get("carrier", ""))


def _said(row: ParkedEvent) -> Said:
    facts = row.facts
    return Said(
        tracking_number=row.tracking_number,
        occurred_at=_local(row.occurred_at, row.offset_minutes),
        status=None if facts.get("unexplained") else TrackingStatus(row.status),
        code=row.code,
        problem=Problem(row.problem) if row.problem else None,
        text=row.text or "",
        place=row.place or "",
        event_id=facts.get("event", ""),
        carrier=facts.get("carrier", ""),
        signer=facts.get("signer", ""),
        proof=ProofKind(facts["proof"]) if facts.get("proof") else None,
    )


def _local(moment: datetime, offset_minutes: int) -> datetime:
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes)))
