"""What carriers' own codes mean that their format does not explain: as somebody has said, or nothing yet; then they are listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.tracking.models import CarrierCode, Problem, TrackingStatus
from logistics.tracking.reading.saying import Said

LONGEST_CODE, LONGEST_SAMPLE = 60, 500


@dataclass(frozen=True)
class Meanings:
    """The codes that somebody has explained: status and problem, by code."""

    explained: Mapping[str, tuple[TrackingStatus, Problem | None]]

    def explain(self, said: Said) -> tuple[TrackingStatus, Problem | None]:
        """What a thing said means: as its format says, else as somebody has, else "in transit"."""
        if said.status:
            return said.status, said.problem
        return self.explained.get(said.code[:LONGEST_CODE], (TrackingStatus.IN_TRANSIT, said.problem))


def find_meanings(session: Session, carrier_id: int, said: Sequence[Said]) -> Meanings:
    """The meanings of the codes among these that their format does not explain. One query, or none."""
    codes = {one.code[:LONGEST_CODE] for one in said if one.status is None and one.code}
    if not codes:
        return Meanings({})
    row = CarrierCode
    found = select(row.code, row.status, row.problem).where(row.carrier_id == carrier_id, row.code == any_(literal(sorted(codes), ARRAY(Text))))
    told = session.execute(found)
    return Meanings({code: (TrackingStatus(status), Problem(problem) if problem else None) for code, status, problem in told if status})


def note_unexplained(session: Session, carrier_id: int, said: Sequence[Said]) -> None:
    """List the codes among these that their format does not explain, with the carrier's words, and count them. Locks their rows, by code."""
    unclear = [one for one in said if one.status is None and one.code]
    samples = {one.code[:LONGEST_CODE]: one.text[:LONGEST_SAMPLE] for one in unclear}
    times = [one.code[:LONGEST_CODE] for one in unclear]
    for code in sorted(samples):
        fresh = insert(CarrierCode).values(
            carrier_id=carrier_id, code=code, problem="", sample=samples[code], times=times.count(code), seen_at=clock.now(), version=1
        )
        again = {"times": CarrierCode.times + fresh.excluded.times, "sample": fresh.excluded.sample, "seen_at": fresh.excluded.seen_at}
        session.execute(fresh.on_conflict_do_update(index_elements=["carrier_id", "code"], set_=again))
