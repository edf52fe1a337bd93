"""Taking what was said about parcels, by whatever way it came: a hook, the API, a file, an answer that somebody pasted.

Every thing said finds its parcel and becomes a tracking event of it, once; what is about no parcel that has left is parked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.fulfilment.handling import take_in_hand
from logistics.fulfilment.models import IN_HOUSE, Carrier, ExpectedBy, Shipment
from logistics.orders.lifecycle import open_order
from logistics.tracking.estimating import expect
from logistics.tracking.events import ArrivalTold
from logistics.tracking.incidents import open_incident
from logistics.tracking.matching import Match, match, plain_number
from logistics.tracking.meanings import find_meanings, note_unexplained
from logistics.tracking.models import EventSource, ParcelIncidentKind, Problem, TrackingEvent, TrackingStatus
from logistics.tracking.parking import park
from logistics.tracking.proving import hear_proofs
from logistics.tracking.reading.saying import Expected, Reading, Said
from logistics.tracking.recording import Report, record_all

_LONGEST_SOURCE_ID = 100


@dataclass(frozen=True)
class Taken:
    """What became of what was said: new events, events known before, and parked ones. `events` are the new ones, by their source id."""

    new: int = 0
    known: int = 0
    parked: int = 0
    events: dict[str, TrackingEvent] = field(default_factory=dict, compare=False)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.new + other.new, self.known + other.known, self.parked + other.parked, {**self.events, **other.events})

    @property
    def counts(self) -> dict[str, int]:
        """The numbers alone."""
        return {"new": self.new, "known": self.known, "parked": self.parked}


def take(session: Session, carrier: Carrier, reading: Reading, by: Actor) -> Taken:
    """Take all that a carrier said, or somebody who reports for many, each for its parcel; what has none that left is parked for a week.

    Locks the orders of the parcels by id, then each parcel. Doing it again changes nothing. A code that nobody has explained counts as "in
    transit" and is listed. A packed parcel that moves before it was dispatched gets an incident, and no stock moves.
    """
    for order_id in sorted({about.row.order_id for about in match(session, carrier, reading) if about.row}):
        open_order(session, order_id)
    taken = Taken()
    # Under the locks once more: a parcel may have left meanwhile.
    for about in sorted(match(session, carrier, reading), key=_in_order):
        if about.row and about.row.state not in IN_HOUSE:
            taken += take_for(session, carrier, reference=about.row.reference, said=about.said, expected=about.expected, by=by)
        else:
            taken += _wait(session, carrier, about, by)
    return taken


def take_for(session: Session, carrier: Carrier, *, reference: str, said: Sequence[Said], by: Actor, expected: Sequence[Expected] = ()) -> Taken:
    """Take what was said about one parcel that is known, whatever its number. Locks its order and itself, then unexplained codes.

    A delivery that was told before and is told again with who took the parcel in gets its proof (proving.hear_proofs).

    Raises IllegalMove for a parcel that has not left, NotFound.
    """
    parcel = take_in_hand(session, reference)
    meanings = find_meanings(session, carrier.id, said)
    told = {source_id_of(carrier, one): one for one in said}
    reports = [_report(source_id, one, *meanings.explain(one)) for source_id, one in told.items()]
    made = {report.source_id: event for report, event in record_all(session, parcel, reports, by=by)}
    hear_proofs(session, parcel.shipment, told, new=made, by=by)
    for days in expected[-1:]:
        _expect(session, parcel.shipment, days, by)
    session.flush()
    note_unexplained(session, carrier.id, [told[source_id] for source_id in made])
    return Taken(new=len(made), known=len(said) - len(made), events=made)


def source_id_of(carrier: Carrier, said: Said) -> str:
    """Under which name a thing said is kept: the teller's own id of it, for this number, else a digest of what it says."""
    whole = f"{carrier.code}:{plain_number(said.tracking_number)}:{_name(said)}"
    if len(whole) <= _LONGEST_SOURCE_ID:
        return whole
    return f"{carrier.code}:{hashlib.sha256(whole.encode()).hexdigest()[:40]}"


def _name(said: Said) -> str:
    words = (said.occurred_at.isoformat(), said.code, said.text, said.place)
    return said.event_id or hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def _in_order(about: Match) -> tuple[int, int]:
    return (about.row.order_id, about.row.id) if about.row else (0, 0)


def _report(source_id: str, said: Said, status: TrackingStatus, problem: Problem | None) -> Report:
    return Report(
        status=status,
        occurred_at=said.occurred_at,
        text=said.text[:500],
        place=said.place[:200],
        source=EventSource.CARRIER,
        source_id=source_id,
        code=said.code[:60],
        problem=problem,
    )


def _expect(session: Session, shipment: Shipment, days: Expected, by: Actor) -> None:
    """The carrier's word on when it comes, over any other."""
    if shipment.delivered_at or not expect(shipment, earliest=days.earliest, latest=days.latest, by=ExpectedBy.CARRIER):
        return
    shipment.version += 1
    publish(session, ArrivalTold(shipment.id, str(shipment.expected_from), str(shipment.expected_to)), by=by)


def _wait(session: Session, carrier: Carrier, about: Match, by: Actor) -> Taken:
    """Park what is about a parcel that nobody knows, or that has not left: of the latter, moving is an incident."""
    named = {source_id_of(carrier, one): (_name(one), one) for one in about.said}
    parked = park(session, carrier, named, about.expected)
    moves = [one for one in about.said if one.status not in (None, TrackingStatus.LABEL_CREATED)]
    if about.row and parked and moves:
        shipment = session.get_one(Shipment, about.row.id)
        note = f"{carrier.name}: {moves[-1].tracking_number}"
        open_incident(session, shipment=shipment, kind=ParcelIncidentKind.MOVING_UNDISPATCHED, note=note, by=by)
    return Taken(known=len(about.said) - parked, parked=parked)
