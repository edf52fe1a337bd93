"""Looking over what a carrier answered before it is taken: what was read, and which parcel of ours each thing is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from logistics.core.strict_json import read_json
from logistics.fulfilment.models import Carrier
from logistics.tracking.matching import match
from logistics.tracking.reading import formats
from logistics.tracking.reading.saying import Expected, Reading, Said

# It comes back with the form that takes it, which has 256 KB in all.
LARGEST = 200 * 1024


@dataclass(frozen=True)
class Line:
    """One thing said, and the reference of the parcel it is about; empty where no parcel of ours has the number."""

    said: Said
    reference: str


@dataclass(frozen=True)
class Overview:
    """What an answer says, as it came, and the days it promises."""

    lines: Sequence[Line]
    expected: Sequence[Expected]
    fault: str

    @property
    def can_be_taken(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.lines or self.expected)

    @property
    def unmatched(self) -> int:
        """How many of the things said are about no parcel of ours."""
        return sum(not line.reference for line in self.lines)


def read_answer(raw: bytes, *, form: str, carrier: Carrier, shop_zone: str) -> Reading:
    """What this answer says; times without an offset stand in the carrier's zone, else in the shop's. Raises Malformed, Unreadable, NotFound."""
    return formats.read(form, read_json(raw), zone=ZoneInfo(carrier.timezone or shop_zone))


def look_over(session: Session, carrier: Carrier, reading: Reading) -> Overview:
    """What would be taken, without taking it."""
    references = {id(said): about.row.reference if about.row else "" for about in match(session, carrier, reading) for said in about.said}
    lines = [Line(said, references.get(id(said), "")) for said in reading.said]
    return Overview(lines, reading.expected, reading.fault)
