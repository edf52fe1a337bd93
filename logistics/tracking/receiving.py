"""Receiving what carriers send: whether it is theirs, and into the inbox with it. All else happens later, in the worker."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.core.inboxes import RECEIVED, REPEATED, Delivery, Receipt, keep
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import NotFound, Refusal
from logistics.core.signatures import NotSigned
from logistics.core.strict_json import canonical
from logistics.fulfilment.models import Carrier
from logistics.tracking.dialects import Dialect, dialect_of
from logistics.tracking.events import CarrierNewsAltered
from logistics.tracking.lifecycle import Reason
from logistics.tracking.models import CarrierDelivery
from logistics.tracking.reading.formats import READERS
from logistics.tracking.sharing_secrets import secrets_of
from logistics.tracking.tasks import dispatch
from logistics.tracking.zones import zone_of

LARGEST_BODY = 256 * 1024
# Of one thing in one body: events of a parcel, parcels, scans.
MOST_EVENTS = 500

log = structlog.get_logger(__name__)


class TooManyEvents(Refusal):
    """More in one body than anybody has to say about parcels at once."""

    status = 413
    code = "too_many_events"


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
    receipt = keep(session, CarrierDelivery.carrier_id, carrier.id, _delivery(dialect, headers, raw, body))
    if receipt.outcome == RECEIVED:
        enqueue_once(session, dispatch)
    elif receipt.outcome == REPEATED:
        log.info("hook_repeated", carrier=carrier.code, delivery=receipt.row_id)
    elif receipt.altered_of:
        log.warning("hook_altered", carrier=carrier.code, delivery=receipt.row_id, first=receipt.altered_of)
        publish(session, CarrierNewsAltered(carrier.id, receipt.row_id, receipt.altered_of), by=SYSTEM)
    return receipt


def _longest_list(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    own = len(inner) if isinstance(value, list) else 0
    return max([own, *(_longest_list(one) for one in inner)])


def _delivery(dialect: Dialect, headers: Mapping[str, str], raw: bytes, body: Mapping[str, Any]) -> Delivery:
    told = dialect.told(body) if dialect.told else None
    digest = hashlib.sha256(canonical(told) if told is not None else raw).hexdigest()
    ignored = "" if dialect.is_ours(body) else Reason.NOT_OURS.value
    return Delivery(dialect.event_id(headers, body) or digest, digest, json.dumps(body), ignored)
