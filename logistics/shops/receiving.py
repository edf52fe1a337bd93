"""Receiving what shops send: whether it is theirs, and into the inbox with it. All else happens later, in the worker."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import SYSTEM
from logistics.core.events import publish
from logistics.core.inboxes import RECEIVED, REPEATED, Delivery, Receipt, keep
from logistics.core.jobs import enqueue_once
from logistics.core.language import _
from logistics.core.refusals import NotFound, Refusal
from logistics.core.signatures import WINDOW, NotSigned
from logistics.core.strict_json import read_object
from logistics.orders.models import Channel
from logistics.shops.dialects import Dialect, dialect_of
from logistics.shops.models import InboxEvent, Reason
from logistics.shops.sharing_secrets import secrets_of
from logistics.shops.shop_events import HookAltered
from logistics.shops.shop_orders import LONGEST_ID, Envelope
from logistics.shops.tasks import dispatch

LARGEST_BODY = 256 * 1024

log = structlog.get_logger(__name__)


class NotAnOrder(Refusal):
    """Signed, but not about an order."""

    status = 422
    code = "not_an_order"


def find_hook(session: Session, code: str) -> tuple[Channel, Dialect]:
    """The channel of this code and how it speaks. Raises NotFound where there is none, or none that sends anything."""
    channel = session.scalar(select(Channel).where(Channel.code == code))
    dialect = dialect_of(channel.kind) if channel else None
    if channel is None or dialect is None:
        raise NotFound(_("There is no such hook."))
    return channel, dialect


def receive(session: Session, channel: Channel, dialect: Dialect, headers: Mapping[str, str], raw: bytes) -> Receipt:
    """Take a signed delivery into the inbox, by one statement, and ask for the worker; no rows are locked but its own.

    `headers` have their names in lower case.
    Raises NotSigned, Malformed for what is no JSON, NotAnOrder for one of our topics without an order's id, Invalid for a time of our own
    format that is none. Nothing is written then.
    """
    secrets = secrets_of(session, channel.id)
    if not [secret for secret in secrets if dialect.is_signed(headers, raw, secret)]:
        log.warning("hook_refused", channel=channel.code, shared=bool(secrets))
        raise NotSigned(_("The signature does not fit. Nothing was taken."))
    body, digest = read_object(raw, to_keep=True), hashlib.sha256(raw).hexdigest()
    envelope = dialect.envelope(headers, body, digest)
    if envelope.is_ours and not envelope.external_id:
        raise NotAnOrder(_("This is no order: it has no id of at most %(count)s characters.", count=LONGEST_ID))
    receipt = keep(session, InboxEvent.channel_id, channel.id, _delivery(envelope, digest, raw.decode()), **_facts(envelope))
    if receipt.outcome == RECEIVED:
        enqueue_once(session, dispatch)
    elif receipt.outcome == REPEATED:
        log.info("hook_repeated", channel=channel.code, inbox_event=receipt.row_id)
    elif receipt.altered_of:
        log.warning("hook_altered", channel=channel.code, inbox_event=receipt.row_id, first=receipt.altered_of)
        publish(session, HookAltered(receipt.row_id, receipt.altered_of), by=SYSTEM)
    return receipt


def _delivery(envelope: Envelope, digest: str, body: str) -> Delivery:
    if envelope.is_ours:
        return Delivery(envelope.event_id, digest, body)
    # Under a name of its own: a topic that nobody signed must not use up the id of an order.
    return Delivery(f"not ours: {envelope.topic} {envelope.event_id}", digest, body, ignored=Reason.OTHER_TOPIC.value)


def _facts(envelope: Envelope) -> dict[str, Any]:
    topic = "".join(char if char.isprintable() else "?" for char in envelope.topic)[:60]
    return {"topic": topic, "external_id": envelope.external_id, "changed_at": _believable(envelope.changed_at, clock.now()), "corrections": {}}


def _believable(changed_at: datetime | None, moment: datetime) -> datetime | None:
    """When the shop says that it changed; a time still to come is none: it would make all that comes until then old news."""
    return changed_at if changed_at and changed_at - moment <= WINDOW else None
