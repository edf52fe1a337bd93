"""Learning how long parcels take from this house's own: by carrier and zone, over the last of them."""

from datetime import timedelta

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from logistics.core import clock
from logistics.fulfilment.models import Shipment
from logistics.fulfilment.zoning import zone_of

LAST = 200
YOUNGER_THAN = timedelta(days=180)
# Who has fewer of them uses the carrier's own table.
ENOUGH = 30

# A day begins in the zone of the carrier that collects, or the shop's. When it arrived is the word of a carrier or of our people: customers
# confirm later, and what the system counts as delivered by itself teaches nothing.
_LEARN = text(
    """
    WITH trips AS (
        SELECT s.carrier_id, s.zone, s.delivered_at,
               (s.delivered_at AT TIME ZONE :timezone)::date
               - (s.dispatched_at AT TIME ZONE coalesce(nullif(c.timezone, ''), :timezone))::date
               - coalesce((s.dispatched_at AT TIME ZONE coalesce(nullif(c.timezone, ''), :timezone))::time > c.cut_off, false)::int AS days,
               row_number() OVER (PARTITION BY s.carrier_id, s.zone ORDER BY s.delivered_at DESC, s.id DESC) AS place
          FROM shipments s JOIN carriers c ON c.id = s.carrier_id
         WHERE s.delivered_at IS NOT NULL AND s.delivered_at > :since AND s.delivered_at >= s.dispatched_at AND s.zone <> ''
           AND EXISTS (SELECT 1 FROM tracking_events e
                        WHERE e.shipment_id = s.id AND e.status = 'delivered' AND e.source IN ('carrier', 'staff') AND e.occurred_at = s.delivered_at)
    ), learned AS (
        INSERT INTO transit_times (carrier_id, zone, samples, early_days, usual_days, late_days, computed_at)
        SELECT carrier_id, zone, count(*),
               percentile_disc(0.1) WITHIN GROUP (ORDER BY greatest(days, 0)),
               percentile_disc(0.5) WITHIN GROUP (ORDER BY greatest(days, 0)),
               percentile_disc(0.9) WITHIN GROUP (ORDER BY greatest(days, 0)), :now
          FROM trips WHERE place <= :last GROUP BY carrier_id, zone
        ON CONFLICT (carrier_id, zone) DO UPDATE
           SET samples = excluded.samples, early_days = excluded.early_days, usual_days = excluded.usual_days,
               late_days = excluded.late_days, computed_at = excluded.computed_at
        RETURNING carrier_id, zone
    )
    DELETE FROM transit_times old WHERE NOT EXISTS (SELECT 1 FROM learned WHERE learned.carrier_id = old.carrier_id AND learned.zone = old.zone)
    """
)


def learn(session: Session, *, timezone: str) -> None:
    """Compute every TransitTime anew, in one statement, and forget those of which no parcel arrived of late. `timezone` is the shop's."""
    now = clock.now()
    session.execute(_LEARN, {"timezone": timezone, "since": now - YOUNGER_THAN, "last": LAST, "now": now})


def zone_unzoned(session: Session, *, after: int, limit: int) -> int | None:
    """Note how far delivered parcels went that have no zone, so many behind this id; the last id, or None where there are no more.

    Parcels have none that left before zones were noted, and where a country was missing.
    """
    left = Shipment.delivered_at.is_not(None), Shipment.delivered_at > clock.now() - YOUNGER_THAN, Shipment.zone == ""
    loaded = (joinedload(Shipment.order), joinedload(Shipment.warehouse))
    found = session.scalars(select(Shipment).options(*loaded).where(*left, Shipment.id > after).order_by(Shipment.id).limit(limit)).all()
    zones = {parcel.id: zone.value for parcel in found if (zone := zone_of(parcel.warehouse.address, parcel.order.address))}
    if zones:
        # No locks: nobody else writes this column of a parcel that has left.
        session.execute(update(Shipment), [{"id": parcel_id, "zone": zone} for parcel_id, zone in zones.items()])
    return found[-1].id if len(found) == limit else None
