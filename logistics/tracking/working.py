"""Working what carriers sent: it is read in their format, and taken parcel by parcel."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.jobs import enqueue
from logistics.core.refusals import FieldError
from logistics.tracking.lifecycle import Reason, move
from logistics.tracking.locks import claim_waiting, lock_delivery
from logistics.tracking.matching import plain_number
from logistics.tracking.models import CarrierDelivery, DeliveryState
from logistics.tracking.reading.formats import READERS
from logistics.tracking.reading.saying import Expected, Reading, Said, Unreadable
from logistics.tracking.taking import Taken, take
from logistics.tracking.zones import zone_of

MOST_TRIES = 6
_MOST_PROBLEMS = 20


def hand_over(session: Session, job: Any, *, limit: int) -> int:
    """Give each waiting delivery a job of the task `job`; how many there were, at most `limit`."""
    deliveries = claim_waiting(session, limit=limit)
    for delivery in deliveries:
        delivery.enqueued_at = clock.now()
        enqueue(session, job, delivery_id=delivery.id)
    return len(deliveries)


def work(session: Session, delivery_id: int, *, by: Actor) -> list[Reading]:
    """Do what a waiting delivery says, where it is about one parcel; otherwise give what it says, parcel by parcel, for take_part and settle.

    Locks the delivery, then as take. Nothing is left to be done when the list is empty: for one that was worked, too. What cannot be read
    is no exception: it waits for a person. Raises NotFound.
    """
    delivery = lock_delivery(session, delivery_id)
    if delivery.state != DeliveryState.WAITING:
        return []
    try:
        reading = read(delivery)
    except Unreadable as refusal:
        delivery.attempts += 1
        delivery.facts = {"problems": _problems(refusal)}
        move(delivery, DeliveryState.UNREADABLE, Reason.UNREADABLE)
        return []
    parts = split(reading)
    if len(parts) > 1:
        return parts
    taken = take(session, delivery.carrier, parts[0], by) if parts else Taken()
    _settle(delivery, taken, reading.fault)
    return []


def take_part(session: Session, delivery_id: int, part: Reading, *, by: Actor) -> Taken:
    """Take what a delivery says about one of its parcels. Locks as take."""
    return take(session, session.get_one(CarrierDelivery, delivery_id).carrier, part, by)


def settle(session: Session, delivery_id: int, taken: Taken) -> None:
    """Note that all parts of a delivery were taken. Locks it."""
    delivery = lock_delivery(session, delivery_id)
    if delivery.state == DeliveryState.WAITING:
        _settle(delivery, taken, "")


def note_failure(session: Session, delivery_id: int) -> bool:
    """Count a try that broke off by a mistake of ours; whether another one is worth while. After MOST_TRIES a person is asked. Locks it."""
    delivery = lock_delivery(session, delivery_id)
    if delivery.state != DeliveryState.WAITING:
        return False
    delivery.attempts += 1
    if delivery.attempts >= MOST_TRIES:
        move(delivery, DeliveryState.UNREADABLE, Reason.OUR_MISTAKE)
    return delivery.state == DeliveryState.WAITING


def read(delivery: CarrierDelivery) -> Reading:
    """What a delivery says, in its carrier's format. Raises Unreadable, also for one whose body is erased."""
    reader = READERS.get(delivery.carrier.hook_format)
    if reader is None or delivery.body is None:
        raise Unreadable("")
    return reader(delivery.body, zone=zone_of(delivery.carrier))


def split(reading: Reading) -> list[Reading]:
    """What is said, parcel by parcel, in the order in which each is named first."""
    things: tuple[Said | Expected, ...] = (*reading.said, *reading.expected)
    by_number: dict[str, list[Said | Expected]] = {}
    for one in things:
        by_number.setdefault(plain_number(one.tracking_number), []).append(one)
    return [_reading(part) for part in by_number.values()]


def _reading(things: Sequence[Said | Expected]) -> Reading:
    return Reading(tuple(one for one in things if isinstance(one, Said)), tuple(one for one in things if isinstance(one, Expected)))


def _settle(delivery: CarrierDelivery, taken: Taken, fault: str) -> None:
    delivery.attempts += 1
    delivery.facts = taken.counts | ({"fault": fault[:200]} if fault else {})
    reason = Reason.KNOWS_NOTHING if fault else Reason.TOLD if taken.new or taken.parked else Reason.NOTHING_NEW
    move(delivery, DeliveryState.WORKED, reason)


def _problems(refusal: Unreadable) -> list[list[str]]:
    named = refusal.errors or [FieldError("", refusal.code, refusal.message)]
    return [[one.pointer[:200], one.code] for one in named[:_MOST_PROBLEMS]]
