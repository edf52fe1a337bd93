"""What the worker does about arrivals: learn how long parcels take, and count those as delivered of which nothing more is heard."""

from functools import partial

import structlog
from sqlalchemy.orm import Session

from logistics.core import jobs
from logistics.core.config import settings
from logistics.core.transactions import in_transaction
from logistics.tracking.learning import learn, zone_unzoned
from logistics.tracking.quiet import count_as_delivered, find_quiet

AT_ONCE = 200

log = structlog.get_logger(__name__)


@jobs.task("tracking.learn", every="41 2 * * *")
def learn_transit_times() -> None:
    """Learn how long parcels take, from those that arrived; first, how far they went that left before we noted it."""
    after: int | None = 0
    while after is not None:
        after = in_transaction(partial(zone_unzoned, after=after, limit=AT_ONCE))
    in_transaction(lambda session: learn(session, timezone=settings().timezone))


@jobs.task("tracking.count_quiet", every="17 * * * *")
def count_quiet() -> None:
    """Count quiet parcels as delivered, each in a transaction of its own, until none is left. Any number may sweep at once."""
    after = 0
    while quiet := in_transaction(partial(_find, after=after)):
        for shipment_id in quiet:
            _count(shipment_id)
        after = quiet[-1]


def _find(session: Session, after: int) -> list[int]:
    return find_quiet(session, after=after, limit=AT_ONCE, timezone=settings().timezone)


def _count(shipment_id: int) -> None:
    try:
        in_transaction(partial(count_as_delivered, shipment_id=shipment_id, timezone=settings().timezone))
    except Exception:
        # One that cannot be counted holds up no other; the next sweep tries it again.
        log.exception("parcel_not_counted", shipment_id=shipment_id)
