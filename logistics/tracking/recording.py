"""Recording what happened to a parcel, and drawing the consequences: its state is the fold of all that was reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex

from sqlalchemy import Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish, publish_all
from logistics.core.language import _
from logistics.core.refusals import FieldError, IllegalMove, Invalid
from logistics.fulfilment.dispatching import refuse_number_in_use
from logistics.fulfilment.handling import Parcel, take_in_hand
from logistics.fulfilment.models import LIVE, Shipment, ShipmentState
from logistics.orders.lifecycle import advance, recompute
from logistics.tracking.drawing import Picture
from logistics.tracking.events import ParcelMoved, TrackingRecorded
from logistics.tracking.models import EventSource, Problem, Proof, ProofKind, TrackingEvent, TrackingStatus
from logistics.tracking.photos import keep_photo
from logistics.tracking.rules import RANK, fold, is_future


@dataclass(frozen=True)
class Report:
    """Something that happened to a parcel, as it was reported. `occurred_at` keeps the offset it was told in.

    `code` is what the carrier calls it. `replaces_id`: the tracking event that this one stands for from now on; `recorded_at` is when that
    was recorded, otherwise it is now.
    """

    status: TrackingStatus
    occurred_at: datetime
    text: str = ""
    place: str = ""
    source: EventSource = EventSource.STAFF
    source_id: str = ""
    code: str = ""
    problem: Problem | None = None
    replaces_id: int | None = None
    recorded_at: datetime | None = None


def record(session: Session, *, reference: str, report: Report, by: Actor) -> TrackingEvent:
    """Keep a tracking event of a dispatched parcel, and bring parcel and order up to date. Locks the order and the shipment.

    A no-op when this source reported it already (source, source_id). Raises IllegalMove for a parcel that has not left, NotFound.
    """
    parcel = take_in_hand(session, reference)
    return _record(session, parcel, report, by)


def record_delivery(
    session: Session,
    *,
    reference: str,
    signer: str,
    kind: ProofKind,
    occurred_at: datetime,
    by: Actor,
    place: str = "",
    picture: Picture | None = None,
) -> TrackingEvent:
    """Note that a parcel was delivered and who signed (T13), with a photo, if there is one. Locks the order and the shipment.

    Raises Invalid without a signer or for a time yet to come, IllegalMove for a parcel that has not left or is delivered, NotFound.
    """
    parcel = take_in_hand(session, reference)
    if not signer:
        raise Invalid(_("Say who signed."), errors=[FieldError("signer", "required", _("Say who signed."))])
    if occurred_at > clock.now():
        raise Invalid(_("That time is still to come."), errors=[FieldError("occurred_at", "future", _("That time is still to come."))])
    if parcel.shipment.state == ShipmentState.DELIVERED:
        raise IllegalMove(_("Shipment %(reference)s is delivered already.", reference=reference))
    event = _record(session, parcel, Report(TrackingStatus.DELIVERED, occurred_at, place=place), by)
    proof = Proof(shipment_id=parcel.shipment.id, event_id=event.id, signer=signer, kind=kind.value, at=occurred_at)
    session.add(proof)
    session.flush()
    if picture:
        keep_photo(session, proof, picture, by=by)
    return event


def record_all(session: Session, parcel: Parcel, reports: Sequence[Report], *, by: Actor) -> list[tuple[Report, TrackingEvent]]:
    """Keep what was reported of a parcel in hand, and bring it and its order up to date once. What was new of it, with its event.

    What a source reported already (source, source_id) is left out. Raises IllegalMove for a parcel that has not left.
    """
    _refuse_unless_gone(parcel.shipment)
    known, new = _known(session, reports), list[tuple[Report, TrackingEvent]]()
    for report in reports:
        if (report.source.value, report.source_id) not in known:
            new.append((report, _write(session, parcel.shipment, report, by)))
            known |= {(report.source.value, report.source_id)} if report.source_id else set()
    if new:
        told = [TrackingRecorded(parcel.shipment.id, event.id, event.status, event.source) for _report, event in new]
        publish_all(session, told, by=by)
        refold(session, parcel, by=by)
    return new


def _record(session: Session, parcel: Parcel, report: Report, by: Actor) -> TrackingEvent:
    _refuse_unless_gone(parcel.shipment)
    if earlier := _find(session, report):
        return earlier
    (_report, event), *_others = record_all(session, parcel, [report], by=by)
    return event


def _refuse_unless_gone(shipment: Shipment) -> None:
    if shipment.dispatched_at is None:
        raise IllegalMove(_("Shipment %(reference)s has not left yet. Dispatch it first.", reference=shipment.reference))


def refold(session: Session, parcel: Parcel, *, by: Actor) -> None:
    """Bring the state of a parcel in hand, its times, and what its order counts as delivered, up to its events. A no-op when they are.

    Raises NumberInUse when a parcel that had arrived is on its way again and its carrier has given its number to another meanwhile.
    """
    shipment, events = parcel.shipment, events_of(session, parcel.shipment.id)
    before, after = ShipmentState(shipment.state), fold(events).state
    _note_times(shipment, after, events)
    if before == after:
        return
    if after in LIVE and before not in LIVE:
        refuse_number_in_use(session, shipment, shipment.carrier_id, shipment.tracking_number)
    shipment.state = after.value
    shipment.version += 1
    _count_delivered(parcel, before, after)
    recompute(session, parcel.order, by=by)
    publish(session, ParcelMoved(shipment.id, parcel.order.id, before.value, after.value), by=by)


def events_of(session: Session, shipment_id: int) -> Sequence[TrackingEvent]:
    """All that was reported of a parcel and not replaced since."""
    replaced = select(TrackingEvent.replaces_id).where(TrackingEvent.replaces_id.is_not(None), TrackingEvent.shipment_id == shipment_id)
    rows = select(TrackingEvent).where(TrackingEvent.shipment_id == shipment_id, TrackingEvent.id.not_in(replaced))
    return session.scalars(rows).all()


def _note_times(shipment: Shipment, state: ShipmentState, events: Sequence[TrackingEvent]) -> None:
    """When the parcel was last heard of, and when it was delivered, if it is."""
    told = [event for event in events if not is_future(event)]
    delivered = [event.occurred_at for event in told if event.status == TrackingStatus.DELIVERED]
    shipment.last_event_at = max((event.occurred_at for event in told), default=None)
    shipment.delivered_at = max(delivered, default=None) if state is ShipmentState.DELIVERED else None


def _find(session: Session, report: Report) -> TrackingEvent | None:
    if not report.source_id:
        return None
    known = select(TrackingEvent).where(TrackingEvent.source == report.source.value, TrackingEvent.source_id == report.source_id)
    return session.scalar(known)


def _known(session: Session, reports: Sequence[Report]) -> set[tuple[str, str]]:
    """What of these reports was kept before: source and source id."""
    named = literal(sorted({report.source_id for report in reports if report.source_id}), ARRAY(Text))
    rows = select(TrackingEvent.source, TrackingEvent.source_id).where(TrackingEvent.source_id == any_(named))
    sources = literal(sorted({report.source.value for report in reports}), ARRAY(Text))
    return {(source, source_id) for source, source_id in session.execute(rows.where(TrackingEvent.source == any_(sources)))}


def _write(session: Session, shipment: Shipment, report: Report, by: Actor) -> TrackingEvent:
    offset = report.occurred_at.utcoffset()
    event = TrackingEvent(
        shipment_id=shipment.id,
        occurred_at=report.occurred_at.astimezone(UTC),
        offset_minutes=int(offset.total_seconds() // 60) if offset else 0,
        status=report.status.value,
        rank=RANK[report.status],
        code=report.code,
        problem=report.problem.value if report.problem else "",
        text=report.text,
        place=report.place,
        source=report.source.value,
        source_id=report.source_id or token_hex(12),
        replaces_id=report.replaces_id,
        actor_id=by.id,
        recorded_at=report.recorded_at or clock.now(),
    )
    session.add(event)
    session.flush()
    return event


def _count_delivered(parcel: Parcel, before: ShipmentState, after: ShipmentState) -> None:
    change = (after is ShipmentState.DELIVERED) - (before is ShipmentState.DELIVERED)
    for line in parcel.shipment.lines if change else ():
        advance(parcel.order_line(line.order_line_id), delivered=change * line.packed)
