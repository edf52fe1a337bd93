"""The channels orders come from."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from logistics.core.database import Base, PrimaryKey, one_of


class ChannelKind(StrEnum):
    """Where orders come from: people at the desk, files, programs, shop platforms."""

    DESK = "desk"
    IMPORT = "import"
    API = "api"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"


# The house's own: people and files are always let in.
ALWAYS_OPEN = ("desk", "import")


class Channel(Base):
    """A way orders come in, and what holds for them.

    `payment_timeout_minutes`: how long an unpaid order keeps its stock (None: for ever). `may_wait`: whether an order is taken when
    stock is short, and waits for it. `ship_complete`: whether its parcels wait until all of it is there. `capture_at_dispatch`: whether
    an order paid from the balance is deducted when its first parcel leaves, and only authorised before. `tax_included`: whether its prices
    hold their tax. `invoices`: whether an invoice is issued by itself when the first parcel leaves. `delivered_after_days`: after how many
    quiet days a parcel nobody asked for counts as delivered (None: never).
    """

    __tablename__ = "channels"
    __table_args__ = (
        CheckConstraint(one_of("kind", ChannelKind), name="kind"),
        CheckConstraint("payment_timeout_minutes BETWEEN 1 AND 527040", name="payment_timeout"),
        CheckConstraint("delivered_after_days BETWEEN 1 AND 365", name="delivered_after_days"),
    )

    id: Mapped[PrimaryKey]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    payment_timeout_minutes: Mapped[int | None]
    may_wait: Mapped[bool] = mapped_column(default=False)
    ship_complete: Mapped[bool] = mapped_column(default=True)
    capture_at_dispatch: Mapped[bool] = mapped_column(default=False)
    tax_included: Mapped[bool] = mapped_column(default=True)
    invoices: Mapped[bool] = mapped_column(default=True)
    delivered_after_days: Mapped[int | None] = mapped_column(default=10)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def can_close(self) -> bool:
        """Whether it may be told to take no more orders."""
        return self.code not in ALWAYS_OPEN

    @property
    def reckons_tax(self) -> bool:
        """Whether its orders come with sums of their own, taxes among them, so that no rates of ours hold."""
        return self.kind in (ChannelKind.SHOPIFY, ChannelKind.WOOCOMMERCE)

    def expiry(self, placed_at: datetime) -> datetime | None:
        """When an order placed at this moment gives its stock back if nobody has paid; None where it never does."""
        return placed_at + timedelta(minutes=self.payment_timeout_minutes) if self.payment_timeout_minutes else None
