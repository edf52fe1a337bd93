"""The secrets that channels sign with."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base
from logistics.core.shared_secrets import SharedSecret


class ChannelSecret(SharedSecret, Base):
    """A secret shared with a channel, sealed. One is current; one that was replaced holds until `ends_at`."""

    __tablename__ = "channel_secrets"
    __table_args__ = (
        Index("ix_channel_secrets_channel", "channel_id", "id"),
        Index("uq_channel_secrets_current", "channel_id", unique=True, postgresql_where="ends_at IS NULL"),
    )

    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
