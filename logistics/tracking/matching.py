"""Matching what is said about a tracking number with the parcel that carries it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, any_, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from logistics.core import clock
from logistics.fulfilment.models import LIVE, Carrier, Shipment, ShipmentState
from logistics.tracking.reading.saying import Expected, Reading, Said

# A parcel that has ended takes late news so long after it was last heard of; later, its number may be another one's.
TAKES_LATE_NEWS = timedelta(days=180)
LONGEST_NUMBER = 60
# Letter for letter the expression of the index ix_shipments_plain_number.
PLAIN_NUMBER = func.upper(func.translate(Shipment.tracking_number, literal_column("' -'"), literal_column("''")))

Candidate = Row[*tuple[Any, ...]]


@dataclass
class Match:
    """What was said about one parcel; about none that is known (`row` is None)."""

    row: Candidate | None
    said: list[Said] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)


def match(session: Session, teller: Carrier, reading: Reading) -> list[Match]:
    """What was said, parcel by parcel. Reads only, without locks: at most two queries.

    A carrier means parcels of its own. Whoever reports for many means those of the carrier they name, by its code or an alias of ours; where
    they name none that we know, the only parcel it can be.
    """
    everything: tuple[Said | Expected, ...] = (*reading.said, *reading.expected)
    candidates = _find_candidates(session, {plain_number(one.tracking_number) for one in everything} - {""})
    named = {} if teller.takes_parcels else _find_named(session, {one.carrier for one in everything} - {""})
    found: dict[int, Match] = {}
    for one in everything:
        meant = {teller.id} if teller.takes_parcels else named.get(one.carrier)
        at = one.occurred_at if isinstance(one, Said) else clock.now()
        row = choose(candidates.get(plain_number(one.tracking_number), ()), meant, at=at)
        about = found.setdefault(row.id if row else 0, Match(row))
        if isinstance(one, Said):
            about.said.append(one)
        else:
            about.expected.append(one)
    return list(found.values())


def plain_number(text: str) -> str:
    """A tracking number as all write it alike: in capitals, without spaces and hyphens."""
    return "".join(text.split()).replace("-", "").upper()[:LONGEST_NUMBER]


def choose(candidates: Sequence[Candidate], meant: Collection[int] | None, *, at: datetime) -> Candidate | None:
    """Which of the parcels with one number is meant; None where nobody can tell. `meant`: whose it is, None where nobody says so.

    Of parcels of one carrier it is the one that still lives, else the latest one that ended not long before `at`.
    """
    ours = [row for row in candidates if meant is None or row.carrier_id in meant]
    alive = [row for row in ours if row.state in LIVE]
    possible = alive or [row for row in ours if at - row.last_heard <= TAKES_LATE_NEWS]
    return possible[0] if len({row.carrier_id for row in possible}) == 1 else None


def _find_candidates(session: Session, numbers: Collection[str]) -> Mapping[str, Sequence[Candidate]]:
    """The parcels with one of these plain numbers, by number, the latest first; cancelled ones are none. One query.

    Each: id, order_id, reference, state, dispatched_at, last_heard, carrier_id, carrier (its code), aliases.
    """
    heard = func.coalesce(func.greatest(Shipment.last_event_at, Shipment.dispatched_at), Shipment.created_at)
    owner = (Carrier.id.label("carrier_id"), Carrier.code.label("carrier"), Carrier.aliases)
    rows = (
        select(Shipment.id, Shipment.order_id, Shipment.reference, Shipment.state, Shipment.dispatched_at, heard.label("last_heard"))
        .add_columns(PLAIN_NUMBER.label("number"), *owner)
        .join(Carrier, Carrier.id == Shipment.carrier_id)
        .where(any_(literal(sorted(numbers), ARRAY(Text))) == PLAIN_NUMBER, Shipment.tracking_number != "")
        .where(Shipment.state != ShipmentState.CANCELLED.value)
        .order_by(Shipment.id.desc())
    )
    found: dict[str, list[Candidate]] = defaultdict(list)
    for row in session.execute(rows) if numbers else ():
        found[row.number].append(row)
    return found


def _find_named(session: Session, names: Collection[str]) -> Mapping[str, Collection[int]]:
    """The carriers of ours that go by each of these names (a code or an alias, whatever the case), by name; one of no carrier is left out."""
    carriers = session.execute(select(Carrier.id, Carrier.code, Carrier.aliases)).all() if names else ()
    called = {name: {row.id for row in carriers if name.lower() in (row.code.lower(), *row.aliases.split())} for name in names}
    return {name: ids for name, ids in called.items() if ids}
