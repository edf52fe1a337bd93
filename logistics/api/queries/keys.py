"""Reads for the pages about keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, and_, any_, literal, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, contains_eager, joinedload

from logistics.api.models import ApiKey
from logistics.core import clock
from logistics.core.paging import Slice, cut_page, read_cursor
from logistics.orders.models import Channel

PAGE = 50


@dataclass(frozen=True)
class KeySearch:
    """Which keys the list shows: those that let in, or those that no longer do; of one channel, or of all."""

    live: bool = True
    channel: str = ""
    cursor: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "KeySearch":
        """As the URL says."""
        return cls(query.get("status") != "ended", query.get("channel", "")[:40], query.get("cursor", ""))


def find_keys(session: Session, search: KeySearch) -> Slice[ApiKey]:
    """Keys with their channels, the newest first."""
    keys = select(ApiKey).join(ApiKey.channel).options(contains_eager(ApiKey.channel))
    keys = keys.where(_is_live() if search.live else not_(_is_live())).order_by(ApiKey.id.desc()).limit(PAGE + 1)
    if search.channel:
        keys = keys.where(Channel.code == search.channel)
    if search.cursor:
        keys = keys.where(ApiKey.id < read_cursor(search.cursor, int)[0])
    return cut_page(session.scalars(keys).all(), PAGE, "id")


def find_all_keys(session: Session) -> Sequence[ApiKey]:
    """Every key with its channel, the oldest first."""
    return session.scalars(select(ApiKey).options(joinedload(ApiKey.channel)).order_by(ApiKey.id)).all()


def names_of_keys(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """What these keys are called, by id: what they are for, with their channel and prefix."""
    keys = select(ApiKey.id, ApiKey.label, ApiKey.prefix, Channel.code).join(Channel).where(ApiKey.id == any_(literal(list(ids), ARRAY(BigInteger))))
    return {row.id: f"{row.label} ({row.code}, {row.prefix})" if row.label else f"{row.code}, {row.prefix}" for row in session.execute(keys)}


def find_channels(session: Session) -> Sequence[Row[str, str]]:
    """The channels a key can be for: code, name."""
    return session.execute(select(Channel.code, Channel.name).order_by(Channel.id)).all()


def channel_panel(session: Session, channel: Channel) -> dict[str, Any]:
    """For the page of a channel: the keys that let in to it."""
    return {"channel": channel, "found": find_keys(session, KeySearch(channel=channel.code))}


def _is_live() -> ColumnElement[bool]:
    return and_(ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > clock.now()))
