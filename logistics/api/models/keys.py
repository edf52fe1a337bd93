"""The keys by which programs come in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from logistics.core import clock
from logistics.core.database import Base, PrimaryKey
from logistics.orders.models import Channel


class Scope(StrEnum):
    """What a key is good for: orders of its channel and their parcels; naming prices; reading stock; parcels alone; goods and customers."""

    ORDERS = "orders"
    PRICES = "prices"
    STOCK = "stock"
    FULFILMENT = "fulfilment"
    CATALOGUE = "catalogue"


_KNOWN = ", ".join(f"'{scope}'" for scope in Scope)


class ApiKey(Base):
    """A key of one channel. Of its secret only a digest is kept; `prefix` is what pages call it by."""

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint(f"scopes <@ ARRAY[{_KNOWN}]::varchar[] AND cardinality(scopes) > 0", name="scopes"),
        Index("ix_api_keys_channel", "channel_id", "id"),
    )

    id: Mapped[PrimaryKey]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String(20)))
    label: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    channel: Mapped[Channel] = relationship()

    @property
    def is_live(self) -> bool:
        """Whether it lets anybody in."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > clock.now())
