"""Keys for programs: handed out once, and taken back."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.api.events import ApiKeyIssued, ApiKeyRevoked
from logistics.api.locks import lock_key
from logistics.api.models import ApiKey, Scope
from logistics.api.rules import new_key
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.language import _
from logistics.core.refusals import FieldError, Invalid, NotFound
from logistics.orders.models import Channel

LONGEST_DAYS = 3650


def issue_key(session: Session, *, channel: str, scopes: Sequence[Scope], label: str = "", days: int | None = None, by: Actor) -> tuple[ApiKey, str]:
    """Let a program in to this channel: the key's row, and the key itself, which is kept nowhere and cannot be shown again.

    `days` is how long it lets in, 1 to 3650; None is until it is revoked. A channel may have any number of them, so that one can
    be replaced by the next without a gap. Raises Invalid for a channel that is not there, no scope, or other days.
    """
    found = session.scalar(select(Channel).where(Channel.code == channel))
    problems = _problems(found, scopes, days)
    if found is None or problems:
        raise Invalid(problems[0].message, errors=problems)
    key, moment = new_key(), clock.now()
    row = ApiKey(
        channel=found,
        prefix=key.prefix,
        secret_hash=key.digest,
        scopes=[scope.value for scope in Scope if scope in scopes],
        label=label,
        created_at=moment,
        created_by=by.id if by.kind == "staff" else None,
        expires_at=moment + timedelta(days=days) if days else None,
    )
    session.add(row)
    session.flush()
    publish(session, ApiKeyIssued(row.id, found.code, row.prefix, tuple(row.scopes)), by=by)
    return row, key.text


def revoke_key(session: Session, *, key_id: int, by: Actor) -> ApiKey:
    """Let nobody in with this key from the next request on. A no-op when done. Locks the key. Raises NotFound."""
    key = lock_key(session, key_id)
    if key is None:
        raise NotFound(_("There is no such key."))
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        session.flush()
        publish(session, ApiKeyRevoked(key.id, key.channel.code, key.prefix), by=by)
    return key


def _problems(channel: Channel | None, scopes: Sequence[Scope], days: int | None) -> list[FieldError]:
    problems = []
    if channel is None:
        problems.append(FieldError("channel", "unknown_channel", _("Choose a channel.")))
    if not scopes:
        problems.append(FieldError("scopes", "required", _("Choose what the key is good for.")))
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        message = _("A key lets in for 1 to %(most)s days, or until it is revoked.", most=LONGEST_DAYS)
        problems.append(FieldError("days", "bad_days", message))
    return problems
