"""A run of the simulator: who plays what, told to the shop as it goes, and what is to be seen afterwards."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from logistics.seeds.simulating.finding import Cast
from logistics.seeds.simulating.posting import Posting, Teller, in_time, postings
from logistics.seeds.simulating.tales import ENDS, Tale, Traveller, choose_tales, tell


@dataclass(frozen=True)
class Part:
    """A parcel and its tale; `events` of it are told."""

    parcel: Traveller
    tale: Tale
    events: int

    @property
    def ends(self) -> str:
        """What is to be seen of it when all was told."""
        return ENDS[self.tale].value if self.tale in ENDS else "parked"


@dataclass
class Run:
    """Who plays what, what is sent for it, and how it was answered: how often which status, and how often not as it is right."""

    parts: list[Part]
    postings: list[Posting]
    answers: Counter[int] = field(default_factory=Counter)
    wrong: int = 0


def plan(cast: Cast, *, seed: int, now: datetime) -> Run:
    """Give everybody a tale. The same seed, parcels and moment give the same run."""
    pairs: list[tuple[Traveller, Tale]] = list(zip(cast.travellers, choose_tales(len(cast.travellers), seed=seed), strict=True))
    pairs += [(parcel, Tale.UNDISPATCHED) for parcel in cast.packed]
    if cast.travellers:
        pairs.append((_stranger(cast.travellers[0], seed), Tale.UNKNOWN_NUMBER))
    run = Run([], [])
    for parcel, tale in pairs:
        events = tell(parcel, tale, seed=seed, now=now)
        run.parts.append(Part(parcel, tale, len(events)))
        run.postings += postings(parcel.carrier, events, tale, seed=seed)
    return run


def play(run: Run, teller: Teller, *, speed: float = 0, wait: Callable[[float], None] = time.sleep) -> None:
    """Send it all, in the order in which it is due; with `speed`, so many seconds of its time in one of ours. Raises Unreachable."""
    for posting, seconds in in_time(run.postings, speed):
        if seconds:
            wait(seconds)
        status = teller.send(posting)
        run.answers[status] += 1
        run.wrong += status != posting.answer


def describe(run: Run) -> list[str]:
    """What was told, and what should be seen, line by line."""
    rows = [("parcel", "carrier", "number", "tale", "ends as"), *((_row(part)) for part in run.parts)]
    return ["  ".join(_padded(row, rows)).rstrip() for row in rows]


def _row(part: Part) -> tuple[str, ...]:
    return (part.parcel.reference or "-", part.parcel.carrier, part.parcel.number, part.tale.value, part.ends)


def _padded(row: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [word.ljust(max(len(other[at]) for other in rows)) for at, word in enumerate(row)]


def _stranger(like: Traveller, seed: int) -> Traveller:
    """A parcel that is not ours."""
    return replace(like, reference="", number=f"{like.carrier[:2].upper()}{Random(seed).randrange(10**9):09}X")
