"""Finding out which program knocks: by its key, and by nothing else."""

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from logistics.api.models import ApiKey
from logistics.api.rules import read_key
from logistics.core import clock
from logistics.core.actors import Actor
from logistics.core.language import _
from logistics.core.refusals import Refusal
from logistics.orders.models import Channel

USE_IS_NOTED = timedelta(minutes=1)
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_NO_DIGEST = "0" * 64


class BadKey(Refusal):
    """No key, or none that lets in: the same answer whether it is wrong, expired or revoked."""

    status = 401
    code = "unauthorized"


@dataclass(frozen=True)
class Caller:
    """The program that asks: plain values, so that it outlives the session that found it. `unnoted`: its use is to be noted."""

    key_id: int
    channel_id: int
    channel: str
    prefix: str
    scopes: frozenset[str]
    unnoted: bool

    @property
    def actor(self) -> Actor:
        """The same, as somebody who acts."""
        return Actor("key", self.key_id, f"{self.channel} {self.prefix}")


def admit(session: Session, authorization: str) -> Caller:
    """Who sends this Authorization header. Raises BadKey."""
    sent = _BEARER.fullmatch(authorization)
    key = read_key(sent[1]) if sent else None
    found = session.execute(select(ApiKey, Channel.code).join(Channel).where(ApiKey.prefix == key.prefix)).first() if key else None
    row: ApiKey | None = found[0] if found else None
    # An unknown key costs the same as a wrong one.
    right = hmac.compare_digest(row.secret_hash if row else _NO_DIGEST, key.digest if key else "")
    if row is None or not right or not row.is_live:
        raise BadKey(_("Send a key that is valid, as “Authorization: Bearer KEY”."))
    unnoted = row.last_used_at is None or row.last_used_at < clock.now() - USE_IS_NOTED
    return Caller(row.id, row.channel_id, found[1] if found else "", row.prefix, frozenset(row.scopes), unnoted)


def note_use(session: Session, key_id: int) -> None:
    """Write down that the key is in use, once a minute at most, whoever else does so at this moment."""
    moment = clock.now()
    stale = (ApiKey.last_used_at.is_(None)) | (ApiKey.last_used_at < moment - USE_IS_NOTED)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=moment))
