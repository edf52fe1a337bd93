"""The secrets that we share with channels: entered or made, replaced without a gap, ended. Read by nobody but the hooks."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.actors import Actor
from logistics.core.events import publish
from logistics.core.shared_secrets import end, holding, make_room, readable
from logistics.shops.locks import lock_secrets
from logistics.shops.models import ChannelSecret
from logistics.shops.shop_events import ChannelSecretsEnded, ChannelSecretSet


def share_secret(session: Session, *, channel_id: int, secret: str, overlap: timedelta, by: Actor) -> ChannelSecret:
    """Let a channel sign with this secret from now on; what held before holds for `overlap` more, so that nothing is lost meanwhile.

    No more than two hold at once. Locks the channel and its secrets.
    """
    ends_at = make_room(lock_secrets(session, channel_id), overlap)
    session.flush()
    fresh = ChannelSecret(channel_id=channel_id)
    fresh.take(secret, by=by)
    session.add(fresh)
    session.flush()
    publish(session, ChannelSecretSet(channel_id, ends_at.isoformat() if ends_at else ""), by=by)
    return fresh


def end_secrets(session: Session, *, channel_id: int, by: Actor) -> None:
    """Take nothing more that the channel signs, at once. A no-op where no secret holds. Locks the channel and its secrets."""
    if end(lock_secrets(session, channel_id)):
        session.flush()
        publish(session, ChannelSecretsEnded(channel_id), by=by)


def secrets_of(session: Session, channel_id: int) -> list[str]:
    """What the channel may sign with at this moment, the newest first; none where none is to be read."""
    return readable(held_secrets(session, channel_id))


def held_secrets(session: Session, channel_id: int) -> list[ChannelSecret]:
    """The secrets that hold at this moment, sealed as they are, the newest first."""
    rows = select(ChannelSecret).where(ChannelSecret.channel_id == channel_id).order_by(ChannelSecret.id.desc())
    return holding(session.scalars(rows).all())
