"""Writing down when a parcel is expected: by its carrier's word, by what we learned from our own parcels, or by the carrier's table."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.fulfilment.models import CarrierZone, ExpectedBy, Shipment
from logistics.fulfilment.zoning import zone_of
from logistics.tracking.learning import ENOUGH
from logistics.tracking.models import TransitTime

Days = tuple[int, int]


def expect(shipment: Shipment, *, earliest: date, latest: date, by: ExpectedBy) -> bool:
    """Note the days between which a parcel is expected, both included, and whose word that is. What was told first is kept (`promised_to`).

    A carrier's word is never replaced by a reckoning of ours. Answers whether anything changed.
    """
    told = (min(earliest, latest), max(earliest, latest), by.value)
    if shipment.expected_by == ExpectedBy.CARRIER and by != ExpectedBy.CARRIER:
        return False
    if (shipment.expected_from, shipment.expected_to, shipment.expected_by) == told:
        return False
    shipment.expected_from, shipment.expected_to, shipment.expected_by = told
    shipment.promised_to = shipment.promised_to or shipment.expected_to
    return True


def estimate(session: Session, shipment: Shipment, *, timezone: str) -> None:
    """Note how far a parcel that has just left goes, and when it is expected; where nobody can know, nothing. `timezone` is the shop's.

    Imported history gets no estimate, only its zone: we learn from it. No locks of its own.
    """
    zone, carrier = zone_of(shipment.warehouse.address, shipment.order.address), shipment.carrier
    shipment.zone = zone.value if zone else ""
    if zone is None or carrier is None or shipment.dispatched_at is None or shipment.order.imported_at:
        return
    days, by = find_days(session, carrier.id, zone.value)
    if days is None:
        return
    collected = collection_day(shipment.dispatched_at, carrier.cut_off, carrier.timezone or timezone)
    # Where it is collected it may still be yesterday; nothing is expected before today.
    earliest, latest = (max(collected + timedelta(days=many), clock.today(timezone)) for many in days)
    expect(shipment, earliest=earliest, latest=latest, by=by)


def collection_day(dispatched_at: datetime, cut_off: time | None, timezone: str) -> date:
    """The day on which a carrier collects what was dispatched at this moment: the same one, or the next after its cut-off."""
    local = dispatched_at.astimezone(ZoneInfo(timezone))
    return local.date() + timedelta(days=1 if cut_off and local.time() > cut_off else 0)


def find_days(session: Session, carrier_id: int, zone: str) -> tuple[Days | None, ExpectedBy]:
    """The fewest and the most days that a carrier usually takes to a zone, and how we know: from enough parcels, else from its table."""
    learned = select(TransitTime.early_days, TransitTime.late_days).where(TransitTime.carrier_id == carrier_id, TransitTime.zone == zone)
    if found := session.execute(learned.where(TransitTime.samples >= ENOUGH)).first():
        return (found.early_days, found.late_days), ExpectedBy.HISTORY
    table = select(CarrierZone.least_days, CarrierZone.most_days).where(CarrierZone.carrier_id == carrier_id, CarrierZone.zone == zone)
    if told := session.execute(table).first():
        return (told.least_days, told.most_days), ExpectedBy.TABLE
    return None, ExpectedBy.NOBODY
