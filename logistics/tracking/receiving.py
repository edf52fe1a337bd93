"""Receiving what carriers send: whether it is theirs, and into the inbox with it. All else happens later, in the worker."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import NotFound, Refusal
from logistics.core.strict_json import canonical
from logistics.fulfilment.models import Carrier
from logistics.tracking.dialects import Dialect, dialect_of
from logistics.tracking.events import CarrierNewsAltered
from logistics.tracking.lifecycle import Reason
from logistics.tracking.models import CarrierDelivery, DeliveryState
from logistics.tracking.reading.formats import READERS
from logistics.tracking.sharing_secrets import secrets_of
from logistics.tracking.tasks import dispatch
from logistics.tracking.zones import zone_of

LARGEST_BODY = 256 * 1024
# Of one thing in one body: events of a parcel, parcels, scans.
MOST_EVENTS = 500
_LONGEST_ID = 200

log = structlog.get_logger(__name__)

# The same again is the same news, under whatever id: it only counts.
_STORE = text(
    """
    WITH known AS (
        UPDATE tracking_inbox SET repeats = repeats + 1
         WHERE id = (SELECT id FROM tracking_inbox WHERE carrier_id = :carrier_id AND digest = :digest ORDER BY id LIMIT 1)
        RETURNING id
    ), fresh AS (
        INSERT INTO tracking_inbox (carrier_id, event_id, digest, body, received_at, state, reason, facts, attempts, repeats, settled_at, note)
        SELECT :carrier_id, :event_id, :digest, CAST(:body AS jsonb), :moment, :state, :reason, '{}', 0, 0, :settled_at, ''
         WHERE NOT EXISTS (SELECT 1 FROM known)
        ON CONFLICT (carrier_id, event_id) WHERE first_id IS NULL DO NOTHING
        RETURNING id
    )
    SELECT (SELECT id FROM known) AS known, (SELECT id FROM fresh) AS fresh
    """
)


class NotSigned(Refusal):
    """The signature is missing or not theirs, or we share no secret with them: one answer for all of it."""

    status = 401
    code = "unauthorized"


class TooManyEvents(Refusal):
    """More in one body than anybody has to say about parcels at once."""

    status = 413
    code = "too_many_events"


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery: received, repeated, ignored or quarantined; and its row."""

    outcome: str
    delivery_id: int


def find_hook(session: Session, code: str) -> tuple[Carrier, Dialect]:
    """The carrier of this code and how it speaks. Raises NotFound where there is none, or none that sends anything."""
    carrier = session.scalar(select(Carrier).where(Carrier.code == code))
    dialect = dialect_of(carrier.hook_format) if carrier else None
    if carrier is None or dialect is None:
        raise NotFound(_("There is no such hook."))
    return carrier, dialect


def receive(session: Session, carrier: Carrier, dialect: Dialect, headers: Mapping[str, str], raw: bytes) -> Receipt:
    """Take a signed delivery into the inbox, by one statement, and ask for the worker; no rows are locked but its own.

    `headers` have their names in lower case. Raises NotSigned, Malformed for what is no JSON, TooManyEvents; Unreadable for a body of our
    own format that is none: who writes it for us can mend it. Nothing is written then.
    """
    secrets = secrets_of(session, carrier.id)
    if not [secret for secret in secrets if dialect.is_signed(headers, raw, secret)]:
        log.warning("hook_refused", carrier=carrier.code, shared=bool(secrets))
        raise NotSigned(_("The signature does not fit. Nothing was taken."))
    body = dialect.unpack(raw)
    if _longest_list(body) > MOST_EVENTS:
        raise TooManyEvents(_("Send at most %(count)s events at once.", count=MOST_EVENTS))
    if dialect.reads_at_once:
        READERS[carrier.hook_format](body, zone=zone_of(carrier))
    return _store(session, carrier, _columns(carrier, dialect, headers, raw, body))


def _longest_list(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    own = len(inner) if isinstance(value, list) else 0
    return max([own, *(_longest_list(one) for one in inner)])


def _columns(carrier: Carrier, dialect: Dialect, headers: Mapping[str, str], raw: bytes, body: Mapping[str, Any]) -> dict[str, Any]:
    told = dialect.told(body) if dialect.told else None
    digest = hashlib.sha256(canonical(told) if told is not None else raw).hexdigest()
    moment, ours = clock.now(), dialect.is_ours(body)
    return {
        "carrier_id": carrier.id,
        "event_id": _plain(dialect.event_id(headers, body)) or digest,
        "digest": digest,
        # What is not about parcels is none of our business: that it came is enough.
        "body": json.dumps(body) if ours else None,
        "moment": moment,
        "settled_at": None if ours else moment,
        "state": (DeliveryState.WAITING if ours else DeliveryState.IGNORED).value,
        "reason": "" if ours else Reason.NOT_OURS.value,
    }


def _plain(given: str) -> str:
    """The sender's own id, where it is one that can be kept and shown; otherwise its digest."""
    plain = given.isascii() and given.isprintable() and len(given) <= _LONGEST_ID
    return given if plain else hashlib.sha256(given.encode()).hexdigest()


def _store(session: Session, carrier: Carrier, given: Mapping[str, Any]) -> Receipt:
    row = session.execute(_STORE, given).one()
    if row.known:
        log.info("hook_repeated", carrier=carrier.code, delivery=row.known)
        return Receipt("repeated", row.known)
    if row.fresh is None:
        return _store_again(session, carrier, given)
    if given["state"] == DeliveryState.IGNORED:
        return Receipt("ignored", row.fresh)
    enqueue_once(session, dispatch)
    return Receipt("received", row.fresh)


def _store_again(session: Session, carrier: Carrier, given: Mapping[str, Any]) -> Receipt:
    """Its id is there already: the same news from a rival in this moment, or other news under an old id, which is kept apart."""
    same_id = (CarrierDelivery.carrier_id == carrier.id, CarrierDelivery.event_id == given["event_id"], CarrierDelivery.first_id.is_(None))
    first = session.scalars(select(CarrierDelivery).where(*same_id)).one()
    if first.digest == given["digest"]:
        first.repeats = CarrierDelivery.repeats + 1
        return Receipt("repeated", first.id)
    apart = insert(CarrierDelivery).values(
        **{name: given[name] for name in ("carrier_id", "event_id", "digest")},
        body=json.loads(given["body"] or "null"),
        received_at=given["moment"],
        state=DeliveryState.QUARANTINED.value,
        reason=Reason.ALTERED.value,
        first_id=first.id,
        facts={},
        attempts=0,
        repeats=0,
        note="",
    )
    kept = session.scalar(apart.on_conflict_do_nothing(index_elements=["first_id", "digest"]).returning(CarrierDelivery.id))
    if kept is None:
        return Receipt("quarantined", first.id)
    log.warning("hook_altered", carrier=carrier.code, delivery=kept, first=first.id)
    publish(session, CarrierNewsAltered(carrier.id, kept, first.id), by=SYSTEM)
    return Receipt("quarantined", kept)
