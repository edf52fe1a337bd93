"""The secrets that channels sign with."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey


class ChannelSecret(Base):
    """A secret shared with a channel, sealed. One is current; one that was replaced holds until `ends_at`."""

    __tablename__ = "channel_secrets"
    __table_args__ = (
        Index("ix_channel_secrets_channel", "channel_id", "id"),
        Index("uq_channel_secrets_current", "channel_id", unique=True, postgresql_where="ends_at IS NULL"),
    )

    id: Mapped[PrimaryKey]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    ends_at: Mapped[datetime | None]
