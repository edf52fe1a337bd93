"""The secrets that we share with channels: entered or made, replaced without a gap, ended. Read by nobody but the hooks."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.sealing import seal, unseal
from logistics.shops.locks import lock_secrets
from logistics.shops.models import ChannelSecret
from logistics.shops.shop_events import ChannelSecretsEnded, ChannelSecretSet
from logistics.shops.signatures import PREFIX


def new_secret() -> str:
    """A secret of ours, as Standard Webhooks writes them: 192 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def share_secret(session: Session, *, channel_id: int, secret: str, overlap: timedelta, by: Actor) -> ChannelSecret:
    """Let a channel sign with this secret from now on; what held before holds for `overlap` more, so that nothing is lost meanwhile.

    No more than two hold at once. Locks the channel and its secrets.
    """
    moment = clock.now()
    ends_at = moment + overlap
    held = _holding(lock_secrets(session, channel_id), moment)
    for at, row in enumerate(held):
        row.ends_at = min(row.ends_at or ends_at, ends_at) if at == 0 else moment
    session.flush()
    fresh = ChannelSecret(channel_id=channel_id, sealed=seal(secret), created_at=moment, created_by=by.id if by.kind == "staff" else None)
    session.add(fresh)
    session.flush()
    publish(session, ChannelSecretSet(channel_id, ends_at.isoformat() if held and overlap else ""), by=by)
    return fresh


def end_secrets(session: Session, *, channel_id: int, by: Actor) -> None:
    """Take nothing more that the channel signs, at once. A no-op where no secret holds. Locks the channel and its secrets."""
    moment = clock.now()
    held = _holding(lock_secrets(session, channel_id), moment)
    for row in held:
        row.ends_at = moment
    if held:
        session.flush()
        publish(session, ChannelSecretsEnded(channel_id), by=by)


def secrets_of(session: Session, channel_id: int) -> list[str]:
    """What the channel may sign with at this moment, the newest first; none where none is to be read."""
    return [secret for row in held_secrets(session, channel_id) if (secret := unseal(row.sealed))]


def held_secrets(session: Session, channel_id: int) -> list[ChannelSecret]:
    """The secrets that hold at this moment, sealed as they are, the newest first."""
    rows = select(ChannelSecret).where(ChannelSecret.channel_id == channel_id).order_by(ChannelSecret.id.desc())
    return _holding(session.scalars(rows).all(), clock.now())


def _holding(rows: Sequence[ChannelSecret], moment: datetime) -> list[ChannelSecret]:
    return [row for row in rows if row.ends_at is None or row.ends_at > moment]
