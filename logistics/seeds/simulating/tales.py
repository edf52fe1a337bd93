"""What may happen to a parcel on its way, as tales: plain values, no network, no database. Seeded, so that each can be told again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from logistics.fulfilment.models import ShipmentState
from logistics.tracking.models import Problem, ProofKind, TrackingStatus

_T, _P, _S = TrackingStatus, Problem, ShipmentState
# Carriers do not hurry: as long as this a parcel may be on its way, unless it left later.
_LONGEST_WAY = timedelta(days=4)


class Tale(StrEnum):
    """What a parcel goes through, or how badly it is told."""

    ON_TIME = "on time"
    LATE = "late"
    OUT_OF_ORDER = "out of order"
    DUPLICATE = "told three times"
    LOST = "lost"
    REFUSED = "refused"
    RETURNED = "returned"
    CUSTOMS = "held at customs"
    PICKUP = "ready for pickup"
    UNREADABLE = "a status nobody knows"
    UNKNOWN_NUMBER = "a number nobody knows"
    UNDISPATCHED = "moving, not dispatched"


@dataclass(frozen=True)
class Traveller:
    """A parcel as its carrier knows it. `since`: it has been on its way, and nothing newer is known of it. `chinese`: how its carrier speaks."""

    reference: str
    number: str
    carrier: str
    since: datetime
    city: str = ""
    chinese: bool = False


@dataclass(frozen=True)
class Step:
    """One thing that happens, at this share of the way."""

    share: float
    status: str
    problem: str = ""
    proof: str = ""


_DEPARTURE = (Step(0.05, _T.LABEL_CREATED), Step(0.2, _T.IN_TRANSIT), Step(0.5, _T.IN_TRANSIT))
_DELIVERY = (*_DEPARTURE, Step(0.85, _T.OUT_FOR_DELIVERY), Step(0.97, _T.DELIVERED, proof=ProofKind.SELF))
STEPS: dict[Tale, Sequence[Step]] = {
    Tale.ON_TIME: _DELIVERY,
    Tale.LATE: (*_DEPARTURE, Step(0.9, _T.IN_TRANSIT, _P.WEATHER)),
    Tale.OUT_OF_ORDER: _DELIVERY,
    Tale.DUPLICATE: _DELIVERY,
    Tale.LOST: (*_DEPARTURE, Step(0.95, _T.LOST)),
    Tale.REFUSED: (*_DEPARTURE, Step(0.7, _T.OUT_FOR_DELIVERY), Step(0.8, _T.ATTEMPT_FAILED, _P.REFUSED), Step(0.95, _T.RETURNING, _P.REFUSED)),
    Tale.RETURNED: (
        *_DEPARTURE,
        Step(0.6, _T.ATTEMPT_FAILED, _P.ABSENT),
        Step(0.7, _T.READY_FOR_PICKUP),
        Step(0.8, _T.RETURNING, _P.NOT_COLLECTED),
        Step(0.98, _T.RETURNED_TO_SENDER, _P.NOT_COLLECTED),
    ),
    Tale.CUSTOMS: (*_DEPARTURE, Step(0.8, _T.HELD_UP, _P.CUSTOMS)),
    Tale.PICKUP: (*_DEPARTURE, Step(0.7, _T.ATTEMPT_FAILED, _P.ABSENT), Step(0.9, _T.READY_FOR_PICKUP)),
    Tale.UNREADABLE: (*_DEPARTURE, Step(0.9, "beamed_up")),
    Tale.UNKNOWN_NUMBER: _DEPARTURE,
    Tale.UNDISPATCHED: _DEPARTURE,
}
# Where the parcel stands when all of it has been told, whatever stood before: it was shipped, or on its way.
ENDS: dict[Tale, ShipmentState] = {
    Tale.ON_TIME: _S.DELIVERED,
    Tale.LATE: _S.IN_TRANSIT,
    Tale.OUT_OF_ORDER: _S.DELIVERED,
    Tale.DUPLICATE: _S.DELIVERED,
    Tale.LOST: _S.LOST,
    Tale.REFUSED: _S.RETURNING,
    Tale.RETURNED: _S.RETURNED_TO_SENDER,
    Tale.CUSTOMS: _S.HELD_UP,
    Tale.PICKUP: _S.READY_FOR_PICKUP,
    Tale.UNREADABLE: _S.IN_TRANSIT,
    Tale.UNDISPATCHED: _S.PACKED,
}
OF_TRAVELLERS = tuple(tale for tale in Tale if tale not in (Tale.UNKNOWN_NUMBER, Tale.UNDISPATCHED))

# What a carrier says and where, in English and in Chinese; {city} is where the parcel goes.
_WORDS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    _T.LABEL_CREATED: (("Shipment data received", ""), ("已下单，等待揽收", "")),
    _T.IN_TRANSIT: (("Sorted at the hub", "Night hub"), ("快件已到达转运中心", "杭州转运中心")),
    _T.OUT_FOR_DELIVERY: (("On the delivery round", "{city}"), ("快递员正在派送", "{city}")),
    _T.ATTEMPT_FAILED: (("Delivery was tried", "{city}"), ("派送未成功", "{city}")),
    _T.READY_FOR_PICKUP: (("Waiting at the parcel shop", "{city}"), ("快件已存入快递柜", "{city}")),
    _T.HELD_UP: (("Papers are being checked", "Customs office"), ("海关查验中", "海关")),
    _T.LOST: (("Search ended without result", ""), ("快件遗失，查找未果", "")),
    _T.RETURNING: (("On its way back to the sender", "{city}"), ("快件退回中", "{city}")),
    _T.RETURNED_TO_SENDER: (("Handed back to the sender", ""), ("快件已退回寄件人", "")),
    _T.DELIVERED: (("Delivered", "{city}"), ("已签收", "{city}")),
}
_OTHERWISE = (("Beamed up", "Unknown"), ("快件已传送", "未知"))
_SIGNERS = ("A. Example", "Front desk", "Reception", "J. Doe")


def choose_tales(count: int, *, seed: int) -> list[Tale]:
    """A tale for each of so many parcels: each tale about as often, in an order that the seed decides."""
    chance, tales = Random(seed), list[Tale]()
    while len(tales) < count:
        round_of_all = list(OF_TRAVELLERS)
        chance.shuffle(round_of_all)
        tales += round_of_all
    return tales[:count]


def tell(parcel: Traveller, tale: Tale, *, seed: int, now: datetime) -> list[dict[str, Any]]:
    """The events of a tale in our own format, in the order of time: all between when the parcel was last heard of and now."""
    chance = Random(f"{seed} {parcel.number}")
    since = min(parcel.since, now)
    way = min(_LONGEST_WAY, now - since)
    return [_event(parcel, tale, step, since + way * min(0.99, step.share + chance.uniform(0, 0.02)), chance) for step in STEPS[tale]]


def _event(parcel: Traveller, tale: Tale, step: Step, at: datetime, chance: Random) -> dict[str, Any]:
    text, place = _WORDS.get(step.status, _OTHERWISE)[parcel.chinese]
    event = {
        "tracking_number": parcel.number,
        "id": hashlib.sha256(f"{parcel.number} {tale} {step.share} {at.isoformat()}".encode()).hexdigest()[:24],
        "at": at.isoformat(timespec="milliseconds"),
        "status": str(step.status),
        "text": text,
        "place": place.format(city=parcel.city),
    }
    event |= {"problem": str(step.problem)} if step.problem else {}
    event |= {"proof": str(step.proof), "signer": chance.choice(_SIGNERS)} if step.proof else {}
    if tale is Tale.LATE and step.problem:
        event["expected_on"] = (at - timedelta(days=1)).date().isoformat()
    return {name: value for name, value in event.items() if value}
