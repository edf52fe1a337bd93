"""Receiving what shops send: whether it is theirs, and into the inbox with it. All else happens later, in the worker."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

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
from logistics.core.signatures import WINDOW
from logistics.core.strict_json import read_object
from logistics.orders.models import Channel
from logistics.shops.dialects import Dialect, dialect_of
from logistics.shops.models import InboxEvent, InboxState, Reason
from logistics.shops.sharing_secrets import secrets_of
from logistics.shops.shop_events import HookAltered
from logistics.shops.shop_orders import LONGEST_ID, Envelope
from logistics.shops.tasks import dispatch

LARGEST_BODY = 256 * 1024
_LONGEST_ID = 200

log = structlog.get_logger(__name__)

# The same bytes again are the same news, whatever stands in the headers, which some shops do not sign: they only count.
_STORE = text(
    """
    WITH known AS (
        UPDATE order_inbox SET repeats = repeats + 1
         WHERE id = (SELECT id FROM order_inbox WHERE channel_id = :channel_id AND digest = :digest AND state <> 'ignored' ORDER BY id LIMIT 1)
        RETURNING id
    ), fresh AS (
        INSERT INTO order_inbox (channel_id, event_id, topic, external_id, digest, body, received_at, changed_at, settled_at,
                                 state, reason, facts, corrections, attempts, repeats, note)
        SELECT :channel_id, :event_id, :topic, :external_id, :digest, CAST(:body AS jsonb), :moment, :changed_at, :settled_at,
               :state, :reason, '{}', '{}', 0, 0, ''
         WHERE NOT EXISTS (SELECT 1 FROM known)
        ON CONFLICT (channel_id, event_id) WHERE first_id IS NULL DO NOTHING
        RETURNING id
    )
    SELECT (SELECT id FROM known) AS known, (SELECT id FROM fresh) AS fresh
    """
)


class NotSigned(Refusal):
    """The signature is missing or not theirs, or we share no secret with them: one answer for all of it."""

    status = 401
    code = "unauthorized"


class NotAnOrder(Refusal):
    """Signed, but not about an order."""

    status = 422
    code = "not_an_order"


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery: received, repeated, ignored or quarantined; and its row."""

    outcome: str
    event_id: int


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
    return _store(session, channel, envelope, digest, raw.decode())


def _store(session: Session, channel: Channel, envelope: Envelope, digest: str, body: str) -> Receipt:
    given = _columns(channel, envelope, digest, body)
    row = session.execute(_STORE, given).one()
    if row.known:
        log.info("hook_repeated", channel=channel.code, inbox_event=row.known)
        return Receipt("repeated", row.known)
    if row.fresh is None:
        return _store_again(session, channel, given)
    if not envelope.is_ours:
        return Receipt("ignored", row.fresh)
    enqueue_once(session, dispatch)
    return Receipt("received", row.fresh)


def _columns(channel: Channel, envelope: Envelope, digest: str, body: str) -> dict[str, object]:
    moment, ours = clock.now(), envelope.is_ours
    return {
        "channel_id": channel.id,
        # Under a name of its own: a topic that nobody signed must not use up the id of an order.
        "event_id": _event_id(envelope.event_id if ours else f"not ours: {envelope.topic} {envelope.event_id}"),
        "topic": "".join(char if char.isprintable() else "?" for char in envelope.topic)[:60],
        "external_id": envelope.external_id,
        "digest": digest,
        # What is not about orders is none of our business: that it came is enough.
        "body": body if ours else None,
        "moment": moment,
        "changed_at": _believable(envelope.changed_at, moment),
        "settled_at": None if ours else moment,
        "state": (InboxState.WAITING if ours else InboxState.IGNORED).value,
        "reason": "" if ours else Reason.OTHER_TOPIC.value,
    }


def _believable(changed_at: datetime | None, moment: datetime) -> datetime | None:
    """When the shop says that it changed; a time still to come is none: it would make all that comes until then old news."""
    return changed_at if changed_at and changed_at - moment <= WINDOW else None


def _event_id(given: str) -> str:
    """The shop's own id, where it is one that can be kept and shown; otherwise its digest."""
    plain = given.isascii() and given.isprintable() and len(given) <= _LONGEST_ID
    return given if plain else hashlib.sha256(given.encode()).hexdigest()


def _store_again(session: Session, channel: Channel, given: Mapping[str, object]) -> Receipt:
    """Its id is there already: the same news from a rival in this moment, or other news under an old id, which is kept apart."""
    same_id = (InboxEvent.channel_id == channel.id, InboxEvent.event_id == given["event_id"], InboxEvent.first_id.is_(None))
    first = session.scalars(select(InboxEvent).where(*same_id)).one()
    if first.digest == given["digest"] or first.state == InboxState.IGNORED:
        first.repeats = InboxEvent.repeats + 1
        return Receipt("repeated", first.id)
    values = {name: given[name] for name in ("channel_id", "event_id", "topic", "external_id", "digest", "changed_at")}
    apart = insert(InboxEvent).values(
        **values,
        body=json.loads(str(given["body"] or "null")),
        received_at=given["moment"],
        state=InboxState.QUARANTINED.value,
        reason=Reason.ALTERED.value,
        first_id=first.id,
        facts={},
        corrections={},
        attempts=0,
        repeats=0,
        note="",
    )
    again = apart.on_conflict_do_nothing(index_elements=["first_id", "digest"]).returning(InboxEvent.id)
    kept = session.scalar(again)
    if kept is None:
        return Receipt("quarantined", first.id)
    log.warning("hook_altered", channel=channel.code, inbox_event=kept, first=first.id)
    publish(session, HookAltered(kept, first.id), by=SYSTEM)
    return Receipt("quarantined", kept)
